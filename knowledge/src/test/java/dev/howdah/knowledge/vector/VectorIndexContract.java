package dev.howdah.knowledge.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.knowledge.collection.Collections;
import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.knowledge.collection.Entries;
import dev.howdah.knowledge.collection.Entry;
import dev.howdah.knowledge.collection.FieldType;
import dev.howdah.knowledge.collection.Filter;
import dev.howdah.knowledge.collection.Metric;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.collection.StoredEntry;
import dev.howdah.knowledge.collection.VectorSettings;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What every {@link VectorIndex} does. */
public abstract class VectorIndexContract {
    private static final int DIMENSION = 24;

    private final Random random = new Random(7);
    private Database database;
    private Collections collections;
    private Entries entries;
    private VectorIndex index;

    /** A database with the tables of this module. */
    protected abstract Database database();

    protected abstract VectorIndex open(Database given);

    /** How vectors of the dimension are compared in these tests. */
    protected VectorSettings settings(int dimension, Metric metric) {
        return VectorSettings.of(dimension, metric);
    }

    /** Of the true neighbours, the share that must be found. */
    protected double recallMin() {
        return 1;
    }

    @BeforeEach
    final void openIndex() {
        database = database();
        collections = new Collections(database);
        entries = new Entries(database, List.of());
        index = open(database);
    }

    @AfterEach
    final void closeIndex() {
        index.close();
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void findsTheNearestByEveryMetric(Metric metric) {
        var collection = create("all", metric);
        var vectors = fill(collection, 3_000);
        index.prepare(collection);
        double found = 0;
        for (int i = 0; i < 20; i++) {
            var query = vector();
            var neighbours = index.nearest(collection, VectorQuery.of(query, 10));
            assertThat(neighbours).hasSize(10).isSortedAccordingTo(Comparator.comparingDouble(Neighbour::distance));
            var truth = nearest(metric, query, vectors, 10);
            found += keys(neighbours).stream().filter(truth::contains).count();
            var first = neighbours.getFirst();
            assertThat(first.distance()).isCloseTo(Distances.between(metric, query.values(),
                    vectors.getOrDefault(key(first), query).values()), Offset.offset(1e-3));
        }
        assertThat(found / 200).isGreaterThanOrEqualTo(recallMin());
    }

    @Test
    void aFilteredSearchIsNeverShort() {
        var collection = create("filtered", Metric.COSINE);
        fill(collection, 3_000);
        index.prepare(collection);
        for (int every : List.of(2, 10, 100, 300)) {
            var filter = new Filter.Comparison("every" + every, Filter.Operator.EQ, JsonMapper.shared().readTree("0"));
            var query = vector();
            var neighbours = index.nearest(collection, VectorQuery.of(query, 10, filter));
            assertThat(neighbours).as("one of %s", every).hasSize(10);
            assertThat(keys(neighbours)).allMatch(key -> Integer.parseInt(key) % every == 0);
        }
        assertThat(index.nearest(collection, VectorQuery.of(vector(), 10, Filter.eq("kind", "rare")))).hasSize(1);
        assertThat(index.nearest(collection, VectorQuery.of(vector(), 10, Filter.eq("kind", "none")))).isEmpty();
    }

    @Test
    void findsAsManyAsAreAskedForAndThereAre() {
        var collection = create("many", Metric.L2);
        fill(collection, 3_000);
        index.prepare(collection);
        assertThat(new HashSet<>(index.nearest(collection, VectorQuery.of(vector(), 700)))).hasSize(700);
        assertThat(index.nearest(collection, VectorQuery.of(vector(), 1))).hasSize(1);
        var near = index.nearest(collection, VectorQuery.of(vector(), 50)).get(20).distance();
        assertThat(index.nearest(collection, new VectorQuery(vector(), 50, Filter.none(), OptionalDouble.of(near))))
                .allMatch(neighbour -> neighbour.distance() <= near);
    }

    @Test
    void seesWhatWasWrittenBeforeTheSearch() {
        var collection = create("fresh", Metric.COSINE);
        var query = vector();
        assertThat(index.nearest(collection, VectorQuery.of(query, 3))).isEmpty();
        put(collection, "a", query);
        assertThat(keys(index.nearest(collection, VectorQuery.of(query, 3)))).containsExactly("a");
        put(collection, "b", vector());
        put(collection, "a", opposite(query));
        assertThat(keys(index.nearest(collection, VectorQuery.of(query, 3)))).containsExactly("b", "a");
        entries.remove(collection, List.of("b"));
        assertThat(keys(index.nearest(collection, VectorQuery.of(query, 3)))).containsExactly("a");
        entries.put(collection, List.of(Entry.of("a", "another text, whose vector is not known yet")));
        assertThat(index.nearest(collection, VectorQuery.of(query, 3))).isEmpty();
    }

    @Test
    void seesEveryCommitWhateverElseIsOpen() throws Exception {
        var collection = create("open", Metric.COSINE);
        var query = vector();
        put(collection, "first", vector());
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var written = new CountDownLatch(1);
            var commit = new CountDownLatch(1);
            Future<?> slow = executor.submit(() -> database.useTransaction(tx -> {
                entries.put(tx, collection, List.of(Entry.of("slow", "").with(query)));
                written.countDown();
                await(commit);
            }));
            await(written);
            put(collection, "later", vector());
            assertThat(keys(index.nearest(collection, VectorQuery.of(query, 9)))).containsExactlyInAnyOrder("first",
                    "later");
            commit.countDown();
            slow.get();
            assertThat(keys(index.nearest(collection, VectorQuery.of(query, 9)))).hasSize(3).startsWith("slow");
        }
    }

