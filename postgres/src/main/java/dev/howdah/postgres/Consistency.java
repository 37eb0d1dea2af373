package dev.howdah.postgres;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What a read must see at least, and with it who may answer it. It is bound by {@link Database#reading}; where nothing is
 * bound it is {@link Strong}.
 */
public sealed interface Consistency {
    /** Everything that was committed before: the primary answers. */
    record Strong() implements Consistency {}

    /**
     * Everything that was committed before the token was given out.
     *
     * @param token of {@link Database#token}
     */
    record Session(ConsistencyToken token) implements Consistency {}

    /**
     * Everything that was committed longer ago than this.
     *
     * @param staleness not negative; below a few times {@code howdah.database.replica-poll} no replica can prove it
     */
    record Bounded(Duration staleness) implements Consistency {
        public Bounded {
            if (staleness.isNegative()) {
                throw new IllegalArgumentException("staleness is " + staleness + "; it cannot be negative");
            }
        }
    }

    /** Whatever a healthy replica has, within {@code howdah.database.replica-lag-max}. */
    record Eventual() implements Consistency {}

    /** Everything that was committed before. */
    static Consistency strong() {
        return new Strong();
    }

    /** Everything that was committed before the token was given out. */
    static Consistency session(ConsistencyToken token) {
        return new Session(token);
    }

    /** Everything that was committed longer ago than this. */
    static Consistency bounded(Duration staleness) {
        return new Bounded(staleness);
    }

    /** Whatever a healthy replica has. */
    static Consistency eventual() {
        return new Eventual();
    }

    /** Reads {@code strong}, {@code eventual}, {@code bounded=500ms} or the text of a token; empty if it is none of them. */
    static Optional<Consistency> parse(String text) {
        var given = text.strip();
        var word = given.toLowerCase(Locale.ROOT);
        try {
            return switch (word) {
                case "strong" -> Optional.of(strong());
                case "eventual" -> Optional.of(eventual());
                default -> word.startsWith("bounded=")
                        ? Optional.of(bounded(Setting.parseDuration(word.substring("bounded=".length()))))
                        : ConsistencyToken.parse(given).map(Consistency::session);
            };
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
