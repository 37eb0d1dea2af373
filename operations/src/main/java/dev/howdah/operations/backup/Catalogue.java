package dev.howdah.operations.backup;

import dev.howdah.operations.backup.Manifest.Column;
import dev.howdah.operations.backup.Manifest.Constraint;
import dev.howdah.operations.backup.Manifest.Index;
import dev.howdah.operations.backup.Manifest.Partition;
import dev.howdah.operations.backup.Manifest.Table;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * The tables of a schema as the server's catalogue describes them.
 *
 * @param tables those that hold rows, with their definitions
 * @param parents constraints of partitioned tables, by table
 */
record Catalogue(List<Found> tables, Map<String, List<Constraint>> parents) {
    /**
     * A table that was found.
     *
     * @param heapBytes without values that are stored apart
     * @param bytes with them
     */
    record Found(Table table, boolean unlogged, long heapBytes, long bytes) {}

    /** Reads it; the handle's search path must begin with the schema. */
    static Catalogue read(Handle handle, String schema) {
        var inText = new HashSet<String>();
        var columns = columns(handle, schema, inText);
        var constraints = constraints(handle, schema);
        var indexes = indexes(handle, schema);
        var tables = handle.createQuery(CatalogueSql.TABLES).bind("schema", schema).map((row, _) -> {
            var name = row.getString("name");
            var partition = Optional.ofNullable(row.getString("bound")).map(bound -> partition(row, bound));
            return new Found(new Table(name, partition, options(row), columns.getOrDefault(name, List.of()),
                    constraints.getOrDefault(name, List.of()), indexes.getOrDefault(name, List.of()), false,
                    !inText.contains(name), 0, List.of()), row.getBoolean("unlogged"), row.getLong("heap_bytes"),
                    row.getLong("bytes"));
        }).list();
        tables.forEach(found -> constraints.remove(found.table.name()));
        return new Catalogue(tables, constraints);
    }

    private static Partition partition(ResultSet row, String bound) {
        try {
            return new Partition(row.getString("parent"), bound);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> options(ResultSet row) throws SQLException {
        Array options = row.getArray("options");
        return options == null ? List.of() : Arrays.asList((String[]) options.getArray());
    }

    private static Map<String, List<Column>> columns(Handle handle, String schema, Set<String> inText) {
        var columns = new HashMap<String, List<Column>>();
        handle.createQuery(CatalogueSql.COLUMNS).bind("schema", schema).map((row, _) -> {
            var table = row.getString("table_name");
            if (row.getBoolean("holds_type_number")) {
                inText.add(table);
            }
            return columns.computeIfAbsent(table, _ -> new ArrayList<>()).add(new Column(row.getString("name"), row
                    .getString("type"), row.getBoolean("not_null"),
                    Optional.ofNullable(row.getString(
                            "default_value")),
                    row.getString("identity"), row.getString("generated")));
        }).list();
        return columns;
    }

    private static Map<String, List<Constraint>> constraints(Handle handle, String schema) {
        var constraints = new HashMap<String, List<Constraint>>();
        handle.createQuery(CatalogueSql.CONSTRAINTS).bind("schema", schema).map((row, _) -> constraints.computeIfAbsent(
                row.getString("table_name"), _ -> new ArrayList<>()).add(
                        new Constraint(row.getString("name"), row
                                .getString("kind"), row.getString("definition"), row.getBoolean("inherited"))))
                .list();
        return constraints;
    }

    private static Map<String, List<Index>> indexes(Handle handle, String schema) {
        var indexes = new HashMap<String, List<Index>>();
        handle.createQuery(CatalogueSql.INDEXES).bind("schema", schema).map((row, _) -> indexes.computeIfAbsent(row
                .getString("table_name"), _ -> new ArrayList<>()).add(new Index(row.getString("name"),
                        row.getString(
                                "definition"),
                        Optional.ofNullable(row.getString("comment")))))
                .list();
        return indexes;
    }
}
