package dev.howdah.operations.backup;

import dev.howdah.operations.backup.target.BackupTarget;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.EmbeddedPostgres;
import dev.howdah.postgres.Migrations;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restores a backup into a server of its own, which is started in a temporary directory and removed, and looks whether what must
 * hold does. Touches no other database. Ages are told by this machine's clock.
 */
public final class Drill {
    private static final Logger LOG = LoggerFactory.getLogger(Drill.class);
    private static final String SCHEMA = "drill";
    private static final Map<String, String> PARAMETERS = Map.of("fsync", "off", "synchronous_commit", "off",
            "full_page_writes", "off", "wal_level", "minimal", "max_wal_senders", "0");

    private final BackupTarget target;
    private final BackupSettings settings;
    private final Migrations migrations;
    private final Path binaries;
    private final String version;

    /**
     * Rehearsals.
     *
     * @param migrations all that this program knows
     * @param binaries where the server's programs are, or are to be unpacked
     * @param version of this program
     */
    public Drill(BackupTarget target, BackupSettings settings, Migrations migrations, Path binaries, String version) {
        this.target = target;
        this.settings = settings;
        this.migrations = migrations;
        this.binaries = binaries;
        this.version = version;
    }

    /**
     * Rehearses.
     *
     * @param backup its name
     * @throws dev.howdah.postgres.NotFoundException if there is none
     * @throws ConflictException if it is damaged, or made by an engine that cannot be rehearsed
     * @throws dev.howdah.postgres.UnavailableException if the server cannot be started, or has not enough room
     */
    public DrillReport run(String backup, BackupProgress progress) {
        var start = Instant.now();
        var manifest = new BackupStore(target, settings).manifest(backup);
        if (manifest.engine() != BackupEngine.LOGICAL) {
            throw new ConflictException("drill-engine",
                    backup + " was made by pg_dump, whose restore needs its programs "
                            + "and server",
                    "rehearse a backup of the engine logical");
        }
        try (var scratch = ScratchDirectory.create();
                var server = EmbeddedPostgres.start(scratch.path(), binaries, PARAMETERS);
                var database = Database.open(server.connect(DatabaseSettings.from(Configuration.of(Map.of()))).inSchema(
                        SCHEMA).withPool(4, 0))) {
            long begin = System.nanoTime();
            var restored = new Backups(database, migrations, target, settings, version).restore(RestorePlan.of(backup),
                    progress);
            var rto = Duration.ofNanos(System.nanoTime() - begin);
            var checks = new ArrayList<>(new Invariants(database, Optional.of(manifest), migrations).check());
            restored.warnings().forEach(warning -> LOG.warn("Drill of {}: {}", backup, warning));
            var report = new DrillReport(backup, Duration.between(manifest.takenAt(), start), rto, checks, Duration
                    .between(start, Instant.now()));
            LOG.info("Drill of {}: {}, RPO {}, RTO {}", backup, report.isPassed() ? "passed" : "failed", report.rpo(),
                    rto);
            return report;
        }
    }
}
