package dev.howdah.knowledge.langchain4j;

import static dev.langchain4j.store.embedding.filter.Filter.not;
import static dev.langchain4j.store.embedding.filter.MetadataFilterBuilder.metadataKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.knowledge.collection.Collections;
import dev.howdah.knowledge.collection.Entries;
import dev.howdah.knowledge.collection.Entry;
import dev.howdah.knowledge.collection.Metric;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.collection.VectorSettings;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.store.embedding.EmbeddingMatch;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.filter.Filter;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What LangChain4j's own suites do not ask for. */
class HowdahEmbeddingStoreTest {
    private static final Embedding EAST = Embedding.from(new float[]{1, 0});
    private static final Embedding NORTH = Embedding.from(new float[]{0, 1});

    private final HowdahEmbeddingStore store = Stores.EXACT.empty(2);

    @Test
    void metadataComesBackWithItsTypes() {
        var metadata = new Metadata().put("text", "a\"'\\ \u00e4 \ud83d\udc18").put("empty", "")
                .put("id", UUID.randomUUID()).put("int", Integer.MIN_VALUE).put("small", 3L).put("long", Long.MAX_VALUE)
                .put("float", 1.1f).put("whole", 2f).put("least", Float.MIN_VALUE).put("most", Float.MAX_VALUE)
                .put("double", 1.1d).put("ten", 10d).put("tiny", Double.MIN_VALUE).put("huge", Double.MAX_VALUE)
                .put("third", 1d / 3).put("f0", 16777216f).put("d0", 0.1d + 0.2d);
        store.add(EAST, TextSegment.from("text", metadata));

        assertThat(all().getFirst().embedded().metadata().toMap()).isEqualTo(metadata.toMap());
    }

    @Test
    void numbersCompareByTheirDigitsWhateverTheirType() {
        store.add(EAST, TextSegment.from("text", new Metadata().put("n", 1.1f).put("big", Long.MAX_VALUE)));

        assertThat(found(metadataKey("n").isEqualTo(1.1d))).hasSize(1);
        assertThat(found(metadataKey("n").isGreaterThan(1))).hasSize(1);
        assertThat(found(metadataKey("n").isLessThan("2"))).as("a number is not less than a text").isEmpty();
        assertThat(found(metadataKey("big").isGreaterThan(Long.MAX_VALUE - 1))).as("beyond a double's digits")
                .hasSize(1);
        assertThat(found(metadataKey("big").isNotIn(Long.MAX_VALUE - 1, 7L))).hasSize(1);
        assertThat(found(not(metadataKey("other").isEqualTo(1)))).as("a missing field is not equal").hasSize(1);
    }

    @Test
    void whatOthersWroteIsReadAsWhatItLooksLike() {
        var collection = new Collections(Stores.EXACT.database()).create(SearchCollection.named("others")
                .withVectors(VectorSettings.of(2)));
        var entries = new Entries(Stores.EXACT.database(), List.of());
        entries.put(collection, List.of(Entry.of("key", "text")
                .with(dev.howdah.knowledge.collection.Embedding.of(1, 0))
                .with((ObjectNode) JsonMapper.shared().readTree("""
                    {"i": 7, "l": 5000000000, "d": 1.5, "b": true, "list": [1], "none": null, "": 1, "x": "no uuid",
                     "langchain4j_types": {"x": "uuid", "i": "unknown"}}
                    """))));
        try (var others = HowdahEmbeddingStore.open(Stores.EXACT.database(), collection)) {
            assertThat(others.search(request(10, 0, null)).matches().getFirst().embedded().metadata())
                    .isEqualTo(new Metadata().put("i", 7).put("l", 5_000_000_000L).put("d", 1.5d).put("b", "true")
                            .put("list", "[1]").put("x", "no uuid"));
        }
    }

    @Test
    void addingAnIdAgainReplacesWhatItNames() {
        store.addAll(List.of("a", "b"), List.of(EAST, NORTH),
                List.of(TextSegment.from("one"), TextSegment.from("two")));
        store.addAll(List.of("a"), List.of(NORTH), List.of(TextSegment.from("three")));

        assertThat(all()).extracting(match -> match.embedded().text()).containsExactlyInAnyOrder("two", "three");
        assertThat(all()).extracting(EmbeddingMatch::embedding).containsOnly(NORTH);
    }

    @Test
    void joinsTheCallersTransaction() {
        var database = Stores.EXACT.database();
        store.add("kept", EAST);
        assertThatThrownBy(() -> database.useTransaction(tx -> {
            store.addAll(tx, List.of("new"), List.of(EAST), null);
            store.removeAll(tx, List.of("kept"));
            throw new IllegalStateException("the caller's work failed");
        })).hasMessage("the caller's work failed");

        assertThat(all()).extracting(EmbeddingMatch::embeddingId).containsExactly("kept");
    }

