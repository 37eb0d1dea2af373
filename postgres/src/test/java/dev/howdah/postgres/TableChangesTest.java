package dev.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TableChangesTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final DatabaseSettings settings = TestDatabase.settings();
    private final Database writing = TestDatabase.open(settings);
    private final Database watching = TestDatabase.open(settings);
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    TableChangesTest() {
        writing.withHandle(handle -> handle.execute("CREATE TABLE letters (id int)"));
        writing.withHandle(handle -> handle.execute("CREATE TABLE \"Old letters\" (id int)"));
    }

    @Test
    void whatAnotherProcessWritesIsToldToWhoeverWatches() throws Exception {
        try (var subscription = watching.changes().watch(seen::addAll)) {
            assertThat(subscription).isNotNull();
            // A process that has only begun to listen hears of the watcher with its next word.
            await().atMost(LIMIT).until(() -> {
                writing.withHandle(handle -> handle.execute("INSERT INTO letters VALUES (1)"));
                return seen.contains("letters");
            });
            assertThat(seen).doesNotContain("Old letters");
            writing.useTransaction(tx -> tx.handle().execute(
                    "WITH gone AS (DELETE FROM letters RETURNING id) INSERT INTO \"Old letters\" SELECT id FROM gone"));
            await().atMost(LIMIT).until(() -> seen.contains("Old letters"));
        }
    }

    @Test
    void whatThisProcessWritesIsToldWithoutListening() throws Exception {
        var deaf = TestDatabase.open(new DatabaseSettings(settings.url(), settings.user(), settings.password(),
                settings.schema(), settings.poolMax(), settings.poolMinIdle(), settings.maxLifetime(),
                settings.idleTimeout(), settings.acquireTimeout(), settings.statementTimeout(), false,
                settings.slowQuery()));
        try (var subscription = deaf.changes().watch(seen::addAll)) {
            assertThat(subscription).isNotNull();
            deaf.withHandle(handle -> handle.execute("INSERT INTO letters VALUES (1)"));
            await().atMost(LIMIT).until(() -> seen.contains("letters"));
        }
    }

    @Test
    void whatChangedNothingIsNotTold() throws Exception {
        var emptied = "WITH gone AS (DELETE FROM letters RETURNING id), "
                + "kept AS (INSERT INTO \"Old letters\" SELECT id FROM gone RETURNING id) SELECT id FROM kept";
        writing.withHandle(handle -> handle.execute("CREATE TABLE witnesses (id int)"));
        try (var subscription = writing.changes().watch(seen::addAll)) {
            assertThat(subscription).isNotNull();
            writing.withHandle(handle -> handle.execute("UPDATE \"Old letters\" SET id = 1"));
            writing.withHandle(handle -> handle.createQuery(emptied).define(QueryMetrics.NO_ROWS_NO_CHANGE, true)
                    .mapTo(Integer.class).list());
            writing.withHandle(handle -> handle.execute("INSERT INTO witnesses VALUES (1)"));
            await().atMost(LIMIT).until(() -> seen.contains("witnesses"));
            assertThat(seen).containsExactly("witnesses");

            writing.withHandle(handle -> handle.execute("INSERT INTO letters VALUES (1)"));
            seen.clear();
            assertThat(writing.<List<Integer>>withHandle(handle -> handle.createQuery(emptied)
                    .define(QueryMetrics.NO_ROWS_NO_CHANGE, true).mapTo(Integer.class).list())).containsExactly(1);
            await().atMost(LIMIT).until(() -> seen.contains("Old letters"));
        }
    }

    /** That a statement was slow makes its count known, but not what its other parts wrote. */
    @Test
    void whatOneOfSeveralPartsChangedIsToldThoughTheLastChangedNothing() throws Exception {
        var slow = new SlowQuerySettings(Duration.ofNanos(1), Duration.ofMinutes(1), Duration.ofMinutes(2));
        var database = TestDatabase.open(new DatabaseSettings(settings.url(), settings.user(), settings.password(),
                settings.schema(), settings.poolMax(), settings.poolMinIdle(), settings.maxLifetime(),
                settings.idleTimeout(), settings.acquireTimeout(), settings.statementTimeout(), settings.listen(),
                slow));
        database.withHandle(handle -> handle.execute("INSERT INTO letters VALUES (1)"));
        try (var subscription = database.changes().watch(seen::addAll)) {
            assertThat(subscription).isNotNull();
            database.withHandle(handle -> handle.execute("WITH gone AS (DELETE FROM letters RETURNING id) "
                    + "INSERT INTO \"Old letters\" SELECT id FROM gone WHERE id > 1"));
            await().atMost(LIMIT).until(() -> seen.contains("letters"));
        }
    }

    @Test
    void nothingIsSentWhileNobodyWatches() {
        var messages = new ConcurrentLinkedQueue<String>();
        watching.notifications().subscribe("changed", new Notifications.Listener() {
            @Override
            public void message(String text) {
                messages.add(text);
            }

            @Override
            public void listening() {}
        });
        await().atMost(LIMIT).until(() -> watching.notifications().isListening());
        writing.withHandle(handle -> handle.execute("INSERT INTO letters VALUES (1)"));
        var witness = new AtomicInteger();
        watching.notifications().subscribe("witness", witness::incrementAndGet);
        await().during(Duration.ofMillis(400)).atMost(LIMIT).until(() -> {
            writing.notifications().wake("witness");
            return witness.get() > 0;
        });
        assertThat(messages).isEmpty();
    }
}
