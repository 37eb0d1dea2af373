package dev.howdah.knowledge.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.knowledge.SearchDatabase;
import dev.howdah.knowledge.collection.Collections;
import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.knowledge.collection.Entries;
import dev.howdah.knowledge.collection.Entry;
import dev.howdah.knowledge.collection.IndexSettings;
import dev.howdah.knowledge.collection.Metric;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.collection.VectorSettings;
import dev.howdah.knowledge.vector.VectorIndexSettings.Choice;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.postgres.UnavailableException;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PgVectorIndexTest {
    private final Random random = new Random(11);

    /** With a real index where there are enough entries. */
    abstract static class WithPgvector extends VectorIndexContract {
        @Override
        protected Database database() {
            return SearchDatabase.createWithPgvector();
        }

        @Override
        protected VectorIndex open(Database given) {
            return new VectorIndexes(given, VectorIndexSettings.defaults().with(Choice.PGVECTOR));
        }

        @Override
        protected double recallMin() {
            return 0.9; // approximate by nature; the benchmark measures it on real texts
        }
    }

    @Nested
    class ByHnsw extends WithPgvector {}

    @Nested
    class ByIvfflat extends WithPgvector {
        @Override
        protected VectorSettings settings(int dimension, Metric metric) {
            return VectorSettings.of(dimension, metric)
                    .with(new IndexSettings(IndexSettings.Method.IVFFLAT, 16, 64, 40, 20, 15));
        }
    }

    @Test
    void usesItsIndexAndBuildsAnewWhatWasInterrupted() {
        var database = SearchDatabase.createWithPgvector();
        var collection = filled(database, 8, 2_000);
        var index = new PgVectorIndex(database);
        assertThat(index.state(collection).ready()).isFalse();
        index.prepare(collection);
        assertThat(index.state(collection)).satisfies(state -> {
            assertThat(state.ready()).isTrue();
            assertThat(state.kind()).isEqualTo("hnsw");
            assertThat(state.bytes()).isPositive();
        });
        // What an interrupted concurrent build leaves behind.
        database.withHandle(handle -> handle.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = "
                + "CAST('search_entries_vectors_" + collection.id() + "' AS regclass)"));
        assertThat(index.state(collection).ready()).isFalse();
        assertThat(index.nearest(collection, VectorQuery.of(vector(8), 10))).hasSize(10);
        index.prepare(collection);
        assertThat(index.state(collection).ready()).isTrue();
    }

    @Test
    void indexesMoreThanTwoThousandDimensionsAsHalves() {
        var database = SearchDatabase.createWithPgvector();
        var collection = filled(database, 2_100, 1_000);
        var index = new PgVectorIndex(database);
        index.prepare(collection);
        assertThat(index.state(collection).ready()).isTrue();
        var stored = new Entries(database, List.of()).get(collection, List.of("5")).getFirst();
        var found = index.nearest(collection, VectorQuery.of(stored.embedding().orElseThrow(), 3));
        assertThat(found.getFirst().entry()).isEqualTo(stored.id());
    }

    @Test
    void goesOnWithoutTheExtensionWhenItIsDropped() {
        var database = databaseOfItsOwn();
        var collection = filled(database, 8, 2_000);
        var indexes = new VectorIndexes(database, VectorIndexSettings.defaults());
        var strict = new VectorIndexes(database, VectorIndexSettings.defaults().with(Choice.PGVECTOR));
        indexes.installPgvector();
        indexes.prepare(collection);
        assertThat(indexes.kind()).isEqualTo("pgvector");
        var query = VectorQuery.of(vector(8), 10);
        assertThat(strict.nearest(collection, query)).hasSize(10);
        database.withHandle(handle -> handle.execute("DROP EXTENSION vector CASCADE"));
        assertThat(indexes.nearest(collection, query)).hasSize(10);
        assertThat(indexes.kind()).isEqualTo("exact");
        assertThatThrownBy(() -> strict.nearest(collection, query)).isInstanceOf(UnavailableException.class)
                .hasMessageContaining("pgvector");
    }

    @Test
    void saysWithoutPgvectorWhatIsMissingWhenItIsDemanded() {
        var database = SearchDatabase.create();
        var collection = filled(database, 8, 5);
        var strict = new VectorIndexes(database, VectorIndexSettings.defaults().with(Choice.PGVECTOR));
        assertThatThrownBy(() -> strict.nearest(collection, VectorQuery.of(vector(8), 3)))
                .isInstanceOf(UnavailableException.class).hasMessageContaining("CREATE EXTENSION vector");
        var any = new VectorIndexes(database, VectorIndexSettings.defaults());
        assertThat(any.nearest(collection, VectorQuery.of(vector(8), 3))).hasSize(3);
        assertThat(any.kind()).isEqualTo("exact");
    }

    @Test
    void warnsOfVersionsThatLoseEntries() {
        assertThat(PgVectorIndex.warning("0.8.0").orElseThrow()).contains("0.8.4");
        assertThat(PgVectorIndex.warning("0.8.4")).isEmpty();
        assertThat(PgVectorIndex.warning("1.0")).isEmpty();
        assertThat(PgVectorIndex.isUsable("0.7.4")).isFalse();
        assertThat(PgVectorIndex.isUsable("0.8.0")).isTrue();
    }

    /** Because an extension is dropped for a database as a whole. */
    private static Database databaseOfItsOwn() {
        var server = SearchDatabase.createWithPgvector();
        var settings = server.settings();
        var name = settings.schema() + "_own";
        server.withHandle(handle -> handle.execute("CREATE DATABASE " + name));
        var own = TestDatabase.open(settings.at(settings.url().replaceFirst("/[^/?]*([?].*)?$", "/" + name),
                settings.user(), settings.password()).inSchema("own"));
        own.withHandle(handle -> handle.execute("CREATE SCHEMA own"));
        new Migrator(own, Migrations.ofModules("queue", "knowledge")).up();
        return own;
    }

    private SearchCollection filled(Database database, int dimension, int count) {
        var collection = new Collections(database).create(SearchCollection.named("filled")
                .withVectors(VectorSettings.of(dimension)));
        new Entries(database, List.of()).put(collection, IntStream.range(0, count).mapToObj(n -> Entry.of("" + n, "")
                .with(vector(dimension))).toList());
        return collection;
    }

    private Embedding vector(int dimension) {
        var values = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Embedding.of(values);
    }
}
