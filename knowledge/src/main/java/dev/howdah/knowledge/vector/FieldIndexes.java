package dev.howdah.knowledge.vector;

import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.postgres.Database;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** B-trees over the declared fields of collections, so that filters find their entries without reading all. */
final class FieldIndexes {
    static final String VALID = """
        SELECT c.relname
          FROM pg_class c
          JOIN pg_index i ON i.indexrelid = c.oid
         WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND i.indisvalid
           AND starts_with(c.relname, :prefix)
        """;

    private FieldIndexes() {}

    /** Builds those that are missing, without blocking writers; what an interrupted build left is dropped first. */
    static void prepare(Database database, SearchCollection collection) {
        if (collection.fields().isEmpty()) {
            return;
        }
        var prefix = "search_entries_field_" + collection.id() + "_";
        Set<String> valid = new HashSet<>(database.withHandle(handle -> handle.createQuery(VALID).bind("prefix", prefix)
                .mapTo(String.class).list()));
        var fields = List.copyOf(collection.fields().keySet());
        if (valid.size() == fields.size()) {
            return;
        }
        database.useOwnConnection(connection -> {
            try (var statement = connection.createStatement()) {
                for (int i = 0; i < fields.size(); i++) {
                    var name = prefix + i; // fields of a collection are declared once, and stand in order
                    if (!valid.contains(name)) {
                        statement.execute("DROP INDEX CONCURRENTLY IF EXISTS " + name);
                        statement.execute("CREATE INDEX CONCURRENTLY " + name + " ON search_entries ((metadata -> '"
                                + fields.get(i) + "')) WHERE collection_id = " + collection.id());
                    }
                }
                statement.execute("ANALYZE search_entries");
            }
        });
    }
}
