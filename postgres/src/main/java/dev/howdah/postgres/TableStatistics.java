package dev.howdah.postgres;

import java.util.List;

/**
 * Has tables analyzed that have grown many times since that was done last. Autovacuum looks once a minute; until then the server
 * goes on with plans that were made while a table was all but empty, and scans it for every row. Thread-safe.
 */
public final class TableStatistics {
    /** How many times its size a table has grown before it is analyzed again. */
    private static final int GROWTH = 8;
    /** Pages of 8 KiB up to which scanning a table is cheap. */
    private static final int PAGES_MIN = 8;
    /** Tables that are analyzed at a time. */
    private static final int TABLES_MAX = 20;

    static final String GROWN = """
        SELECT oid::regclass::text
          FROM pg_class
         WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
           AND pg_relation_size(oid) / current_setting('block_size')::int >= :growth * GREATEST(relpages, :pagesMin)
         LIMIT :limit
        """;

    private final Database database;

    /** Of the tables of the database's schema. */
    public TableStatistics(Database database) {
        this.database = database;
    }

    /** Analyzes what has grown; its names, quoted where they have to be. */
    public List<String> refresh() {
        var grown = database.withHandle(handle -> handle.createQuery(GROWN).bind("growth", GROWTH)
                .bind("pagesMin", PAGES_MIN).bind("limit", TABLES_MAX).mapTo(String.class).list());
        if (!grown.isEmpty()) {
            database.withHandle(handle -> handle.execute("ANALYZE " + String.join(", ", grown)));
        }
        return grown;
    }
}
