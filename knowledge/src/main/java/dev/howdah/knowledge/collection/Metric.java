package dev.howdah.knowledge.collection;

import java.util.Locale;

/** How near two vectors are. A distance is smaller the nearer they are; a similarity is larger. */
public enum Metric {
    /** 1 − cos; from 0 to 2. Zero vectors have no direction and are refused. */
    COSINE,
    /** The Euclidean distance; from 0. */
    L2,
    /** The negative inner product, so that smaller is nearer here, too. */
    INNER_PRODUCT;

    /** The name in JSON, SQL and URLs. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The cosine, 1 / (1 + distance), or the inner product. */
    public double similarity(double distance) {
        return switch (this) {
            case COSINE -> 1 - distance;
            case L2 -> 1 / (1 + distance);
            case INNER_PRODUCT -> -distance;
        };
    }

    /** The inverse of {@link #similarity}. */
    public double distance(double similarity) {
        return switch (this) {
            case COSINE -> 1 - similarity;
            case L2 -> 1 / similarity - 1;
            case INNER_PRODUCT -> -similarity;
        };
    }
}
