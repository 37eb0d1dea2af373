package dev.howdah.knowledge.inprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.knowledge.embedding.EmbeddingModel.Kind;
import dev.howdah.knowledge.embedding.EmbeddingModels;
import dev.howdah.knowledge.embedding.EmbeddingSettings;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InProcessEmbeddingsTest {
    private final List<InProcessEmbeddings> opened = new ArrayList<>();

    @AfterEach
    void closeAll() {
        opened.forEach(InProcessEmbeddings::close);
    }

    @ParameterizedTest
    @EnumSource
    void textsOfOneMeaningAreNearerThanOthers(Model given) {
        var model = open(given);
        var documents = model.embed(Kind.DOCUMENT, List.of("The invoice was paid late because the bank was closed.",
                "Retry a failed task with growing pauses in between.", "Cats sleep for most of the day."));
        var question = model
                .embed(Kind.QUERY, List.of(model.prefix(Kind.QUERY) + "how are jobs repeated after an error?"))
                .getFirst();

        assertThat(documents).allSatisfy(vector -> {
            assertThat(vector.dimension()).isEqualTo(384).isEqualTo(model.dimension());
            assertThat(vector.length()).isCloseTo(1, within(1e-5));
        });
        assertThat(cosine(question, documents.get(1))).isGreaterThan(cosine(question, documents.get(0)))
                .isGreaterThan(cosine(question, documents.get(2)));
    }

    @ParameterizedTest
    @EnumSource
    void aTextHasTheSameVectorWhateverItIsEmbeddedWith(Model given) {
        var model = open(given);
        var texts = new ArrayList<>(IntStream.range(0, 40).mapToObj(n -> "text " + n + " and more of it".repeat(n % 7))
                .toList());
        var vectors = model.embed(Kind.DOCUMENT, texts);
        assertThat(vectors.stream().distinct()).hasSize(40);

        var reversed = texts.reversed();
        assertThat(model.embed(Kind.DOCUMENT, reversed)).as("in the order of the texts").isEqualTo(vectors.reversed());
        assertThat(model.embed(Kind.DOCUMENT, List.of(texts.get(17)))).containsExactly(vectors.get(17));
        assertThat(open(given).embed(Kind.DOCUMENT, List.of(texts.get(17)))).as("of another copy")
                .containsExactly(vectors.get(17));
    }

    @ParameterizedTest
    @EnumSource
    void emptyAndVeryLongTextsHaveVectors(Model given) {
        var model = open(given);
        var start = "What is said first. ";
        var vectors = model.embed(Kind.DOCUMENT,
                List.of("", " \n\t", "\0 \uD800 \uFFFF", start + "word ".repeat(20_000),
                        start + "word ".repeat(1_000), "x".repeat(100_000)));

        assertThat(vectors).allSatisfy(vector -> assertThat(vector.length()).isCloseTo(1, within(1e-5)));
        assertThat(vectors.get(0)).isEqualTo(vectors.get(1));
        assertThat(vectors.get(3)).as("cut, not averaged").isEqualTo(vectors.get(4));
        assertThat(model.embed(Kind.DOCUMENT, List.of())).isEmpty();
    }

    @Test
    void manyCallersShareFewThreads() throws InterruptedException {
        var model = open(Model.ALL_MINILM_L6_V2);
        var expected = model.embed(Kind.DOCUMENT, List.of("one", "two", "three"));
        var seen = Collections.synchronizedList(new ArrayList<List<Embedding>>());
        var callers = IntStream.range(0, 20)
                .mapToObj(n -> Thread.ofVirtual()
                        .start(() -> seen.add(model.embed(Kind.DOCUMENT, List.of("one", "two", "three")))))
                .toList();
        for (var caller : callers) {
            caller.join();
        }
        assertThat(seen).hasSize(20).containsOnly(expected);
        assertThat(Thread.getAllStackTraces().keySet()).filteredOn(thread -> thread.getName().startsWith("embeddings-"))
                .hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void saysWhatIsWrongWithACall() {
        var model = open(Model.ALL_MINILM_L6_V2);
        assertThatThrownBy(() -> model.embed(Kind.DOCUMENT, Collections.nCopies(10_001, "")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("10001").hasMessageContaining("at most 10000");
        assertThatThrownBy(() -> InProcessEmbeddings.open(Model.ALL_MINILM_L6_V2, 0))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("threads is 0");
        assertThatThrownBy(() -> Model.of("gpt")).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("all-minilm-l6-v2, bge-small-en-v1.5");
        model.close();
        model.close();
        assertThatThrownBy(() -> model.embed(Kind.DOCUMENT, List.of("late"))).isInstanceOf(UnavailableException.class)
                .hasMessageContaining("all-minilm-l6-v2 is closed");
    }

    @Test
    void theSettingsFindThem() {
        assertThat(configured("").id()).isEqualTo("all-minilm-l6-v2");
        assertThat(configured("bge-small-en-v1.5").vectorSettings())
                .satisfies(vectors -> assertThat(vectors.model()).isEqualTo("bge-small-en-v1.5"))
                .satisfies(vectors -> assertThat(vectors.queryPrefix()).startsWith("Represent this sentence"))
                .satisfies(vectors -> assertThat(vectors.documentPrefix()).isEmpty());
    }

    private InProcessEmbeddings configured(String name) {
        var settings = EmbeddingSettings.from(Configuration.of(Map.of(EmbeddingSettings.PROVIDER.name(), "in-process",
                EmbeddingSettings.MODEL.name(), name)));
        var model = (InProcessEmbeddings) EmbeddingModels.open(settings).orElseThrow();
        opened.add(model);
        return model;
    }

    private InProcessEmbeddings open(Model model) {
        var embeddings = InProcessEmbeddings.open(model, 2);
        opened.add(embeddings);
        return embeddings;
    }

    private static double cosine(Embedding one, Embedding other) {
        double product = 0;
        var a = one.values();
        var b = other.values();
        for (int i = 0; i < a.length; i++) {
            product += a[i] * b[i];
        }
        return product / one.length() / other.length();
    }
}
