package dev.howdah.operations.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.objectstore.ObjectServer;
import dev.howdah.objectstore.ObjectStore;
import dev.howdah.operations.backup.target.ObjectTarget;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ObjectTargetTest {
    @Test
    void keepsBackupsInAnObjectStore() throws Exception {
        try (var server = ObjectServer.start(); var filled = Filled.create(200)) {
            filled.execute(
                    "CREATE TABLE noise AS SELECT i, sha512(i::text::bytea) AS noise FROM generate_series(1, 200000) AS i");
            var target = new ObjectTarget(new ObjectStore(server.bucket("bucket/backups"), ObjectServer.CREDENTIALS,
                    Clock.systemUTC(), "x"));
            var backups = new Backups(filled.database, Filled.migrations(), target, BackupSettings.defaults().withKeys(
                    BackupsTest.KEYS), "test");
            var made = backups.run(BackupProgress.NONE);
            assertThat(server.parts()).isZero();
            assertThat(server.objects().values()).as("one came in parts").anyMatch(object -> object.length > 10 << 20);
            assertThat(backups.store().list()).containsExactly(made);
            backups.store().verify(made.name(), BackupProgress.NONE);
            var into = filled.database.settings().schema() + "_o";
            backups.restore(RestorePlan.of(made.name()).into(into), BackupProgress.NONE);
            assertThat(Filled.content(filled.open(into))).isEqualTo(Filled.content(filled.database));

            server.objects().put("bucket/backups/mine.txt", new byte[]{1});
            server.objects().remove("bucket/backups/" + made.name() + "/manifest.json");
            assertThat(backups.store().list()).isEmpty();
            assertThat(target.removeRemains(Duration.ofDays(100_000))).isEmpty();
            assertThat(target.removeRemains(Duration.ZERO)).containsExactly(made.name());
            assertThat(server.objects().keySet()).containsExactly("bucket/backups/mine.txt");
        }
    }

    @Test
    void leavesNothingThatLooksLikeABackupWhenTheStoreFails() throws Exception {
        try (var server = ObjectServer.start(); var filled = Filled.create(50)) {
            var target = new ObjectTarget(new ObjectStore(server.bucket("bucket"), ObjectServer.CREDENTIALS, Clock
                    .systemUTC(), "x"));
            var backups = new Backups(filled.database, Filled.migrations(), target, BackupSettings.defaults(), "test");
            assertThatThrownBy(() -> backups.run(step -> {
                if (step.percent() > 40 && step.percent() < 60) {
                    server.fail(12);
                }
                return true;
            })).isInstanceOf(UnavailableException.class);
            server.fail(0);
            assertThat(backups.store().list()).isEmpty();
            target.removeRemains(Duration.ZERO); // the store may have failed while it was cleaned up, too
            assertThat(server.objects()).isEmpty();
        }
    }

    @Test
    void readsTheTargetsOfTheSettings() {
        var settings = BackupSettings.defaults();
        assertThat(BackupTargets.of(settings)).isEmpty();
        assertThat(location(settings.withTarget("/var/backups"))).isEqualTo("/var/backups");
        assertThat(location(settings.withTarget("s3://b/p"))).isEqualTo("https://s3.us-east-1.amazonaws.com/b/p");
        assertThat(location(settings.withTarget("gs://b/p"))).isEqualTo("https://storage.googleapis.com/b/p");
        for (var wrong : new String[]{"ftp://b/p", "https://host", "https://host/b?x=1", "s3://"}) {
            assertThatThrownBy(() -> BackupTargets.of(settings.withTarget(wrong))).as(wrong).isInstanceOf(
                    InvalidInputException.class);
        }
    }

    private static String location(BackupSettings settings) {
        return BackupTargets.of(settings).orElseThrow().location();
    }
}
