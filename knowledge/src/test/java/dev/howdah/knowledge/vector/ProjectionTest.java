package dev.howdah.knowledge.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.knowledge.vector.Projection.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProjectionTest {
    @Test
    void whatIsNearStaysNear() {
        var random = new Random(5);
        var vectors = new ArrayList<Embedding>();
        for (int group = 0; group < 3; group++) {
            for (int i = 0; i < 20; i++) {
                var values = new float[16];
                for (int j = 0; j < values.length; j++) {
                    values[j] = (j % 3 == group ? 1 : 0) + (float) random.nextGaussian() * 0.05f;
                }
                vectors.add(Embedding.of(values));
            }
        }
        var points = Projection.of(vectors);
        assertThat(points).hasSize(60).isEqualTo(Projection.of(vectors))
                .allMatch(point -> Math.abs(point.x()) <= 1 && Math.abs(point.y()) <= 1);
        assertThat(distance(points.get(0), points.get(1))).isLessThan(distance(points.get(0), points.get(20)) / 3);
        assertThat(distance(points.get(20), points.get(21))).isLessThan(distance(points.get(20), points.get(40)) / 3);
    }

    @Test
    void takesFewAndEqualVectors() {
        assertThat(Projection.of(List.of())).isEmpty();
        assertThat(Projection.of(List.of(Embedding.of(1, 2)))).containsExactly(new Point(0, 0));
        assertThat(Projection.of(List.of(Embedding.of(1, 2), Embedding.of(1, 2)))).containsOnly(new Point(0, 0));
    }

    private static double distance(Point a, Point b) {
        return Math.hypot(a.x() - b.x(), a.y() - b.y());
    }
}
