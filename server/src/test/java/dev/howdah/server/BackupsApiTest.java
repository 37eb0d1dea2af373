package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class BackupsApiTest {
    @TempDir
    Path directory;

    private static JsonNode ended(TestServer server, String id) {
        await().atMost(Duration.ofSeconds(60)).until(() -> server.get("/api/tasks/" + id).json().path("ended_at")
                .isString());
        return server.get("/api/tasks/" + id).json();
    }

    @Test
    void makesListsAndRehearsesBackups() {
        try (var server = TestServer
                .start(Map.of("howdah.operations.backup-target", directory.resolve("backups").toString(),
                        "howdah.home", directory.resolve("home").toString()), true)) {
            assertThat(server.get("/api/schedules/backup.run").json().path("cron").asString()).isEqualTo("0 2 * * *");
            var accepted = server.post("/api/backups", "{}", "Idempotency-Key", "once");
            assertThat(accepted.status()).as(accepted.text()).isEqualTo(202);
            var id = accepted.json().path("task_id").asString();
            assertThat(server.post("/api/backups", "{}", "Idempotency-Key", "once").json().path("task_id").asString())
                    .isEqualTo(id);
            assertThat(ended(server, id).path("state").asString()).isEqualTo("finished");

            var page = server.get("/api/backups").json();
            assertThat(page.path("target").asString()).endsWith("/backups");
            assertThat(page.path("items")).hasSize(1);
            var backup = page.path("items").get(0);
            assertThat(backup.path("rows").asLong()).isPositive();
            var name = backup.path("name").asString();
            assertThat(server.get("/api/backups/" + name).json().path("engine").asString()).isEqualTo("logical");
            assertThat(server.get("/api/backups/howdah-x-20260101T000000Z-000000").status()).isEqualTo(404);
            assertThat(server.get("/api/backups/none").status()).isEqualTo(400);
            assertThat(server.get("/api/backup-runs").json().path("items").get(0).path("name").asString())
                    .isEqualTo(name);

            var drill = server.post("/api/drills", "{}").json().path("task_id").asString();
            assertThat(ended(server, drill).path("state").asString()).isEqualTo("finished");
            var drills = server.get("/api/drills").json().path("items");
            assertThat(drills.get(0).path("state").asString()).isEqualTo("passed");
            assertThat(drills.get(0).path("rto_ms").asLong()).isPositive();
            assertThat(drills.get(0).path("checks")).hasSize(6);
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(server.get("/metrics").text())
                    .containsPattern("howdah_backup_age_seconds \\d").containsPattern(
                            "howdah_backup_drill_age_seconds \\d")
                    .contains("howdah_backup_drill_failed 0.0"));
        }
    }

    @Test
    void saysThatThereIsNoTarget() {
        try (var server = TestServer.start(Map.of(), false)) {
            assertThat(server.get("/api/backups").json().path("items")).isEmpty();
            assertThat(server.get("/api/schedules/backup.run").status()).isEqualTo(404);
            var refused = server.post("/api/backups", "{}");
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.text()).contains("HOWDAH_OPERATIONS_BACKUP_TARGET");
        }
    }
}