    @Test
    void searchesWhileOthersWrite() throws Exception {
        var collection = create("busy", Metric.COSINE);
        fill(collection, 1_200);
        index.prepare(collection);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var work = new ArrayList<Future<?>>();
            for (int writer = 0; writer < 4; writer++) {
                int offset = writer;
                work.add(executor.submit(() -> {
                    for (int i = offset; i < 200; i += 4) {
                        if (i % 3 == 0) {
                            entries.remove(collection, List.of(Integer.toString(i)));
                        } else {
                            put(collection, Integer.toString(i), vector());
                        }
                        assertThat(index.nearest(collection, VectorQuery.of(vector(), 10))).hasSize(10);
                    }
                    return true;
                }));
            }
            for (var part : work) {
                part.get();
            }
        }
        var all = keys(index.nearest(collection, VectorQuery.of(vector(), 1_200)));
        assertThat(all).doesNotHaveDuplicates().hasSize(1_200 - 67)
                .allMatch(key -> Integer.parseInt(key) >= 200 || Integer.parseInt(key) % 3 != 0);
    }

    @Test
    void collectionsDoNotSeeEachOther() {
        var one = create("one", Metric.COSINE);
        var other = create("other", Metric.L2);
        put(one, "x", vector());
        assertThat(index.nearest(other, VectorQuery.of(vector(), 5))).isEmpty();
        collections.delete("one");
        var again = create("one", Metric.COSINE);
        assertThat(index.nearest(again, VectorQuery.of(vector(), 5))).isEmpty();
    }

    @Test
    void refusesWhatDoesNotFit() {
        var collection = create("strict", Metric.COSINE);
        assertThatThrownBy(() -> index.nearest(collection, VectorQuery.of(Embedding.of(1, 2), 3)))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("2 components");
        assertThatThrownBy(() -> index.nearest(collection, VectorQuery.of(Embedding.of(new float[DIMENSION]), 3)))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("zero vector");
        assertThatThrownBy(() -> VectorQuery.of(vector(), 0)).hasMessageContaining("limit is 0");
        assertThatThrownBy(() -> VectorQuery.of(vector(), 100_000)).hasMessageContaining("give 1 to 10000");
        assertThatThrownBy(() -> index.nearest(collection, VectorQuery.of(vector(), 3, Filter.eq("knid", "x"))))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("no field \"knid\"");
        var texts = collections.create(SearchCollection.named("texts"));
        assertThatThrownBy(() -> index.nearest(texts, VectorQuery.of(vector(), 3)))
                .hasMessageContaining("has no vectors");
    }

    private SearchCollection create(String name, Metric metric) {
        var number = FieldType.NUMBER;
        return collections.create(SearchCollection.named(name).withFields(Map.of("every2", number, "every10", number,
                "every100", number, "every300", number, "kind", FieldType.TEXT))
                .withVectors(settings(DIMENSION, metric)));
    }

    private Map<String, Embedding> fill(SearchCollection collection, int count) {
        var vectors = IntStream.range(0, count).boxed().collect(Collectors.toMap(n -> Integer.toString(n),
                n -> vector()));
        entries.put(collection, vectors.entrySet().stream().map(given -> Entry.of(given.getKey(), "")
                .with(given.getValue()).with(metadata(Integer.parseInt(given.getKey())))).toList());
        return vectors;
    }

    private static ObjectNode metadata(int n) {
        var metadata = JsonMapper.shared().createObjectNode().put("kind", n == 17 ? "rare" : "common");
        List.of(2, 10, 100, 300).forEach(every -> metadata.put("every" + every, n % every));
        return metadata;
    }

    private void put(SearchCollection collection, String key, Embedding vector) {
        entries.put(collection, List.of(Entry.of(key, "").with(vector)));
    }

    private Embedding vector() {
        var values = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Embedding.of(values);
    }

    private static Embedding opposite(Embedding vector) {
        var values = vector.values();
        for (int i = 0; i < values.length; i++) {
            values[i] = -values[i];
        }
        return Embedding.of(values);
    }

    private static List<String> nearest(Metric metric, Embedding query, Map<String, Embedding> vectors, int limit) {
        var distances = new HashMap<String, Double>();
        vectors.forEach((key, vector) -> distances.put(key, Distances.between(metric, query.values(),
                vector.values())));
        return vectors.keySet().stream().sorted(Comparator.comparing(distances::get)).limit(limit).toList();
    }

    private List<String> keys(List<Neighbour> neighbours) {
        var found = entries.byId(neighbours.stream().map(Neighbour::entry).toList(), false);
        return neighbours.stream().map(neighbour -> found.get(neighbour.entry())).map(StoredEntry::key).toList();
    }

    private String key(Neighbour neighbour) {
        return keys(List.of(neighbour)).getFirst();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
