package dev.howdah.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.queue.ClaimedTask;
import dev.howdah.queue.Completion;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.NewTask.OnConflict;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.TaskFilter;
import dev.howdah.queue.TaskReport;
import dev.howdah.queue.TaskState;
import dev.howdah.queue.WorkerInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;
import tools.jackson.databind.json.JsonMapper;

/** What tasks can be told beyond what every queue holds for them, and what Redis refuses. */
class RedisFeaturesTest {
    private static final Duration LEASE = Duration.ofMinutes(1);

    private final String prefix = TestRedis.prefix();
    private final String keys = "{" + prefix + "}";
    private final RedisTaskQueue queue = open(Map.of());
    private final RedisClient redis = RedisClient.create(TestRedis.sharedUrl());

    private RedisTaskQueue open(Map<String, String> settings) {
        return RedisTaskQueue.open(TestRedis.sharedUrl(), prefix, QueueSettings.from(Configuration.of(settings)));
    }

    @AfterEach
    void close() {
        queue.close();
        redis.close();
    }

    @Test
    void replacesOrReschedulesAQueuedTaskOfTheSameKey() {
        var first = queue.enqueue(task(1).withKey("k"));
        var later = task(2).withKey("k").withPriority(7).withDelay(Duration.ofHours(1));
        assertThat(queue.enqueue(later)).isEqualTo(first);
        assertThat(n(first)).as("skipped").isEqualTo(1);

        assertThat(queue.enqueue(later.withOnConflict(OnConflict.RESCHEDULE))).isEqualTo(first);
        assertThat(claim(1)).as("it has an hour to go").isEmpty();
        assertThat(n(first)).isEqualTo(1);

        assertThat(queue.enqueue(later.withOnConflict(OnConflict.REPLACE).withDelay(Duration.ZERO))).isEqualTo(first);
        assertThat(claim(1).getFirst().payload().path("n").asInt()).isEqualTo(2);
        assertThat(queue.find(first).orElseThrow().priority()).isEqualTo(7);

        assertThat(queue.enqueue(task(3).withKey("k").withOnConflict(OnConflict.REPLACE))).isEqualTo(first);
        assertThat(n(first)).as("it runs").isEqualTo(2);
    }

    @Test
    void replacesATaskOfTheSameCall() {
        var ids = queue.enqueue(List.of(task(1).withKey("k"),
                task(2).withKey("k").withOnConflict(OnConflict.REPLACE).withDelay(Duration.ofHours(1))));
        assertThat(ids.get(1)).isEqualTo(ids.get(0));
        assertThat(claim(10)).as("nothing of the first is left among the ready ones").isEmpty();
    }

    @Test
    void isUniqueByArgumentsAndForAPeriod() {
        var one = NewTask.of("a", JsonMapper.shared().readTree("{\"x\":1,\"y\":2}")).withUniqueArguments();
        var same = NewTask.of("a", JsonMapper.shared().readTree("{\"y\":2,\"x\":1}")).withUniqueArguments();
        assertThat(queue.enqueue(List.of(one, same)).stream().distinct()).hasSize(1);
        finish(claim(10));

        var daily = task(1).withKey("report").withUniqueFor(Duration.ofDays(1));
        var first = queue.enqueue(daily);
        finish(claim(1));
        assertThat(queue.enqueue(daily)).isEqualTo(first);
        assertThat(claim(1)).isEmpty();
        redis.del(keys + "unique:report"); // as if the day were over
        assertThat(queue.enqueue(daily)).isNotEqualTo(first);
        assertThat(claim(1)).hasSize(1);
    }

    @Test
    void forgetsAResultAfterItsTime() {
        var id = queue.enqueue(task(1).withResultTtl(Duration.ofMinutes(1)));
        finish(claim(1));
        queue.maintain(new WorkerInfo("w", Set.of(), 1));
        assertThat(queue.find(id).orElseThrow().result()).isPresent();
        redis.zadd(keys + "expiring", 1, id.toString());
        queue.maintain(new WorkerInfo("w", Set.of(), 1));
        assertThat(queue.find(id).orElseThrow().result()).isEmpty();
        assertThat(queue.find(id).orElseThrow().state()).isEqualTo(TaskState.FINISHED);
    }

