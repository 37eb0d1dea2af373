package dev.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryMetricsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        SELECT 1                                                  | SELECT
        -- a comment\\n  insert into t values (1)                  | INSERT
        WITH x AS (SELECT 1) UPDATE t SET a = 1                   | UPDATE
        /* why */ DELETE FROM t                                   | DELETE
        WITH x AS (SELECT 'update me') SELECT 1                   | SELECT
        CREATE TABLE t (a int)                                    | OTHER
        """)
    void tellsStatementsApart(String sql, StatementType type) {
        var database = TestDatabase.create();
        database.metrics().record(sql.replace("\\n", "\n"), Duration.ofMillis(4), false);
        assertThat(database.metrics().of(type).statements()).isEqualTo(1);
    }

    @Test
    void countsStatementsErrorsAndTime() {
        var database = TestDatabase.create();
        database.withHandle(handle -> handle.createQuery("SELECT 1").mapTo(Integer.class).one());
        assertThatThrownBy(() -> database.withHandle(handle -> handle.execute("UPDATE nothing SET a = 1")))
                .hasMessageContaining("does not exist");
        var metrics = database.metrics();
        assertThat(metrics.of(StatementType.SELECT).statements()).isEqualTo(1);
        assertThat(metrics.of(StatementType.SELECT).time()).isPositive();
        assertThat(metrics.of(StatementType.UPDATE).errors()).isEqualTo(1);
        assertThat(metrics.total().errorRate()).isEqualTo(0.5);
    }

    @Test
    void isUnhealthyFromFivePercentOfErrorsOn() {
        var metrics = TestDatabase.create().metrics();
        for (int i = 0; i < 96; i++) {
            metrics.record("SELECT 1", Duration.ofMillis(1), false);
        }
        for (int i = 0; i < 4; i++) {
            metrics.record("SELECT 1", Duration.ofMillis(1), true);
        }
        assertThat(metrics.isHealthy()).isTrue();
        metrics.record("SELECT 1", Duration.ofMillis(1), true);
        metrics.record("SELECT 1", Duration.ofMillis(1), true);
        assertThat(metrics.isHealthy()).isFalse();
    }

    @Test
    void keepsSlowStatementsWithoutTheirValues() {
        var metrics = TestDatabase.create().metrics();
        metrics.record("SELECT 1", Duration.ofMillis(99), false);
        metrics.record("SELECT name FROM users WHERE mail = 'me@example.org' AND pin = 1234", Duration.ofMillis(150),
                false);
        assertThat(metrics.slowQueries().recent(10)).singleElement().satisfies(slow -> {
            assertThat(slow.query()).contains("FROM users").doesNotContain("me@example.org", "1234");
            assertThat(slow.statement()).isEqualTo(new Statement(StatementType.SELECT, Optional.of("users")));
        });
    }
}
