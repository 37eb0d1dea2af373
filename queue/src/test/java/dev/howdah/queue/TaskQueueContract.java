package dev.howdah.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What every {@link TaskQueue} promises; each implementation runs it. Retries are due at once. */
public abstract class TaskQueueContract {
    protected static final Duration LEASE = Duration.ofMinutes(1);
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Set<String> TYPES = Set.of("a", "b");

    /** An empty queue whose pauses between attempts are zero. */
    protected abstract TaskQueue queue();

    /** Makes the leases of all started tasks run out. */
    protected abstract void expireLeases();

    /** Makes it as if all ended tasks had ended that much earlier. */
    protected abstract void age(Duration by);

    @Test
    void claimsInPriorityOrderThenOldestFirst() {
        var low = queue().enqueue(task("a").withPriority(-1));
        var first = queue().enqueue(task("a"));
        var second = queue().enqueue(task("b"));
        var high = queue().enqueue(task("a").withPriority(5));

        assertThat(claim(3)).extracting(ClaimedTask::id).containsExactly(high, first, second);
        assertThat(claim(3)).extracting(ClaimedTask::id).containsExactly(low);
        assertThat(claim(3)).isEmpty();
    }

    @Test
    void claimsOnlyTypesThatWereAskedForAndNothingBeforeItsTime() {
        queue().enqueue(task("c"));
        queue().enqueue(task("a").withDelay(Duration.ofHours(1)));
        assertThat(claim(10)).isEmpty();
        assertThat(queue().claim("w", Set.of("c"), 10, LEASE)).hasSize(1);
    }

    @Test
    void keepsPayloadAndResult() {
        var payload = JSON.readTree("{\"text\":\"ä\\\"\\n\",\"big\":12345678901234567890,\"list\":[1,null,{}]}");
        var id = queue().enqueue(NewTask.of("a", payload));
        var claim = claim(1).getFirst();
        assertThat(claim.payload()).isEqualTo(payload);
        queue().complete(List.of(new Completion.Finished(claim, JSON.createObjectNode())));

        var task = queue().find(id).orElseThrow();
        assertThat(task.state()).isEqualTo(TaskState.FINISHED);
        assertThat(task.result()).as("an empty object is a result").contains(JSON.createObjectNode());
        assertThat(task.endedAt()).isPresent();
    }

    @Test
    void enqueuesThousandsInOrder() {
        var ids = queue().enqueue(IntStream.range(0, 2500).mapToObj(i -> task("a")).toList());
        assertThat(ids).hasSize(2500).doesNotHaveDuplicates().isSorted();
        assertThat(claim(1000)).extracting(ClaimedTask::id).containsExactlyElementsOf(ids.subList(0, 1000));
    }

    @Test
    void keepsEveryCharacterOfManyPayloads() {
        var payload = JSON.createObjectNode().put("text", "tab\t line\n return\r back\\slash \\N \"quoted\" äöü 🐘");
        queue().enqueue(IntStream.range(0, 500).mapToObj(i -> NewTask.of("a", payload)).toList());
        assertThat(claim(500)).hasSize(500).allSatisfy(claim -> assertThat(claim.payload()).isEqualTo(payload));
    }

    @Test
    void holdsOneLiveTaskPerKey() {
        var first = queue().enqueue(task("a").withKey("k"));
        var both = queue()
                .enqueue(List.of(task("a").withKey("k"), task("a").withKey("other"), task("a").withKey("other")));
        assertThat(both.get(0)).isEqualTo(first);
        assertThat(both.get(1)).isEqualTo(both.get(2)).isNotEqualTo(first);

        finish(claim(1).getFirst());
        assertThat(queue().enqueue(task("a").withKey("k"))).as("after its end the key is free").isNotEqualTo(first);
    }

    @Test
    void retriesUpToTheLimitAndRemembersEveryAttempt() {
        var id = queue().enqueue(task("a"));
        for (int attempt = 1; attempt <= 3; attempt++) {
            var claim = claim(1).getFirst();
            assertThat(claim.attempt()).isEqualTo(attempt);
            assertThat(queue().complete(List.of(new Completion.Failed(claim, "no " + attempt, true))))
                    .containsExactly(id);
        }
        assertThat(claim(1)).isEmpty();
        var task = queue().find(id).orElseThrow();
        assertThat(task.state()).isEqualTo(TaskState.FAILED);
        assertThat(task.error()).contains("no 3");
        assertThat(queue().attempts(id)).extracting(a -> a.error().orElse("")).containsExactly("no 1", "no 2", "no 3");
        assertThat(queue().attempts(id)).allSatisfy(a -> {
            assertThat(a.outcome()).isEqualTo(TaskAttempt.Outcome.FAILED);
            assertThat(a.duration()).isPresent();
            assertThat(a.worker()).contains("w");
        });
    }

