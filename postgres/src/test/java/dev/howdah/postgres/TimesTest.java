package dev.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimesTest {
    @Test
    void percentilesAreAtMostAFifthTooLong() {
        var times = new Times();
        assertThat(times.percentile(0.99)).isZero();
        for (int i = 1; i <= 1000; i++) {
            times.add(i * 10_000L);
        }
        assertThat(times.count()).isEqualTo(1000);
        assertThat(times.total()).isEqualTo(Duration.ofMillis(5_005));
        assertThat(times.longest()).isEqualTo(Duration.ofMillis(10));
        assertThat(times.percentile(0.5)).isBetween(Duration.ofMillis(5), Duration.ofMillis(6));
        assertThat(times.percentile(0.99)).isBetween(Duration.ofNanos(9_900_000), Duration.ofMillis(10));
        times.add(0);
        times.add(Duration.ofDays(1).toNanos());
        assertThat(times.percentile(1)).isPositive();
    }
}
