package dev.howdah.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.queue.NewTask.OnConflict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What tasks can be told beyond what every queue holds for them: uniqueness, dependencies, partitions, secrecy. */
class TaskFeaturesTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration LEASE = Duration.ofMinutes(1);

    private final Database database = PostgresTaskQueueTest.migrated();
    private final PostgresTaskQueue queue = new PostgresTaskQueue(database, QueueSettings.defaults());
    private final Queues queues = new Queues(database);

    @Test
    void replacesOrReschedulesAQueuedTaskOfTheSameKey() {
        var first = queue.enqueue(task(1).withKey("k"));
        var later = task(2).withKey("k").withPriority(7).withDelay(Duration.ofHours(1));
        assertThat(queue.enqueue(later)).isEqualTo(first);
        assertThat(queue.find(first).orElseThrow().payload().path("n").asInt()).as("skipped").isEqualTo(1);

        assertThat(queue.enqueue(later.withOnConflict(OnConflict.RESCHEDULE))).isEqualTo(first);
        assertThat(claim(1)).as("it has an hour to go").isEmpty();
        assertThat(queue.find(first).orElseThrow().payload().path("n").asInt()).isEqualTo(1);

        assertThat(queue.enqueue(later.withOnConflict(OnConflict.REPLACE).withDelay(Duration.ZERO))).isEqualTo(first);
        var claimed = claim(1).getFirst();
        assertThat(claimed.payload().path("n").asInt()).isEqualTo(2);
        assertThat(queue.find(first).orElseThrow().priority()).isEqualTo(7);

        assertThat(queue.enqueue(task(3).withKey("k").withOnConflict(OnConflict.REPLACE))).isEqualTo(first);
        assertThat(queue.find(first).orElseThrow().payload().path("n").asInt()).as("it runs").isEqualTo(2);
    }

    @Test
    void isUniqueByArgumentsInAnyOrderOfTheirNames() {
        var one = NewTask.of("a", json("{\"x\": 1, \"y\": {\"b\": 2, \"c\": [3]}}")).withUniqueArguments();
        var same = NewTask.of("a", json("{\"y\": {\"c\": [3], \"b\": 2}, \"x\": 1}")).withUniqueArguments();
        var other = NewTask.of("a", json("{\"x\": 2}")).withUniqueArguments();
        assertThat(queue.enqueue(List.of(one, same, other))).satisfies(ids -> {
            assertThat(ids.get(1)).isEqualTo(ids.get(0));
            assertThat(ids.get(2)).isNotEqualTo(ids.get(0));
        });
        assertThat(claim(10)).hasSize(2);
    }

    @Test
    void holdsAKeyForItsPeriodThoughTheTaskHasEnded() {
        var daily = task(1).withKey("report").withUniqueFor(Duration.ofDays(1));
        var first = queue.enqueue(daily);
        finish(claim(1));
        assertThat(queue.enqueue(daily)).isEqualTo(first);
        assertThat(claim(1)).isEmpty();
        execute("UPDATE task_periods SET until = now()");
        assertThat(queue.enqueue(daily)).isNotEqualTo(first);
        assertThat(claim(1)).hasSize(1);
    }

    @Test
    void runsATaskAfterThoseThatItDependsOn() {
        var parents = queue.enqueue(List.of(task(1), task(2)));
        var child = queue.enqueue(task(3).after(parents));
        var grandchild = queue.enqueue(task(4).after(List.of(child)));
        assertThat(queue.find(child).orElseThrow().waitsFor()).isEqualTo(2);
        var claims = claim(10);
        assertThat(claims).extracting(ClaimedTask::id).containsExactlyElementsOf(parents);
        finish(claims.subList(0, 1));
        assertThat(claim(10)).isEmpty();
        finish(claims.subList(1, 2));
        claims = claim(10);
        assertThat(claims).extracting(ClaimedTask::id).containsExactly(child);
        finish(claims);
        assertThat(claim(10)).extracting(ClaimedTask::id).containsExactly(grandchild);
        assertThat(number("SELECT count(*) FROM task_dependencies")).isZero();
    }

    @Test
    void cancelsWhatDependsOnATaskThatFailedAndRunsTheCompletionOfABatch() {
        var batch = queue.enqueue(List.of(task(1).withMaxAttempts(1), task(2)));
        var child = queue.enqueue(task(3).after(batch.subList(0, 1)));
        var grandchild = queue.enqueue(task(4).after(List.of(child)));
        var completion = queue.enqueue(task(5).afterEndOf(batch));
        var claims = claim(10);
        queue.complete(List.of(new Completion.Failed(claims.get(0), "no", true)));
        assertThat(queue.find(List.of(child, grandchild))).allSatisfy(task -> {
            assertThat(task.state()).isEqualTo(TaskState.CANCELLED);
            assertThat(task.error()).hasValue("a task that it depends on did not finish");
        });
        queue.cancel(batch.get(1));
        assertThat(claim(10)).extracting(ClaimedTask::id).containsExactly(completion);

        assertThatThrownBy(() -> queue.enqueue(task(6).after(List.of(child)))).isInstanceOf(ConflictException.class)
                .hasMessageContaining("is cancelled");
        assertThatThrownBy(() -> queue.enqueue(task(6).after(List.of(new UUID(0, 1)))))
                .isInstanceOf(NotFoundException.class);
        assertThat(queue.enqueue(task(7).afterEndOf(List.of(child)))).isNotNull();
        assertThat(claim(10)).as("it had ended before").hasSize(1);
    }

    @Test
    void losesNoDependencyHoweverEndsAndEnqueuesInterleave() throws Exception {
        var children = new ArrayList<UUID>();
        for (int round = 0; round < 30; round++) {
            var parent = queue.enqueue(task(round));
            var claims = claim(10).stream().filter(claim -> claim.id().equals(parent)).toList();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var child = threads.submit(() -> queue.enqueue(task(0).withQueue("children").after(List.of(parent))));
                threads.submit(() -> finish(claims)).get();
                children.add(child.get());
            }
        }
        assertThat(children).hasSize(30);
        assertThat(number("SELECT count(*) FROM tasks WHERE queue = 'children' AND (waits_for > 0 OR NOT ready)"))
                .isZero();
    }

    @Test
    void letsPartitionsTakeTurns() {
        queue.enqueue(IntStream.range(0, 200).mapToObj(i -> task(i).withPartition("big")).toList());
        finish(claim(20));
        execute("SELECT pg_sleep(0.11)"); // until the queue's position is told
        finish(claim(1));
        queue.enqueue(IntStream.range(0, 5).mapToObj(i -> task(i).withPartition("small")).toList());
        var next = claim(12);
        assertThat(next.stream().filter(claim -> claim.partition().equals(Optional.of("small")))).hasSize(5);
        assertThat(queue.list(new TaskFilter(Set.of(), Optional.empty(), Optional.empty(), Optional.of("small"),
                Optional.empty(), 100)).items()).hasSize(5);
    }

    @Test
    void keepsThePartitionsLimitExactlyHoweverManyClaim() throws Exception {
        queues.set("default", QueueOptions.NONE.withPartitionLimits(
                new QueueLimits(Optional.of(2), Optional.empty(), Optional.empty())));
        queue.enqueue(IntStream.range(0, 120).mapToObj(i -> task(i).withPartition("p" + i % 4)).toList());
        var taken = new ArrayList<ClaimedTask>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var claims = IntStream.range(0, 8).mapToObj(i -> threads.submit(() -> claim(10))).toList();
            for (var claim : claims) {
                taken.addAll(claim.get());
            }
        }
        taken.addAll(claim(100));
        var counts = new HashMap<String, Integer>();
        taken.forEach(claim -> counts.merge(claim.partition().orElseThrow(), 1, Integer::sum));
        assertThat(counts).hasSize(4).allSatisfy((partition, count) -> assertThat(count).isEqualTo(2));
        finish(taken);
        assertThat(claim(100)).hasSize(8);
    }

    @Test
    void claimsHalfOfWhatMayRunSoThatTheRestGoesOnBesideIt() {
        queues.set("default", QueueOptions.NONE.withPartitionLimits(
                new QueueLimits(Optional.of(8), Optional.empty(), Optional.empty())));
        queue.enqueue(IntStream.range(0, 800).mapToObj(i -> task(i).withPartition("p" + i % 40)).toList());
        var one = claim(1000);
        var other = claim(1000);
        assertThat(one).hasSize(160);
        assertThat(other).hasSize(160);
        assertThat(claim(1000)).isEmpty();
        finish(one);
        assertThat(claim(1000)).hasSize(160);
    }

    @Test
    void keepsTheRateOfEachPartition() {
        queues.set("default", QueueOptions.NONE.withPartitionLimits(
                new QueueLimits(Optional.empty(), Optional.of(0.001), Optional.of(3))));
        queue.enqueue(IntStream.range(0, 20).mapToObj(i -> task(i).withPartition("p" + i % 2)).toList());
        assertThat(claim(100)).as("both buckets were full").hasSize(6);
        assertThat(claim(100)).isEmpty();
        execute("UPDATE partitions SET refilled_at = refilled_at - interval '1000 seconds' WHERE name = 'p0'");
        assertThat(claim(100)).singleElement()
                .satisfies(claim -> assertThat(claim.partition()).hasValue("p0"));
    }

    @Test
    void limitsAllQueuesTogether() {
        queues.set(Queues.ALL, QueueOptions.NONE.withLimits(
                new QueueLimits(Optional.of(3), Optional.empty(), Optional.empty())));
        queue.enqueue(IntStream.range(0, 10).mapToObj(i -> task(i).withQueue("q" + i % 2)).toList());
        var claims = claim(10);
        assertThat(claims).hasSize(3);
        assertThat(claim(10)).isEmpty();
        finish(claims.subList(0, 1));
        assertThat(claim(10)).hasSize(1);
        assertThatThrownBy(() -> queues.set(Queues.ALL, QueueOptions.NONE.withAgeing(Duration.ofHours(1))))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("limits only");
    }

    @Test
    void takesNothingNewWhileItDrains() {
        queue.enqueue(task(1));
        assertThat(queues.drain("default").drainingAt()).isPresent();
        assertThatThrownBy(() -> queue.enqueue(task(2))).isInstanceOf(ConflictException.class)
                .hasMessageContaining("is draining").hasMessageContaining("howdah queue resume default");
        assertThat(claim(10)).hasSize(1);
        assertThat(queues.resume("default").drainingAt()).isEmpty();
        assertThat(queue.enqueue(task(2))).isNotNull();
    }

    @Test
    void raisesThePriorityOfWhatWaitsForLong() {
        queues.set("default", QueueOptions.NONE.withAgeing(Duration.ofMinutes(5)));
        var old = queue.enqueue(task(1));
        var important = queue.enqueue(task(2).withPriority(2));
        execute("UPDATE tasks SET run_at = now() - interval '16 minutes', created_at = now() - interval '16 minutes' "
                + "WHERE priority = 0");
        queue.maintain(new WorkerInfo("w", Set.of(), 1));
        assertThat(queue.find(old).orElseThrow().priority()).isEqualTo(3);
        assertThat(claim(2)).extracting(ClaimedTask::id).containsExactly(old, important);
    }

    @Test
    void removesDeadRowsOfABusyQueueWithoutWaitingForAutovacuum() {
        execute("ALTER TABLE tasks SET (autovacuum_enabled = false)");
        queue.enqueue(IntStream.range(0, 1000).mapToObj(TaskFeaturesTest::task).toList());
        // One session: each tells its own counts, and may keep them for ten seconds.
        database.withHandle(handle -> handle
                .execute("DO $$ BEGIN FOR i IN 1..110 LOOP UPDATE tasks SET error = i::text; END LOOP; END $$")
                + handle.execute("SELECT pg_stat_force_next_flush()"));
        await().atMost(LIMIT).until(() -> QueueStorage.of(database).deadRows() > 100_000);
        // Again, since a transaction of a test beside this one may hold the rows.
        await().atMost(LIMIT).until(() -> {
            queue.maintain(new WorkerInfo("w", Set.of(), 1));
            return QueueStorage.of(database).deadRows() < 10_000;
        });
    }

    @Test
    void forgetsAResultAfterItsTime() {
        var id = queue.enqueue(task(1).withResultTtl(Duration.ofMinutes(1)));
        finish(claim(1));
        queue.maintain(new WorkerInfo("w", Set.of(), 1));
        assertThat(queue.find(id).orElseThrow().result()).isPresent();
        execute("UPDATE task_history SET ended_at = ended_at - interval '2 minutes'");
        new PostgresTaskQueue(database, QueueSettings.defaults()).maintain(new WorkerInfo("w", Set.of(), 1));
        assertThat(queue.find(id).orElseThrow().result()).isEmpty();
        assertThat(queue.find(id).orElseThrow().state()).isEqualTo(TaskState.FINISHED);
    }

    @Test
    void keepsPayloadsAndResultsSecret() {
        var old = "a:" + Base64.getEncoder().encodeToString(new byte[32]);
        var fresh = "b:" + Base64.getEncoder().encodeToString("0123456789abcdef0123456789abcdef".getBytes(
                java.nio.charset.StandardCharsets.UTF_8));
        var before = sealed(old);
        var id = before.enqueue(NewTask.of("a", json("{\"secret\": \"swordfish\"}")));
        assertThat(text("SELECT payload::text FROM tasks")).contains("$sealed", "\"a\"").doesNotContain("swordfish");

        var after = sealed(fresh + "," + old);
        var claim = after.claim("w", Set.of("a"), 1, LEASE).getFirst();
        assertThat(claim.payload().path("secret").asString()).isEqualTo("swordfish");
        after.complete(List.of(new Completion.Finished(claim, json("\"trout\""))));
        assertThat(text("SELECT result::text FROM task_history")).contains("\"b\"").doesNotContain("trout");
        assertThat(after.find(id).orElseThrow().result().orElseThrow().asString()).isEqualTo("trout");

        assertThat(before.find(id).orElseThrow().result().orElseThrow().path("$sealed").asString())
                .as("stays sealed without its key").isEqualTo("b");
        assertThat(SealedPayloads.problems("a:tooshort")).singleElement().satisfies(problem -> assertThat(problem)
                .contains("howdah.queue.encryption-keys", "openssl rand").doesNotContain("tooshort"));
    }

    @Test
    void compressesWhatIsLong() {
        var zipping = new PostgresTaskQueue(database, QueueSettings.from(Configuration.of(Map.of(
                "howdah.queue.compress-from", "1000"))));
        var id = zipping.enqueue(NewTask.of("a", json("{\"text\": \"" + "ha".repeat(5000) + "\"}")));
        assertThat(number("SELECT length(payload::text) FROM tasks")).isLessThan(500);
        assertThat(queue.find(id).orElseThrow().payload().path("text").asString()).hasSize(10_000);
        for (var tricky : List.of("{\"$sealed\": \"gzip\", \"data\": \"y\"}",
                "{\"data\": \"eQ==\", \"$sealed\": \"x\"}")) {
            var given = queue.enqueue(NewTask.of("a", json(tricky)));
            assertThat(queue.find(given).orElseThrow().payload()).isEqualTo(json(tricky));
            execute("UPDATE tasks SET payload = '" + tricky + "' WHERE id = '" + given + "'"); // past our hands
            assertThat(queue.find(given).orElseThrow().payload()).isEqualTo(json(tricky));
        }
    }

    @Test
    void findsATaskThatTurnsUpBehindWhatWasClaimed() {
        var ids = queue.enqueue(List.of(task(1), task(2)));
        execute("UPDATE tasks SET ready = false, run_at = now() + interval '1 hour' WHERE id = '" + ids.get(0) + "'");
        assertThat(claim(10)).extracting(ClaimedTask::id).containsExactly(ids.get(1));
        execute("UPDATE tasks SET ready = true, run_at = now() WHERE id = '" + ids.get(0) + "'"); // as a late commit
        await().atMost(Duration.ofSeconds(20)).until(() -> claim(10).size() == 1);
    }

    @Test
    void takesUpTasksWhoseClaimIsGone() {
        var id = queue.enqueue(task(1));
        assertThat(claim(1)).hasSize(1);
        execute("DELETE FROM claims");
        new PostgresTaskQueue(database, QueueSettings.defaults()).maintain(new WorkerInfo("w", Set.of(), 1));
        assertThat(queue.recoverLost(10)).isEqualTo(1);
        assertThat(claim(1)).extracting(ClaimedTask::id).containsExactly(id);
    }

    @Test
    void leavesNoClaimBehind() {
        queue.enqueue(IntStream.range(0, 50).mapToObj(TaskFeaturesTest::task).toList());
        var claims = claim(50);
        finish(claims.subList(0, 49));
        assertThat(number("SELECT count(*) FROM claims")).isEqualTo(1);
        finish(claims.subList(49, 50));
        assertThat(number("SELECT count(*) FROM claims")).isZero();
    }

    @Test
    void tellsThroughputByMinute() {
        queue.enqueue(List.of(task(1), task(2).withMaxAttempts(1)));
        var claims = claim(2);
        finish(claims.subList(0, 1));
        queue.complete(List.of(new Completion.Failed(claims.get(1), "no", true)));
        assertThat(queue.rates().last(5, Optional.of("default")).stream().mapToLong(TaskRates.Minute::finished).sum())
                .isEqualTo(1);
        assertThat(queue.rates().last(5, Optional.empty()).stream().mapToLong(TaskRates.Minute::failed).sum())
                .isEqualTo(1);
        assertThat(queue.rates().last(5, Optional.of("other"))).isEmpty();
    }

    @Test
    void dropsDaysOfHistoryWhoseTasksEndedLongAgo() {
        queue.enqueue(task(1));
        finish(claim(1));
        assertThat(number("SELECT count(*) FROM task_history_other")).isZero();
        execute("UPDATE task_history SET ended_at = now() - interval '40 days'");
        assertThat(number("SELECT drop_history_partitions(interval '30 days')")).as("today's stays").isZero();
        execute("""
            CREATE TABLE task_history_20200101 PARTITION OF task_history
               FOR VALUES FROM ('016f5e66-e800-0000-0000-000000000000') TO ('016f638d-4400-0000-0000-000000000000')
            """);
        assertThat(number("SELECT drop_history_partitions(interval '30 days')")).isEqualTo(1);
    }

    private PostgresTaskQueue sealed(String keys) {
        return new PostgresTaskQueue(database, QueueSettings.from(Configuration.of(Map.of(
                "howdah.queue.encryption-keys", keys))));
    }

    private static NewTask task(int n) {
        return NewTask.of("a", JsonMapper.shared().createObjectNode().put("n", n));
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    private List<ClaimedTask> claim(int limit) {
        return queue.claim("w", Set.of("a"), limit, LEASE);
    }

    private void finish(List<ClaimedTask> claims) {
        assertThat(queue.complete(claims.stream().map(claim -> (Completion) new Completion.Finished(claim,
                JsonMapper.shared().createObjectNode())).toList())).hasSize(claims.size());
    }

    private void execute(String sql) {
        database.withHandle(handle -> handle.execute(sql));
    }

    private String text(String sql) {
        return database.withHandle(handle -> handle.createQuery(sql).mapTo(String.class).one());
    }

    private double number(String sql) {
        return database.withHandle(handle -> handle.createQuery(sql).mapTo(Double.class).one());
    }
}
