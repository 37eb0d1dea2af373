package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import dev.howdah.queue.redis.TestRedis;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tasks in Redis, everything else in PostgreSQL. */
class RedisQueueTest {
    @Test
    void keepsTasksInRedisAndSaysSo() {
        try (var redis = TestRedis.start();
                var server = TestServer.start(Map.of("howdah.queue.postgresql", "false", "howdah.queue.redis-url",
                        redis.url()), false)) {
            var health = server.get("/health").json();
            assertThat(health.path("queue").asString()).isEqualTo("redis");
            assertThat(health.path("queue_connected").asBoolean()).isTrue();
            var id = server.post("/api/tasks", "{\"type\": \"resize\"}").json().path("id").asString();
            var claimed = server.post("/api/tasks/claim", "{\"worker\": \"w\", \"types\": [\"resize\"]}").json();
            assertThat(claimed.path("tasks").get(0).path("id").asString()).isEqualTo(id);
            assertThat(server.post("/api/tasks/" + id + "/complete", "{\"attempt\": 1, \"result\": {}}").status())
                    .isEqualTo(200);
            assertThat(server.get("/api/tasks/" + id).json().path("state").asString()).isEqualTo("finished");

            var refused = server.get("/api/schedules");
            assertThat(refused.status()).isEqualTo(501);
            assertThat(refused.json().path("remedy").asString()).contains("USE_POSTGRESQL=true");
            assertThat(server.get("/api/workflows").json().path("detail").asString()).contains("no workflows");
            assertThat(server.get("/api/executions").status()).isEqualTo(501);
            assertThat(server.post("/api/tasks", "{\"type\": \"a\", \"partition\": \"p\"}").json().path("code")
                    .asString()).isEqualTo("queue-redis-unsupported");

            redis.kill();
            assertThat(server.get("/health").json().path("queue_connected").asBoolean()).isFalse();
            assertThat(server.get("/health").json().path("status").asString()).isEqualTo("down");
            assertThat(server.post("/api/tasks", "{\"type\": \"a\"}").status()).isEqualTo(503);
        }
    }

    @Test
    void refusesAtTheStartWhatRedisCannotGive() {
        assertThatThrownBy(() -> HowdahSettings.from(Configuration.of(Map.of("howdah.queue.postgresql", "false"))))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("set REDIS_URL");
        assertThatThrownBy(() -> HowdahSettings.from(Configuration.of(Map.of("howdah.queue.postgresql", "false",
                "howdah.queue.redis-url", "redis://localhost:6379", "howdah.agent.webhook", "http://localhost/x"))))
                .hasMessageContaining("commit together");
        assertThat(HowdahSettings.from(Configuration.of(Map.of("howdah.queue.redis-url", "redis://localhost:6379")))
                .queueInRedis()).as("naming one does not choose it").isFalse();
    }
}