    @Test
    void backsOffExponentiallyWithJitter() {
        try (var slow = open(Map.of("howdah.queue.retry-first", "10s", "howdah.queue.retry-max", "30s"))) {
            var id = slow.enqueue(task(1).withMaxAttempts(10));
            for (double expected : new double[]{10, 20, 30, 30}) {
                slow.complete(List.of(new Completion.Failed(claim(1).getFirst(), "no", true)));
                var pause = Duration.between(Instant.now(), slow.find(id).orElseThrow().runAt());
                assertThat((double) pause.toMillis() / 1000).isBetween(expected * 0.8 - 2, expected * 1.2);
                assertThat(slow.claim("w", Set.of("a"), 1, LEASE)).isEmpty();
                assertThat(slow.untilNext()).isPresent();
                redis.zadd(keys + "delayed", 1, id.toString());
            }
        }
    }

    @Test
    void keepsPayloadsAndResultsSecret() {
        var key = "a:" + Base64.getEncoder().encodeToString(new byte[32]);
        try (var sealed = open(Map.of("howdah.queue.encryption-keys", key))) {
            var id = sealed.enqueue(NewTask.of("a", JsonMapper.shared().readTree("{\"secret\":\"swordfish\"}")));
            assertThat(redis.hget(keys + "task:" + id, "payload")).contains("$sealed").doesNotContain("swordfish");
            var claim = sealed.claim("w", Set.of("a"), 1, LEASE).getFirst();
            assertThat(claim.payload().path("secret").asString()).isEqualTo("swordfish");
            sealed.complete(List.of(new Completion.Finished(claim, JsonMapper.shared().valueToTree("trout"))));
            assertThat(redis.hget(keys + "task:" + id, "result")).doesNotContain("trout");
            assertThat(sealed.find(id).orElseThrow().result().orElseThrow().asString()).isEqualTo("trout");
        }
    }

    @Test
    void claimsAcrossManyTypesInOneOrder() {
        var types = IntStream.range(0, 12).mapToObj(i -> "t" + i).toList();
        var ids = queue.enqueue(IntStream.range(0, 1500)
                .mapToObj(i -> NewTask.of(types.get(i % 12), JsonMapper.shared().createObjectNode())).toList());
        var first = queue.enqueue(NewTask.of("t7", JsonMapper.shared().createObjectNode()).withPriority(1000));
        var last = queue.enqueue(NewTask.of("t3", JsonMapper.shared().createObjectNode()).withPriority(-1000));
        var all = new java.util.ArrayList<UUID>();
        for (var claims = queue.claim("w", Set.copyOf(types), 700, LEASE); !claims.isEmpty(); claims = queue.claim("w",
                Set.copyOf(types), 700, LEASE)) {
            claims.forEach(claim -> all.add(claim.id()));
        }
        assertThat(all.getFirst()).isEqualTo(first);
        assertThat(all.getLast()).isEqualTo(last);
        assertThat(all.subList(1, 1501)).containsExactlyElementsOf(ids);
    }

    @Test
    void listsTheFewThatRunAmongManyThatWait() {
        queue.enqueue(IntStream.range(0, 3000).mapToObj(RedisFeaturesTest::task).toList());
        var running = claim(5).stream().map(ClaimedTask::id).toList();
        var filter = new TaskFilter(Set.of(TaskState.STARTED), Optional.of("a"), Optional.of("default"),
                Optional.empty(), Optional.empty(), 3);
        var page = queue.list(filter);
        assertThat(page.items()).hasSize(3);
        var rest = queue.list(new TaskFilter(filter.states(), filter.type(), filter.queue(), filter.partition(),
                page.next(), 3));
        assertThat(rest.items()).hasSize(2);
        assertThat(rest.next()).isEmpty();
        assertThat(running).containsAll(page.items().stream().map(dev.howdah.queue.Task::id).toList());
    }

