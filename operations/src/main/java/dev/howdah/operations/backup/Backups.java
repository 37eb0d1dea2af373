package dev.howdah.operations.backup;

import dev.howdah.operations.backup.target.BackupTarget;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migration;
import dev.howdah.postgres.Migrations;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes backups of a schema and restores them.
 *
 * <pre>{@code
 * var made = backups.run(BackupProgress.NONE);
 * backups.store().verify(made.name(), BackupProgress.NONE);
 * backups.restore(RestorePlan.of(made.name()).into("yesterday"), BackupProgress.NONE);
 * }</pre>
 *
 * A backup exists once it is whole; so does what is restored. Thread-safe.
 */
public final class Backups {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);

    private final Database database;
    private final Migrations migrations;
    private final BackupTarget target;
    private final BackupSettings settings;
    private final String version;
    private final BackupStore store;

    /**
     * Backups of a database's schema.
     *
     * @param migrations all that this program knows
     * @param version of this program
     */
    public Backups(Database database, Migrations migrations, BackupTarget target, BackupSettings settings,
            String version) {
        this.database = database;
        this.migrations = migrations;
        this.target = target;
        this.settings = settings;
        this.version = version;
        this.store = new BackupStore(target, settings);
    }

    /** What the target holds. */
    public BackupStore store() {
        return store;
    }

    /**
     * Makes a backup of the schema as it is now. It holds a snapshot while it reads, so that removed rows are not cleaned up
     * meanwhile.
     *
     * @throws dev.howdah.postgres.UnavailableException if the database or the target fails; nothing is left behind
     * @throws java.util.concurrent.CancellationException if the listener stops it
     */
    public Backup run(BackupProgress progress) {
        removeRemains();
        var made = switch (settings.engine()) {
            case LOGICAL -> Backup.of(new LogicalBackup(database, target, settings, version).run(progress));
            case DUMP -> Backup.of(new DumpEngine(database, target, settings, version).run(progress));
            case PGBACKREST -> new PhysicalBackups(settings).run(database, progress);
        };
        LOG.info("Made the backup {}: {} rows, {} bytes", made.name(), made.rows(), made.bytes());
        return made;
    }

    /**
     * Checks a backup, then restores it into a schema of another name, which gets its name at the end.
     *
     * @throws dev.howdah.postgres.NotFoundException if there is no such backup
     * @throws ConflictException if it is damaged, needs another key or a newer program, or the schema holds something
     * @throws dev.howdah.postgres.UnavailableException if the database or the target fails; nothing is left behind
     */
    public RestoreReport restore(RestorePlan plan, BackupProgress progress) {
        if (PhysicalBackups.isLabel(plan.backup())) {
            throw physical(plan.backup());
        }
        var manifest = store.manifest(plan.backup());
        checkVersion(manifest);
        return switch (manifest.engine()) {
            case LOGICAL -> restoreRows(manifest, plan, progress);
            case DUMP -> {
                store.verify(manifest, progress);
                yield new DumpEngine(database, target, settings, version).restore(manifest, plan, progress);
            }
            case PGBACKREST -> throw physical(plan.backup());
        };
    }

    /** Rehearses the restore of a whole server. */
    DrillReport drillPhysical(String label, BackupProgress progress) {
        return new PhysicalDrill(store.physical(), database.settings(), migrations).run(label, progress);
    }

    private static ConflictException physical(String name) {
        return new ConflictException("restore-engine", name + " is a backup of a whole server, not of a schema",
                "restore it into a directory: howdah restore " + name + " --engine pgbackrest --into DIRECTORY");
    }

    private RestoreReport restoreRows(Manifest manifest, RestorePlan plan, BackupProgress progress) {
        try (var restore = ScratchSchema.create(database, plan.into().orElse(database.settings().schema()), plan
                .replace())) {
            store.verify(manifest, progress);
            return restore.fill(manifest, scratch -> new LogicalRestore(scratch, target, manifest, settings, progress)
                    .run(migrations));
        }
    }

    private void checkVersion(Manifest manifest) {
        var known = migrations.all().stream().collect(Collectors.toMap(Migration::version, Migration::checksum));
        var newer = manifest.migrations().stream().filter(applied -> !known.containsKey(applied.version())).map(
                applied -> "%s/V%04d".formatted(applied.module(), applied.version())).toList();
        if (!newer.isEmpty()) {
            throw new ConflictException("backup-schema-newer", manifest.name() + " was made by Howdah " + manifest
                    .howdahVersion() + " with migrations that this one does not know: " + String.join(", ", newer),
                    "restore it with that version or a newer one");
        }
        var changed = manifest.migrations().stream().filter(applied -> !applied.checksum().equals(known.get(applied
                .version()))).map(applied -> "%s/V%04d".formatted(applied.module(), applied.version())).toList();
        if (!changed.isEmpty()) {
            throw new ConflictException("backup-schema-different", manifest.name()
                    + " was made with other versions of these migrations: " + String.join(", ", changed),
                    "restore it with the program that made it");
        }
    }

    private void removeRemains() {
        try {
            List<String> removed = target.removeRemains(settings.abandonedAfter());
            if (!removed.isEmpty()) {
                LOG.warn("Removed what was left of backups that did not end: {}", removed);
            }
        } catch (IOException e) {
            throw Failures.of(e);
        }
    }
}
