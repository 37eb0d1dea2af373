package dev.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DatabaseTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Database database = TestDatabase.create();

    @Test
    void commitsWhatReturnsAndRollsBackWhatThrows() {
        var after = new ArrayList<String>();
        database.useTransaction(tx -> {
            tx.handle().execute("CREATE TABLE things (name text)");
            tx.handle().execute("INSERT INTO things VALUES ('kept')");
            tx.afterCommit(() -> after.add("kept, seen " + names()));
            assertThat(after).isEmpty();
        });
        assertThatThrownBy(() -> database.useTransaction(tx -> {
            tx.handle().execute("INSERT INTO things VALUES ('lost')");
            tx.afterCommit(() -> after.add("lost"));
            throw new IllegalStateException("no");
        })).isInstanceOf(IllegalStateException.class).hasMessage("no");
        assertThat(names()).containsExactly("kept");
        assertThat(after).containsExactly("kept, seen [kept]");
    }

    @Test
    void joinsTheTransactionOfAPlainConnection() throws Exception {
        var settings = database.settings();
        database.useTransaction(tx -> tx.handle().execute("CREATE TABLE things (name text)"));
        try (var connection = DriverManager.getConnection(settings.url(), settings.user(), settings.password())) {
            connection.setSchema(settings.schema());
            connection.setAutoCommit(false);
            var after = new ArrayList<Runnable>();
            var tx = Transaction.joining(connection, after::add);
            tx.handle().execute("INSERT INTO things VALUES ('joined')");
            tx.afterCommit(() -> {});
            assertThat(names()).isEmpty();
            connection.commit();
            assertThat(names()).containsExactly("joined");
            assertThat(after).hasSize(1);
        }
    }

    @Test
    void joinsTheTransactionOfAConnectionWithASearchPathOfItsOwn() throws Exception {
        var settings = database.settings();
        database.useTransaction(tx -> tx.handle().execute("CREATE TABLE things (name text)"));
        try (var connection = DriverManager.getConnection(settings.url(), settings.user(), settings.password());
                var statement = connection.createStatement()) {
            assertThatThrownBy(() -> database.join(connection, _ -> {}, _ -> 1)).hasMessageContaining("setAutoCommit");
            statement.execute("SET search_path = pg_catalog");
            connection.setAutoCommit(false);
            var after = new ArrayList<Runnable>();
            int inserted = database.join(connection, after::add, tx -> {
                tx.afterCommit(() -> {});
                return tx.handle().execute("INSERT INTO things VALUES ('joined')");
            });
            assertThat(inserted).isEqualTo(1);
            assertThatThrownBy(() -> database.join(connection, after::add, _ -> {
                throw new IllegalStateException("no");
            })).hasMessage("no");
            try (var path = statement.executeQuery("SHOW search_path")) {
                assertThat(path.next()).isTrue();
                assertThat(path.getString(1)).isEqualTo("pg_catalog");
            }
            assertThat(names()).isEmpty();
            connection.commit();
            assertThat(names()).containsExactly("joined");
            assertThat(after).hasSize(1);
        }
    }

    @Test
    void isBoundToItsSchema() {
        var other = TestDatabase.create();
        database.useTransaction(tx -> tx.handle().execute("CREATE TABLE things (name text)"));
        other.useTransaction(tx -> tx.handle().execute("CREATE TABLE things (name text)"));
        other.useTransaction(tx -> tx.handle().execute("INSERT INTO things VALUES ('theirs')"));
        assertThat(names()).isEmpty();
    }

    @Test
    void saysWhenThePoolIsFull() {
        var small = TestDatabase.open(withAcquireTimeout(database.settings().withPool(2, 0), Duration.ofMillis(250)));
        var done = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 2; i++) {
                threads.execute(() -> small.useTransaction(tx -> {
                    tx.handle().execute("SELECT 1");
                    hold(done);
                }));
            }
            await().atMost(LIMIT).until(() -> small.poolUse().active() == 2);
            assertThatThrownBy(() -> small.withHandle(handle -> handle.execute("SELECT 1")))
                    .isInstanceOf(UnavailableException.class).message()
                    .contains("all 2 connections were in use for 250 ms", "howdah.database.pool-max");
            assertThat(small.health().isUp()).isFalse();
            done.countDown();
        }
        assertThat(small.health().status()).isEqualTo(DatabaseHealth.Status.OK);
    }

    @Test
    void waitsForAServerThatIsDownAndSaysWhatRefusesForGood() {
        var settings = database.settings();
        try (var proxy = TcpProxy.cutOff(settings); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = TestDatabase.open(proxy.through(settings));
            assertThatThrownBy(() -> waiting.awaitReady(Duration.ofMillis(300)))
                    .isInstanceOf(UnavailableException.class).message()
                    .contains("cannot be reached", "refused", "POSTGRES_HOST").doesNotContain(settings.password());
            var ready = new CountDownLatch(1);
            threads.execute(() -> {
                waiting.awaitReady(LIMIT);
                ready.countDown();
            });
            proxy.heal();
            hold(ready);
        }
        var wrong = TestDatabase.open(settings.at(settings.url(), settings.user(), "wrong"));
        assertThatThrownBy(() -> wrong.awaitReady(LIMIT)).isInstanceOf(UnavailableException.class)
                .hasMessageContaining("password authentication failed");
    }

    @Test
    void comesBackAfterAnOutage() {
        var settings = database.settings();
        try (var proxy = TcpProxy.cutOff(settings)) {
            proxy.heal();
            var behind = TestDatabase.open(withAcquireTimeout(proxy.through(settings), Duration.ofMillis(500)));
            assertThat(behind.health().isUp()).isTrue();
            proxy.cut();
            assertThatThrownBy(() -> behind.withHandle(handle -> handle.execute("SELECT 1")))
                    .isInstanceOf(UnavailableException.class).extracting(e -> ((UnavailableException) e).code())
                    .isEqualTo("database-unavailable");
            assertThat(behind.health().status()).isEqualTo(DatabaseHealth.Status.DOWN);
            proxy.heal();
            await().atMost(LIMIT).until(() -> behind.health().isUp());
        }
    }

    @Test
    void endsAStatementThatRunsTooLong() {
        var settings = database.settings();
        var impatient = TestDatabase.open(new DatabaseSettings(settings.url(), settings.user(), settings.password(),
                settings.schema(), 2, 0, settings.maxLifetime(), settings.idleTimeout(), settings.acquireTimeout(),
                Duration.ofMillis(200), false, settings.slowQuery()));
        assertThatThrownBy(() -> impatient.withHandle(handle -> handle.execute("SELECT pg_sleep(30)")))
                .hasMessageContaining("statement timeout");
    }

    private List<String> names() {
        return database.withHandle(handle -> handle.createQuery("SELECT name FROM things").mapTo(String.class).list());
    }

    private static DatabaseSettings withAcquireTimeout(DatabaseSettings settings, Duration timeout) {
        return new DatabaseSettings(settings.url(), settings.user(), settings.password(), settings.schema(),
                settings.poolMax(), settings.poolMinIdle(), settings.maxLifetime(), settings.idleTimeout(), timeout,
                settings.statementTimeout(), settings.listen(), settings.slowQuery());
    }

    private static void hold(CountDownLatch latch) {
        try {
            assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
