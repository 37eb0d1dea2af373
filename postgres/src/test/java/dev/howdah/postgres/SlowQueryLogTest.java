package dev.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.SlowQueryLog.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SlowQueryLogTest {
    private static final SlowQuerySettings SETTINGS = new SlowQuerySettings(Duration.ofMillis(100),
            Duration.ofMillis(500), Duration.ofSeconds(2));
    private static final String SELECT = "SELECT name FROM users WHERE id = 1";

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-20T10:00:00Z"));
    private final SlowQueryLog log = new SlowQueryLog(SETTINGS, now::get);

    private void add(String sql, long millis) {
        log.add(sql, Duration.ofMillis(millis), OptionalLong.empty());
    }

    private void pass(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    @Test
    void tellsHowSlowEachIs() {
        assertThat(log.isSlow(Duration.ofMillis(99))).isFalse();
        assertThat(log.isSlow(Duration.ofMillis(100))).isTrue();
        add("SELECT a FROM t", 100);
        add("SELECT b FROM t", 499);
        add("SELECT c FROM t", 500);
        add("SELECT d FROM t", 1999);
        add("SELECT e FROM t", 2000);
        assertThat(log.recent(10)).extracting(SlowQueryLog.Entry::severity).containsExactly(Severity.FATAL,
                Severity.CRITICAL, Severity.CRITICAL, Severity.WARNING, Severity.WARNING);
        assertThat(log.bySeverity(Severity.CRITICAL, 1)).singleElement()
                .satisfies(entry -> assertThat(entry.query()).isEqualTo("SELECT d FROM t"));
        assertThat(log.recent(Severity.CRITICAL, 10)).hasSize(3);
    }

    @Test
    void keepsTheSameStatementOnceInFiveMinutesUnlessItGetsWorse() {
        add(SELECT, 150);
        add("select name\n  from users where id = 2", 160);
        assertThat(log.recent(10)).hasSize(1);
        add(SELECT, 700);
        assertThat(log.recent(10)).hasSize(2);
        pass(SlowQueryLog.REPEAT_AFTER);
        add(SELECT, 150);
        assertThat(log.recent(10)).hasSize(3);
        assertThat(log.statistics(now.get().minus(Duration.ofHours(1)))).singleElement().satisfies(sum -> {
            assertThat(sum.count()).isEqualTo(4);
            assertThat(sum.total()).isEqualTo(Duration.ofMillis(1160));
            assertThat(sum.average()).isEqualTo(Duration.ofMillis(290));
            assertThat(sum.max()).isEqualTo(Duration.ofMillis(700));
            assertThat(sum.statement().table()).contains("users");
        });
    }

    @Test
    void keepsTheNewestThousand() {
        for (int i = 0; i <= SlowQueryLog.ENTRIES_MAX; i++) {
            add("SELECT c" + i + " FROM t", 100);
        }
        assertThat(log.recent(5000)).hasSize(SlowQueryLog.ENTRIES_MAX).last()
                .satisfies(entry -> assertThat(entry.query()).isEqualTo("SELECT c1 FROM t"));
        assertThat(log.recent(0)).isEmpty();
    }

    @Test
    void countsADayInBoundedMemory() {
        for (int i = 0; i < SlowQueryStatistics.STATEMENTS_MAX + 50; i++) {
            add("SELECT c" + i + " FROM t", 100 + i);
        }
        var sums = log.statistics(Instant.MIN.plusSeconds(1_000_000_000));
        assertThat(sums).hasSize(SlowQueryStatistics.STATEMENTS_MAX + 1);
        assertThat(sums.getFirst().id()).isEqualTo(SlowQueryStatistics.OTHERS);
        assertThat(sums).extracting(SlowQueryStatistics.Sum::count).contains(50L);
        pass(Duration.ofHours(2));
        add(SELECT, 100);
        assertThat(log.statistics(now.get().minus(Duration.ofMinutes(30)))).hasSize(1);
        pass(SlowQueryStatistics.KEPT.minus(Duration.ofMinutes(10)));
        assertThat(log.statistics(now.get().minus(SlowQueryStatistics.KEPT))).hasSize(1);
        pass(Duration.ofMinutes(20));
        assertThat(log.statistics(now.get().minus(SlowQueryStatistics.KEPT))).isEmpty();
    }

    @Test
    void namesWhoCalledAndHowManyRowsWereChanged() {
        var database = TestDatabase.open(with(TestDatabase.settings(), Duration.ZERO));
        database.withHandle(handle -> handle.execute("CREATE TABLE t (a int)"));
        database.withHandle(handle -> handle.createUpdate("INSERT INTO t SELECT i FROM generate_series(1, 7) AS i")
                .execute());
        assertThat(database.metrics().slowQueries().recent(1)).singleElement().satisfies(entry -> {
            assertThat(entry.rows()).hasValue(7);
            assertThat(entry.normalized()).isEqualTo("INSERT INTO T SELECT I FROM GENERATE_SERIES(?) AS I");
            // The test itself stands in the package that is left out; whoever called it does not.
            assertThat(entry.caller()).hasValueSatisfying(caller -> assertThat(caller).contains("("));
        });
    }

    private static DatabaseSettings with(DatabaseSettings settings, Duration slow) {
        return new DatabaseSettings(settings.url(), settings.user(), settings.password(), settings.schema(),
                settings.poolMax(), settings.poolMinIdle(), settings.maxLifetime(), settings.idleTimeout(),
                settings.acquireTimeout(), settings.statementTimeout(), settings.listen(),
                new SlowQuerySettings(slow, SETTINGS.critical(), SETTINGS.fatal()));
    }

    @Test
    void listenersNeitherBreakNorHoldUpTheCaller() {
        var heard = new ConcurrentLinkedQueue<String>();
        var hold = new CountDownLatch(1);
        log.onEntry(entry -> {
            throw new IllegalStateException("a listener's own fault");
        });
        var end = log.onEntry(entry -> {
            heard.add(entry.query());
            awaitUninterrupted(hold);
        });
        for (int i = 0; i < SlowQueryAlerts.WAITING_MAX + 50; i++) {
            add("SELECT c" + i + " FROM t", 100);
        }
        await().until(() -> !heard.isEmpty());
        hold.countDown();
        await().until(() -> heard.size() >= SlowQueryAlerts.WAITING_MAX);
        assertThat(heard).hasSizeLessThanOrEqualTo(SlowQueryAlerts.WAITING_MAX + 1);
        end.run();
        add(SELECT, 100);
        assertThat(heard).doesNotContain("SELECT name FROM users WHERE id = ?");
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void thresholdsMustRise() {
        assertThatThrownBy(() -> new SlowQuerySettings(Duration.ofSeconds(1), Duration.ofMillis(500),
                Duration.ofSeconds(2))).isInstanceOf(ConfigurationException.class).hasMessageContaining("below");
        var raised = SlowQuerySettings.from(Configuration.of(Map.of(SlowQuerySettings.WARNING.name(), "3s")));
        assertThat(raised).isEqualTo(new SlowQuerySettings(Duration.ofSeconds(3), Duration.ofSeconds(3),
                Duration.ofSeconds(3)));
        var configuration = Configuration.of(Map.of(SlowQuerySettings.WARNING.name(), "3s",
                SlowQuerySettings.FATAL.name(), "1s"));
        SlowQuerySettings.from(configuration);
        assertThatThrownBy(configuration::check).hasMessageContaining("slow-query-fatal");
    }
}
