package dev.howdah.bench;

import java.time.Duration;
import java.util.Locale;

/** What a drain of ours costs the server, for the reader of the table. */
final class DrainCost {
    /** Sessions report their statistics at their end, or after a while. */
    private static final Duration REPORT = Duration.ofSeconds(2);
    private static final String WAL = """
        SELECT pg_current_wal_insert_lsn() - '0/0'
        """;
    private static final String COMMITS = """
        SELECT xact_commit
          FROM pg_stat_database
         WHERE datname = current_database()
        """;
    private static final String DEAD = """
        SELECT COALESCE(sum(n_dead_tup), 0)
          FROM pg_stat_user_tables
         WHERE schemaname = current_schema()
        """;

    private final BenchDatabase database;
    private final int tasks;

    DrainCost(BenchDatabase database, BenchOptions options) {
        this.database = database;
        this.tasks = options.size(100_000, 30_000);
    }

    String measure() {
        var settings = database.fresh();
        try (var peer = new HowdahPeer(settings)) {
            peer.enqueueMany(tasks);
        }
        database.vacuum();
        JavaPeer.sleep(REPORT);
        double wal = database.number(WAL);
        double commits = database.number(COMMITS);
        try (var peer = new HowdahPeer(settings)) {
            peer.drain(tasks);
        }
        wal = database.number(WAL) - wal;
        JavaPeer.sleep(REPORT);
        commits = database.number(COMMITS) - commits;
        return String.format(Locale.ROOT,
                "a drain of %,d tasks: %.0f bytes of WAL and %.4f commits per task, %,.0f dead rows"
                        + " at its end",
                tasks, wal / tasks, commits / tasks, database.number(DEAD));
    }
}
