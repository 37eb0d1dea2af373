package dev.howdah.postgres;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a schema to a version and back.
 *
 * <p>What is applied stands in the table {@code schema_history}, together with the script that undoes it, so that an
 * older program can roll back what a newer one applied. One migrator works at a time: the others wait, by polling an
 * advisory lock of their session. (Waiting <em>in</em> the lock would hold a snapshot that {@code CREATE INDEX
 * CONCURRENTLY} waits for, and PostgreSQL would end one of the two as a deadlock.) Each migration runs in a transaction
 * of its own, so a process may be killed at any moment; one marked {@code -- howdah: non-transactional} is resumed
 * instead, so its statements must be repeatable ({@code IF NOT EXISTS}).
 *
 * <p>Pending migrations are applied in the order of their versions, rolled back in the reverse order of their
 * application. Every verb throws {@link MigrationException} with the remedy, and {@link UnavailableException} if the
 * database cannot be reached. Thread-safe.
 */
public final class Migrator {
    private static final Logger LOG = LoggerFactory.getLogger(Migrator.class);
    private static final Duration LOCK_WAIT = Duration.ofMinutes(5);
    private static final Duration TABLE_WAIT = Duration.ofMinutes(1);

    private final Database database;
    private final Migrations migrations;
    private final Duration lockWait;
    private final Duration tableWait;

    public Migrator(Database database, Migrations migrations) {
        this(database, migrations, LOCK_WAIT, TABLE_WAIT);
    }

    /**
     * With limits of its own.
     *
     * @param lockWait how long to wait for another migrator
     * @param tableWait how long a migration is tried while transactions hold what it needs
     */
    public Migrator(Database database, Migrations migrations, Duration lockWait, Duration tableWait) {
        this.database = database;
        this.migrations = migrations;
        this.lockWait = lockWait;
        this.tableWait = tableWait;
    }

    /**
     * A migration that was run.
     *
     * @param duration how long it took
     */
    public record Done(long version, String module, String name, Duration duration) {}

    /** Applies all pending migrations. */
    public List<Done> up() {
        return up(Long.MAX_VALUE);
    }

    /** Applies the pending migrations up to a version. */
    public List<Done> up(long to) {
        return locked(session -> up(session, to, false));
    }

    /** Runs what {@code up} would run, and rolls it back; what cannot run in a transaction is left out. */
    public List<Done> dryRunUp(long to) {
        return locked(session -> up(session, to, true));
    }

    /**
     * Rolls back the migrations that were applied last.
     *
     * @param count how many, at least 1; more than there are means all
     */
    public List<Done> down(int count) {
        if (count < 1) {
            throw new InvalidInputException("migration-count-invalid", "count", count + " is out of range",
                    "use 1 or more");
        }
        return locked(session -> down(session, newestFirst(session).stream().limit(count).toList(), false));
    }

    /** Runs what {@code down} would run, and rolls it back. */
    public List<Done> dryRunDown(int count) {
        return locked(session -> down(session, newestFirst(session).stream().limit(count).toList(), true));
    }

    /** Rolls back everything above a version; 0 means everything. Does nothing at or below it. */
    public List<Done> downTo(long version) {
        return locked(session -> down(session,
                newestFirst(session).stream().filter(applied -> applied.version() > version).toList(), false));
    }

    /** Rolls back the migration that was applied last, and applies it again. */
    public List<Done> redo() {
        return locked(session -> {
            var last = newestFirst(session).stream().limit(1).toList();
            var done = new ArrayList<>(down(session, last, false));
            done.addAll(up(session, last.isEmpty() ? 0 : last.getFirst().version(), false));
            return done;
        });
    }

    /** How the schema stands; changes nothing. */
    public MigrationStatus status() {
        try (var session = MigrationSession.open(database, tableWait)) {
            return status(session.history());
        }
    }

    /** What is wrong with the history: edited files, interrupted migrations, missing down scripts. Changes nothing. */
    public List<String> validate() {
        try (var session = MigrationSession.open(database, tableWait)) {
            var history = session.history();
            var problems = new ArrayList<String>();
            var applied = byVersion(history);
            for (var migration : migrations.all()) {
                var recorded = applied.get(migration.version());
                if (recorded != null && isChanged(migration, recorded)) {
                    problems.add(changed(migration, recorded));
                }
                if (migration.down().isEmpty() && !migration.isIrreversible()) {
                    problems.add(migration.module() + "/" + migration.file() + " has no down script");
                }
            }
            history.stream().filter(MigrationSession.Applied::isRunning)
                    .forEach(row -> problems.add(row.label() + " was interrupted; run: howdah migrate up"));
            return problems;
        }
    }

    /**
     * Takes the files as they are now for what was applied: records their checksums and down scripts. For files that
     * were edited without changing what they do.
     */
    public List<String> repair() {
        return locked(session -> {
            var applied = byVersion(session.history());
            var repaired = new ArrayList<String>();
            for (var migration : migrations.all()) {
                var recorded = applied.get(migration.version());
                if (recorded != null && isChanged(migration, recorded)) {
                    session.accept(migration);
                    repaired.add(migration.module() + "/" + migration.file());
                }
            }
            return repaired;
        });
    }

    /** Records the migrations up to a version as applied, without running them; for a schema that has them already. */
    public List<String> baseline(long version) {
        return locked(session -> {
            if (!session.history().isEmpty()) {
                throw new MigrationException("migration-history-exists",
                        "the schema has a history, so a baseline would hide it", "see: howdah migrate status");
            }
            var recorded = new ArrayList<String>();
            for (var migration : migrations.all()) {
                if (migration.version() <= version) {
                    session.record(migration);
                    recorded.add(migration.module() + "/" + migration.file());
                }
            }
            return recorded;
        });
    }

