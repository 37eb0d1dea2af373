package dev.howdah.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.TcpProxy;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ProgramsTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    static final QueueSettings SETTINGS = QueueSettings.defaults().withConcurrency(50)
            .withLease(Duration.ofSeconds(2), Duration.ofMillis(200)).withPollInterval(Duration.ofMillis(200))
            .withRetry(Duration.ofMillis(10), Duration.ofMillis(100));

    private final Database database = migrated();
    private final PostgresTaskQueue queue = new PostgresTaskQueue(database, SETTINGS);
    private final Programs programs = new Programs(database, queue);
    private final ExecutionEvents events = new ExecutionEvents(database);
    private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();

    static Database migrated() {
        var database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("queue", "workflow")).up();
        return database;
    }

    @AfterEach
    void close() throws Exception {
        for (var each : open) {
            each.close();
        }
        programs.close();
    }

    @Test
    void runsAProgramAndKeepsItsSteps() throws Exception {
        programs.register("sum", int[].class, (workflow, numbers) -> {
            int sum = 0;
            for (int number : numbers) {
                int before = sum;
                sum = workflow.step("add", () -> before + number, Integer.class);
            }
            return sum;
        });
        start();
        var id = programs.start("sum", new int[]{1, 2, 3});
        assertThat(programs.awaitResult(id, LONG, Integer.class)).contains(6);
        assertThat(log(id)).containsExactly("workflow_started", "step_completed add", "step_completed add#2",
                "step_completed add#3", "workflow_completed");
        assertThat(one("SELECT status || ' ' || output FROM workflow_executions")).isEqualTo("completed 6");
        assertThat(one("SELECT state FROM all_tasks")).isEqualTo("finished");
    }

    @Test
    void startsManyAtOnceAndWaitsForAll() throws Exception {
        programs.register("square", Integer.class,
                (workflow, n) -> workflow.step("square", () -> n * n, Integer.class));
        start();
        var ids = new ConcurrentHashMap<Integer, UUID>();
        each(500, i -> ids.put(i, programs.start("square", i)));
        for (int i = 0; i < 500; i++) {
            assertThat(programs.awaitResult(Objects.requireNonNull(ids.get(i)), LONG, Integer.class))
                    .contains(i * i);
        }
        assertNoGaps();
    }

    @Test
    void waitsForResultsFromElsewhere() throws Exception {
        programs.register("late", (workflow, input) -> workflow.step("work", () -> "done", String.class));
        var elsewhere = new Programs(database, new PostgresTaskQueue(database, SETTINGS));
        open.add(elsewhere);
        var id = elsewhere.start("late", Map.of());
        assertThat(elsewhere.awaitResult(id, Duration.ofMillis(1))).isEmpty();
        start();
        assertThat(elsewhere.awaitResult(id, LONG, String.class)).contains("done");
        assertThat(elsewhere.awaitResult(id, LONG, String.class)).as("once more").contains("done");
    }

    @Test
    void joinsTheCallersTransaction() throws Exception {
        programs.register("echo", (workflow, input) -> input);
        start();
        assertThatThrownBy(() -> database.useTransaction(tx -> {
            programs.start(tx, "echo", "lost");
            throw new IllegalStateException("rolled back");
        })).hasMessage("rolled back");
        var id = database.inTransaction(tx -> programs.start(tx, "echo", "kept"));
        assertThat(programs.awaitResult(id, LONG, String.class)).contains("kept");
        assertThat(one("SELECT count(*) FROM workflow_executions")).isEqualTo("1");
    }

    @Test
    void runsOneExecutionForAKeyAtATime() throws Exception {
        programs.register("gate", (workflow, input) -> workflow.awaitSignal("open"));
        start();
        var ids = ConcurrentHashMap.<UUID>newKeySet();
        each(20, i -> ids.add(programs.start("gate", i, "the-key")));
        assertThat(ids).hasSize(1);
        var id = ids.iterator().next();
        programs.signal(id, "open", "yes");
        assertThat(programs.awaitResult(id, LONG, String.class)).contains("yes");
        assertThat(programs.start("gate", 0, "the-key")).isNotEqualTo(id);
    }

    @Test
    void triesAStepAgainAndKeepsItsFailure() throws Exception {
        var tries = new AtomicInteger();
        programs.register("flaky", (workflow, input) -> {
            var options = StepOptions.attempts(3).withDelay(Duration.ofMillis(1), 1);
            try {
                workflow.step("never", options, () -> {
                    tries.incrementAndGet();
                    throw new IllegalStateException("no");
                }, String.class);
            } catch (StepFailedException e) {
                return workflow.step("instead", () -> e.step() + ": " + e.getMessage(), String.class);
            }
            return "unreachable";
        });
        start();
        var id = programs.start("flaky", 0);
        assertThat(programs.awaitResult(id, LONG, String.class).orElseThrow()).startsWith("never: ").contains("no");
        assertThat(tries).hasValue(3);
        assertThat(log(id)).containsExactly("workflow_started", "step_retrying never", "step_retrying never",
                "step_failed never", "step_completed instead", "workflow_completed");
    }

    @Test
    void endsAStepThatTakesTooLong() throws Exception {
        programs.register("slow", (workflow, input) -> workflow.step("hang",
                StepOptions.once().withTimeout(Duration.ofMillis(50)), () -> {
                    new CountDownLatch(1).await();
                    return "";
                }, String.class));
        start();
        var id = programs.start("slow", 0);
        assertThatThrownBy(() -> programs.awaitResult(id, LONG)).isInstanceOf(WorkflowFailedException.class)
                .hasMessageContaining("timed out");
        assertThat(one("SELECT status || error_node_id FROM workflow_executions")).isEqualTo("failedhang");
    }

    @Test
    void sleepsWithoutAThreadAndGoesOnInAnotherWorker() throws Exception {
        var runs = new AtomicInteger();
        programs.register("nap", (workflow, input) -> {
            runs.incrementAndGet();
            int before = workflow.step("before", runs::get, Integer.class);
            workflow.sleep("nap", Duration.ofHours(1));
            return before * 10 + workflow.step("after", runs::get, Integer.class);
        });
        var first = start();
        var id = programs.start("nap", 0);
        awaitLog(id, "workflow_suspended");
        await().atMost(LONG).until(() -> first.health().active() == 0);
        first.stop(Duration.ofSeconds(5));
        start();
        // An hour goes by.
        database.withHandle(
                handle -> handle.execute("UPDATE execution_events SET created_at = created_at - interval '1 hour'"));
        database.withHandle(handle -> handle.execute("UPDATE tasks SET run_at = now()"));
        assertThat(programs.awaitResult(id, LONG, Integer.class)).contains(12);
        assertThat(log(id)).containsExactly("workflow_started", "step_completed before", "workflow_suspended",
                "run_resumed", "step_completed after", "workflow_completed");
    }

    @Test
    void sleepsAShortTimeInPlace() throws Exception {
        programs.register("blink", (workflow, input) -> {
            workflow.sleep("blink", Duration.ofMillis(20));
            return workflow.step("after", () -> "awake", String.class);
        });
        start();
        var id = programs.start("blink", 0);
        assertThat(programs.awaitResult(id, LONG, String.class)).contains("awake");
        assertThat(log(id)).containsExactly("workflow_started", "step_completed after", "workflow_completed");
    }

    @Test
    void getsSignalsThatCameBeforeAndAfterItWaits() throws Exception {
        var gate = new CountDownLatch(1);
        programs.register("mail", (workflow, input) -> {
            workflow.run("busy", gate::await);
            var first = workflow.awaitSignal("letter").asString();
            var second = workflow.awaitSignal("letter", Duration.ofHours(1)).orElseThrow().asString();
            var none = workflow.awaitSignal("parcel", Duration.ofMillis(1));
            return first + second + none.isPresent();
        });
        start();
        var id = programs.start("mail", 0);
        programs.signal(id, "letter", "a");
        gate.countDown();
        awaitLog(id, "workflow_suspended");
        programs.signal(id, "letter", "b");
        assertThat(programs.awaitResult(id, LONG, String.class)).contains("abfalse");
        assertNoGaps();
    }

    @Test
    void takesSignalsWithTheCallersTransactionOnly() throws Exception {
        programs.register("mail", (workflow, input) -> workflow.awaitSignal("letter").asString());
        start();
        var id = programs.start("mail", 0);
        awaitLog(id, "workflow_suspended");
        assertThatThrownBy(() -> database.useTransaction(tx -> {
            programs.signal(tx, id, "letter", "lost");
            throw new IllegalStateException("no");
        })).hasMessage("no");
        database.useTransaction(tx -> programs.signal(tx, id, "letter", "a"));
        assertThat(programs.awaitResult(id, LONG, String.class)).contains("a");
        assertNoGaps();
    }

    @Test
    void thousandWaitWithoutThreadsAndWithoutPolls() throws Exception {
        programs.register("wait", (workflow, input) -> workflow.awaitSignal("go"));
        var worker = start();
        var ids = new CopyOnWriteArrayList<UUID>();
        each(1000, i -> ids.add(programs.start("wait", i)));
        await().atMost(LONG)
                .until(() -> one("SELECT count(*) FROM execution_events WHERE event_type = 'workflow_suspended'")
                        .equals("1000"));
        await().atMost(LONG).until(() -> worker.health().active() == 0);
        assertThat(one("SELECT count(*) FROM tasks")).isEqualTo("0");
        each(1000, i -> programs.signal(ids.get(i), "go", i));
        for (var id : ids) {
            assertThat(programs.awaitResult(id, LONG)).isPresent();
        }
        assertNoGaps();
    }

    @Test
    void runsBranchesSideBySideAndReplaysThem() throws Exception {
        var runs = new ConcurrentHashMap<String, Integer>();
        programs.register("fan", (workflow, input) -> {
            var branches = IntStream.range(0, 100).mapToObj(i -> Branch.of("b" + i, branch -> {
                int one = branch.step("one", () -> runs.merge("one" + i, 1, Integer::sum), Integer.class);
                if (i % 2 == 0) {
                    branch.awaitSignal("go" + i);
                }
                return one + branch.step("two", () -> runs.merge("two" + i, 1, Integer::sum), Integer.class);
            })).toList();
            return workflow.parallel("all", branches).stream().mapToInt(Integer::intValue).sum();
        });
        start();
        var id = programs.start("fan", 0);
        awaitLog(id, "workflow_suspended");
        each(50, i -> programs.signal(id, "go" + 2 * i, i));
        assertThat(programs.awaitResult(id, LONG, Integer.class)).contains(200);
        assertThat(runs).hasSize(200).allSatisfy((step, count) -> assertThat(count).isEqualTo(1));
        assertThat(log(id)).contains("step_completed all/b7/two");
        assertNoGaps();
    }

    @Test
    void failsWithTheFirstBranchThatFailed() throws Exception {
        var ended = new AtomicInteger();
        programs.register("bad-branch", (workflow, input) -> workflow.parallel("p", List.of(
                Branch.of("good", branch -> branch.step("s", ended::incrementAndGet, Integer.class)),
                Branch.of("bad", branch -> branch.step("s", () -> Integer.parseInt("x"), Integer.class)))));
        start();
        var id = programs.start("bad-branch", 0);
        assertThatThrownBy(() -> programs.awaitResult(id, LONG)).hasMessageContaining("p/bad/s");
        assertThat(ended).hasValue(1);
    }

    @Test
    void writesOfATransactionalStepAreMadeOnce() throws Exception {
        database.withHandle(handle -> handle.execute("CREATE TABLE ledger (n integer)"));
        var tries = new AtomicInteger();
        programs.register("book", (workflow, input) -> {
            var key = workflow.idempotencyKey("book");
            int booked = workflow.transactionalStep("book", tx -> {
                if (tries.incrementAndGet() == 1) {
                    programs.signal(workflow.executionId(), "noise", 0); // takes the place of the event
                }
                return tx.handle().execute("INSERT INTO ledger VALUES (1)");
            }, Integer.class);
            workflow.awaitSignal("go");
            return key + booked;
        });
        start();
        var id = programs.start("book", 0);
        awaitLog(id, "workflow_suspended");
        programs.signal(id, "go", 0);
        assertThat(programs.awaitResult(id, LONG, String.class)).contains(id + "/book" + 1);
        assertThat(tries).hasValue(2);
        assertThat(one("SELECT count(*) FROM ledger")).isEqualTo("1");
    }

    @Test
    void rollsBackATransactionalStepThatFails() throws Exception {
        database.withHandle(handle -> handle.execute("CREATE TABLE ledger (n integer)"));
        programs.register("book", (workflow, input) -> workflow.transactionalStep("book", tx -> {
            tx.handle().execute("INSERT INTO ledger VALUES (1)");
            throw new IllegalStateException("no");
        }, Integer.class));
        start();
        var id = programs.start("book", 0);
        assertThatThrownBy(() -> programs.awaitResult(id, LONG)).hasMessageContaining("no");
        assertThat(one("SELECT count(*) FROM ledger")).isEqualTo("0");
    }

    @Test
    void timeAndChanceAreTheSameInReplays() throws Exception {
        var seen = new CopyOnWriteArrayList<String>();
        programs.register("dice", (workflow, input) -> {
            seen.add(workflow.now() + " " + workflow.now() + " " + workflow.randomUuid() + " " + workflow.randomUuid());
            workflow.awaitSignal("go");
            return "";
        });
        start();
        var id = programs.start("dice", 0);
        awaitLog(id, "workflow_suspended");
        programs.signal(id, "go", 0);
        programs.awaitResult(id, LONG);
        assertThat(seen).hasSize(2);
        assertThat(seen.get(1)).isEqualTo(seen.get(0));
    }

    @Test
    void failsAProgramThatTakesAnotherWayThanBeforeAndKeepsItsHistory() throws Exception {
        var changed = new AtomicInteger();
        programs.register("moody", (workflow, input) -> {
            try {
                workflow.step(changed.get() == 0 ? "old" : "new", () -> 1, Integer.class);
            } catch (RuntimeException e) {
                return "swallowed";
            }
            workflow.awaitSignal("go");
            return "";
        });
        start();
        var id = programs.start("moody", 0);
        awaitLog(id, "workflow_suspended");
        changed.set(1);
        programs.signal(id, "go", 0);
        assertThatThrownBy(() -> programs.awaitResult(id, LONG)).hasMessageContaining("step \"new\"")
                .hasMessageContaining("step \"old\"").hasMessageContaining("patched");
        assertThat(events.list(id, 0, 100).getLast().data().orElseThrow().path("code").asString())
                .isEqualTo("workflow-nondeterministic");
        assertThat(log(id)).contains("step_completed old").doesNotContain("step_completed new");
    }

    @Test
    void failsAProgramThatLeavesOutWhatItDidBefore() throws Exception {
        var changed = new AtomicInteger();
        programs.register("short", (workflow, input) -> {
            if (changed.get() == 0) {
                workflow.step("work", () -> 1, Integer.class);
                workflow.awaitSignal("go");
            }
            return "";
        });
        start();
        var id = programs.start("short", 0);
        awaitLog(id, "workflow_suspended");
        changed.set(1);
        programs.signal(id, "go", 0);
        assertThatThrownBy(() -> programs.awaitResult(id, LONG)).hasMessageContaining("its end");
    }

    @Test
    void patchesLeaveRunningExecutionsAsTheyAre() throws Exception {
        var isNew = new AtomicInteger();
        programs.register("patchy", (workflow, input) -> {
            workflow.step("first", () -> 1, Integer.class);
            var way = isNew.get() == 1 && workflow.patched("better") ? "new" : "old";
            workflow.step(way, () -> 1, Integer.class);
            workflow.awaitSignal("go");
            return way;
        });
        start();
        var before = programs.start("patchy", 0);
        awaitLog(before, "workflow_suspended");
        isNew.set(1);
        var after = programs.start("patchy", 0);
        awaitLog(after, "workflow_suspended");
        programs.signal(before, "go", 0);
        programs.signal(after, "go", 0);
        assertThat(programs.awaitResult(before, LONG, String.class)).contains("old");
        assertThat(programs.awaitResult(after, LONG, String.class)).contains("new");
    }

    private static void hang() throws InterruptedException {
        new CountDownLatch(1).await();
    }

    private void failsBecauseOfTime(UUID id, String limit) {
        assertThatThrownBy(() -> programs.awaitResult(id, LONG)).isInstanceOfSatisfying(WorkflowFailedException.class,
                e -> assertThat(e.code()).isEqualTo("workflow-failed"))
                .hasMessageContaining("did not end within " + limit);
    }

    @Test
    void anExecutionThatTakesTooLongFails() throws Exception {
        var interrupted = new CountDownLatch(3);
        WorkflowContext.Action hang = () -> {
            try {
                hang();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        };
        programs.register("works", JsonNode.class, Duration.ofMillis(200), (workflow, input) -> {
            workflow.run("first", () -> {});
            workflow.run("hang", hang);
            return "";
        });
        programs.register("branches", JsonNode.class, Duration.ofMillis(200), (workflow, input) -> workflow.parallel(
                "both", List.of(Branch.of("a", branch -> {
                    branch.run("hang", hang);
                    return "a";
                }), Branch.of("b", branch -> {
                    branch.run("hang", hang);
                    return "b";
                }))));
        programs.register("waits", JsonNode.class, Duration.ofMillis(1500),
                (workflow, input) -> workflow.awaitSignal("go"));
        programs.register("quick", JsonNode.class, Duration.ofHours(1),
                (workflow, input) -> workflow.step("work", () -> "done", String.class));
        var worker = start();
        var works = programs.start("works", 0);
        var branches = programs.start("branches", 0);
        var waits = programs.start("waits", 0);
        assertThat(programs.awaitResult(programs.start("quick", 0), LONG, String.class)).contains("done");
        failsBecauseOfTime(works, "200ms");
        failsBecauseOfTime(branches, "200ms");
        failsBecauseOfTime(waits, "1500ms");
        interrupted.await();
        assertThat(log(works)).containsExactly("workflow_started", "step_completed first", "workflow_failed");
        assertThat(log(branches)).containsExactly("workflow_started", "workflow_failed");
        assertThat(log(waits)).containsExactly("workflow_started", "workflow_suspended", "run_resumed",
                "workflow_failed");
        await().atMost(LONG).until(() -> worker.health().active() == 0);
        assertThatThrownBy(() -> programs.register("never", JsonNode.class, Duration.ZERO, (workflow, input) -> ""))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("timeout");
    }

    @Test
    void timeAndCancellingHaveOneWinner() throws Exception {
        programs.register("hang", JsonNode.class, Duration.ofMillis(100), (workflow, input) -> {
            workflow.run("hang", ProgramsTest::hang);
            return "";
        });
        start();
        for (int i = 0; i < 40; i++) {
            var id = programs.start("hang", i);
            var cancelled = CompletableFuture.supplyAsync(() -> {
                try {
                    programs.cancel(id);
                    return true;
                } catch (ConflictException e) {
                    return false; // its time was over before
                }
            }, CompletableFuture.delayedExecutor(90 + i / 2, TimeUnit.MILLISECONDS));
            assertThatThrownBy(() -> programs.awaitResult(id, LONG)).isInstanceOf(WorkflowFailedException.class);
            var winner = cancelled.get() ? "workflow_cancelled" : "workflow_failed";
            assertThat(log(id)).containsExactly("workflow_started", winner);
            assertThat(one("SELECT status FROM workflow_executions WHERE id = '" + id + "'"))
                    .isEqualTo(winner.substring("workflow_".length()));
        }
        assertNoGaps();
    }

    @Test
    void cancelsWhatRunsAndWhatWaits() throws Exception {
        var begun = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        programs.register("work", (workflow, input) -> {
            workflow.run("hang", () -> {
                begun.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                }
            });
            return "";
        });
        programs.register("wait", (workflow, input) -> workflow.awaitSignal("go", Duration.ofHours(1)).isPresent());
        var worker = start();
        var works = programs.start("work", 0);
        var waits = programs.start("wait", 0);
        begun.await();
        awaitLog(waits, "workflow_suspended");
        programs.cancel(works);
        programs.cancel(waits);
        for (var id : List.of(works, waits)) {
            assertThatThrownBy(() -> programs.awaitResult(id, LONG)).isInstanceOfSatisfying(
                    WorkflowFailedException.class,
                    e -> assertThat(e.code()).isEqualTo("workflow-cancelled"));
            assertThatThrownBy(() -> programs.cancel(id)).isInstanceOf(ConflictException.class);
            assertThatThrownBy(() -> programs.signal(id, "go", 0)).isInstanceOf(ConflictException.class)
                    .hasMessageContaining("cancelled");
            assertThat(log(id)).endsWith("workflow_cancelled");
        }
        interrupted.await();
        await().atMost(LONG).until(() -> worker.health().active() == 0);
    }

    @Test
    void cancellingAndEndingHaveOneWinner() throws Exception {
        programs.register("short", (workflow, input) -> workflow.step("s", () -> 1, Integer.class));
        start();
        var cancelled = new AtomicInteger();
        var completed = new AtomicInteger();
        each(200, i -> {
            var id = programs.start("short", i);
            try {
                programs.cancel(id);
                cancelled.incrementAndGet();
                assertThatThrownBy(() -> programs.awaitResult(id, LONG)).hasMessageContaining("cancelled");
            } catch (ConflictException e) {
                completed.incrementAndGet();
                assertThat(uninterrupted(id)).contains(1);
            }
        });
        assertThat(cancelled.get() + completed.get()).isEqualTo(200);
        assertThat(one("SELECT count(*) FROM workflow_executions WHERE status = 'cancelled'"))
                .isEqualTo(cancelled.toString());
        assertThat(one("SELECT count(*) FROM execution_events WHERE event_type IN ('workflow_completed', "
                + "'workflow_cancelled')")).isEqualTo("200");
        assertNoGaps();
    }

    private Optional<Integer> uninterrupted(UUID id) {
        try {
            return programs.awaitResult(id, LONG, Integer.class);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void beginsNothingNewWhilePaused() throws Exception {
        var gate = new CountDownLatch(1);
        var ran = new CopyOnWriteArrayList<String>();
        programs.register("steps", (workflow, input) -> {
            workflow.run("one", () -> {
                ran.add("one");
                gate.await();
            });
            workflow.run("two", () -> ran.add("two"));
            return "";
        });
        start();
        var id = programs.start("steps", 0);
        await().atMost(LONG).until(() -> ran.size() == 1);
        programs.pause(id);
        assertThatThrownBy(() -> programs.pause(id)).isInstanceOf(ConflictException.class);
        gate.countDown();
        awaitLog(id, "workflow_suspended");
        assertThat(log(id)).contains("step_completed one");
        programs.resume(id);
        assertThat(programs.awaitResult(id, LONG)).isPresent();
        assertThat(ran).containsExactly("one", "two");
        assertThatThrownBy(() -> programs.resume(id)).isInstanceOf(ConflictException.class);
        assertNoGaps();
    }

    @Test
    void forksFromAStepWithOtherInput() throws Exception {
        var runs = new CopyOnWriteArrayList<String>();
        programs.register("chain", (workflow, input) -> {
            for (var step : List.of("a", "b", "c")) {
                workflow.run(step, () -> runs.add(step + input.asString()));
            }
            return input;
        });
        start();
        var id = programs.start("chain", "1");
        programs.awaitResult(id, LONG);
        var fork = programs.fork(id, "b", "2");
        assertThat(programs.awaitResult(fork, LONG, String.class)).contains("2");
        assertThat(runs).containsExactly("a1", "b1", "c1", "b2", "c2");
        assertThat(one("SELECT count(*) FROM workflow_executions WHERE forked_from IS NOT NULL")).isEqualTo("1");
        assertThatThrownBy(() -> programs.fork(id, "z")).isInstanceOf(NotFoundException.class);
        var another = database.inTransaction(tx -> programs.fork(tx, id, "c", Optional.empty()));
        assertThat(programs.awaitResult(another, LONG, String.class)).contains("1");
    }

    @Test
    void refusesWhatIsUnknownOrTooLarge() throws Exception {
        var unknown = UUID.randomUUID();
        assertThatThrownBy(() -> programs.signal(unknown, "x", 0)).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> programs.cancel(unknown)).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> programs.pause(unknown)).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> programs.resume(unknown)).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> programs.fork(unknown, "x")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> programs.awaitResult(unknown, Duration.ofMillis(1)))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> programs.start("Not A Name", 0)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> programs.start("x", "\0")).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> programs.start("x", "x".repeat(WorkflowSettings.defaults().inputMax() - 1)))
                .isInstanceOf(LimitExceededException.class);
        programs.register("large", Integer.class,
                (workflow, size) -> workflow.step("s", () -> "x".repeat(size), String.class)
                        .length());
        start();
        var fits = programs.start("large", WorkflowSettings.defaults().outputMax() - 2);
        assertThat(programs.awaitResult(fits, LONG)).isPresent();
        var exceeds = programs.start("large", WorkflowSettings.defaults().outputMax() - 1);
        assertThatThrownBy(() -> programs.awaitResult(exceeds, LONG)).hasMessageContaining("limit is 1048576");
        var large = programs.start("echo", "x".repeat(100_000));
        programs.register("echo", (workflow, input) -> input.asString().length());
        start();
        assertThat(programs.awaitResult(large, LONG, Integer.class)).as("input that is not in the task")
                .contains(100_000);
    }

    @Test
    void leavesProgramsItDoesNotKnowToOthers() throws Exception {
        programs.register("known", (workflow, input) -> "known");
        start();
        var other = programs.start("unknown", 0);
        assertThat(programs.awaitResult(programs.start("known", 0), LONG)).isPresent();
        assertThat(one("SELECT state FROM tasks")).isEqualTo("queued");
        var elsewhere = new Programs(database, queue);
        elsewhere.register("unknown", (workflow, input) -> "here");
        start(new PostgresTaskQueue(database, SETTINGS), elsewhere);
        assertThat(programs.awaitResult(other, LONG, String.class)).contains("here");
    }

    @Test
    void aRunnerThatWasThoughtDeadStoresNoStepTwice() throws Exception {
        var runs = new AtomicInteger();
        var firstRuns = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        programs.register("twice", (workflow, input) -> {
            boolean isFirst = runs.incrementAndGet() == 1;
            var order = new ArrayList<Integer>();
            for (int i = 0; i < 10; i++) {
                int number = i;
                order.add(workflow.step("s" + i, () -> {
                    if (isFirst && number == 3) {
                        firstRuns.countDown();
                        while (goOn.getCount() > 0) {
                            try {
                                goOn.await();
                            } catch (InterruptedException e) {
                                // A handler that does not listen.
                            }
                        }
                    }
                    return number;
                }, Integer.class));
            }
            return order;
        });
        start();
        var id = programs.start("twice", 0);
        firstRuns.await();
        // Its lease runs out though it lives.
        database.withHandle(handle -> handle.execute("UPDATE tasks SET state = 'queued', claim_id = NULL"));
        assertThat(programs.awaitResult(id, LONG, JsonNode.class).orElseThrow().toString())
                .isEqualTo("[0,1,2,3,4,5,6,7,8,9]");
        goOn.countDown();
        assertThat(runs).hasValue(2);
        await().atMost(LONG).until(() -> one("SELECT count(*) FROM tasks").equals("0"));
        assertThat(one("SELECT count(*) FROM execution_events WHERE event_type = 'step_completed'")).isEqualTo("10");
        assertNoGaps();
    }

    @Test
    void goesOnAfterTheDatabaseWasLost() throws Exception {
        var proxy = TcpProxy.cutOff(database.settings());
        proxy.heal();
        var shaky = TestDatabase.open(proxy.through(database.settings()));
        var there = new Programs(shaky, new PostgresTaskQueue(shaky, SETTINGS));
        var steps = new Semaphore(0);
        there.register("steps", (workflow, input) -> {
            int sum = 0;
            for (int i = 0; i < 300; i++) {
                int number = i;
                sum += workflow.step("s" + i, () -> {
                    steps.release();
                    return number;
                }, Integer.class);
            }
            return sum;
        });
        start(new PostgresTaskQueue(shaky, SETTINGS), there);
        var id = programs.start("steps", 0);
        for (int i = 0; i < 3; i++) {
            steps.acquire(30);
            proxy.cut();
            await().atMost(LONG).ignoreExceptions().untilAsserted(proxy::heal); // its port may be busy for a moment
        }
        assertThat(programs.awaitResult(id, LONG, Integer.class)).contains(300 * 299 / 2);
        assertThat(one("SELECT count(DISTINCT node_id) FROM execution_events WHERE event_type = 'step_completed'"))
                .isEqualTo("300");
        assertNoGaps();
        there.close();
        proxy.cut();
    }

    @Test
    void goesOnAfterItsProcessWasKilledWithMinusNine() throws Exception {
        database.withHandle(handle -> handle.execute("CREATE TABLE marks (execution uuid, step text)"));
        var ids = IntStream.range(0, 100).mapToObj(i -> programs.start("marks", 30)).toList();
        var child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), ProgramProcess.class.getName(), database.settings().url(),
                database.settings().user(), database.settings().password(), database.settings().schema())
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        await().atMost(LONG).until(() -> Integer.parseInt(one("SELECT count(*) FROM marks")) > 300);
        child.destroyForcibly().waitFor();
        assertThat(one("SELECT count(*) FROM workflow_executions WHERE status = 'running'")).isNotEqualTo("0");
        ProgramProcess.register(programs);
        start();
        for (var id : ids) {
            assertThat(programs.awaitResult(id, LONG)).isPresent();
        }
        assertThat(one("SELECT count(*) FROM marks")).as("transactional steps, each once").isEqualTo("3000");
        assertThat(one("SELECT count(*) FROM (SELECT DISTINCT execution, step FROM marks) AS each")).isEqualTo("3000");
        assertThat(one("SELECT count(*) FROM execution_events WHERE event_type = 'run_resumed'")).isNotEqualTo("0");
        assertNoGaps();
    }

    private Worker start() {
        return start(queue, programs);
    }

    private Worker start(PostgresTaskQueue own, Programs runs) {
        var worker = new Worker(own, SETTINGS, runs.handlers());
        open.add(() -> worker.stop(Duration.ofSeconds(1)));
        worker.start();
        return worker;
    }

    private interface Numbered {
        void run(int number) throws Exception;
    }

    /** Each on a thread of its own. */
    private static void each(int count, Numbered action) throws Exception {
        var failures = new CopyOnWriteArrayList<Throwable>();
        var threads = IntStream.range(0, count).mapToObj(i -> Thread.ofVirtual().start(() -> {
            try {
                action.run(i);
            } catch (Throwable e) {
                failures.add(e);
            }
        })).toList();
        for (var thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
    }

    private List<String> log(UUID id) {
        return events.list(id, 0, 1000).stream()
                .map(event -> event.type() + event.nodeId().map(node -> " " + node).orElse("")).toList();
    }

    private void awaitLog(UUID id, String type) {
        await().atMost(LONG).until(() -> log(id).contains(type));
    }

    private void assertNoGaps() {
        assertThat(one("SELECT count(*) FROM (SELECT max(sequence) - count(*) AS gap FROM execution_events "
                + "GROUP BY execution_id) AS each WHERE gap <> 0")).isEqualTo("0");
    }

    private String one(String sql) {
        return database.withHandle(handle -> handle.createQuery(sql).mapTo(String.class).one());
    }
}
