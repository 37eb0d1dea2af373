package dev.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class QueryWindowTest {
    private static final long BEGIN = 123_456_789L;
    private final QueryWindow window = new QueryWindow(BEGIN);

    private static long at(Duration sinceBegin) {
        return BEGIN + sinceBegin.toNanos();
    }

    @Test
    void countsOnlyTheTimeThatIsAskedFor() {
        window.add(at(Duration.ZERO), 10, true);
        window.add(at(Duration.ofMinutes(4)), 20, false);
        window.add(at(Duration.ofMinutes(9)), 30, false);
        long now = at(Duration.ofMinutes(9));
        assertThat(window.sum(now, Duration.ofMinutes(1)).statements()).isEqualTo(1);
        assertThat(window.sum(now, Duration.ofMinutes(6)).time()).isEqualTo(Duration.ofNanos(50));
        assertThat(window.sum(now, Duration.ofMinutes(15))).isEqualTo(new QueryMetrics.Count(3, 1,
                Duration.ofNanos(60)));
        assertThat(window.sum(at(Duration.ofHours(5)), Duration.ofMinutes(15)).statements()).isZero();
    }

    @Test
    void losesNothingWhenManyCountAtOnce() throws InterruptedException {
        var threads = new Thread[8];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = Thread.ofPlatform().start(() -> {
                for (int j = 0; j < 10_000; j++) {
                    window.add(at(Duration.ofMillis(j)), 1, false);
                }
            });
        }
        for (var thread : threads) {
            thread.join();
        }
        assertThat(window.sum(at(Duration.ofSeconds(10)), Duration.ofMinutes(1)).statements()).isEqualTo(80_000);
    }
}
