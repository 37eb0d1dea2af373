package dev.howdah.knowledge.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.knowledge.SearchDatabase;
import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.knowledge.collection.Entry;
import dev.howdah.knowledge.collection.FieldType;
import dev.howdah.knowledge.collection.Filter;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.collection.VectorSettings;
import dev.howdah.knowledge.embedding.WordModel;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Worker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class KnowledgeSearchTest {
    private final Database database = SearchDatabase.create();
    private final PostgresTaskQueue queue = new PostgresTaskQueue(database, QueueSettings.defaults());
    private final ScanningIndex index = new ScanningIndex(database);
    private final WordModel model = new WordModel("words", 256);
    private final KnowledgeSearch knowledge = new KnowledgeSearch(database, queue, index, Optional.of(model),
            SearchSettings.defaults());
    private final SearchCollection notes = knowledge.create(SearchCollection.named("notes"));

    @Test
    void fusesWordsAndVectorsAndEveryHitSaysWhy() {
        put("a", "Retries", "failed tasks are tried again with growing pauses", "{\"kind\": \"pattern\"}");
        put("b", "Pauses", "a pause in music", "{\"kind\": \"lesson\"}");
        put("c", "Nothing", "about something else", "{}");
        embedAll();
        var answer = knowledge.search(notes, SearchRequest.of("how are failed tasks tried again?", 2));
        assertThat(answer.used()).isEqualTo(SearchMode.HYBRID);
        assertThat(answer.notes()).isEmpty();
        var hit = answer.hits().getFirst();
        assertThat(hit.key()).isEqualTo("a");
        assertThat(hit.highlight().snippet()).contains("<mark>tasks</mark>");
        assertThat(hit.opinions()).extracting(SearchHit.Opinion::ranker).containsExactly(Ranker.TEXT, Ranker.SEMANTIC);
        assertThat(hit.opinions()).allSatisfy(opinion -> {
            assertThat(opinion.rank()).isEqualTo(1);
            assertThat(opinion.score()).isPositive();
        });
        assertThat(hit.score()).isEqualTo(0.3 / 61 + 0.7 / 61);
        assertThat(knowledge.search(notes, SearchRequest.of("pauses", 9).by(SearchMode.SEMANTIC))).satisfies(found -> {
            assertThat(found.used()).isEqualTo(SearchMode.SEMANTIC);
            assertThat(found.hits()).hasSize(3).allSatisfy(each -> assertThat(each.opinions()).hasSize(1));
        });
        assertThat(keys(SearchRequest.of("pauses", 9).with(Filter.eq("kind", "lesson")))).containsExactly("b");
        assertThat(keys(SearchRequest.of("pauses kind:lesson", 9))).containsExactly("b");
        assertThat(keys(SearchRequest.of("pauses -music", 9))).containsExactly("a", "c");
        assertThat(keys(SearchRequest.of("\"tried again\"", 9))).containsExactly("a");
        assertThat(keys(SearchRequest.of("pauses", 9).by(SearchMode.TEXT))).containsExactly("b", "a");
    }

    @Test
    void findsWhatTheSameTransactionsWroteAtOnce() {
        database.useTransaction(tx -> knowledge.put(tx, notes, List.of(Entry.of("a", "written just now"))));
        assertThat(keys(SearchRequest.of("written", 5))).containsExactly("a");
        knowledge.remove(notes, List.of("a"));
        assertThat(keys(SearchRequest.of("written", 5))).isEmpty();
    }

    @Test
    void aMissingModelMakesTheAnswerPoorerAndItSaysSo() {
        put("a", "", "plain words", "{}");
        embedAll();
        model.setDown(true);
        var down = knowledge.search(notes, SearchRequest.of("words", 5));
        assertThat(down.used()).isEqualTo(SearchMode.TEXT);
        assertThat(down.hits()).hasSize(1);
        assertThat(down.notes()).containsExactly("the model did not answer: connection refused");
        model.setDown(false);
        index.setDown(true);
        assertThat(knowledge.search(notes, SearchRequest.of("words", 5)).notes())
                .containsExactly("vectors could not be searched: the index is down");
        index.setDown(false);
        var without = new KnowledgeSearch(database, queue, index, Optional.empty(), SearchSettings.defaults());
        assertThat(without.handlers()).containsOnlyKeys(SearchUpkeep.TYPE);
        assertThat(without.search(notes, SearchRequest.of("words", 5)).notes())
                .containsExactly("no model is configured");
        assertThatThrownBy(() -> without.reembed(notes)).isInstanceOf(NotFoundException.class);
        var plain = without.create(SearchCollection.named("plain"));
        assertThat(without.search(plain, SearchRequest.of("x", 5).by(SearchMode.SEMANTIC)).notes())
                .anyMatch(note -> note.contains("collection \"plain\" has no vectors"));
        var own = without.create(SearchCollection.named("own").withVectors(VectorSettings.of(2)));
        without.put(own, List.of(Entry.of("v", "").with(Embedding.of(1, 0))));
        assertThat(knowledge.search(own, SearchRequest.of("x", 5)).notes()).first().asString()
                .contains("come from its callers");
        var others = new KnowledgeSearch(database, queue, index, Optional.of(new WordModel("others", 256)),
                SearchSettings.defaults());
        assertThat(others.search(notes, SearchRequest.of("words", 5)).notes()).singleElement().asString()
                .contains("configured one is \"others\"");
        assertThat(knowledge.search(own, SearchRequest.of("", 5).with(Embedding.of(1, 1))).hits()).hasSize(1);
        assertThatThrownBy(() -> knowledge.search(own, SearchRequest.of("", 5).with(Embedding.of(1, 1, 1))))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void whatOnlyLooksLikeAFilterIsSearchedAsWords() {
        put("a", "", "TypeError:undefined is not a function", "{\"kind\": \"lesson\"}");
        var answer = knowledge.search(notes, SearchRequest.of("TypeError:undefined", 5).by(SearchMode.TEXT));
        assertThat(answer.hits()).hasSize(1);
        assertThat(answer.notes()).singleElement().asString().contains("taken as words");
        var declared = knowledge.create(SearchCollection.named("declared").withFields(Map.of("kind", FieldType.TEXT)));
        knowledge.put(declared, List.of(Entry.of("a", "TypeError:undefined")));
        assertThat(knowledge.search(declared, SearchRequest.of("TypeError:undefined", 5).by(SearchMode.TEXT)).hits())
                .hasSize(1);
        assertThat(knowledge.search(declared, SearchRequest.of("kind:none undefined", 5).by(SearchMode.TEXT)).hits())
                .isEmpty();
        assertThatThrownBy(() -> knowledge.search(declared, SearchRequest.of("x", 5).with(Filter.eq("knd", "x"))))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("kind");
    }

    @Test
    void neighboursOfAnEntryDoNotHoldItself() {
        put("a", "", "one two three", "{\"kind\": \"x\"}");
        put("b", "", "one two four", "{\"kind\": \"x\"}");
        put("c", "", "five six seven", "{}");
        knowledge.put(notes, List.of(Entry.of("empty", "")));
        assertThatThrownBy(() -> similar("a", 5, OptionalDouble.empty())).isInstanceOf(ConflictException.class)
                .hasMessageContaining("no vector yet");
        embedAll();
        assertThat(similar("a", 5, OptionalDouble.empty())).extracting(Similar::key).containsExactly("b", "c");
        assertThat(similar("a", 5, OptionalDouble.of(0.5))).extracting(Similar::key).containsExactly("b");
        assertThat(similar("a", 1, OptionalDouble.empty())).hasSize(1);
        assertThatThrownBy(() -> similar("none", 5, OptionalDouble.empty())).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> similar("a", 0, OptionalDouble.empty())).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> similar("a", 1_001, OptionalDouble.empty())).hasMessageContaining("1000");
    }

    @Test
    void aChangeOfModelEmbedsAnew() {
        put("a", "", "one two", "{}");
        embedAll();
        var other = new WordModel("other", 16);
        var changed = new KnowledgeSearch(database, queue, index, Optional.of(other), SearchSettings.defaults());
        var collection = changed.reembed(notes);
        assertThat(changed.search(collection, SearchRequest.of("one", 5)).hits()).as("by words").hasSize(1);
        embedAll(changed, collection);
        assertThat(changed.search(collection, SearchRequest.of("one", 5)).used()).isEqualTo(SearchMode.HYBRID);
        assertThat(other.texts()).isPositive();
    }

    @Test
    void oddQuestionsAndLimits() {
        put("a", "", "plain words", "{}");
        embedAll();
        for (var odd : List.of("", " ", "\"", "the of", "\0", "x".repeat(10_001), "-words", "+", "zero")) {
            for (var mode : SearchMode.values()) {
                assertThat(knowledge.search(notes, SearchRequest.of(odd, 1_000).by(mode))).isNotNull();
            }
        }
        assertThatThrownBy(() -> SearchRequest.of("x", 0)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> SearchRequest.of("x", 100_000)).hasMessageContaining("1000");
    }

    @Test
    void weightsAreSettings() {
        assertThat(SearchSettings.defaults()).isEqualTo(new SearchSettings(0.3, 0.7, 0.15, 100));
        var wrong = Configuration.of(Map.of("howdah.knowledge.search.text-weight", "-1"));
        SearchSettings.from(wrong);
        assertThatThrownBy(wrong::check).isInstanceOf(ConfigurationException.class).hasMessageContaining("0 to 100");
    }

    private List<Similar> similar(String key, int limit, OptionalDouble threshold) {
        return knowledge.similar(notes, key, limit, threshold, Filter.none());
    }

    private List<String> keys(SearchRequest request) {
        return knowledge.search(notes, request).hits().stream().map(SearchHit::key).toList();
    }

    private void put(String key, String title, String text, String metadata) {
        knowledge.put(notes, List.of(new Entry(key, title, text, (ObjectNode) JsonMapper.shared().readTree(metadata),
                Optional.empty())));
    }

    private void embedAll() {
        embedAll(knowledge, notes);
    }

    private void embedAll(KnowledgeSearch search, SearchCollection collection) {
        try (var worker = new Worker(queue, QueueSettings.defaults(), search.handlers())) {
            worker.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> search.entries().withoutEmbedding(collection, 0, 1_000)
                    .stream().allMatch(entry -> (entry.title() + entry.text()).isBlank()));
        }
    }
}
