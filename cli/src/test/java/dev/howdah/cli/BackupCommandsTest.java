package dev.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.TestDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class BackupCommandsTest {
    @TempDir
    Path directory;

    private record Done(int code, String out, String err) {}

    private Done run(String... words) {
        var out = new StringWriter();
        var err = new StringWriter();
        var all = new java.util.ArrayList<>(java.util.List.of(words));
        all.addAll(
                java.util.List.of("--config", directory.resolve("howdah.yml").toString(), "--home", directory.resolve(
                        "home").toString()));
        var code = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(all.toArray(
                String[]::new));
        return new Done(code, out.toString(), err.toString());
    }

    private void configure(DatabaseSettings database, String url) throws Exception {
        Files.writeString(directory.resolve("howdah.yml"), """
            howdah.database:
              url: "%s"
              user: "%s"
              password: "%s"
              schema: "%s"
              pool-min-idle: 0
              acquire-timeout: 1s
            howdah.operations:
              backup-target: "%s"
              backup-keys: "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
              pgbackrest-config: "%s"
            """.formatted(url, database.user(), database.password(), database.schema(), directory.resolve("backups"),
                directory.resolve("pgbackrest/pgbackrest.conf")));
    }

    @Test
    void saysWhatARestoreToAPointInTimeNeeds() throws Exception {
        var database = TestDatabase.settings();
        configure(database, database.url());
        for (var command : new String[]{"setup", "check"}) {
            var done = run("pitr", command);
            assertThat(done.code).as(done.out + done.err).isEqualTo(Main.FAILED);
            assertThat(done.out + done.err).contains("unix_socket_directories");
        }
        assertThat(run("backup", "--engine", "pgbackrest").err).contains("archive_mode is off", "howdah pitr");

        configure(database, "jdbc:postgresql://127.0.0.1:1/none");
        var into = directory.resolve("restored").toString();
        assertThat(run("restore", "--engine", "other", "--into", into).err).contains("pgbackrest");
        assertThat(run("restore", "--engine", "pgbackrest").err).contains("--into");
        assertThat(run("restore", "--engine", "pgbackrest", "--into", into, "--replace").code).isEqualTo(Main.INVALID);
        assertThat(run("restore", "--engine", "pgbackrest", "--into", into, "--to", "noon").err)
                .contains("2026-11-22T10:00:00Z");
        assertThat(run("restore", "--engine", "pgbackrest", "--into", into, "--to", "2026-01-01T00:00:00Z").code).as(
                "there is no backup").isEqualTo(Main.NOT_FOUND);
        assertThat(run("restore", "--to", "2026-01-01T00:00:00Z").code).as("no engine for it").isEqualTo(Main.INVALID);
        assertThat(run("verify", "20260101-000000F").code).isEqualTo(Main.NOT_FOUND);
        assertThat(run("backups").out).as("no physical ones").doesNotContain("2026");
    }

    @Test
    void backsUpListsVerifiesRestoresAndRehearses() throws Exception {
        var database = TestDatabase.settings();
        configure(database, database.url());
        assertThat(run("backup").code).as("nothing to back up").isEqualTo(Main.NOT_FOUND);
        assertThat(run("migrate", "up").code).isZero();
        var made = run("backup");
        assertThat(made.code).as(made.err).isZero();
        assertThat(made.out).contains("made howdah-" + database.schema(), "encrypted with key k1");
        var json = JsonMapper.shared().readTree(run("backups", "--json").out);
        var name = json.get(0).path("name").asString();
        assertThat(run("backups").out).contains(name);
        assertThat(run("verify", "latest").out).contains(name + " is whole");

        var refused = run("restore", name);
        assertThat(refused.code).isEqualTo(Main.FAILED);
        assertThat(refused.err).contains("--into NAME", "--replace");
        assertThat(run("restore", name, "--replace").code).as("nobody agrees").isEqualTo(Main.INVALID);
        var restored = run("restore", name, "--into", database.schema() + "_r");
        assertThat(restored.code).as(restored.err).isZero();
        assertThat(restored.out).contains("into schema " + database.schema() + "_r");
        assertThat(run("restore", "latest", "--replace", "--yes").out).contains("DROP SCHEMA");
        var drill = run("drill");
        assertThat(drill.code).as(drill.err).isZero();
        assertThat(drill.out).contains("ok", "RPO", "RTO");

        configure(database, "jdbc:postgresql://127.0.0.1:1/none");
        assertThat(run("backups").out).as("the database is down").contains(name);
        assertThat(run("verify", name).code).isZero();
        var file = directory.resolve("backups").resolve(name).resolve("manifest.json");
        Files.writeString(file, Files.readString(file).replaceFirst("\"rows\":", "\"rows\": "));
        assertThat(run("verify", name).code).isEqualTo(Main.FAILED);
        assertThat(run("verify", "howdah-x-20260101T000000Z-000000").code).isEqualTo(Main.NOT_FOUND);
        Files.writeString(directory.resolve("howdah.yml"), "");
        assertThat(run("backups").code).as("no target").isEqualTo(Main.INVALID);
    }
}
