package dev.howdah.workflow.definition;

import java.util.OptionalDouble;

/**
 * What a node's result must reach for the workflow to go on.
 *
 * @param threshold the lowest quality that passes, 0 to 1
 */
public record QualityGate(double threshold) {
    /** The threshold that a gate has when it states none. */
    public static final double THRESHOLD_DEFAULT = 0.7;

    public QualityGate {
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new IllegalArgumentException("a quality threshold is a number from 0 to 1, not " + threshold);
        }
    }

    /** Whether a result passes; one without a score does not. */
    public boolean passes(OptionalDouble quality) {
        return quality.isPresent() && quality.getAsDouble() >= threshold;
    }
}
