package dev.howdah.operations.backup;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.EmbeddedPostgres;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restores a whole server into a temporary directory, has it read all of the log that was archived, and looks at our schema. It
 * listens on the loopback address, and lets in who could log in before.
 */
final class PhysicalDrill {
    static final String LAST_COMMIT = "SELECT pg_last_xact_replay_timestamp()";
    private static final Logger LOG = LoggerFactory.getLogger(PhysicalDrill.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
    /** On the command line, because they win there over what was restored. */
    private static final List<String> PARAMETERS = List.of("listen_addresses=127.0.0.1", "unix_socket_directories=''",
            "external_pid_file=''", "shared_preload_libraries=''", "shared_buffers=128MB", "huge_pages=off", "ssl=off",
            "logging_collector=off", "hot_standby=off", "fsync=off", "autovacuum=off");

    private final PhysicalBackups physical;
    private final DatabaseSettings original;
    private final Migrations migrations;

    PhysicalDrill(PhysicalBackups physical, DatabaseSettings original, Migrations migrations) {
        this.physical = physical;
        this.original = original;
        this.migrations = migrations;
    }

    DrillReport run(String label, BackupProgress progress) {
        var start = Instant.now();
        try (var scratch = ScratchDirectory.create()) {
            var data = scratch.path().resolve("data");
            long begin = System.nanoTime();
            physical.restore(new PhysicalRestorePlan(Optional.of(label), Optional.empty(), data), progress);
            var program = PhysicalBackups.pgCtl(Files.readString(data.resolve("PG_VERSION")).strip()).toString();
            int port = EmbeddedPostgres.freePort();
            EmbeddedPostgres.run(scratch.path(),
                    List.of(program, "start", "-W", "-D", data.toString(), "-l", scratch.path()
                            .resolve("server.log").toString(), "-o", options(scratch.path(), data, port)));
            try (var database = Database.open(at(port))) {
                awaitReady(database, data, progress);
                var rto = Duration.ofNanos(System.nanoTime() - begin);
                return report(label, start, rto, database);
            } finally {
                EmbeddedPostgres.run(scratch.path(),
                        List.of(program, "stop", "-D", data.toString(), "-m", "immediate"));
            }
        } catch (IOException e) {
            throw new UnavailableException("drill-server-failed",
                    "the restored server cannot be run: " + e.getMessage(),
                    "have the server's programs of the same version on this machine", e);
        }
    }

    private DrillReport report(String label, Instant start, Duration rto, Database restored) {
        var lastCommit = restored
                .withHandle(handle -> handle.createQuery(LAST_COMMIT).mapTo(OffsetDateTime.class).findOne())
                .map(OffsetDateTime::toInstant).orElseGet(() -> physical.get(label).takenAt());
        var report = new DrillReport(label, Duration.between(lastCommit, start), rto,
                new Invariants(restored, Optional.empty(),
                        migrations).check(),
                Duration.between(start, Instant.now()));
        LOG.info("Drill of {}: {}, RPO {}, RTO {}", label, report.isPassed() ? "passed" : "failed", report.rpo(), rto);
        return report;
    }

    private static String options(Path scratch, Path data, int port) throws IOException {
        var configuration = Files.createFile(scratch.resolve("postgresql.conf"));
        var access = Files.writeString(scratch.resolve("pg_hba.conf"), "host all all 127.0.0.1/32 md5\n");
        var all = new ArrayList<>(PARAMETERS);
        all.addAll(List.of("config_file=" + configuration, "data_directory=" + data, "hba_file=" + access,
                "port=" + port));
        return "-c " + String.join(" -c ", all);
    }

    private DatabaseSettings at(int port) {
        var name = original.url().replaceFirst("^jdbc:postgresql:(//[^/]*/)?([^?]*).*$", "$2");
        return original.at("jdbc:postgresql://127.0.0.1:" + port + "/" + name, original.user(), original.password())
                .withPool(4, 0);
    }

    /** Reading the log may take long; a server that gives up has said why. */
    private static void awaitReady(Database database, Path data, BackupProgress progress) throws IOException {
        while (true) {
            try {
                database.awaitReady(LOOK_EVERY);
                return;
            } catch (UnavailableException e) {
                if (!Files.exists(data.resolve("postmaster.pid"))) {
                    throw new IOException(
                            "it ended: " + Files.readString(data.resolveSibling("server.log")).strip().lines()
                                    .reduce("", (_, last) -> last),
                            e);
                }
                LOG.debug("The restored server still reads its log: {}", e.getMessage());
            }
            if (!progress.step(new BackupProgress.Step("recover", "", 0, 0))) {
                throw new CancellationException("stopped while the restored server read its log");
            }
        }
    }
}
