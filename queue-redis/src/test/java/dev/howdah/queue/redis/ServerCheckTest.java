package dev.howdah.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.ConfigurationException;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.queue.BulkAction;
import dev.howdah.queue.Completion;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.TaskFilter;
import dev.howdah.queue.TaskReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;
import tools.jackson.databind.json.JsonMapper;

class ServerCheckTest {
    @Test
    void refusesAServerThatMayThrowTasksAway() {
        try (var server = TestRedis.start("--maxmemory-policy", "allkeys-lru")) {
            assertThatThrownBy(() -> RedisTaskQueue.open(server.url(), QueueSettings.defaults()))
                    .isInstanceOf(ConfigurationException.class).hasMessageContaining("allkeys-lru")
                    .hasMessageContaining("noeviction").hasMessageContaining("USE_POSTGRESQL=true");
        }
    }

    @Test
    void takesNothingNewWhenTheMemoryIsUsedUpButEndsWhatItHas() {
        try (var server = TestRedis.start();
                var queue = RedisTaskQueue.open(server.url(), QueueSettings.defaults());
                var redis = RedisClient.create(server.url())) {
            var task = NewTask.of("a", JsonMapper.shared().createObjectNode());
            var id = queue.enqueue(task);
            redis.configSet("maxmemory", "1");
            assertThatThrownBy(() -> queue.enqueue(task)).isInstanceOfSatisfying(UnavailableException.class,
                    e -> assertThat(e.code()).isEqualTo("redis-out-of-memory")).hasMessageContaining("maxmemory");
            var claim = queue.claim("w", Set.of("a"), 1, Duration.ofMinutes(1)).getFirst();
            queue.report(List.of(new TaskReport(claim, Optional.empty(), List.of("line"))));
            assertThat(queue.heartbeat(List.of(claim), Duration.ofMinutes(1))).containsExactly(id);
            assertThat(queue.complete(List.of(new Completion.Failed(claim, "no", false)))).containsExactly(id);
            queue.retry(id);
            queue.cancel(id);
            assertThat(queue.apply(BulkAction.DISCARD, TaskFilter.newest(1), 10)).isEqualTo(1);
            redis.configSet("maxmemory", "0");
            assertThat(queue.enqueue(task)).isNotNull();
        }
    }

    @Test
    void saysThatAPasswordIsMissingOrWrong() {
        try (var server = TestRedis.start(); var redis = RedisClient.create(server.url())) {
            redis.configSet("requirepass", "swordfish");
            for (var url : new String[]{server.url(), server.url().replace("//", "//:trout@")}) {
                assertThatThrownBy(() -> RedisTaskQueue.open(url, QueueSettings.defaults()))
                        .isInstanceOfSatisfying(UnavailableException.class,
                                e -> assertThat(e.code()).isEqualTo("redis-refused"))
                        .hasMessageContaining("password").hasMessageNotContaining("trout");
            }
            RedisTaskQueue.open(server.url().replace("//", "//:swordfish@"), QueueSettings.defaults()).close();
        }
    }

    @Test
    void refusesWhatIsTooOld() {
        for (var version : new String[]{"5.0.14", "6.0.16", "strange"}) {
            assertThat(ServerCheck.problems(Map.of("redis_version", version), "r:1")).singleElement().asString()
                    .contains(version, "6.2");
        }
        for (var version : new String[]{"6.2.0", "7.0.15", "10.0"}) {
            assertThat(ServerCheck.problems(Map.of("redis_version", version), "r:1")).isEmpty();
        }
    }

    @Test
    void warnsOfWhatACrashMayLose() {
        assertThat(ServerCheck.warnings(Map.of("aof_enabled", "0", "appendfsync", "always"), "r:1")).singleElement()
                .asString().contains("appendonly off");
        assertThat(ServerCheck.warnings(Map.of("aof_enabled", "1", "appendfsync", "everysec"), "r:1")).singleElement()
                .asString().contains("last second");
        assertThat(ServerCheck.warnings(Map.of("aof_enabled", "1"), "r:1")).singleElement().asString()
                .contains("does not tell");
        assertThat(ServerCheck.warnings(Map.of("aof_enabled", "1", "appendfsync", "always"), "r:1")).isEmpty();
    }
}
