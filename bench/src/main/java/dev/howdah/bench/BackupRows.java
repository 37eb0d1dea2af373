package dev.howdah.bench;

import dev.howdah.operations.backup.BackupProgress;
import dev.howdah.operations.backup.BackupSettings;
import dev.howdah.operations.backup.Backups;
import dev.howdah.operations.backup.RestorePlan;
import dev.howdah.operations.backup.target.DirectoryTarget;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * Backup and restore of tasks' history and documents against {@code pg_dump -Fd -j2} and {@code pg_restore -j2}, on the server of the
 * installed PostgreSQL: the programs must fit it.
 */
final class BackupRows {
    private static final String BACKUP = "backup of 1 GB";
    private static final String SIZE = "backup of 1 GB, size";
    private static final String RESTORE = "restore of 1 GB";
    private static final String[] MODULES = {"queue", "documents", "cache", "sessions", "knowledge", "operations"};
    private static final String SCHEMA = "filled";
    private static final String COPY = "copied";
    /** About half a kilobyte each, as rows and as documents. */
    private static final int ROWS = 1_000_000;
    private static final int ROWS_QUICK = 200_000;

    private static final String FILL_HISTORY = """
        INSERT INTO task_history (id, queue, type, state, priority, attempt, max_attempts, payload, created_at, run_at,
               started_at, ended_at, result)
        SELECT gen_random_uuid(), 'q' || i % 10, 'type' || i % 50, 'finished', 0, 1, 3,
               jsonb_build_object('number', i, 'name', md5(i::text), 'texts', jsonb_build_array(md5((i + 1)::text), 'some words that are often the same', i * 7)),
               now() - i * interval '1 s', now() - i * interval '1 s', now(), now(), jsonb_build_object('ok', true, 'sum', i * 3)
          FROM generate_series(1, :rows) AS i
        """;
    private static final String FILL_ENTRIES = """
        INSERT INTO cache_entries (cache, key, kind, value, version, tags)
        SELECT 1, convert_to('key:' || i, 'UTF8'), 2,
               convert_to(repeat('value of ' || i || ' ', 8) || md5(i::text), 'UTF8'), i, ARRAY['t' || i % 100]
          FROM generate_series(1, :rows) AS i
        """;

    private final Path home;
    private final int rows;

    BackupRows(BenchOptions options, Path home) {
        this.home = home.toAbsolutePath();
        this.rows = options.size(ROWS, ROWS_QUICK);
    }

    List<Section> sections() {
        if (!InstalledPostgres.isInstalled()) {
            System.err
                    .println("howdah: rows of backups are left out: there is no pg_config; install PostgreSQL with its "
                            + "server and programs");
            return List.of();
        }
        return List.of(Section.expensive(() -> contest(BACKUP, "s", 1.3, Running::backup, Running::dump), BACKUP),
                Section.expensive(() -> contest(SIZE, "MB", 1.1, Running::size, Running::dumpSize), SIZE),
                Section.expensive(() -> contest(RESTORE, "s", 1.5, Running::restore, Running::restoreDump), RESTORE));
    }

    @FunctionalInterface
    private interface Measure {
        double of(Running running);
    }

    private Contest contest(String row, String unit, double goal, Measure ours, Measure theirs) {
        var running = new Running();
        Supplier<double[]> own = () -> new double[]{ours.of(running)};
        return new Contest(unit, true, row).in("operations").ours(own).against(row.equals(RESTORE)
                ? "pg_restore -j2"
                : "pg_dump -Fd -j2", goal, () -> new double[]{theirs.of(running)}).afterwards(running::close);
    }

    /** A filled server, with a backup and a dump of it. */
    private final class Running {
        private final InstalledPostgres server = InstalledPostgres.start();
        private final Database database = Database.open(server.settings(SCHEMA).withPool(4, 0));
        private final Migrations migrations = Migrations.ofModules(MODULES);
        private final Path dump = home.resolve("dump");
        private final Backups backups = new Backups(database, migrations, new DirectoryTarget(home.resolve("backups")),
                BackupSettings.defaults(), "bench");
        private String made = "";

        Running() {
            try {
                fill();
            } catch (RuntimeException e) {
                close(); // nobody else knows the server
                throw e;
            }
        }

        private void fill() {
            new Migrator(database, migrations).up();
            database.useOwnConnection(connection -> {
                try (var statement = connection.createStatement()) {
                    statement.execute("SELECT create_history_partitions(7)");
                    statement.execute(FILL_HISTORY.replace(":rows", String.valueOf(rows)));
                    statement.execute(FILL_ENTRIES.replace(":rows", String.valueOf(rows)));
                    statement.execute("VACUUM ANALYZE");
                    statement.execute("CHECKPOINT");
                }
            });
        }

        double backup() {
            long start = System.nanoTime();
            var last = backups.run(BackupProgress.NONE).name();
            double seconds = (System.nanoTime() - start) / 1e9;
            if (!made.isEmpty()) {
                backups.store().remove(made);
            }
            made = last;
            return seconds;
        }

        double dump() {
            delete(dump);
            return server.seconds("pg_dump", "-Fd", "-j2", "-n", SCHEMA, "-f", dump.toString());
        }

        double size() {
            backup();
            return backups.store().get(made).bytes() / 1e6;
        }

        double dumpSize() {
            dump();
            try (var files = Files.list(dump)) {
                return files.mapToLong(file -> file.toFile().length()).sum() / 1e6;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        double restore() {
            if (made.isEmpty()) {
                backup();
            }
            long start = System.nanoTime();
            backups.restore(RestorePlan.of(made).into(COPY), BackupProgress.NONE);
            double seconds = (System.nanoTime() - start) / 1e9;
            drop(COPY);
            return seconds;
        }

        /** It restores under the same name only, so the schema is set aside meanwhile. */
        double restoreDump() {
            if (!Files.exists(dump)) {
                dump();
            }
            execute("ALTER SCHEMA " + SCHEMA + " RENAME TO aside");
            try {
                return server.seconds("pg_restore", "-j2", dump.toString());
            } finally {
                drop(SCHEMA);
                execute("ALTER SCHEMA aside RENAME TO " + SCHEMA);
            }
        }

        private void drop(String schema) {
            execute("DROP SCHEMA IF EXISTS " + schema + " CASCADE");
        }

        private void execute(String sql) {
            database.useOwnConnection(connection -> {
                try (var statement = connection.createStatement()) {
                    statement.execute(sql);
                    statement.execute("CHECKPOINT");
                }
            });
        }

        void close() {
            database.close();
            server.close();
            delete(dump);
            delete(home.resolve("backups"));
        }
    }

    private static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