    @Test
    void endsATaskAtOnceThatCannotSucceed() {
        var id = queue().enqueue(task("a"));
        queue().complete(List.of(new Completion.Failed(claim(1).getFirst(), "never", false)));
        assertThat(queue().find(id).orElseThrow().state()).isEqualTo(TaskState.FAILED);
    }

    @Test
    void releasesWithoutCountingTheAttempt() {
        var id = queue().enqueue(task("a").withMaxAttempts(1));
        queue().complete(List.of(new Completion.Released(claim(1).getFirst())));
        finish(claim(1).getFirst());
        assertThat(queue().find(id).orElseThrow().state()).isEqualTo(TaskState.FINISHED);
        assertThat(queue().attempts(id)).extracting(TaskAttempt::outcome)
                .containsExactly(TaskAttempt.Outcome.RELEASED, TaskAttempt.Outcome.FINISHED);
    }

    @Test
    void runsALostTaskAgainAndDropsTheLateResult() {
        var id = queue().enqueue(task("a"));
        var lost = claim(1).getFirst();
        assertThat(queue().recoverLost(10)).as("while the lease holds").isZero();
        expireLeases();
        assertThat(queue().recoverLost(10)).isEqualTo(1);
        var again = claim(1).getFirst();
        assertThat(again.attempt()).isEqualTo(2);

        assertThat(queue().complete(List.of(finished(lost, "late")))).isEmpty();
        assertThat(queue().heartbeat(List.of(lost), LEASE)).isEmpty();
        assertThat(queue().heartbeat(List.of(again), LEASE)).containsExactly(id);
        assertThat(queue().complete(List.of(finished(again, "good")))).containsExactly(id);
        assertThat(queue().find(id).orElseThrow().result().orElseThrow().asString()).isEqualTo("good");
        assertThat(queue().attempts(id)).extracting(TaskAttempt::outcome)
                .containsExactly(TaskAttempt.Outcome.LOST, TaskAttempt.Outcome.FINISHED);
    }

    @Test
    void doesNotExtendTheLeaseOfAnotherWhenALateOneGoesOn() {
        var id = queue().enqueue(task("a"));
        var late = claim(1).getFirst();
        expireLeases();
        queue().recoverLost(10);
        claim(1);
        expireLeases();
        assertThat(queue().heartbeat(List.of(late), LEASE)).isEmpty();
        assertThat(queue().recoverLost(10)).isEqualTo(1);
        assertThat(queue().find(id).orElseThrow().state()).isEqualTo(TaskState.QUEUED);
    }

    @Test
    void failsATaskThatWasLostInItsLastAttempt() {
        var id = queue().enqueue(task("a").withMaxAttempts(1));
        claim(1);
        expireLeases();
        queue().recoverLost(10);
        var task = queue().find(id).orElseThrow();
        assertThat(task.state()).isEqualTo(TaskState.FAILED);
        assertThat(task.error().orElse("")).contains("heartbeats");
    }

    @Test
    void cancelsQueuedAndStartedTasksAndALateResultChangesNothing() {
        var queued = queue().enqueue(task("b").withDelay(Duration.ofHours(1)));
        var started = queue().enqueue(task("a"));
        var claim = claim(1).getFirst();
        queue().cancel(queued);
        queue().cancel(started);

        assertThat(queue().complete(List.of(finished(claim, "late")))).isEmpty();
        assertThat(queue().find(List.of(queued, started))).extracting(Task::state)
                .containsOnly(TaskState.CANCELLED);
        assertThat(queue().attempts(started)).extracting(TaskAttempt::outcome)
                .containsExactly(TaskAttempt.Outcome.CANCELLED);
        assertThatThrownBy(() -> queue().cancel(started)).isInstanceOf(ConflictException.class)
                .hasMessageContaining("it is cancelled");
        assertThatThrownBy(() -> queue().cancel(UUID.randomUUID())).isInstanceOf(NotFoundException.class);
    }

