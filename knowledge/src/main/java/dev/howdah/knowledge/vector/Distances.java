package dev.howdah.knowledge.vector;

import dev.howdah.knowledge.collection.Metric;

/** Distances between vectors, in double precision. */
final class Distances {
    private Distances() {}

    static double between(Metric metric, float[] a, float[] b) {
        double product = 0;
        double squaresA = 0;
        double squaresB = 0;
        double differences = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            squaresA += (double) a[i] * a[i];
            squaresB += (double) b[i] * b[i];
            double difference = (double) a[i] - b[i];
            differences += difference * difference;
        }
        return switch (metric) {
            case COSINE -> 1 - product / Math.sqrt(squaresA * squaresB);
            case L2 -> Math.sqrt(differences);
            case INNER_PRODUCT -> -product;
        };
    }
}
