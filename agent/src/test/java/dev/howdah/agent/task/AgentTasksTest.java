package dev.howdah.agent.task;

import static dev.howdah.agent.task.Agents.ADA;
import static dev.howdah.agent.task.Agents.LONG;
import static dev.howdah.agent.task.Agents.answering;
import static dev.howdah.agent.task.Agents.drain;
import static dev.howdah.agent.task.Agents.notWaiting;
import static dev.howdah.agent.task.Agents.saying;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.agent.a2a.A2aError;
import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.Artifact;
import dev.howdah.agent.a2a.ArtifactUpdate;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.GetTaskRequest;
import dev.howdah.agent.a2a.ListTasksRequest;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.Part;
import dev.howdah.agent.a2a.SendMessageRequest;
import dev.howdah.agent.a2a.StatusUpdate;
import dev.howdah.agent.a2a.Task;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.agent.a2a.TaskStream;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class AgentTasksTest {
    private static final Agent ECHO = run -> {
        run.artifact(Artifact.of("echo", "echo", List.of(Part.text(run.message().text()))), false, true);
        return new AgentOutcome.Completed(Optional.of(Message.ofAgent("done")));
    };

    @Test
    void answersWithTheTaskOnceItHasEnded() throws Exception {
        try (var agents = new Agents(Agents.database(), ECHO).working()) {
            var task = (Task) agents.tasks.send(ADA, saying("hello"));

            assertThat(task.status().state()).isEqualTo(TaskState.COMPLETED);
            assertThat(task.status().message()).map(Message::text).contains("done");
            assertThat(task.artifacts()).singleElement().satisfies(made -> assertThat(made.parts())
                    .containsExactly(Part.text("hello")));
            assertThat(task.history()).singleElement().satisfies(said -> {
                assertThat(said.text()).isEqualTo("hello");
                assertThat(said.taskId()).contains(task.id());
                assertThat(said.contextId()).contains(task.contextId());
            });
            assertThat(agents.tasks.get(ADA, new GetTaskRequest(task.id(), OptionalInt.empty()))).isEqualTo(task);
            assertThat(((Task) agents.tasks.send(ADA, notWaiting(saying("later")))).status().state())
                    .isEqualTo(TaskState.SUBMITTED);
        }
    }

    @Test
    void streamsEverythingInOrderToEverybody() throws Exception {
        var go = new CountDownLatch(1);
        Agent chatty = run -> {
            await(go);
            for (int i = 0; i < 300; i++) {
                run.artifact(Artifact.of("text", "text", List.of(Part.text("piece " + i))), i > 0, i == 299);
            }
            return AgentOutcome.completed();
        };
        try (var agents = new Agents(Agents.database(), chatty).working();
                var elsewhere = new Agents(agents.database, chatty)) {
            var stream = agents.tasks.stream(ADA, saying("talk"));
            var id = ((Task) stream.next(LONG).orElseThrow().item()).id();
            var others = List.of(agents.tasks.subscribe(ADA, id), elsewhere.tasks.subscribe(ADA, id));
            go.countDown();

            var first = drain(stream);
            assertThat(first).hasSize(302); // working, 300 pieces, completed
            assertThat(IntStream.range(1, first.size()).allMatch(i -> first.get(i).sequence().getAsLong() == first
                    .get(i - 1).sequence().getAsLong() + 1)).isTrue();
            for (var other : others) {
                var elements = drain(other);
                var begin = (Task) elements.getFirst().item();
                assertThat(begin.id()).isEqualTo(id);
                assertThat(elements.subList(1, elements.size())).isEqualTo(first.subList(first.size() - elements.size()
                        + 1, first.size()));
            }
            var whole = agents.tasks.get(ADA, new GetTaskRequest(id, OptionalInt.empty()));
            assertThat(whole.artifacts()).singleElement().satisfies(made -> assertThat(made.parts()).hasSize(300));
        }
    }

    @Test
    void aStreamResumesBehindAnEventAlsoAfterTheEnd() throws Exception {
        try (var agents = new Agents(Agents.database(), ECHO).working()) {
            var all = drain(agents.tasks.stream(ADA, saying("hello")));
            var task = (Task) all.getFirst().item();
            var resuming = new Caller("ada", "", Set.of(Caller.REPLAY_EXTENSION), Optional.empty(), OptionalLong.of(
                    all.get(1).sequence().getAsLong()));

            assertThat(drain(agents.tasks.subscribe(resuming, task.id()))).isEqualTo(all.subList(2, all.size()));
            assertThatThrownBy(() -> agents.tasks.subscribe(new Caller("ada", "", Set.of(Caller.REPLAY_EXTENSION),
                    Optional.empty(), OptionalLong.of(99)), task.id())).isInstanceOf(InvalidInputException.class);
            assertRefused(A2aError.UNSUPPORTED_OPERATION, () -> agents.tasks.subscribe(ADA, task.id()));
        }
    }

    @Test
    void asksAndGoesOnWithTheAnswer() throws Exception {
        Agent asking = run -> run.continuation().isEmpty()
                ? new AgentOutcome.Asking(Message.ofAgent("which colour?"), false, JsonMapper.shared()
                        .createObjectNode().put("asked", true))
                : new AgentOutcome.Completed(Optional.of(Message.ofAgent(run.message().text() + " it is")));
        try (var agents = new Agents(Agents.database(), asking).working()) {
            var task = (Task) agents.tasks.send(ADA, saying("paint it"));
            assertThat(task.status().state()).isEqualTo(TaskState.INPUT_REQUIRED);

            var done = (Task) agents.tasks.send(ADA, answering(task, "red"));
            assertThat(done.status().state()).isEqualTo(TaskState.COMPLETED);
            assertThat(done.status().message()).map(Message::text).contains("red it is");
            assertThat(done.history()).extracting(Message::text).containsExactly("paint it", "which colour?", "red");
            assertThat(agents.tasks.get(ADA, new GetTaskRequest(task.id(), OptionalInt.empty()))).isEqualTo(done);
            assertThat(agents.tasks.get(ADA, new GetTaskRequest(task.id(), OptionalInt.of(1))).history())
                    .extracting(Message::text).containsExactly("red");
            assertRefused(A2aError.UNSUPPORTED_OPERATION, () -> agents.tasks.send(ADA, answering(task, "blue")));
            assertThatThrownBy(() -> agents.tasks.send(ADA, new SendMessageRequest(answering(task, "x").message().in(
                    "other", task.id()), SendMessageRequest.Configuration.DEFAULT, Optional.empty())))
                    .isInstanceOf(InvalidInputException.class).hasMessageContaining("context");
        }
    }

    @Test
    void takesAMessageOnce() throws Exception {
        var runs = new AtomicInteger();
        Agent counting = run -> {
            runs.incrementAndGet();
            return AgentOutcome.completed();
        };
        try (var agents = new Agents(Agents.database(), counting).working();
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var request = saying("once");
            var answers = new ArrayList<String>();
            for (var answer : callers.invokeAll(java.util.Collections.nCopies(20, () -> agents.tasks.send(ADA,
                    request)))) {
                answers.add(((Task) answer.get()).id());
            }

            assertThat(new HashSet<>(answers)).hasSize(1);
            assertThat(runs).hasValue(1);
            var other = new SendMessageRequest(new Message(request.message().messageId(), Optional.empty(), Optional
                    .empty(), request.message().role(), List.of(Part.text("twice")), Optional.empty(), List.of(),
                    List.of()), request.configuration(), Optional.empty());
            assertThatThrownBy(() -> agents.tasks.send(ADA, other)).isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("another message");
            assertThat(((Task) agents.tasks.send(Caller.of("bob"), other)).id()).isNotIn(answers);
        }
    }

    @Test
    void whatBelongsToOthersLooksAsIfItWereNotThere() throws Exception {
        try (var agents = new Agents(Agents.database(), ECHO).working()) {
            var task = (Task) agents.tasks.send(ADA, saying("mine"));
            var bob = Caller.of("bob");
            var tenant = new Caller("ada", "acme", Set.of(), Optional.empty(), OptionalLong.empty());

            for (var caller : List.of(bob, tenant)) {
                assertRefused(A2aError.TASK_NOT_FOUND, () -> agents.tasks.get(caller, new GetTaskRequest(task.id(),
                        OptionalInt.empty())));
                assertRefused(A2aError.TASK_NOT_FOUND, () -> agents.tasks.cancel(caller, task.id()));
                assertRefused(A2aError.TASK_NOT_FOUND, () -> agents.tasks.subscribe(caller, task.id()));
                assertRefused(A2aError.TASK_NOT_FOUND, () -> agents.tasks.send(caller, answering(task, "x")));
                assertThat(agents.tasks.list(caller, ListTasksRequest.all()).totalSize()).isZero();
            }
            assertRefused(A2aError.TASK_NOT_FOUND, () -> agents.tasks.get(ADA, new GetTaskRequest("no id",
                    OptionalInt.empty())));
        }
    }

    @Test
    void cancelsWhereverItRuns() throws Exception {
        var begun = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        Agent stuck = run -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            return AgentOutcome.completed();
        };
        try (var agents = new Agents(Agents.database(), stuck).working();
                var elsewhere = new Agents(agents.database, stuck)) {
            var stream = agents.tasks.stream(ADA, saying("hang"));
            var task = (Task) stream.next(LONG).orElseThrow().item();
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

            assertThat(elsewhere.tasks.cancel(ADA, task.id()).status().state()).isEqualTo(TaskState.CANCELED);
            assertThat(drain(stream).getLast().item()).isInstanceOfSatisfying(StatusUpdate.class, update -> assertThat(
                    update.status().state()).isEqualTo(TaskState.CANCELED));
            assertThat(interrupted.await(40, TimeUnit.SECONDS)).isTrue();
            assertRefused(A2aError.TASK_NOT_CANCELABLE, () -> agents.tasks.cancel(ADA, task.id()));
        }
    }

    @Test
    void aRunThatWasTakenOverWritesNothingMore() throws Exception {
        var atWork = new Semaphore(0);
        var goOn = new CountDownLatch(1);
        var refused = new CountDownLatch(1);
        Agent slow = run -> {
            atWork.release();
            if (run.attempt() == 1) {
                Awaitility.await().atMost(LONG).ignoreExceptions().until(() -> goOn.getCount() == 0);
                try {
                    run.artifact(Artifact.of("late", "late", List.of(Part.text("late"))), false, true);
                } catch (RuntimeException e) {
                    refused.countDown();
                    throw e;
                }
            }
            return new AgentOutcome.Completed(Optional.of(Message.ofAgent("by attempt " + run.attempt())));
        };
        try (var agents = new Agents(Agents.database(), slow).working()) {
            var task = (Task) agents.tasks.send(ADA, notWaiting(saying("work")));
            assertThat(atWork.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            loseLeases(agents.database);
            agents.queue.recoverLost(10);
            assertThat(atWork.tryAcquire(40, TimeUnit.SECONDS)).isTrue();
            Awaitility.await().atMost(LONG).until(() -> state(agents, task) == TaskState.COMPLETED);
            goOn.countDown();

            assertThat(refused.await(20, TimeUnit.SECONDS)).isTrue();
            var ended = agents.tasks.get(ADA, new GetTaskRequest(task.id(), OptionalInt.empty()));
            assertThat(ended.status().message()).map(Message::text).contains("by attempt 2");
            assertThat(ended.artifacts()).isEmpty();
        }
    }

    @Test
    void rejectsWhatIsWrongTriesAgainWhatIsAwayAndFailsTheRest() throws Exception {
        var tries = new AtomicInteger();
        Agent failing = run -> {
            var text = run.message().text();
            if (text.equals("wrong")) {
                throw new InvalidInputException("test-wrong", "colour", "is no colour", "use red");
            }
            if (text.equals("broken")) {
                throw new IllegalStateException("broken");
            }
            if (tries.incrementAndGet() < 2) {
                throw new UnavailableException("test-away", "it is away", "wait", null);
            }
            return AgentOutcome.completed();
        };
        try (var agents = new Agents(Agents.database(), failing).working()) {
            var wrong = (Task) agents.tasks.send(ADA, saying("wrong"));
            assertThat(wrong.status().state()).isEqualTo(TaskState.REJECTED);
            assertThat(wrong.status().message().orElseThrow().data().orElseThrow().path("faults").get(0).path("field")
                    .asString()).isEqualTo("colour");
            assertThat(((Task) agents.tasks.send(ADA, saying("broken"))).status().state()).isEqualTo(TaskState.FAILED);
            assertThat(((Task) agents.tasks.send(ADA, saying("away"))).status().state())
                    .isEqualTo(TaskState.COMPLETED);
            assertThat(tries).hasValue(2);
        }
    }

    @Test
    void listsByPagesWithTotals() throws Exception {
        try (var agents = new Agents(Agents.database(), ECHO).working()) {
            var ids = new ArrayList<String>();
            for (int i = 0; i < 7; i++) {
                ids.add(((Task) agents.tasks.send(ADA, saying("number " + i))).id());
            }
            var seen = new ArrayList<String>();
            var token = "";
            do {
                var page = agents.tasks.list(ADA, page(3, token, Optional.empty()));
                assertThat(page.totalSize()).isEqualTo(7);
                assertThat(page.tasks()).allSatisfy(task -> assertThat(task.artifacts()).isEmpty());
                page.tasks().forEach(task -> seen.add(task.id()));
                token = page.nextPageToken();
            } while (!token.isEmpty());

            assertThat(seen).isEqualTo(ids.reversed());
            assertThat(agents.tasks.list(ADA, page(3, "", Optional.of(TaskState.FAILED))).tasks()).isEmpty();
            var first = agents.tasks.list(ADA, page(3, "", Optional.empty()));
            assertThatThrownBy(() -> agents.tasks.list(ADA, page(3, first.nextPageToken(), Optional.of(
                    TaskState.COMPLETED)))).isInstanceOf(InvalidInputException.class).hasMessageContaining("token");
            var last = first.tasks().getFirst();
            var since = new ListTasksRequest(Optional.empty(), Optional.empty(), 10, "", OptionalInt.of(0), Optional.of(
                    last.status().timestamp()), true);
            assertThat(agents.tasks.list(ADA, since).tasks()).extracting(Task::id).contains(last.id());
            assertThat(agents.tasks.list(ADA, since).tasks().getFirst().artifacts()).hasSize(1);
        }
    }

    @Test
    void aTaskOfTheQueueGoesOnWithTheWorkAndNothingWaits() throws Exception {
        try (var database = Agents.database(); var agents = new Agents(database, new Agent() {
            @Override
            public AgentOutcome run(AgentRun run) {
                return run.continuation().isPresent()
                        ? AgentOutcome.completed()
                        : new AgentOutcome.Waiting(UUID.fromString(run.message().text()), JsonMapper.shared()
                                .createObjectNode());
            }
        }).working()) {
            var other = agents.queue.enqueue(dev.howdah.queue.NewTask.of("elsewhere", JsonMapper.shared()
                    .createObjectNode()));
            var task = (Task) agents.tasks.send(ADA, notWaiting(saying(other.toString())));
            Awaitility.await().atMost(LONG).until(() -> state(agents, task) == TaskState.WORKING);
            var claimed = agents.queue.claim("me", Set.of("elsewhere"), 1, Duration.ofSeconds(30)).getFirst();
            agents.queue.complete(List.of(new dev.howdah.queue.Completion.Finished(claimed, JsonMapper.shared()
                    .createObjectNode())));

            Awaitility.await().atMost(LONG).until(() -> state(agents, task) == TaskState.COMPLETED);
        }
    }

    @Test
    void failsTasksThatTheQueueHasGivenUpAndForgetsOldOnes() throws Exception {
        try (var agents = new Agents(Agents.database(), ECHO)) {
            var task = (Task) agents.tasks.send(ADA, notWaiting(saying("nobody works")));
            var run = agents.queue.claim("me", Set.of(TaskStore.RUN), 1, Duration.ofSeconds(30)).getFirst();
            agents.queue.complete(List.of(new dev.howdah.queue.Completion.Failed(run, "lost too often", false)));

            assertThat(agents.tasks.upkeep().failOrphans()).isEqualTo(1);
            var failed = agents.tasks.get(ADA, new GetTaskRequest(task.id(), OptionalInt.empty()));
            assertThat(failed.status().state()).isEqualTo(TaskState.FAILED);
            assertThat(failed.status().message()).map(Message::text).hasValueSatisfying(text -> assertThat(text)
                    .contains("lost too often"));
            assertThat(agents.tasks.upkeep().deleteEnded()).isZero();
            agents.database.withHandle(handle -> handle.execute("UPDATE agent_tasks SET ended_at = now() - interval "
                    + "'40 days'"));
            agents.database.withHandle(handle -> handle.execute("UPDATE agent_contexts SET created_at = now() - "
                    + "interval '40 days'"));
            assertThat(agents.tasks.upkeep().deleteEnded()).isEqualTo(1);
            for (var table : List.of("agent_tasks", "agent_events", "agent_requests", "agent_contexts")) {
                assertThat(agents.database.<Integer>withHandle(handle -> handle.createQuery("SELECT count(*) FROM "
                        + table).mapTo(Integer.class).one())).as(table).isZero();
            }
        }
    }

    @Test
    void boundsMessagesAndEvents() throws Exception {
        Agent endless = run -> {
            for (int i = 0; i < 100; i++) {
                run.artifact(Artifact.of("a", "a", List.of(Part.text("x"))), true, false);
            }
            return AgentOutcome.completed();
        };
        try (var agents = new Agents(Agents.database(), endless, new TaskSettings(Duration.ofDays(1), Duration
                .ofSeconds(30), 1000, 20)).working()) {
            assertThatThrownBy(() -> agents.tasks.send(ADA, saying("x".repeat(1000))))
                    .isInstanceOf(InvalidInputException.class).hasMessageContaining("howdah.agent.message-max");
            assertThatThrownBy(() -> agents.tasks.send(ADA, SendMessageRequest.of(Message.ofUser(List.of(Part.data(
                    JsonMapper.shared().createObjectNode().put("a", "b\0c")))))))
                    .isInstanceOf(InvalidInputException.class).hasMessageContaining("U+0000");
            var task = (Task) agents.tasks.send(ADA, saying("x"));
            assertThat(task.status().state()).isEqualTo(TaskState.FAILED);
            assertThat(task.status().message()).map(Message::text).hasValueSatisfying(text -> assertThat(text)
                    .contains("howdah.agent.events-max"));
        }
    }

    @Test
    void followersFindEventsWithoutWakeUps() throws Exception {
        var go = new CountDownLatch(1);
        Agent waiting = run -> {
            await(go);
            return AgentOutcome.completed();
        };
        try (var agents = new Agents(Agents.database(), waiting).working();
                var deaf = new Agents(withoutListening(agents.database), waiting)) {
            var task = (Task) agents.tasks.send(ADA, notWaiting(saying("x")));
            var stream = deaf.tasks.subscribe(ADA, task.id());
            go.countDown();
            assertThat(drain(stream).getLast().item()).isInstanceOf(StatusUpdate.class);
        }
    }

    private static Database withoutListening(Database database) {
        var settings = database.settings();
        return Database.open(new DatabaseSettings(settings.url(), settings.user(), settings.password(), settings
                .schema(), settings.poolMax(), settings.poolMinIdle(), settings.maxLifetime(), settings.idleTimeout(),
                settings.acquireTimeout(), settings.statementTimeout(), false, settings.slowQuery()));
    }

    private static void loseLeases(Database database) {
        database.withHandle(handle -> handle.execute("UPDATE claims SET lease_until = now() - interval '1 minute'"));
    }

    private static TaskState state(Agents agents, Task task) {
        return agents.tasks.get(ADA, new GetTaskRequest(task.id(), OptionalInt.of(0))).status().state();
    }

    private static ListTasksRequest page(int size, String token, Optional<TaskState> state) {
        return new ListTasksRequest(Optional.empty(), state, size, token, OptionalInt.empty(), Optional.empty(), false);
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private static void assertRefused(A2aError error, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(A2aException.class, e -> assertThat(e.error()).isEqualTo(
                error));
    }
}