    @Test
    void retriesByHandWithFreshAttempts() {
        var id = queue().enqueue(task("a").withMaxAttempts(1));
        queue().complete(List.of(new Completion.Failed(claim(1).getFirst(), "bad luck", true)));
        queue().retry(id);
        assertThat(queue().find(id).orElseThrow().error()).as("until an attempt finishes").contains("bad luck");
        finish(claim(1).getFirst());
        assertThat(queue().find(id).orElseThrow().error()).isEmpty();
        assertThatThrownBy(() -> queue().retry(id)).isInstanceOf(ConflictException.class)
                .hasMessageContaining("it is finished");
    }

    @Test
    void refusesToRetryWhenTheKeyIsTaken() {
        var first = queue().enqueue(task("a").withKey("k"));
        queue().cancel(first);
        queue().enqueue(task("a").withKey("k"));
        assertThatThrownBy(() -> queue().retry(first)).isInstanceOf(ConflictException.class)
                .hasMessageContaining("another task with its key");
    }

    @Test
    void listsNewestFirstByPages() {
        var ids = queue().enqueue(IntStream.range(0, 7).mapToObj(i -> task(i % 2 == 0 ? "a" : "b")).toList());
        var seen = new ArrayList<UUID>();
        Optional<String> cursor = Optional.empty();
        do {
            var page = queue()
                    .list(new TaskFilter(Set.of(), Optional.empty(), Optional.empty(), Optional.empty(), cursor, 3));
            page.items().forEach(task -> seen.add(task.id()));
            cursor = page.next();
        } while (cursor.isPresent());
        assertThat(seen).containsExactlyElementsOf(ids.reversed());

        queue().cancel(ids.get(1));
        assertThat(list(Set.of(TaskState.CANCELLED), Optional.empty())).containsExactly(ids.get(1));
        assertThat(list(Set.of(TaskState.QUEUED), Optional.of("b"))).containsExactly(ids.get(5), ids.get(3));
        assertThatThrownBy(
                () -> queue().list(new TaskFilter(Set.of(), Optional.empty(), Optional.empty(), Optional.empty(),
                        Optional.of("nonsense"), 3)))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("cursor");
    }

    @Test
    void countsByStateAndType() {
        queue().enqueue(List.of(task("a"), task("a"), task("b")));
        finish(claim(1).getFirst());
        var statistics = queue().statistics();
        assertThat(statistics.byState()).containsEntry(TaskState.QUEUED, 2L).containsEntry(TaskState.FINISHED, 1L)
                .containsEntry(TaskState.FAILED, 0L);
        assertThat(statistics.byType()).containsEntry("a", 2L).containsEntry("b", 1L);
        assertThat(statistics.averageDuration()).isPresent();
        assertThat(statistics.oldestWait()).isPresent();
        assertThat(statistics.finishedLastMinute()).isEqualTo(1);
        statistics.runs().ifPresent(runs -> assertThat(runs.p50()).isPositive().isLessThanOrEqualTo(runs.p95()));
    }

    @Test
    void deletesOnlyWhatEndedLongAgo() {
        var queued = queue().enqueue(task("b"));
        var started = queue().enqueue(task("a").withPriority(1));
        claim(1);
        var ended = queue().enqueue(task("a").withPriority(2));
        finish(claim(1).getFirst());
        assertThat(queue().deleteEnded(Duration.ofDays(7), 10)).isZero();
        age(Duration.ofDays(8));
        assertThat(queue().deleteEnded(Duration.ofDays(7), 10)).isEqualTo(1);
        assertThat(queue().find(List.of(queued, started, ended))).extracting(Task::id)
                .containsExactlyInAnyOrder(queued, started);
        assertThat(queue().attempts(ended)).isEmpty();
    }

