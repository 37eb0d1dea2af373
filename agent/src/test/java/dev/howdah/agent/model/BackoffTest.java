package dev.howdah.agent.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff = new Backoff(40, Duration.ofMillis(500), Duration.ofSeconds(30));

    @Test
    void restsTwiceAsLongEachTimeUpToALimit() {
        for (int sent = 1; sent < 40; sent++) {
            long limit = Math.min(500L << Math.min(sent - 1, 20), 30_000);
            assertThat(backoff.rest(sent, Optional.empty()).orElseThrow()).as("after " + sent)
                    .isBetween(Duration.ofMillis(limit / 2), Duration.ofMillis(limit));
        }
        assertThat(backoff.rest(40, Optional.empty())).as("that was the last one").isEmpty();
    }

    @Test
    void comesBackWhenItIsToldToUnlessThatIsTooLate() {
        var max = Backoff.RETRY_AFTER_MAX;
        assertThat(backoff.rest(1, Optional.of(Duration.ZERO))).contains(Duration.ZERO);
        assertThat(backoff.rest(1, Optional.of(max))).contains(max);
        assertThat(backoff.rest(1, Optional.of(max.plusSeconds(1)))).isEmpty();
        assertThat(backoff.rest(40, Optional.of(Duration.ZERO))).isEmpty();
    }
}
