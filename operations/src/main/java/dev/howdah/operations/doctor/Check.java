package dev.howdah.operations.doctor;

import java.util.function.Supplier;

/** Looks for one thing. Changes nothing. */
public interface Check {
    /** What it looks for. */
    Topic topic();

    /**
     * Looks. What it throws makes the check unknown, and fails no other.
     */
    Outcome examine();

    /** A check that is computed. */
    static Check of(Topic topic, Supplier<Outcome> examination) {
        return new Check() {
            @Override
            public Topic topic() {
                return topic;
            }

            @Override
            public Outcome examine() {
                return examination.get();
            }
        };
    }
}
