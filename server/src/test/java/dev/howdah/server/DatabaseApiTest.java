package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.TestDatabase;
import java.sql.DriverManager;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** What a console asks of the database. */
class DatabaseApiTest {
    private final TestServer server = TestServer.start(Map.of(), false);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void examinesTheInstallation() {
        var all = server.get("/api/doctor").json();
        assertThat(all.path("status").asString()).as("the tests' server has no fsync").isEqualTo("degraded");
        assertThat(all.path("checks").valueStream().map(check -> check.path("name").asString())).hasSizeGreaterThan(45)
                .contains("database", "migrations", "queue", "knowledge", "snapshots", "duplicate-indexes",
                        "wraparound");
        var durability = all.path("checks").valueStream()
                .filter(check -> check.path("name").asString().equals("durability")).findFirst().orElseThrow();
        assertThat(durability.path("findings").get(0).path("fix").path("text").asString())
                .startsWith("ALTER SYSTEM SET fsync = on;");
        var some = server.get("/api/doctor?area=indexes,schema").json();
        assertThat(some.path("checks").valueStream().map(check -> check.path("area").asString()).distinct())
                .containsExactly("indexes", "schema");
        assertThat(some.path("status").asString()).as(some.toPrettyString()).isEqualTo("ok");
        var refused = server.get("/api/doctor?area=all");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().path("code").asString()).isEqualTo("doctor-area-unknown");
    }

    @Test
    void showsSizesIndexesSettingsAndMigrations() {
        var sizes = server.get("/api/database/sizes?limit=500").json().path("items");
        assertThat(sizes.valueStream().map(size -> size.path("name").asString())).contains("tasks");
        assertThat(sizes.get(0).path("total_bytes").asLong()).isPositive();
        assertThat(server.get("/api/database/indexes?limit=5").json().path("items")).hasSize(5);
        assertThat(server.get("/api/database/indexes?limit=0").status()).isEqualTo(400);
        assertThat(server.get("/api/database/settings").text()).contains("shared_buffers")
                .doesNotContain("\"archive_command\"");
        var migrations = server.get("/api/database/migrations").json();
        assertThat(migrations.path("up_to_date").asBoolean()).isTrue();
        assertThat(migrations.path("items").get(0).path("state").asString()).isEqualTo("applied");
        server.howdah().migrator().down(2);
        var pending = server.get("/api/database/migrations").json();
        assertThat(pending.path("up_to_date").asBoolean()).isFalse();
        var last = pending.path("items").get(pending.path("items").size() - 1);
        assertThat(last.path("state").asString()).isEqualTo("pending");
        assertThat(last.path("locks").isArray()).isTrue();
        assertThat(last.path("transactional").asBoolean()).isTrue();
    }

    @Test
    void showsSessionsAndCancelsThem() throws Exception {
        var settings = server.howdah().settings().database();
        try (var client = DriverManager.getConnection(settings.url(), settings.user(), settings.password())) {
            client.setAutoCommit(false);
            try (var statement = client.createStatement()) {
                statement.execute("SELECT 'hush'");
            }
            int pid = client.unwrap(PGConnection.class).getBackendPID();
            var activity = server.get("/api/database/activity?limit=1000").json();
            assertThat(activity.path("by_state").path("idle in transaction").asInt()).isPositive();
            assertThat(activity.toString()).doesNotContain("hush");
            assertThat(activity.path("items").valueStream().map(item -> item.path("pid").asInt())).contains(pid);
            assertThat(server.get("/api/database/locks").json().path("items").isArray()).isTrue();
            assertThat(
                    server.post("/api/database/activity/" + pid + "/cancel", "").json().path("terminated").asBoolean())
                    .isFalse();
            assertThat(server.post("/api/database/activity/" + pid + "/cancel", "{\"terminate\": true}").status())
                    .isEqualTo(200);
            await().untilAsserted(
                    () -> assertThat(server.post("/api/database/activity/" + pid + "/cancel", "").status())
                            .isEqualTo(404));
        }
        assertThat(server.post("/api/database/activity/first/cancel", "").status()).isEqualTo(400);
    }

    @Test
    void explainsWhatReads() {
        var planned = server.post("/api/database/explain", "{\"sql\": \"SELECT id FROM tasks WHERE id = $1\"}").json();
        assertThat(planned.path("lines").get(0).asString()).contains("tasks");
        assertThat(planned.path("execution_ms").isNull()).isTrue();
        assertThat(planned.path("plan").path("Plan").isObject()).isTrue();
        var run = server.post("/api/database/explain",
                "{\"sql\": \"SELECT 1\", \"analyze\": true, \"timeout\": \"2s\"}");
        assertThat(run.json().path("execution_ms").asDouble()).isPositive();
        for (var refused : new String[]{"{}", "{\"sql\": \"DROP TABLE tasks\"}",
                "{\"sql\": \"SELECT 1; DROP TABLE tasks\"}",
                "{\"sql\": \"SELECT 1\", \"timeout\": \"1h\"}"}) {
            assertThat(server.post("/api/database/explain", refused).status()).as(refused).isEqualTo(400);
        }
    }

    @Test
    void wantsTheKey() {
        try (var guarded = TestServer.open(TestDatabase.settings(), Map.of("howdah.server.api-key", "k".repeat(32)))) {
            for (var path : new String[]{"/api/doctor", "/api/database/sizes", "/api/database/activity"}) {
                assertThat(guarded.get(path).status()).as(path).isEqualTo(401);
            }
        }
    }
}
