package dev.howdah.postgres;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the server itself has counted of statements, of all processes and since its statistics were reset: the extension
 * {@code pg_stat_statements}, where it is installed and loaded.
 *
 * @param isThere whether it is
 * @param remedy what to do if it is not; empty otherwise
 * @param statements those that took most time in total, first
 */
public record ServerStatements(boolean isThere, String remedy, List<Line> statements) {
    /** Statements that are told of at most. */
    public static final int LIMIT_MAX = 500;

    static final String IS_THERE = """
        SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_stat_statements') AS created,
               EXISTS (SELECT
                         FROM unnest(string_to_array(current_setting('shared_preload_libraries', true), ',')) AS name
                        WHERE btrim(name) = 'pg_stat_statements') AS loaded
        """;

    static final String SLOWEST = """
        SELECT queryid, left(query, 10000) AS query, calls, rows, total_exec_time, mean_exec_time, max_exec_time,
               COALESCE(shared_blks_hit::float8 / NULLIF(shared_blks_hit + shared_blks_read, 0), 1) AS cache_hit_ratio
          FROM pg_stat_statements
         WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
         ORDER BY total_exec_time DESC
         LIMIT :limit
        """;

    private static final String REMEDY = "add pg_stat_statements to shared_preload_libraries, restart the server, and "
            + "run CREATE EXTENSION pg_stat_statements in this database";

    /**
     * One statement.
     *
     * @param id the server's own
     * @param query without values
     * @param total time of all calls
     * @param mean of a call
     * @param max of a call
     * @param rows that they answered or changed together
     * @param cacheHitRatio of its blocks that were in the server's memory, 0 to 1
     */
    public record Line(long id, String query, Statement statement, long calls, long rows, Duration total,
            Duration mean, Duration max, double cacheHitRatio) {}

    public ServerStatements {
        statements = List.copyOf(statements);
    }

    /**
     * As they stand now.
     *
     * @param limit 1 to {@value #LIMIT_MAX}
     * @throws InvalidInputException if the limit is out of range
     */
    public static ServerStatements of(Database database, int limit) {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new InvalidInputException("limit-invalid", "limit", limit + " is out of range",
                    "use 1 to " + LIMIT_MAX);
        }
        return database.withHandle(handle -> {
            boolean isThere = handle.createQuery(IS_THERE)
                    .map((row, context) -> row.getBoolean("created") && row.getBoolean("loaded")).one();
            return isThere
                    ? new ServerStatements(true, "", handle.createQuery(SLOWEST).bind("limit", limit)
                            .map((row, context) -> line(row.getLong("queryid"),
                                    Optional.ofNullable(row.getString("query")), row.getLong("calls"),
                                    row.getLong("rows"), row.getDouble("total_exec_time"),
                                    row.getDouble("mean_exec_time"), row.getDouble("max_exec_time"),
                                    row.getDouble("cache_hit_ratio")))
                            .list())
                    : new ServerStatements(false, REMEDY, List.of());
        });
    }

    /** The server leaves the text out of what belongs to others; and of some it keeps the values. */
    private static Line line(long id, Optional<String> query, long calls, long rows, double total, double mean,
            double max, double cacheHitRatio) {
        var text = StatementText.of(query.orElse(""));
        return new Line(id, text.query(), text.statement(), calls, rows, millis(total), millis(mean), millis(max),
                cacheHitRatio);
    }

    private static Duration millis(double value) {
        return Duration.ofNanos((long) (value * 1e6));
    }
}
