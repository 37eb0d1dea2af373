package dev.howdah.spring.ai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.knowledge.collection.Collections;
import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.knowledge.collection.Entries;
import dev.howdah.knowledge.collection.Entry;
import dev.howdah.knowledge.collection.FieldType;
import dev.howdah.knowledge.collection.Metric;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.collection.VectorSettings;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.ai.document.Document;
import org.springframework.ai.document.DocumentMetadata;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.observation.VectorStoreObservationContext.Operation;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Adding, finding and deleting documents; what Spring AI's own suite does not ask for. */
class HowdahVectorStoreTest {
    private static final Document SPRING = new Document("spring", "spring programs talk to models", Map.of());
    private static final Document SHELTER = new Document("shelter", "a clinic of the past as a shelter from time",
            Map.of("kind", "novel"));
    private static final Document DEPRESSION = new Document("depression",
            "the great depression was a decade without work",
            Map.of("kind", "history"));

    private final WordsModel model = new WordsModel();
    private final HowdahVectorStore store = Stores.EXACT.builder(model).build();

    @Test
    void findsTheNearestWithItsTextMetadataDistanceAndScore() {
        store.add(List.of(SPRING, SHELTER, DEPRESSION));

        var found = store
                .similaritySearch(SearchRequest.builder().query("what was the great depression").topK(1).build());

        assertThat(found).singleElement().satisfies(document -> {
            assertThat(document.getId()).isEqualTo("depression");
            assertThat(document.getText()).isEqualTo(DEPRESSION.getText());
            assertThat(document.getMetadata()).containsEntry("kind", "history")
                    .containsOnlyKeys("kind", DocumentMetadata.DISTANCE.value());
            assertThat(document.getScore()).isBetween(0.0, 1.0)
                    .isEqualTo(1 - distance(document));
        });
    }

    @Test
    void theThresholdCutsBetweenTheBestAndTheRest() {
        store.add(List.of(SPRING, SHELTER, DEPRESSION));
        var all = search("time shelter", 5, 0);
        assertThat(all).hasSize(3).isSortedAccordingTo((a, b) -> Double.compare(score(b), score(a)));

        assertThat(search("time shelter", 5, (score(all.get(0)) + score(all.get(1))) / 2))
                .extracting(Document::getId).containsExactly("shelter");
        assertThat(search("time shelter", 5, score(all.get(0)))).as("the threshold includes itself").hasSize(1);
        assertThat(search("time shelter", 5, Math.nextUp(score(all.get(0))))).isEmpty();
    }

    @Test
    void whatPointsAwayScoresZeroAndIsFoundWithoutAThreshold() {
        var opposite = new float[WordsModel.DIMENSION];
        var question = model.embed("away");
        for (int i = 0; i < opposite.length; i++) {
            opposite[i] = -question[i];
        }
        var description = collection("away").withVectors(VectorSettings.of(WordsModel.DIMENSION));
        var collection = new Collections(Stores.EXACT.database()).create(description);
        new Entries(Stores.EXACT.database(), List.of()).put(collection, List.of(Entry.of("away", "text")
                .with(Embedding.of(opposite))));
        try (var away = HowdahVectorStore.builder(Stores.EXACT.database(), model).collection(description).build()) {
            assertThat(away.similaritySearch("away")).singleElement().satisfies(document -> {
                assertThat(document.getScore()).isZero();
                assertThat(distance(document)).isGreaterThan(1.99);
            });
        }
    }

    @Test
    void addingAnIdAgainReplacesTextMetadataAndVector() {
        store.add(List.of(new Document("1", "spring models rock", Map.of("first", 1))));
        store.add(List.of(new Document("1", "the world is big", Map.of("second", 2))));

        assertThat(search("the big world", 5, 0.5)).singleElement().satisfies(document -> {
            assertThat(document.getText()).isEqualTo("the world is big");
            assertThat(document.getMetadata()).containsOnlyKeys("second", "distance");
        });
    }

