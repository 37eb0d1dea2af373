package dev.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.PoolAdvice.Verdict;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class PoolAdviceTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void countsHowCallersGotConnections() throws Exception {
        var database = TestDatabase.create();
        assertThat(database.poolUse().acquiring().count()).isZero();
        assertThat(database.poolUse().acquiring().p99()).isZero();
        var both = new CountDownLatch(2);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 2; i++) {
                threads.execute(() -> database.withHandle(handle -> {
                    both.countDown();
                    await().atMost(LIMIT).until(() -> both.getCount() == 0);
                    return handle.execute("SELECT 1");
                }));
            }
        }
        var use = database.poolUse();
        assertThat(use.peak()).isEqualTo(2);
        assertThat(use.acquiring().count()).isEqualTo(2);
        assertThat(use.acquiring().timeouts()).isZero();
        assertThat(use.acquiring().median()).isLessThanOrEqualTo(use.acquiring().p99());
        assertThat(use.acquiring().p99()).isLessThanOrEqualTo(use.acquiring().longest());
        assertThat(use.acquiring().recent().count()).isEqualTo(2);
        assertThat(database.poolAdvice().verdict()).isEqualTo(Verdict.FITS);
    }

    @Test
    void saysWhenThePoolIsTooSmall() {
        var advice = PoolAdvice.of(use(10, 10, 5000, 200, 0), 100);
        assertThat(advice.verdict()).isEqualTo(Verdict.TOO_SMALL);
        assertThat(advice.reason()).contains("200 of 5000 callers", "10 of 10 connections");
        assertThat(advice.remedy()).contains("howdah.database.pool-max to 20");
        assertThat(PoolAdvice.of(use(10, 10, 5000, 0, 1), 100).verdict()).isEqualTo(Verdict.TOO_SMALL);
        assertThat(PoolAdvice.of(use(10, 10, 5000, 49, 0), 100).verdict()).isEqualTo(Verdict.FITS);
        assertThat(PoolAdvice.of(use(10, 4, 5000, 500, 0), 100).verdict())
                .as("it was the server that was slow to accept, not the pool that was full").isEqualTo(Verdict.FITS);
    }

    @Test
    void saysWhenThePoolIsTooLarge() {
        assertThat(PoolAdvice.of(use(81, 50, 5000, 0, 0), 100).remedy()).contains("pool-max to 50", "max_connections");
        assertThat(PoolAdvice.of(use(80, 50, 5000, 0, 0), 100).verdict()).isEqualTo(Verdict.FITS);
        var idle = PoolAdvice.of(use(40, 10, 5000, 0, 0), 200);
        assertThat(idle.verdict()).isEqualTo(Verdict.TOO_LARGE);
        assertThat(idle.remedy()).contains("may be 20");
        assertThat(PoolAdvice.of(use(40, 11, 5000, 0, 0), 200).verdict()).isEqualTo(Verdict.FITS);
        assertThat(PoolAdvice.of(use(40, 1, 999, 0, 0), 200).verdict()).as("too few to judge").isEqualTo(Verdict.FITS);
    }

    private static PoolUse use(int max, int peak, long count, long longWaits, long timeouts) {
        return new PoolUse(0, 0, 0, max, peak, new PoolUse.Acquiring(count, timeouts, Duration.ZERO, Duration.ZERO,
                Duration.ZERO, Duration.ZERO, Duration.ZERO, new PoolUse.Waits(count, longWaits, timeouts)));
    }
}
