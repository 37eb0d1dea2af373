package dev.howdah.cache;

import dev.howdah.postgres.InvalidInputException;
import java.time.Duration;

/**
 * How long an entry lives from now on. Zero and less mean that it has expired already: the key is absent afterwards, as
 * after {@code EXPIRE key 0} in Redis; neither means the default.
 */
public sealed interface Ttl {
    /** A hundred years: beyond it, a time to live is a mistake. */
    Duration MAX = Duration.ofDays(36_500);

    /** As long as the cache says. */
    Ttl DEFAULT = new Default();
    /** For ever, unless the cache has a maximum. */
    Ttl NEVER = new Never();

    /** As long as the cache says. */
    record Default() implements Ttl {}

    /** Without an end. */
    record Never() implements Ttl {}

    /**
     * So long.
     *
     * @param time up to a hundred years either way; counted in milliseconds, a part of one counts as a whole
     */
    record After(Duration time) implements Ttl {
        public After {
            if (time.compareTo(MAX) > 0 || time.compareTo(MAX.negated()) < 0) {
                throw new InvalidInputException("cache-ttl-invalid", "ttl", time + " is more than a hundred years",
                        "use less, or never");
            }
        }

        long millis() {
            return time.plusNanos(999_999).toMillis();
        }
    }

    /**
     * So long.
     *
     * @throws InvalidInputException if it is more than a hundred years
     */
    static Ttl of(Duration time) {
        return new After(time);
    }
}