    @Test
    void ofSeveralWithOneIdTheLastCounts() {
        store.add(List.of(new Document("1", "one", Map.of()), new Document("1", "two", Map.of())));
        assertThat(search("one", 5, 0)).extracting(Document::getText).containsExactly("two");
    }

    @Test
    void deletesByIdsAndPassesOverThoseThatAreNotThere() {
        store.add(List.of(SPRING, SHELTER, DEPRESSION));
        store.delete(List.of("spring", "depression", "never was"));
        store.delete(List.of());
        assertThat(search("spring", 5, 0)).extracting(Document::getId).containsExactly("shelter");
    }

    @Test
    void deletesByFilter() {
        store.add(List.of(SPRING, SHELTER, DEPRESSION));
        store.delete("kind in ['novel', 'essay']");
        assertThat(search("spring", 5, 0)).extracting(Document::getId).containsExactlyInAnyOrder("spring",
                "depression");
        store.delete("kind is null");
        assertThat(search("spring", 5, 0)).extracting(Document::getId).containsExactly("depression");
    }

    @Test
    void thousandsAreEmbeddedInBatchesAndWrittenInSets() {
        var documents = IntStream.range(0, 2_500)
                .mapToObj(n -> new Document("id-" + n, "text number " + n, Map.of("n", n))).toList();
        store.add(documents);

        assertThat(model.calls).allMatch(size -> size <= Entries.BATCH_MAX);
        assertThat(model.calls.stream().mapToInt(Integer::intValue).sum()).isEqualTo(2_500);
        assertThat(search("text number 1777", 1, 0)).extracting(Document::getId).containsExactly("id-1777");
        store.delete("n >= 100");
        assertThat(search("text", 10_000, 0)).hasSize(100);
    }

    @Test
    void aBatchingStrategyMayReorderDocuments() {
        try (var reordered = Stores.EXACT.builder(model)
                .batchingStrategy(documents -> documents.reversed().stream().map(List::of).toList()).build()) {
            reordered.add(List.of(SPRING, SHELTER, DEPRESSION));
            assertThat(model.calls).containsExactly(1, 1, 1);
            assertThat(reordered.similaritySearch(SearchRequest.builder().query("a shelter from time").topK(1).build()))
                    .extracting(Document::getId).containsExactly("shelter");
        }
    }

    @Test
    void aBatchingStrategyThatLosesDocumentsIsNoticed() {
        try (var losing = Stores.EXACT.builder(model)
                .batchingStrategy(documents -> List.of(documents.subList(0, 1))).build()) {
            assertThatThrownBy(() -> losing.add(List.of(SPRING, SHELTER))).isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("1 vectors for 2 documents");
            assertThat(losing.similaritySearch("spring")).isEmpty();
        }
    }

    @Test
    void refusesWhatCannotBeStoredBeforeTheModelIsAsked() {
        var deep = new ArrayList<Object>();
        IntStream.range(0, 20).forEach(n -> {
            var inner = new ArrayList<Object>(deep);
            deep.clear();
            deep.add(inner);
        });
        refuses(new Document("a\0b", "text", Map.of()), "NUL");
        refuses(new Document("1", "a\0b", Map.of()), "NUL");
        refuses(new Document("1", "x".repeat(200_001), Map.of()), "passages");
        refuses(new Document("x".repeat(501), "text", Map.of()), "500");
        refuses(new Document("1", "text", Map.of("key", "a\0b")), "NUL");
        refuses(new Document("1", "text", Map.of("a\0b", 1)), "NUL");
        refuses(new Document("1", "text", Map.of("key", Double.NaN)), "finite");
        refuses(new Document("1", "text", Map.of("key", new Object())), "java.lang.Object");
        refuses(new Document("1", "text", Map.of("key", deep)), "deeper");
        refuses(new Document("1", "text", Map.of("spring_ai_types", "x")), "reserved");
        assertThat(model.calls).isEmpty();
        assertThat(search("text", 5, 0)).isEmpty();
    }

