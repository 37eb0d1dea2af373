package dev.howdah.operations.backup;

import dev.howdah.operations.backup.Manifest.Column;
import dev.howdah.operations.backup.Manifest.Constraint;
import dev.howdah.operations.backup.Manifest.Index;
import dev.howdah.operations.backup.Manifest.Partition;
import dev.howdah.operations.backup.Manifest.Table;
import dev.howdah.postgres.ConflictException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/**
 * Tables of a schema that is being restored: first without indexes and constraints, then with them again. Partitions are made as
 * tables of their own and attached when they are full and have their indexes, which are taken over then. Indexes of different tables
 * may be made by several threads.
 */
final class RestoredDefinition {
    private static final String HAS_DEPENDENTS = "2BP01";
    private static final Set<String> MISSING_FROM_EXTENSION = Set.of("42704", "42883");
    private static final Set<String> INDEX_KINDS = Set.of("p", "u", "x");

    private final Manifest manifest;
    private final String schema;
    /** What the migrations make: an index besides was made while running, and can be made again. */
    private final Set<String> ofMigrations = new HashSet<>();
    /** Indexes and constraints that something else needs, and which therefore were not taken away. */
    private final Set<String> kept = new HashSet<>();
    private final List<String> foreignKeys = new ArrayList<>();
    private final Queue<String> leftOut = new ConcurrentLinkedQueue<>();

    RestoredDefinition(Manifest manifest, String schema) {
        this.manifest = manifest;
        this.schema = schema;
    }

    List<String> warnings() {
        return leftOut.stream().map(index -> "the index " + index + " was left out, because its extension is missing "
                + "here; Howdah makes it again when it is there").toList();
    }

    /** Makes the tables that are missing, and takes rows, indexes and constraints away. */
    void strip(Connection connection) throws SQLException {
        var made = Catalogue.read(Jdbi.open(connection), schema);
        var tables = made.tables().stream().map(Catalogue.Found::table).filter(table -> table.partition().isEmpty())
                .collect(Collectors.toMap(Table::name, Function.identity()));
        connection.setAutoCommit(false);
        for (var found : made.tables()) {
            found.table().indexes().forEach(index -> ofMigrations.add(index.name()));
            if (found.table().partition().isPresent()) {
                Sessions.execute(connection, "DROP TABLE " + Sql.name(found.table().name()));
            }
        }
        for (var table : tables.values()) {
            takeForeignKeys(connection, table.name(), table.constraints());
        }
        for (var parent : made.parents().entrySet()) {
            takeForeignKeys(connection, parent.getKey(), parent.getValue());
        }
        for (var table : manifest.tables()) {
            if (tables.containsKey(table.name())) {
                takeIndexes(connection, tables.get(table.name()));
            }
        }
        truncate(connection, tables.keySet());
        makeMissing(connection, tables.keySet(), made.parents());
        connection.commit();
    }

    private void takeForeignKeys(Connection connection, String table, List<Constraint> constraints)
            throws SQLException {
        for (var constraint : constraints) {
            if (constraint.kind().equals("f") && !constraint.inherited()) {
                Sessions.execute(connection, drop(table, constraint));
                foreignKeys.add(add(table, constraint));
            }
        }
    }

    private void takeIndexes(Connection connection, Table table) throws SQLException {
        for (var index : table.indexes()) {
            unlessNeeded(connection, index.name(), "DROP INDEX " + Sql.name(index.name()));
        }
        for (var constraint : table.constraints()) {
            if (INDEX_KINDS.contains(constraint.kind())) {
                unlessNeeded(connection, constraint.name(), drop(table.name(), constraint));
            }
        }
    }

    /** A view that groups by a key needs it. */
    private void unlessNeeded(Connection connection, String name, String sql) throws SQLException {
        var before = connection.setSavepoint();
        try {
            Sessions.execute(connection, sql);
            connection.releaseSavepoint(before);
        } catch (SQLException e) {
            if (!HAS_DEPENDENTS.equals(e.getSQLState())) {
                throw e;
            }
            connection.rollback(before);
            kept.add(name);
        }
    }

    private void truncate(Connection connection, Set<String> tables) throws SQLException {
        var names = manifest.tables().stream().map(Table::name).filter(tables::contains).toList();
        if (!names.isEmpty()) {
            Sessions.execute(connection, "TRUNCATE " + Sql.names(names));
        }
    }

    private void makeMissing(Connection connection, Set<String> tables, Map<String, List<Constraint>> parents)
            throws SQLException {
        var sequences = new TreeSet<String>();
        Jdbi.open(connection).createQuery(CatalogueSql.SEQUENCES).bind("schema", schema).map((row, _) -> row.getString(
                "name")).forEach(sequences::add);
        for (var sequence : manifest.sequences()) {
            if (!sequences.contains(sequence.name()) && !isOfIdentity(sequence.name())) {
                Sessions.execute(connection, "CREATE SEQUENCE " + Sql.name(sequence.name()));
            }
        }
        for (var table : manifest.tables()) {
            if (tables.contains(table.name())) {
                continue;
            }
            var partition = table.partition();
            Sessions.execute(connection, partition.isPresent() ? create(table, partition.get()) : create(table));
            var inherited = partition.map(place -> parents.getOrDefault(place.parent(), List.of())).orElse(List.of())
                    .stream().map(Constraint::name).collect(Collectors.toSet());
            for (var constraint : table.constraints()) {
                boolean isOwn = !constraint.inherited() && !inherited.contains(constraint.name());
                if (isOwn && constraint.kind().equals("c")) {
                    Sessions.execute(connection, add(table.name(), constraint));
                }
                if (isOwn && constraint.kind().equals("f")) {
                    foreignKeys.add(add(table.name(), constraint));
                }
            }
        }
    }

