package dev.howdah.knowledge.vector;

import dev.howdah.knowledge.collection.Embedding;
import java.util.ArrayList;
import java.util.List;

/**
 * Vectors as points of a plane, so that near ones can be seen to be near: the two directions in which they differ most
 * (principal components), found by power iteration. The same vectors give the same points.
 */
public final class Projection {
    private static final int STEPS = 50;

    private Projection() {}

    /** A point, each coordinate from −1 to 1. */
    public record Point(double x, double y) {}

    /** A point for each vector, in their order; all of one dimension. */
    public static List<Point> of(List<Embedding> vectors) {
        if (vectors.isEmpty()) {
            return List.of();
        }
        var rows = centred(vectors);
        var x = coordinates(rows, component(rows));
        var y = coordinates(rows, component(rows));
        var points = new ArrayList<Point>();
        for (int i = 0; i < x.length; i++) {
            points.add(new Point(x[i], y[i]));
        }
        return points;
    }

    private static double[][] centred(List<Embedding> vectors) {
        int dimension = vectors.getFirst().dimension();
        var rows = new double[vectors.size()][dimension];
        var mean = new double[dimension];
        for (int i = 0; i < rows.length; i++) {
            var values = vectors.get(i).values();
            for (int j = 0; j < dimension; j++) {
                rows[i][j] = values[j];
                mean[j] += values[j] / (double) rows.length;
            }
        }
        for (var row : rows) {
            for (int j = 0; j < dimension; j++) {
                row[j] -= mean[j];
            }
        }
        return rows;
    }

    /** The direction of the largest variance; a fixed beginning makes it the same each time. */
    private static double[] component(double[][] rows) {
        var direction = new double[rows[0].length];
        for (int j = 0; j < direction.length; j++) {
            direction[j] = Math.cos(j); // no symmetry that a component could be at right angles to
        }
        for (int step = 0; step < STEPS; step++) {
            var next = new double[direction.length];
            for (var row : rows) {
                double product = product(row, direction);
                for (int j = 0; j < next.length; j++) {
                    next[j] += product * row[j];
                }
            }
            double length = Math.sqrt(product(next, next));
            if (length == 0) {
                break; // nothing differs
            }
            for (int j = 0; j < next.length; j++) {
                direction[j] = next[j] / length;
            }
        }
        return direction;
    }

    /** How far each row goes in the direction, which is then taken out of it. */
    private static double[] coordinates(double[][] rows, double[] direction) {
        var coordinates = new double[rows.length];
        double length = product(direction, direction);
        double largest = 0;
        for (int i = 0; i < rows.length; i++) {
            coordinates[i] = product(rows[i], direction) / length;
            largest = Math.max(largest, Math.abs(coordinates[i]));
            for (int j = 0; j < direction.length; j++) {
                rows[i][j] -= coordinates[i] * direction[j];
            }
        }
        for (int i = 0; i < coordinates.length; i++) {
            coordinates[i] = largest == 0 ? 0 : coordinates[i] / largest;
        }
        return coordinates;
    }

    private static double product(double[] a, double[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            sum += a[j] * b[j];
        }
        return sum;
    }
}