    @Test
    void thousandsAreAddedFoundAndRemovedInSets() {
        int count = 2_500;
        var ids = store.generateIds(count);
        store.addAll(ids, IntStream.range(0, count).mapToObj(n -> Embedding.from(new float[]{n, 1})).toList(),
                IntStream.range(0, count).mapToObj(n -> TextSegment.from("text " + n, new Metadata().put("n", n)))
                        .toList());

        assertThat(store.search(request(count, 0, null)).matches()).hasSize(count).first()
                .satisfies(match -> assertThat(match.embedded().text()).isEqualTo("text " + (count - 1)));
        store.removeAll(metadataKey("n").isGreaterThanOrEqualTo(2_000));
        assertThat(store.search(request(count, 0, null)).matches()).hasSize(2_000);
        store.removeAll(ids);
        assertThat(all()).isEmpty();
    }

    @Test
    void theLeastScoreIncludesItself() {
        store.add(Embedding.from(new float[]{0.3f, 0.9f}));
        double score = all().getFirst().score();

        assertThat(store.search(request(1, score, null)).matches()).hasSize(1);
        assertThat(store.search(request(1, Math.nextUp(score), null)).matches()).isEmpty();
        assertThat(store.search(request(1, 1, null)).matches()).isEmpty();
    }

    @Test
    void searchesWithoutBlockingTheCaller() throws Exception {
        store.add("a", EAST);
        assertThat(store.searchAsync(request(1, 0, null)).get(30, TimeUnit.SECONDS).matches()).hasSize(1);
    }

    @Test
    void refusesWhatCannotBeStoredAndStoresNothing() {
        refuses(Embedding.from(new float[]{1, 2, 3}), "text", new Metadata(), "3 components");
        refuses(Embedding.from(new float[]{Float.NaN, 1}), "text", new Metadata(), "NaN");
        refuses(Embedding.from(new float[]{0, 0}), "text", new Metadata(), "zero vector");
        refuses(EAST, "a\0b", new Metadata(), "NUL");
        refuses(EAST, "x".repeat(200_001), new Metadata(), "200001");
        refuses(EAST, "text", new Metadata().put("key", "a\0b"), "NUL");
        refuses(EAST, "text", new Metadata().put("key", Double.POSITIVE_INFINITY), "Infinity");
        refuses(EAST, "text", new Metadata().put("key", Float.NaN), "NaN");
        refuses(EAST, "text", new Metadata().put("langchain4j_types", "x"), "reserved");
        assertThatThrownBy(() -> store.add(" ", EAST)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("id");
        assertThat(all()).isEmpty();
    }

    @Test
    void refusesSearchesThatCannotBeAnswered() {
        assertThatThrownBy(() -> store.search(request(10_001, 0, null))).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("10001");
        assertThatThrownBy(() -> found(metadataKey("n").isEqualTo(Double.NaN)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("NaN");
        Filter unknown = object -> true;
        assertThatThrownBy(() -> found(unknown)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("is not known");
        var many = Stream.iterate(metadataKey("n").isEqualTo(0), filter -> filter.or(metadataKey("n").isEqualTo(1)))
                .skip(200).findFirst().orElseThrow();
        assertThatThrownBy(() -> found(many)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("200 terms").hasMessageContaining("isIn");
        assertThatThrownBy(() -> store.removeAll(many)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void opensOnlyCollectionsThatFit() {
        var database = Stores.EXACT.database();
        HowdahEmbeddingStore.open(database, "documents", 2).close();
        HowdahEmbeddingStore.open(database, "documents", 2).close();
        assertThatThrownBy(() -> HowdahEmbeddingStore.open(database, "documents", 3))
                .isInstanceOf(ConflictException.class).hasMessageContaining("2 components");
        var other = new Collections(database).create(SearchCollection.named("by-distance")
                .withVectors(VectorSettings.of(2, Metric.L2)));
        assertThatThrownBy(() -> HowdahEmbeddingStore.open(database, other)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("by l2");
    }

    private void refuses(Embedding embedding, String text, Metadata metadata, String reason) {
        assertThatThrownBy(() -> store.addAll(List.of("good", "bad"), List.of(EAST, embedding),
                List.of(TextSegment.from("good"), TextSegment.from(text, metadata))))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining(reason);
    }

    private List<EmbeddingMatch<TextSegment>> all() {
        return store.search(request(100, 0, null)).matches();
    }

    private List<EmbeddingMatch<TextSegment>> found(Filter filter) {
        return store.search(request(100, 0, filter)).matches();
    }

    private static EmbeddingSearchRequest request(int limit, double scoreMin, @Nullable Filter filter) {
        return EmbeddingSearchRequest.builder().queryEmbedding(EAST).maxResults(limit).minScore(scoreMin).filter(filter)
                .build();
    }
}