    /** What {@code up} would run. */
    public MigrationPlan plan(long to) {
        try (var session = MigrationSession.open(database, tableWait)) {
            return new MigrationPlan(pending(session.history(), to).stream().map(MigrationPlan::step).toList());
        }
    }

    private List<Done> up(MigrationSession session, long to, boolean dryRun) {
        var history = session.history();
        refuseChanged(history);
        var done = new ArrayList<Done>();
        for (var migration : pending(history, to)) {
            if (dryRun && !migration.isTransactional()) {
                LOG.warn("Left out of the dry run, because it cannot run in a transaction: {}", migration.file());
                continue;
            }
            var duration = migration.isTransactional()
                    ? session.applyInTransaction(migration, dryRun)
                    : session.applyByStatement(migration);
            LOG.info("{} {}/{} in {} ms", dryRun ? "Tried" : "Applied", migration.module(), migration.file(),
                    duration.toMillis());
            done.add(new Done(migration.version(), migration.module(), migration.name(), duration));
        }
        if (dryRun) {
            session.endDryRun();
        }
        return done;
    }

    private static List<Done> down(MigrationSession session, List<MigrationSession.Applied> rows, boolean dryRun) {
        // All is checked before anything runs: half a roll-back is worse than none.
        var irreversible = rows.stream().filter(MigrationSession.Applied::irreversible).findFirst();
        if (irreversible.isPresent()) {
            throw new MigrationException("migration-irreversible",
                    irreversible.get().label() + " says that it cannot be undone",
                    "restore a backup instead, or stop above it: howdah migrate down-to "
                            + irreversible.get().version());
        }
        var missing = rows.stream().filter(row -> row.downScript().isEmpty()).map(MigrationSession.Applied::label)
                .toList();
        if (!missing.isEmpty()) {
            throw new MigrationException("migration-down-missing",
                    "there is no down script of " + String.join(", ", missing) + ", so nothing was rolled back",
                    "add the file and run: howdah migrate repair");
        }
        var done = new ArrayList<Done>();
        for (var row : rows) {
            var duration = session.rollBack(row, dryRun);
            LOG.info("{} {} in {} ms", dryRun ? "Tried to roll back" : "Rolled back", row.label(),
                    duration.toMillis());
            done.add(new Done(row.version(), row.module(), row.name(), duration));
        }
        if (dryRun) {
            session.endDryRun();
        }
        return done;
    }

    private <T> T locked(Function<MigrationSession, T> work) {
        try (var session = MigrationSession.open(database, tableWait)) {
            session.lock(Instant.now().plus(lockWait));
            session.prepare();
            return work.apply(session);
        }
    }

    private List<Migration> pending(List<MigrationSession.Applied> history, long to) {
        var applied = byVersion(history);
        return migrations.all().stream().filter(migration -> migration.version() <= to).filter(migration -> {
            var row = applied.get(migration.version());
            return row == null || row.isRunning();
        }).toList();
    }

    private void refuseChanged(List<MigrationSession.Applied> history) {
        var applied = byVersion(history);
        var changed = migrations.all().stream().filter(migration -> {
            var row = applied.get(migration.version());
            return row != null && isChanged(migration, row);
        }).map(migration -> changed(migration, applied.get(migration.version()))).toList();
        if (!changed.isEmpty()) {
            throw new MigrationException("migration-changed", String.join("\n", changed),
                    "put the files back and write a new migration; if the change does nothing to the schema, run: "
                            + "howdah migrate repair");
        }
    }

    private static boolean isChanged(Migration migration, MigrationSession.Applied recorded) {
        return !recorded.isRunning() && !migration.checksum().equals(recorded.checksum());
    }

    private static String changed(Migration migration,
            MigrationSession.@org.jspecify.annotations.Nullable Applied row) {
        return migration.module() + "/" + migration.file() + " was edited after it was applied: recorded checksum "
                + (row == null ? "" : row.checksum()) + ", found " + migration.checksum();
    }

    private MigrationStatus status(List<MigrationSession.Applied> history) {
        var applied = new HashMap<>(byVersion(history));
        var entries = new TreeMap<Long, MigrationStatus.Entry>();
        for (var migration : migrations.all()) {
            var row = Optional.ofNullable(applied.remove(migration.version()));
            var state = row.map(r -> r.isRunning()
                    ? MigrationStatus.State.INTERRUPTED
                    : isChanged(migration, r) ? MigrationStatus.State.CHANGED : MigrationStatus.State.APPLIED)
                    .orElse(MigrationStatus.State.PENDING);
            entries.put(migration.version(), new MigrationStatus.Entry(migration.version(), migration.module(),
                    migration.name(), state, migration.down().isPresent(), row.map(r -> r.appliedAt()),
                    row.map(r -> r.duration())));
        }
        applied.values().forEach(row -> entries.put(row.version(), new MigrationStatus.Entry(row.version(),
                row.module(), row.name(), MigrationStatus.State.NEWER, row.downScript().isPresent(),
                Optional.of(row.appliedAt()), Optional.of(row.duration()))));
        return new MigrationStatus(List.copyOf(entries.values()));
    }

    private static List<MigrationSession.Applied> newestFirst(MigrationSession session) {
        return session.history().reversed();
    }

    private static Map<Long, MigrationSession.Applied> byVersion(List<MigrationSession.Applied> history) {
        var byVersion = new HashMap<Long, MigrationSession.Applied>();
        history.forEach(row -> byVersion.put(row.version(), row));
        return byVersion;
    }
}
