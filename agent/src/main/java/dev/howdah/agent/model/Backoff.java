package dev.howdah.agent.model;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often, and after which rest, a request is sent again. The rest doubles, and is cut at random so that many callers do not
 * come back at once; where the provider says when to come back, it is that.
 *
 * @param attempts requests in all
 * @param first upper limit of the first rest
 * @param max upper limit of any other
 */
record Backoff(int attempts, Duration first, Duration max) {
    /** A provider that wants longer than this gets no further request; whoever asked hears when to try again. */
    static final Duration RETRY_AFTER_MAX = Duration.ofSeconds(60);

    static Backoff of(int attempts) {
        return new Backoff(attempts, Duration.ofMillis(500), Duration.ofSeconds(30));
    }

    /** The rest after so many attempts, at least one; absent if there is to be no other one. */
    Optional<Duration> rest(int sent, Optional<Duration> retryAfter) {
        if (sent >= attempts || retryAfter.filter(time -> time.compareTo(RETRY_AFTER_MAX) > 0).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(retryAfter.orElseGet(() -> {
            long limit = Math.min(first.toMillis() << Math.min(sent - 1, 20), max.toMillis());
            return Duration.ofMillis(ThreadLocalRandom.current().nextLong(limit / 2, limit + 1));
        }));
    }
}
