package dev.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class DatabaseActivityTest {
    @Test
    void tellsConnectionsTransactionsAndDeadRows() throws SQLException {
        var database = TestDatabase.create();
        database.withHandle(handle -> handle.execute("CREATE TABLE t AS SELECT 1 AS a"));
        database.withHandle(handle -> handle.execute("UPDATE t SET a = 2"));
        try (var other = database.connect(); var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            statement.execute("SELECT a FROM t");
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                var activity = DatabaseActivity.of(database);
                assertThat(activity.connectionsByState()).containsKeys("active", "idle in transaction");
                assertThat(activity.oldestTransaction()).isPositive();
                assertThat(activity.tables()).anySatisfy(table -> {
                    assertThat(table.name()).isEqualTo("t");
                    assertThat(table.deadRows()).isPositive();
                });
                assertThat(activity.connectionsMax()).isPositive();
                assertThat(activity.databaseBytes()).isPositive();
                assertThat(activity.cacheHitRatio()).isBetween(0.0, 1.0);
            });
        }
    }

    @Test
    void saysWhenTheServerDoesNotCountStatements() {
        var database = TestDatabase.create();
        var statements = ServerStatements.of(database, 10);
        assertThat(statements.isThere() ? statements.statements() : statements.remedy()).isNotNull();
        assertThat(statements.isThere()).isEqualTo(statements.remedy().isEmpty());
        assertThatThrownBy(() -> ServerStatements.of(database, 501)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void thePoolTellsWhatItsConnectionsGoThrough() {
        var database = TestDatabase.open(TestDatabase.settings());
        var steps = new ConcurrentLinkedQueue<String>();
        var end = database.poolMetrics().listen(new PoolMetrics.Listener() {
            @Override
            public void acquired(Duration wait) {
                steps.add("acquired");
            }

            @Override
            public void used(Duration use) {
                steps.add("used");
            }

            @Override
            public void created(Duration time) {
                steps.add("created");
            }

            @Override
            public void timedOut() {
                steps.add("timed out");
            }
        });
        database.withHandle(handle -> handle.execute("SELECT 1"));
        await().atMost(Duration.ofSeconds(30)).until(() -> steps.contains("acquired") && steps.contains("used")
                && steps.contains("created"));
        end.run();
        steps.clear();
        database.withHandle(handle -> handle.execute("SELECT 1"));
        assertThat(steps).doesNotContain("acquired");
    }
}
