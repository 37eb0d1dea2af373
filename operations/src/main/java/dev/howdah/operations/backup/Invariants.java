package dev.howdah.operations.backup;

import dev.howdah.operations.backup.DrillReport.Check;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** What must hold in a schema that was restored. */
final class Invariants {
    static final String UNCHECKED_CONSTRAINTS = """
        SELECT n.conname
          FROM pg_constraint n
          JOIN pg_class c ON c.oid = n.conrelid
         WHERE c.relnamespace = current_schema()::regnamespace
           AND NOT n.convalidated
        """;
    static final String INVALID_INDEXES = """
        SELECT c.relname
          FROM pg_index i
          JOIN pg_class c ON c.oid = i.indexrelid
         WHERE c.relnamespace = current_schema()::regnamespace
           AND NOT i.indisvalid
        """;
    static final String TABLES = """
        SELECT relname
          FROM pg_class
         WHERE relnamespace = current_schema()::regnamespace
           AND relkind = 'r'
         ORDER BY relname
        """;
    static final String HAS_TASKS = """
        SELECT count(*) = 2
          FROM pg_class
         WHERE relnamespace = current_schema()::regnamespace
           AND relname IN ('tasks', 'task_history')
        """;
    static final String TASKS_TWICE = """
        SELECT count(*)
          FROM tasks t
          JOIN task_history h ON h.id = t.id
        """;
    /** Of columns that identify a row; others, such as places in a line, may be set ahead. */
    static final String NUMBERED_COLUMNS = """
        SELECT s.relname AS sequence, t.relname AS table_name, a.attname AS column_name
          FROM pg_depend d
          JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
          JOIN pg_class t ON t.oid = d.refobjid
          JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
         WHERE d.classid = 'pg_class'::regclass
           AND d.refclassid = 'pg_class'::regclass
           AND d.deptype IN ('a', 'i')
           AND s.relnamespace = current_schema()::regnamespace
           AND EXISTS (SELECT FROM pg_index i
                        WHERE i.indrelid = t.oid AND i.indisunique AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum)
         ORDER BY s.relname
        """;

    private final Database restored;
    private final Optional<Manifest> manifest;
    private final Migrations migrations;

    /**
     * Of a schema.
     *
     * @param manifest what it must hold; absent if its backup did not count
     */
    Invariants(Database restored, Optional<Manifest> manifest, Migrations migrations) {
        this.restored = restored;
        this.manifest = manifest;
        this.migrations = migrations;
    }

    List<Check> check() {
        return restored.withHandle(handle -> {
            var checks = new ArrayList<Check>();
            checks.add(manifest.map(counted -> rows(handle, counted)).orElseGet(() -> readable(handle)));
            checks.add(none(handle, "constraints are checked", UNCHECKED_CONSTRAINTS));
            checks.add(none(handle, "indexes are valid", INVALID_INDEXES));
            checks.add(migrations());
            checks.add(numbers(handle));
            if (handle.createQuery(HAS_TASKS).mapTo(Boolean.class).one()) {
                long twice = handle.createQuery(TASKS_TWICE).mapTo(Long.class).one();
                checks.add(new Check("no task is live and ended", twice == 0, twice + " tasks are both"));
            }
            return checks;
        });
    }

    private static Check rows(Handle handle, Manifest manifest) {
        var wrong = new ArrayList<String>();
        for (var table : manifest.tables()) {
            long rows = handle.createQuery("SELECT count(*) FROM " + Sql.name(table.name())).mapTo(Long.class).one();
            if (rows != table.rows()) {
                wrong.add(table.name() + " has " + rows + " instead of " + table.rows());
            }
        }
        return new Check("rows are as many", wrong.isEmpty(), wrong.isEmpty()
                ? manifest.rows() + " in " + manifest.tables().size() + " tables"
                : String.join(", ", wrong));
    }

    /** What cannot be read fails the statement, and the rehearsal. */
    private static Check readable(Handle handle) {
        var tables = handle.createQuery(TABLES).mapTo(String.class).list();
        long rows = tables.stream()
                .mapToLong(table -> handle.createQuery("SELECT count(*) FROM " + Sql.name(table)).mapTo(
                        Long.class).one())
                .sum();
        return new Check("there are tables, and they can be read", !tables.isEmpty(), rows + " rows in " + tables.size()
                + " tables");
    }

    private static Check none(Handle handle, String name, String sql) {
        var found = handle.createQuery(sql).mapTo(String.class).list();
        return new Check(name, found.isEmpty(), found.isEmpty() ? "all of them" : "not: " + String.join(", ", found));
    }

    private Check migrations() {
        var applied = manifest
                .map(made -> made.migrations().stream().map(Manifest.AppliedMigration::version).collect(Collectors
                        .toSet()));
        var expected = applied
                .map(versions -> Migrations.of(migrations.all().stream().filter(migration -> versions.contains(
                        migration.version())).toList()))
                .orElse(migrations);
        var migrator = new Migrator(restored, expected);
        var problems = new ArrayList<>(migrator.validate());
        // Without a manifest, those that came after the moment are missing rightly.
        if (manifest.isPresent() && !migrator.status().isUpToDate()) {
            problems.add("some are missing");
        }
        return new Check("the schema is that of the migrations", problems.isEmpty(), problems.isEmpty()
                ? expected.all().size() + " migrations"
                : String.join(", ", problems));
    }

    private record Numbered(String sequence, String table, String column) {}

    private static Check numbers(Handle handle) {
        var behind = new ArrayList<String>();
        var columns = handle.createQuery(NUMBERED_COLUMNS).map((row, _) -> new Numbered(row.getString("sequence"), row
                .getString("table_name"), row.getString("column_name"))).list();
        for (var numbered : columns) {
            boolean isAhead = handle
                    .createQuery("SELECT coalesce(max(" + Sql.name(numbered.column) + "), 0) <= (SELECT "
                            + "last_value FROM " + Sql.name(numbered.sequence) + ") FROM " + Sql.name(numbered.table))
                    .mapTo(Boolean.class).one();
            if (!isAhead) {
                behind.add(numbered.sequence);
            }
        }
        return new Check("sequences are ahead of their columns", behind.isEmpty(), behind.isEmpty()
                ? columns.size() + " sequences"
                : "not: " + String.join(", ", behind));
    }
}
