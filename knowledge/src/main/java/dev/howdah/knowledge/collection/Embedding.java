package dev.howdah.knowledge.collection;

import dev.howdah.postgres.InvalidInputException;
import java.util.Arrays;

/** A vector of finite numbers. Immutable. */
public final class Embedding {
    /** The most components a vector may have; what pgvector stores. */
    public static final int DIMENSION_MAX = 16_000;

    private final float[] values;

    private Embedding(float[] values) {
        this.values = values;
    }

    /**
     * Copies the values.
     *
     * @throws InvalidInputException if there are none or too many, or one is infinite or no number; names its place
     */
    public static Embedding of(float... values) {
        if (values.length == 0 || values.length > DIMENSION_MAX) {
            throw new InvalidInputException("embedding-invalid", "embedding",
                    "a vector of " + values.length + " components", "give 1 to " + DIMENSION_MAX);
        }
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new InvalidInputException("embedding-invalid", "embedding/" + i,
                        "component " + i + " is " + values[i], "give finite numbers");
            }
        }
        return new Embedding(values.clone());
    }

    public int dimension() {
        return values.length;
    }

    /** A copy of the components. */
    public float[] values() {
        return values.clone();
    }

    /** The Euclidean length. */
    public double length() {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    /** The same direction with length 1; a zero vector stays what it is. */
    public Embedding normalised() {
        var length = length();
        if (length == 0) {
            return this;
        }
        var scaled = new float[values.length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = (float) (values[i] / length);
        }
        return new Embedding(scaled);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Embedding that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "Embedding of " + values.length + " components"; // thousands of numbers tell a reader nothing
    }
}