    /** Those come with their columns. */
    private boolean isOfIdentity(String sequence) {
        return manifest.tables().stream().anyMatch(table -> table.columns().stream().anyMatch(column -> !column
                .identity().isEmpty() && sequence.equals(table.name() + "_" + column.name() + "_seq")));
    }

    private static String create(Table table, Partition partition) {
        return "CREATE TABLE " + Sql.name(table.name()) + " (LIKE " + Sql.name(partition.parent())
                + " INCLUDING ALL EXCLUDING INDEXES EXCLUDING IDENTITY)" + with(table);
    }

    /** A table that no migration makes: somebody added it to the schema. */
    private static String create(Table table) {
        return "CREATE TABLE " + Sql.name(table.name()) + " ("
                + table.columns().stream().map(RestoredDefinition::column)
                        .collect(Collectors.joining(", "))
                + ")" + with(table);
    }

    private static String column(Column column) {
        var text = Sql.name(column.name()) + " " + column.type() + (column.notNull() ? " NOT NULL" : "");
        if (!column.identity().isEmpty()) {
            return text + " GENERATED " + (column.identity().equals("a") ? "ALWAYS" : "BY DEFAULT") + " AS IDENTITY";
        }
        if (!column.generated().isEmpty()) {
            return text + " GENERATED ALWAYS AS (" + column.defaultValue().orElse("NULL") + ") " + (column.generated()
                    .equals("s") ? "STORED" : "VIRTUAL");
        }
        return text + column.defaultValue().map(value -> " DEFAULT " + value).orElse("");
    }

    private static String with(Table table) {
        if (table.options().isEmpty()) {
            return "";
        }
        return " WITH (" + table.options().stream().map(option -> option.split("=", 2)).map(option -> option[0] + " = "
                + Sql.literal(option.length > 1 ? option[1] : "true")).collect(Collectors.joining(", ")) + ")";
    }

    /** Makes what is found by indexes of a full table. */
    void index(Connection connection, Table table, Crew.Signal signal) throws SQLException {
        for (var constraint : table.constraints()) {
            if (INDEX_KINDS.contains(constraint.kind()) && !kept.contains(constraint.name())) {
                signal.check();
                Sessions.execute(connection, add(table.name(), constraint));
            }
        }
        for (var index : table.indexes()) {
            if (!kept.contains(index.name())) {
                signal.check();
                make(connection, index);
            }
        }
    }

    private void make(Connection connection, Index index) throws SQLException {
        try {
            Sessions.execute(connection, index.definition());
        } catch (SQLException e) {
            if (ofMigrations.contains(index.name()) || !MISSING_FROM_EXTENSION.contains(e.getSQLState())) {
                throw e;
            }
            leftOut.add(index.name());
            return;
        }
        if (index.comment().isPresent()) {
            Sessions.execute(connection, "COMMENT ON INDEX " + Sql.name(index.name()) + " IS " + Sql.literal(index
                    .comment().get()));
        }
    }

    /** Puts partitions in their places, checks foreign keys by making them, and sets sequences. */
    void complete(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        for (boolean last : new boolean[]{false, true}) { // the default one holds what none of the others does
            for (var table : manifest.tables()) {
                if (table.partition().isPresent() && table.partition().get().isDefault() == last) {
                    Sessions.execute(connection, "ALTER TABLE " + Sql.name(table.partition().get().parent())
                            + " ATTACH PARTITION " + Sql.name(table.name()) + " " + table.partition().get().bound());
                }
            }
        }
        for (var foreignKey : foreignKeys) {
            Sessions.execute(connection, foreignKey);
        }
        for (var sequence : manifest.sequences()) {
            if (sequence.last().isPresent()) {
                Sessions.execute(connection, "SELECT setval(" + Sql.literal(Sql.name(sequence.name())) + ", " + sequence
                        .last().get() + ")");
            }
        }
        connection.commit();
    }

    /** Whether everything is there that was backed up. */
    void check(Connection connection) throws SQLException {
        var missing = names(manifest.tables());
        missing.removeAll(names(Catalogue.read(Jdbi.open(connection), schema).tables().stream().map(
                Catalogue.Found::table).toList()));
        missing.removeAll(leftOut.stream().map(name -> "index " + name).toList());
        if (!missing.isEmpty()) {
            throw new ConflictException("restore-incomplete", "these were not made again: " + String.join(", ",
                    missing), "report this; the backup itself is whole");
        }
    }

    private static Set<String> names(List<Table> tables) {
        var names = new TreeSet<String>();
        for (var table : tables) {
            names.add("table " + table.name());
            table.constraints().forEach(constraint -> names.add("constraint " + constraint.name() + " of " + table
                    .name()));
            table.indexes().forEach(index -> names.add("index " + index.name()));
        }
        return names;
    }

    private static String drop(String table, Constraint constraint) {
        return "ALTER TABLE " + Sql.name(table) + " DROP CONSTRAINT " + Sql.name(constraint.name());
    }

    private static String add(String table, Constraint constraint) {
        return "ALTER TABLE " + Sql.name(table) + " ADD CONSTRAINT " + Sql.name(constraint.name()) + " " + constraint
                .definition();
    }
}
