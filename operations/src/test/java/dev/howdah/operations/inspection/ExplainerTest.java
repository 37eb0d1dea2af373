package dev.howdah.operations.inspection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.operations.inspection.PlanAdvice.Kind;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.postgres.UnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainerTest {
    private final Database database = TestDatabase.create();
    private final Explainer explainer = new Explainer(database);

    @BeforeEach
    void fill() {
        run("CREATE TABLE t (id int PRIMARY KEY, owner text NOT NULL, size int NOT NULL, \"Odd name\" int)");
        run("INSERT INTO t SELECT i, 'owner ' || i % 1000, i % 777, i FROM generate_series(1, 30000) AS i");
        run("ANALYZE t");
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void run(String sql) {
        database.withHandle(handle -> handle.execute(sql));
    }

    private Explained plan(String sql) {
        return explainer.explain(sql, false, Explainer.LIMIT_DEFAULT);
    }

    private Explained analyze(String sql) {
        return explainer.explain(sql, true, Explainer.LIMIT_DEFAULT);
    }

    @Test
    void namesTheIndexThatAScanWants() {
        var explained = plan("SELECT id FROM t WHERE owner = 'owner 7' AND size > 700;");
        assertThat(explained.advice()).singleElement().satisfies(advice -> {
            assertThat(advice.kind()).isEqualTo(Kind.SEQUENTIAL_SCAN);
            assertThat(advice.detail()).contains("30,000 rows", "owner = 'owner 7'");
            assertThat(advice.fix()).contains("CREATE INDEX CONCURRENTLY ON t (owner, size);");
        });
        assertThat(explained.execution()).isEmpty();
        assertThat(explained.lines().getFirst()).startsWith("Seq Scan on t");
        run("CREATE INDEX ON t (owner, size)");
        assertThat(plan("SELECT id FROM t WHERE owner = 'owner 7' AND size > 700").advice()).isEmpty();
    }

    @Test
    void namesTheIndexThatAnOrderWants() {
        assertThat(
                plan("SELECT id FROM t WHERE owner = 'owner 7' ORDER BY size DESC LIMIT 3").advice().getFirst().fix())
                .contains("CREATE INDEX CONCURRENTLY ON t (owner, size DESC);");
        assertThat(plan("SELECT id FROM t ORDER BY \"Odd name\" LIMIT 3").advice().getFirst().fix())
                .contains("CREATE INDEX CONCURRENTLY ON t (\"Odd name\");");
    }

    @Test
    void keepsSilentWhereNoIndexWouldHelp() {
        assertThat(plan("SELECT id FROM t WHERE size >= 0").advice()).singleElement().satisfies(advice -> {
            assertThat(advice.detail()).contains("an index would not help");
            assertThat(advice.fix()).isEmpty();
        });
        assertThat(plan("SELECT count(*) FROM t WHERE owner = 'a' OR size = 1").advice().getFirst().fix()).isEmpty();
        assertThat(plan("SELECT a.id FROM t a, t b WHERE a.size = b.id AND a.owner = b.owner").advice())
                .allSatisfy(advice -> assertThat(advice.fix()).isEmpty());
        assertThat(plan("SELECT id FROM t WHERE id = 5").advice()).isEmpty();
    }

    @Test
    void saysWhatWasNotAsExpected() {
        run("CREATE TABLE skewed (a int, b int) WITH (autovacuum_enabled = off)");
        run("INSERT INTO skewed SELECT 1, 1 FROM generate_series(1, 100)");
        run("ANALYZE skewed");
        run("INSERT INTO skewed SELECT i % 100, i % 100 FROM generate_series(1, 20000) AS i");
        var explained = analyze("SELECT count(*) FROM skewed WHERE a <> 1");
        assertThat(explained.execution()).isPresent();
        assertThat(explained.advice()).anySatisfy(advice -> {
            assertThat(advice.kind()).isEqualTo(Kind.MISESTIMATE);
            assertThat(advice.fix()).contains("ANALYZE skewed;");
        });
    }

    @Test
    void saysWhatWentToDisk() {
        var explained = analyze("SELECT a.id FROM t a ORDER BY a.owner || a.size");
        assertThat(explained.advice()).isNotEmpty();
        run("INSERT INTO t SELECT i, repeat('o', 90) || i, i, i FROM generate_series(30001, 100000) AS i");
        assertThat(analyze("SELECT * FROM t ORDER BY owner || size").advice()).anySatisfy(advice -> {
            assertThat(advice.kind()).isEqualTo(Kind.SPILL);
            assertThat(advice.fix().orElseThrow()).matches("SET work_mem = '\\d+MB';");
        });
    }

    @Test
    void plansWhatHasParametersAndQuestionMarks() {
        assertThat(plan("SELECT id FROM t WHERE owner = $1").advice().getFirst().fix())
                .contains("CREATE INDEX CONCURRENTLY ON t (owner);");
        assertThatThrownBy(() -> analyze("SELECT id FROM t WHERE owner = $1")).hasMessageContaining("parameters");
        assertThat(plan("SELECT '$5', '{\"a\": 1}'::jsonb ? 'a'").lines()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELETE FROM t", "SELECT 1; DROP TABLE t", "COMMIT", "", "EXPLAIN SELECT 1",
            "SELECT ';COMMIT'", "SELECT nothing FROM nowhere", "/* SELECT */ DELETE FROM t"})
    void refusesWhatDoesNotRead(String sql) {
        assertThatThrownBy(() -> analyze(sql)).isInstanceOf(InvalidInputException.class);
        assertThat(plan("SELECT id FROM t").lines()).isNotEmpty();
    }

    @Test
    void writesNothingAndLeavesNothingBehind() {
        assertThatThrownBy(() -> analyze("WITH gone AS (DELETE FROM t RETURNING id) SELECT id FROM gone"))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("writes");
        run("CREATE SEQUENCE numbers");
        assertThatThrownBy(() -> analyze("SELECT nextval('numbers')"))
                .isInstanceOf(InvalidInputException.class);
        analyze("SELECT pg_advisory_lock(4711)");
        long held = database.withHandle(handle -> handle.createQuery(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711").mapTo(Long.class).one());
        assertThat(held).isZero();
    }

    @Test
    void endsWhatTakesTooLong() {
        assertThatThrownBy(() -> explainer.explain("SELECT pg_sleep(60)", true, Duration.ofMillis(100)))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("longer than 100 ms");
        assertThatThrownBy(() -> explainer.explain("SELECT 1", true, Duration.ofHours(1)))
                .hasMessageContaining("up to 60 s");
    }

    @Test
    void refusesMoreAtOnceThanItsLimit() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var sleeping = IntStream.range(0, Explainer.CONCURRENT_MAX)
                    .mapToObj(i -> threads.submit(() -> analyze("SELECT pg_sleep(9)"))).toList();
            var inspection = new Inspection(database);
            await().untilAsserted(() -> assertThat(sleepers(inspection)).hasSize(Explainer.CONCURRENT_MAX));
            assertThatThrownBy(() -> plan("SELECT 1")).isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("4 statements");
            sleepers(inspection).forEach(session -> inspection.cancel(session.pid(), false));
            assertThat(sleeping).allSatisfy(one -> assertThatThrownBy(one::get)
                    .hasCauseInstanceOf(InvalidInputException.class));
        }
        assertThat(plan("SELECT 1").lines()).isNotEmpty();
    }

    private static List<Session> sleepers(Inspection inspection) {
        return inspection.sessions(1000).stream().filter(session -> session.waitsFor().orElse("").contains("PgSleep"))
                .toList();
    }
}