    @Test
    void neverGivesOneTaskToTwo() throws Exception {
        queue().enqueue(IntStream.range(0, 2000).mapToObj(i -> task("a")).toList());
        var jobs = new ArrayList<Callable<List<UUID>>>();
        for (int i = 0; i < 8; i++) {
            var worker = "w" + i;
            jobs.add(() -> {
                var mine = new ArrayList<UUID>();
                for (var claims = queue().claim(worker, TYPES, 17, LEASE); !claims.isEmpty(); claims = queue()
                        .claim(worker, TYPES, 17, LEASE)) {
                    claims.forEach(claim -> mine.add(claim.id()));
                }
                return mine;
            });
        }
        var all = new ArrayList<UUID>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (var job : threads.invokeAll(jobs)) {
                all.addAll(job.get());
            }
        }
        assertThat(all).hasSize(2000);
        assertThat(new HashSet<>(all)).hasSize(2000);
    }

    @Test
    void storesOrRefusesWhatJsonbCannotHold() {
        var nul = JSON.readTree("{\"text\":\"a\\u0000b\"}");
        var escaped = JSON.readTree("{\"text\":\"a\\\\u0000b\"}");
        assertThatThrownBy(() -> queue().enqueue(NewTask.of("a", nul))).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("payload").hasMessageContaining("U+0000");
        queue().enqueue(NewTask.of("a", escaped));
        var claim = claim(1).getFirst();
        assertThat(claim.payload()).isEqualTo(escaped);
        queue().complete(List.of(new Completion.Finished(claim, nul)));
        assertThat(queue().find(claim.id()).orElseThrow().error().orElse("")).contains("U+0000");
    }

    @Test
    void waitsForItsTimeAndCarriesItsTimeout() {
        queue().enqueue(task("a").withRunAt(Instant.now().plus(Duration.ofHours(1))));
        var due = queue().enqueue(task("a").withRunAt(Instant.now().minus(Duration.ofHours(1)))
                .withTimeout(Duration.ofSeconds(90)));
        assertThat(claim(10)).singleElement().satisfies(claim -> {
            assertThat(claim.id()).isEqualTo(due);
            assertThat(claim.timeout()).contains(Duration.ofSeconds(90));
        });
    }

    @Test
    void snoozesWithoutCountingTheAttempt() {
        var id = queue().enqueue(task("a").withMaxAttempts(1));
        queue().complete(List.of(new Completion.Snoozed(claim(1).getFirst(), Duration.ofHours(1))));
        var task = queue().find(id).orElseThrow();
        assertThat(task.state()).isEqualTo(TaskState.QUEUED);
        assertThat(task.runAt()).isAfter(task.createdAt().plus(Duration.ofMinutes(50)));
        assertThat(claim(1)).isEmpty();
        queue().enqueue(task("a").withMaxAttempts(1));
        queue().complete(List.of(new Completion.Snoozed(claim(1).getFirst(), Duration.ZERO)));
        finish(claim(1).getFirst());
        assertThat(queue().attempts(id)).extracting(TaskAttempt::outcome)
                .containsExactly(TaskAttempt.Outcome.SNOOZED);
    }

    @Test
    void endsAnAttemptOfWhichOnlyTheTokenIsKnown() {
        var id = queue().enqueue(task("a"));
        var claim = claim(1).getFirst();
        assertThat(queue().heartbeat(List.of(Claim.of(id, claim.attempt() + 1)), LEASE)).isEmpty();
        assertThat(queue().heartbeat(List.of(Claim.of(id, claim.attempt())), LEASE)).containsExactly(id);
        assertThat(queue().complete(List.of(new Completion.Finished(Claim.of(id, claim.attempt()),
                JSON.createObjectNode())))).containsExactly(id);
    }

    @Test
    void showsProgressAndLogLinesWhileATaskRunsAndDropsThoseOfALostClaim() {
        var id = queue().enqueue(task("a"));
        var lost = claim(1).getFirst();
        expireLeases();
        queue().recoverLost(10);
        var claim = claim(1).getFirst();
        var half = JSON.createObjectNode().put("percent", 50).put("message", "half");
        queue().report(List.of(new TaskReport(claim, Optional.of(half), List.of("one", "two")),
                new TaskReport(lost, Optional.of(JSON.createObjectNode().put("percent", 99)), List.of("late"))));
        queue().report(List.of(new TaskReport(claim, Optional.empty(), List.of("three"))));

        assertThat(queue().find(id).orElseThrow().progress()).contains(half);
        var lines = queue().log(id, 0, 10);
        assertThat(lines).extracting(TaskReport.Line::text).containsExactly("one", "two", "three");
        assertThat(lines).allSatisfy(line -> assertThat(line.attempt()).isEqualTo(2));
        assertThat(queue().log(id, lines.get(1).id(), 10)).extracting(TaskReport.Line::text).containsExactly("three");
        assertThat(queue().log(id, 0, 1)).hasSize(1);
    }

    @Test
    void actsOnAllThatAFilterMatchesAndCountsThemBefore() {
        queue().enqueue(IntStream.range(0, 5).mapToObj(i -> task("a")).toList());
        queue().enqueue(IntStream.range(0, 3).mapToObj(i -> task("b")).toList());
        var onlyA = new TaskFilter(Set.of(), Optional.of("a"), Optional.empty(), Optional.empty(), Optional.empty(), 1);
        assertThat(queue().count(BulkAction.CANCEL, onlyA, 100)).isEqualTo(5);
        assertThat(queue().count(BulkAction.CANCEL, onlyA, 2)).isEqualTo(2);
        assertThat(queue().apply(BulkAction.CANCEL, onlyA, 3)).isEqualTo(3);
        assertThat(queue().apply(BulkAction.CANCEL, onlyA, 100)).isEqualTo(2);
        assertThat(queue().apply(BulkAction.CANCEL, onlyA, 100)).isZero();
        assertThat(queue().apply(BulkAction.RETRY, onlyA, 100)).isEqualTo(5);
        assertThat(claim(100)).hasSize(8);
        assertThat(queue().apply(BulkAction.DISCARD, TaskFilter.newest(1), 100)).as("none has ended").isZero();
        queue().apply(BulkAction.CANCEL, TaskFilter.newest(1), 100);
        assertThat(queue().apply(BulkAction.DISCARD, onlyA, 100)).isEqualTo(5);
        assertThat(queue().list(TaskFilter.newest(100)).items()).hasSize(3);
    }

    @Test
    void actsOnTasksByTheirIdsAsFarAsTheFilterMatchesThemToo() {
        var ids = queue().enqueue(List.of(task("a"), task("b"), task("a"), task("a")));
        var some = TaskFilter.newest(1).withIds(Set.copyOf(ids.subList(0, 3)));
        var onlyA = new TaskFilter(Set.of(), Optional.of("a"), Optional.empty(), Optional.empty(), Optional.empty(), 1)
                .withIds(some.ids());
        assertThat(queue().count(BulkAction.CANCEL, some, 100)).isEqualTo(3);
        assertThat(queue().count(BulkAction.CANCEL, onlyA, 100)).isEqualTo(2);
        assertThat(queue().apply(BulkAction.CANCEL, onlyA, 100)).isEqualTo(2);
        assertThat(list(Set.of(TaskState.CANCELLED), Optional.empty())).containsExactly(ids.get(2), ids.get(0));
        assertThat(queue().apply(BulkAction.RETRY, TaskFilter.newest(1).withIds(Set.of(ids.get(0))), 100)).isOne();
        assertThat(queue().apply(BulkAction.DISCARD, some, 100)).as("one is cancelled, two are queued").isOne();
        assertThat(list(Set.of(), Optional.empty())).containsExactly(ids.get(3), ids.get(1), ids.get(0));
    }

    @Test
    void findsTasksByWhatIsInThemAndSaysHowFarItLooked() {
        var ids = queue().enqueue(IntStream.range(0, 450).mapToObj(i -> NewTask.of(i % 2 == 0 ? "a" : "b",
                JSON.readTree("{\"customer\": {\"id\": " + i % 9 + ", \"name\": \"Ada " + i + "\"}, \"rush\": true}")))
                .toList());
        var search = new TaskSearch(queue());
        var payload = new TaskSearch.Content(Optional.of(JSON.readTree("{\"customer\": {\"id\": 4.0}}")),
                Optional.empty());
        var all = search.find(TaskFilter.newest(500), payload);
        assertThat(all.items()).hasSize(50);
        assertThat(all.lookedAt()).isEqualTo(450);
        assertThat(all.next()).isEmpty();

        var seen = new ArrayList<UUID>();
        Optional<String> cursor = Optional.empty();
        do {
            var page = search
                    .find(new TaskFilter(Set.of(), Optional.of("a"), Optional.empty(), Optional.empty(), cursor,
                            7), payload);
            page.items().forEach(task -> seen.add(task.id()));
            cursor = page.next();
        } while (cursor.isPresent());
        assertThat(seen).hasSize(25).doesNotHaveDuplicates().isSubsetOf(all.items().stream().map(Task::id).toList());

        assertThat(found(search, "aDA 17\"")).containsExactly(ids.get(17));
        assertThat(found(search, ids.get(3).toString().substring(20))).contains(ids.get(3));
        assertThat(found(search, "nowhere")).isEmpty();
        assertThatThrownBy(() -> new TaskSearch.Content(Optional.of(JSON.readTree("[1]")), Optional.empty()))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("payload");
        assertThatThrownBy(() -> new TaskSearch.Content(Optional.empty(), Optional.of("x".repeat(201))))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("text");
    }

    @Test
    void stopsLookingAfterABoundAndGoesOnBehindIt() {
        var ids = queue().enqueue(IntStream.range(0, TaskSearch.LOOKED_AT_MAX + 10).mapToObj(i -> NewTask.of("a",
                JSON.createObjectNode().put("first", i == 0))).toList());
        var search = new TaskSearch(queue());
        var first = new TaskSearch.Content(Optional.of(JSON.readTree("{\"first\": true}")), Optional.empty());
        var page = search.find(TaskFilter.newest(10), first);
        assertThat(page.items()).isEmpty();
        assertThat(page.lookedAt()).isEqualTo(TaskSearch.LOOKED_AT_MAX);
        var rest = search.find(TaskFilter.newest(10).page(page.next(), 10), first);
        assertThat(rest.items()).extracting(Task::id).containsExactly(ids.getFirst());
        assertThat(rest.lookedAt()).isEqualTo(10);
        assertThat(rest.next()).isEmpty();
    }

    private static List<UUID> found(TaskSearch search, String text) {
        return search.find(TaskFilter.newest(500), new TaskSearch.Content(Optional.empty(), Optional.of(text))).items()
                .stream().map(Task::id).toList();
    }

    @Test
    void retriesOnlyOneOfSeveralWithOneKey() {
        for (int i = 0; i < 2; i++) {
            queue().enqueue(task("a").withKey("k"));
            queue().apply(BulkAction.CANCEL, TaskFilter.newest(1), 10);
        }
        assertThat(queue().apply(BulkAction.RETRY, TaskFilter.newest(1), 10)).isEqualTo(1);
        assertThat(queue().apply(BulkAction.RETRY, TaskFilter.newest(1), 10)).as("its key is held now").isZero();
        assertThat(claim(10)).hasSize(1);
    }

    @Test
    void namesTheFaultOfATask() {
        var task = task("a");
        var faults = new LinkedHashMap<String, ThrowingCallable>();
        faults.put("type", () -> task("Send Mail"));
        faults.put("queue", () -> task.withQueue(""));
        faults.put("priority", () -> task.withPriority(5000));
        faults.put("delay", () -> task.withDelay(Duration.ofDays(-1)));
        faults.put("maxAttempts", () -> task.withMaxAttempts(0));
        faults.put("key", () -> task.withKey("k".repeat(10_000)));
        faults.put("partition", () -> task.withPartition(""));
        faults.put("timeout", () -> task.withTimeout(Duration.ZERO));
        faults.put("resultTtl", () -> task.withResultTtl(Duration.ZERO));
        faults.put("uniqueFor", () -> task.withUniqueFor(Duration.ofHours(1)));
        faults.forEach((field, call) -> assertThatThrownBy(call).isInstanceOfSatisfying(InvalidInputException.class,
                e -> assertThat(e.faults()).extracting(InvalidInputException.Fault::field).containsExactly(field)));

        var limit = QueueSettings.PAYLOAD_MAX.defaultValue() - 2;
        assertThat(queue().enqueue(NewTask.of("a", JSON.valueToTree("x".repeat(limit))))).isNotNull();
        assertThatThrownBy(() -> queue().enqueue(NewTask.of("a", JSON.valueToTree("x".repeat(limit + 1)))))
                .hasMessageContaining("payload: has").hasMessageContaining("howdah.queue.payload-max");
    }

    protected static NewTask task(String type) {
        return NewTask.of(type, JSON.createObjectNode());
    }

    protected List<ClaimedTask> claim(int limit) {
        return queue().claim("w", TYPES, limit, LEASE);
    }

    private void finish(ClaimedTask claim) {
        assertThat(queue().complete(List.of(finished(claim, "ok")))).containsExactly(claim.id());
    }

    private static Completion finished(ClaimedTask claim, String result) {
        JsonNode node = JSON.valueToTree(result);
        return new Completion.Finished(claim, node);
    }

    private List<UUID> list(Set<TaskState> states, Optional<String> type) {
        return queue().list(new TaskFilter(states, type, Optional.empty(), Optional.empty(), Optional.empty(), 100))
                .items().stream()
                .map(Task::id).toList();
    }
}
