package dev.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BreakerTest {
    private final Breaker breaker = new Breaker();
    private long now = 1_000_000;

    @Test
    void closesWithTheFirstAnswerAndOpensWhenThereIsNone() {
        assertThat(breaker.isClosed()).isFalse();
        assertThat(breaker.mayProbe(now)).isTrue();
        breaker.probeSucceeded(now);
        assertThat(breaker.isClosed()).isTrue();
        assertThat(breaker.slowStart(now)).isEqualTo(1);
        breaker.probeFailed(now);
        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
        assertThat(breaker.mayProbe(now)).isFalse();
    }

    @Test
    void opensAfterReadsInARowThatLostTheirConnection() {
        breaker.probeSucceeded(now);
        breaker.readFailed(now);
        breaker.readFailed(now);
        breaker.readSucceeded();
        breaker.readFailed(now);
        breaker.readFailed(now);
        assertThat(breaker.isClosed()).isTrue();
        breaker.readFailed(now);
        assertThat(breaker.isClosed()).isFalse();
    }

    @Test
    void asksAfterLongerAndLongerPausesAndComesBackSlowly() {
        breaker.probeSucceeded(now);
        breaker.probeFailed(now);
        long pause = Duration.ofMillis(250).toNanos();
        for (int i = 0; i < 8; i++) {
            assertThat(breaker.mayProbe(now + pause - 1)).isFalse();
            now += pause;
            assertThat(breaker.mayProbe(now)).isTrue();
            assertThat(breaker.state()).isEqualTo(Breaker.State.HALF_OPEN);
            breaker.probeFailed(now);
            pause = Math.min(2 * pause, Duration.ofSeconds(10).toNanos());
        }
        now += pause;
        assertThat(breaker.mayProbe(now)).isTrue();
        breaker.probeSucceeded(now);
        assertThat(breaker.isClosed()).as("one answer may be chance").isFalse();
        breaker.probeSucceeded(now);
        assertThat(breaker.isClosed()).isTrue();
        assertThat(breaker.slowStart(now)).isEqualTo(10);
        assertThat(breaker.slowStart(now + Duration.ofSeconds(5).toNanos())).isEqualTo(5.5);
        assertThat(breaker.slowStart(now + Duration.ofSeconds(10).toNanos())).isEqualTo(1);
    }
}
