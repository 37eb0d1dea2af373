package dev.howdah.cache;

import dev.howdah.cache.EntryStore.Increment;
import dev.howdah.postgres.ConflictException;

/** Puts increments of one key together. */
final class Increments {
    private Increments() {}

    /**
     * The two as one. The first says what holds for an entry that begins.
     *
     * @throws ConflictException if they cannot be told apart afterwards; then each has to go by itself
     */
    static Increment together(Increment first, Increment second) {
        boolean isAlike = first.initial() == second.initial()
                && Long.signum(first.delta()) * Long.signum(second.delta()) >= 0;
        long delta = first.delta() + second.delta();
        // With one direction, no sum in between is beyond the last one, so that the limits hold for all if they hold for it.
        boolean fits = isAlike && Long.signum(delta) * Long.signum(first.delta()) >= 0
                && ((first.initial() ^ (first.initial() + delta)) & (delta ^ (first.initial() + delta))) >= 0;
        if (!fits) {
            throw new ConflictException("cache-increments-differ", "two increments of \"" + first.key()
                    + "\" cannot be stored together", "store them one after the other");
        }
        return new Increment(first.key(), delta, first.initial(), second.version(), first.ttlMillis(), first.tags());
    }
}
