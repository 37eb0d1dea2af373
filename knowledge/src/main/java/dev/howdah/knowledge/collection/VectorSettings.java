package dev.howdah.knowledge.collection;

import dev.howdah.postgres.InvalidInputException;

/**
 * What the vectors of a collection are. One collection, one policy: vectors of different models cannot be compared.
 *
 * @param dimension components of each
 * @param metric how near two are
 * @param model whose embeddings they are; empty if callers bring their own
 * @param normalised whether each is brought to length 1 when written
 * @param documentPrefix put before a text that is stored, as some models expect
 * @param queryPrefix put before a question
 * @param index how the approximate index is built, where there is one
 */
public record VectorSettings(int dimension, Metric metric, String model, boolean normalised, String documentPrefix,
        String queryPrefix, IndexSettings index) {
    public VectorSettings {
        if (dimension < 1 || dimension > Embedding.DIMENSION_MAX) {
            throw new InvalidInputException("collection-invalid", "dimension", "dimension is " + dimension,
                    "give 1 to " + Embedding.DIMENSION_MAX);
        }
    }

    /** Vectors that the callers bring, compared by their angle. */
    public static VectorSettings of(int dimension) {
        return of(dimension, Metric.COSINE);
    }

    /** Vectors that the callers bring. */
    public static VectorSettings of(int dimension, Metric metric) {
        return new VectorSettings(dimension, metric, "", false, "", "", IndexSettings.DEFAULT);
    }

    /** The same with another index. */
    public VectorSettings with(IndexSettings other) {
        return new VectorSettings(dimension, metric, model, normalised, documentPrefix, queryPrefix, other);
    }

    /**
     * The vector as this collection keeps it.
     *
     * @throws InvalidInputException if its dimension is another, or it is zero under {@link Metric#COSINE}
     */
    public Embedding checked(Embedding embedding) {
        if (embedding.dimension() != dimension) {
            throw new InvalidInputException("embedding-invalid", "embedding",
                    "a vector of " + embedding.dimension() + " components for a collection of " + dimension,
                    model.isEmpty() ? "give " + dimension : "use " + model + ", which gives " + dimension);
        }
        if (metric == Metric.COSINE && embedding.length() == 0) {
            throw new InvalidInputException("embedding-invalid", "embedding",
                    "a zero vector has no direction to compare by cosine",
                    "leave the embedding out, or use metric l2");
        }
        return normalised ? embedding.normalised() : embedding;
    }
}