    private void refuses(Document document, String reason) {
        assertThatThrownBy(() -> store.add(List.of(SPRING, document))).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void asksForNothingOrTooMuch() {
        store.add(List.of(SPRING));
        assertThat(search("spring", 0, 0)).isEmpty();
        assertThatThrownBy(() -> search("spring", 10_001, 0)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("10001");
    }

    @Test
    void whatOthersWroteIsFoundWithTheMetadataThatItLooksLike() {
        var description = collection("others").withVectors(VectorSettings.of(WordsModel.DIMENSION));
        var collection = new Collections(Stores.EXACT.database()).create(description);
        new Entries(Stores.EXACT.database(), List.of()).put(collection, List.of(Entry.of("key", "the text")
                .with(Embedding.of(model.embed("the text"))).with((ObjectNode) JsonMapper.shared().readTree("""
                    {"i": 7, "l": 5000000000, "d": 1.5, "b": true, "list": [1], "none": null, "x": "no uuid",
                     "spring_ai_types": {"x": "uuid", "i": "unknown"}}
                    """))));
        try (var others = HowdahVectorStore.builder(Stores.EXACT.database(), model).collection(description).build()) {
            var metadata = new HashMap<>(others.similaritySearch("the text").getFirst().getMetadata());
            metadata.remove("distance");
            assertThat(metadata).isEqualTo(Map.of("i", 7, "l", 5_000_000_000L, "d", 1.5, "b", true, "list", List.of(1),
                    "x", "no uuid"));
        }
    }

    @Test
    void keepsToDeclaredFields() {
        var description = collection("declared").withFields(Map.of("year", FieldType.NUMBER));
        try (var declared = HowdahVectorStore.builder(Stores.EXACT.database(), model).collection(description).build()) {
            declared.add(List.of(new Document("1", "text", Map.of("year", 2026, "more", "x")), SPRING));
            assertThat(declared.similaritySearch(SearchRequest.builder().query("text")
                    .filterExpression("year is not null").build())).extracting(Document::getId).containsExactly("1");
            assertThatThrownBy(() -> declared.delete("more == 'x'")).isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("year");
        }
    }

    @Test
    void opensOnlyCollectionsThatFit() {
        var builder = HowdahVectorStore.builder(Stores.EXACT.database(), model);
        builder.build().close();
        assertThat(new Collections(Stores.EXACT.database()).get(HowdahVectorStore.DEFAULT_COLLECTION).requireVectors()
                .dimension()).isEqualTo(WordsModel.DIMENSION);
        assertThatThrownBy(() -> builder.dimensions(3).build()).isInstanceOf(ConflictException.class)
                .hasMessageContaining("128 components");
        assertThatThrownBy(() -> builder.collection(collection("by-distance").withVectors(VectorSettings.of(2,
                Metric.L2))).build()).isInstanceOf(InvalidInputException.class).hasMessageContaining("by l2");
    }

    @Test
    void tellsObserversWhatItIs() {
        var context = store.createObservationContextBuilder(Operation.ADD.value()).build();
        assertThat(context.getDatabaseSystem()).isEqualTo("howdah");
        assertThat(context.getDimensions()).isEqualTo(WordsModel.DIMENSION);
        assertThat(context.getSimilarityMetric()).isEqualTo("cosine");
        assertThat(context.getCollectionName()).startsWith("store-");
        store.prepare();
    }

    private static SearchCollection collection(String name) {
        return SearchCollection.named("spring-ai-" + name);
    }

    private List<Document> search(String question, int limit, double threshold) {
        return store.similaritySearch(SearchRequest.builder().query(question).topK(limit)
                .similarityThreshold(threshold).build());
    }

    private static double score(Document document) {
        return Objects.requireNonNull(document.getScore());
    }

    private static double distance(Document document) {
        return (double) Objects.requireNonNull(document.getMetadata().get(DocumentMetadata.DISTANCE.value()));
    }
}
