package dev.howdah.knowledge.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.knowledge.SearchDatabase;
import dev.howdah.knowledge.collection.Collections;
import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.knowledge.collection.Entries;
import dev.howdah.knowledge.collection.Entry;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.collection.VectorSettings;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.UnavailableException;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ExactIndexTest {
    @Nested
    class WithSimd extends VectorIndexContract {
        @Override
        protected Database database() {
            return SearchDatabase.create();
        }

        @Override
        protected VectorIndex open(Database given) {
            assertThat(DotProducts.isSimd()).as("the tests run with the Vector API").isTrue();
            return new ExactIndex(given, 64 << 20);
        }
    }

    @Nested
    class WithPlainLoopsAndVectorsInTheDatabaseAlone extends VectorIndexContract {
        @Override
        protected Database database() {
            return SearchDatabase.create();
        }

        @Override
        protected VectorIndex open(Database given) {
            return new ExactIndex(given, 600_000, new ScalarDotProducts());
        }
    }

    @Test
    void bothKindsOfProductsAgreeForEveryLength() {
        var random = new Random(3);
        for (int length : List.of(1, 3, 15, 16, 31, 32, 33, 64, 384, 1_000)) {
            var codes = new byte[length * 7];
            var query = new byte[length];
            for (int i = 0; i < codes.length; i++) {
                codes[i] = (byte) (random.nextInt(255) - 127);
            }
            for (int i = 0; i < length; i++) {
                query[i] = (byte) (random.nextBoolean() ? 127 : -127);
            }
            var plain = new int[7];
            var simd = new int[7];
            new ScalarDotProducts().all(codes, 7, query, plain);
            new SimdDotProducts().all(codes, 7, query, simd);
            assertThat(simd).as("length %s", length).isEqualTo(plain);
            assertThat(new SimdDotProducts().one(codes, length, query)).isEqualTo(plain[1]);
        }
    }

    @Test
    void saysHowMuchMemoryIsMissing() {
        var database = SearchDatabase.create();
        var collection = new Collections(database).create(SearchCollection.named("large")
                .withVectors(VectorSettings.of(8)));
        new Entries(database, List.of()).put(collection, some(0, 100));
        try (var index = new ExactIndex(database, 1_000)) {
            assertThatThrownBy(() -> index.nearest(collection, VectorQuery.of(Embedding.of(1, 2, 3, 4, 5, 6, 7, 8), 3)))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("100 vectors of collection \"large\"")
                    .hasMessageContaining("howdah.knowledge.vector-memory-mb");
        }
    }

    @Test
    void growsUntilNothingMoreFitsAndThenSaysSo() {
        var database = SearchDatabase.create();
        var collection = new Collections(database).create(SearchCollection.named("growing")
                .withVectors(VectorSettings.of(8)));
        var entries = new Entries(database, List.of());
        var query = VectorQuery.of(Embedding.of(1, 2, 3, 4, 5, 6, 7, 8), 300);
        long bytesOfOne = VectorCopy.bytes(1, 8, false);
        try (var index = new ExactIndex(database, 300 * bytesOfOne)) {
            entries.put(collection, some(0, 50));
            assertThat(index.nearest(collection, query)).hasSize(50);
            entries.put(collection, some(50, 290));
            assertThat(index.nearest(collection, query)).as("no room for the vectors themselves").hasSize(290);
            assertThat(index.nearest(collection, query)).hasSize(290);
            entries.put(collection, some(290, 400));
            assertThatThrownBy(() -> index.nearest(collection, query)).isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("\"growing\"").hasMessageContaining("howdah.knowledge.vector-memory-mb");
            entries.remove(collection, IntStream.range(100, 400).mapToObj(Integer::toString).toList());
            assertThat(index.nearest(collection, query)).hasSize(100);
        }
    }

    private static List<Entry> some(int from, int to) {
        return IntStream.range(from, to).mapToObj(n -> Entry.of("" + n, "")
                .with(Embedding.of(1, n, 2, 3, 4, 5, 6, 7))).toList();
    }
}