    @Test
    void takesManyLargePayloadsAndResultsInPieces() {
        var large = JsonMapper.shared().valueToTree("x".repeat(900_000));
        var ids = queue.enqueue(IntStream.range(0, 40).mapToObj(i -> NewTask.of("a", large)).toList());
        var claimed = new java.util.ArrayList<ClaimedTask>();
        for (var claims = claim(100); !claims.isEmpty(); claims = claim(100)) {
            assertThat(claims.size()).as("a claim's answer is bounded").isLessThan(25);
            claimed.addAll(claims);
        }
        assertThat(claimed).extracting(ClaimedTask::id).containsExactlyElementsOf(ids);
        assertThat(queue.complete(claimed.stream().map(claim -> (Completion) new Completion.Finished(claim, large))
                .toList())).containsExactlyInAnyOrderElementsOf(ids);
        queue.apply(dev.howdah.queue.BulkAction.DISCARD, TaskFilter.newest(1), 100);
    }

    @Test
    void leavesNothingBehindOfWhatIsDeleted() {
        queue.enqueue(IntStream.range(0, 700).mapToObj(i -> task(i).withKey("k" + i)).toList());
        var claims = claim(700);
        queue.report(List.of(new TaskReport(claims.getFirst(), Optional.empty(), List.of("line"))));
        queue.complete(List.of(new Completion.Snoozed(claims.getFirst(), Duration.ofHours(1))));
        finish(claims.subList(1, 700));
        queue.cancel(claims.getFirst().id());
        redis.zrange(keys + "ended", 0, -1).forEach(id -> redis.zadd(keys + "ended", 1, id));
        assertThat(queue.deleteEnded(Duration.ofDays(1), 10_000)).isEqualTo(700);
        assertThat(redis.keys(keys.replace("{", "\\{") + "*").stream().map(key -> key.substring(keys.length())
                .replaceFirst(":.*", "")).distinct())
                .containsExactlyInAnyOrder("types", "durations", "done", "created");
    }

    @Test
    void refusesWhatRedisCannotGive() {
        var database = TestDatabase.create();
        assertThatThrownBy(() -> database.useTransaction(tx -> queue.enqueue(tx, task(1))))
                .isInstanceOfSatisfying(InvalidInputException.class, RedisFeaturesTest::namesTheRemedy);
        assertThatThrownBy(() -> database.useTransaction(tx -> queue.complete(tx, List.of())))
                .isInstanceOfSatisfying(InvalidInputException.class, RedisFeaturesTest::namesTheRemedy);
        assertThatThrownBy(() -> queue.enqueue(task(1).withPartition("tenant")))
                .isInstanceOfSatisfying(InvalidInputException.class, RedisFeaturesTest::namesTheRemedy);
        assertThatThrownBy(() -> queue.enqueue(task(1).after(Set.of(new UUID(0, 1)))))
                .isInstanceOfSatisfying(InvalidInputException.class, RedisFeaturesTest::namesTheRemedy);
        assertThat(queue.list(TaskFilter.newest(1)).items()).isEmpty();
    }

    private static void namesTheRemedy(InvalidInputException e) {
        assertThat(e.code()).isEqualTo("queue-redis-unsupported");
        assertThat(e).hasMessageContaining("USE_POSTGRESQL=true");
    }

    @Test
    void refusesAnUrlOrPrefixThatIsNotValidWithoutTellingThePassword() {
        for (var url : List.of("http://user:secret@host", "redis://user:secret@", "redis://user:sec ret@host:1")) {
            assertThatThrownBy(() -> RedisTaskQueue.open(url, QueueSettings.defaults()))
                    .isInstanceOf(ConfigurationException.class).hasMessageContaining("redis://")
                    .hasMessageNotContaining("secret").hasNoCause();
        }
        assertThatThrownBy(() -> RedisTaskQueue.open(TestRedis.sharedUrl(), "a{b}", QueueSettings.defaults()))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("a{b}");
    }

    private static NewTask task(int n) {
        return NewTask.of("a", JsonMapper.shared().createObjectNode().put("n", n));
    }

    private int n(UUID id) {
        return queue.find(id).orElseThrow().payload().path("n").asInt();
    }

    private List<ClaimedTask> claim(int limit) {
        return queue.claim("w", Set.of("a"), limit, LEASE);
    }

    private void finish(List<ClaimedTask> claims) {
        assertThat(queue.complete(claims.stream().map(claim -> (Completion) new Completion.Finished(claim,
                JsonMapper.shared().createObjectNode())).toList())).hasSize(claims.size());
    }
}
