package dev.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableStatisticsTest {
    private static final String PLAN = """
        EXPLAIN SELECT text FROM "Grown" JOIN unnest((SELECT array_agg(1))) AS given (id) USING (id)
        """;

    @Test
    void aTableThatHasGrownIsLookedUpByItsIndexAgain() {
        try (var database = TestDatabase.create()) {
            var statistics = new TableStatistics(database);
            execute(database, "CREATE TABLE \"Grown\" (id int PRIMARY KEY, text text) WITH (autovacuum_enabled = off)");
            execute(database, "ANALYZE \"Grown\"");
            assertThat(plan(database)).contains("Seq Scan");
            assertThat(statistics.refresh()).isEmpty();
            execute(database,
                    "INSERT INTO \"Grown\" SELECT number, repeat('x', 100) FROM generate_series(1, 50000) AS number");
            assertThat(statistics.refresh()).containsExactly("\"Grown\"");
            assertThat(plan(database)).contains("Grown_pkey").doesNotContain("Seq Scan");
            assertThat(statistics.refresh()).isEmpty();
        }
    }

    private static void execute(Database database, String sql) {
        database.withHandle(handle -> handle.execute(sql));
    }

    private static String plan(Database database) {
        return database.withHandle(handle -> String.join("\n", handle.createQuery(PLAN).mapTo(String.class).list()));
    }
}
