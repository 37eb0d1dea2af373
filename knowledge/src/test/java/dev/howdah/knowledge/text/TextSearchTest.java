package dev.howdah.knowledge.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.howdah.knowledge.SearchDatabase;
import dev.howdah.knowledge.collection.Collections;
import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.knowledge.collection.Entries;
import dev.howdah.knowledge.collection.Entry;
import dev.howdah.knowledge.collection.Filter;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TextSearchTest {
    private static final int LIMIT = 10;

    private final Database database = SearchDatabase.create();
    private final Collections collections = new Collections(database);
    private final Entries entries = new Entries(database, List.of(new Postings()));
    private final Trigrams trigrams = new Trigrams(database);
    private final TextSearch search = new TextSearch(database, trigrams);
    private final SearchCollection texts = collections.create(SearchCollection.named("texts"));

    @Test
    void ranksByBm25AsItsFormulaSays() {
        put("a", "", "red apples and green apples", "{}");
        put("b", "", "green pears", "{}");
        put("c", "", "yellow bananas in a yellow basket", "{}");
        var found = search.rank(texts, TextQuery.parse(texts, "apples that are green"), Filter.none(), LIMIT).byText();
        assertThat(keys(found)).containsExactly("a", "b");
        double average = (4 + 2 + 4) / 3.0; // "and", "in" and "a" are stop words
        double apple = Math.log(1 + 2.5 / 1.5) * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 4 / average));
        double green = Math.log(1 + 1.5 / 2.5) * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 4 / average));
        assertThat(found.getFirst().score()).isCloseTo(apple + green, within(1e-6));
    }

    @Test
    void findsWhatWasWrittenAndNoMoreWhatWasChangedOrDeleted() {
        put("a", "", "the first version", "{}");
        assertThat(ask("version")).containsExactly("a");
        put("a", "", "another wording", "{}");
        assertThat(ask("version")).isEmpty();
        assertThat(ask("wordings")).containsExactly("a");
        entries.remove(texts, List.of("a"));
        assertThat(ask("wording")).isEmpty();
        assertThat(count("search_postings") + count("search_lengths")).isZero();
    }

    @Test
    void aWordInTheTitleCountsMore() {
        put("a", "", "a retry of tasks", "{}");
        put("b", "retry", "of tasks", "{}");
        assertThat(ask("retry")).containsExactly("b", "a");
    }

    @Test
    void aTermOfMostEntriesIsLeftOutOnlyWhileOthersFindEnough() {
        entries.put(texts, IntStream.range(0, Bm25.COMMON_MIN + 100)
                .mapToObj(i -> Entry.of("k" + i, i < 3 ? "common rare words" : "common things")).toList());
        assertThat(ask("common rare", 3)).containsExactlyInAnyOrder("k0", "k1", "k2");
        assertThat(ask("common rare", 10)).hasSize(10).startsWith("k0", "k1", "k2");
        assertThat(ask("common", 10)).hasSize(10);
        assertThat(ask("+common rare", 10)).hasSize(10);
    }

    @Test
    void operatorsFilterAndWordsAreAlternatives() {
        put("a", "Queue", "tasks are claimed in order of priority", "{\"kind\": \"pattern\", \"year\": 2020}");
        put("b", "Cache", "the order of tasks does not matter",
                "{\"kind\": \"anti-pattern\", \"tags\": [\"pattern\"]}");
        put("c", "Café", "un café au lait", "{\"kind\": \"lesson\", \"year\": 2024, \"open\": true}");
        assertThat(ask("priority cafe nothing")).containsExactlyInAnyOrder("a", "c");
        assertThat(ask("\"order of tasks\"")).containsExactly("b");
        assertThat(ask("tasks -\"order of tasks\"")).containsExactly("a");
        assertThat(ask("tasks -priority")).containsExactly("b");
        assertThat(ask("tasks +priority order")).containsExactly("a");
        assertThat(ask("tasks kind:pattern")).containsExactly("a");
        assertThat(ask("tasks tags:pattern")).containsExactly("b");
        assertThat(ask("tasks -kind:pattern")).containsExactly("b");
        assertThat(ask("year:>=2021")).containsExactly("c");
        assertThat(ask("year:2020 tasks")).containsExactly("a");
        assertThat(ask("open:true")).containsExactly("c");
        assertThat(ask("-cafe")).containsExactly("b", "a");
    }

    @Test
    void oddQuestionsAreNoErrors() {
        put("a", "", "a plain text about std::vector and 10:30 o'clock", "{}");
        for (var odd : List.of("", " ", "\"", "\"\"", "plain \"text", "the of and", "+", "-", "+\"the\"", "- -- ---",
                "a:b:c", "::", ":x", "x:", "field:\"", "\0plain", "\uD800plain", "%_\\", "'; DROP TABLE x; --",
                "$1 :name ?", "(a & b) | !c", "<->", "\\", "<script>", "-\"the of\"", "plain ".repeat(5_000),
                "x".repeat(9_999), IntStream.range(0, 3_000).mapToObj(i -> "w" + i).collect(Collectors.joining(" ")),
                "+a ".repeat(2_000), "\"".repeat(9_999))) {
            assertThat(search.rank(texts, TextQuery.parse(texts, odd), Filter.none(), LIMIT)).isNotNull();
        }
        assertThat(ask("plain \"text")).containsExactly("a");
        assertThat(ask("std::vector")).containsExactly("a");
        assertThat(search.rank(texts, TextQuery.parse(texts, "the of and"), Filter.none(), LIMIT).notes())
                .singleElement().asString().contains("no word to search for");
        assertThatThrownBy(() -> search.rank(texts, TextQuery.ofWords("x"), Filter.none(), 0))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> search.rank(texts, TextQuery.ofWords("x"), Filter.none(), 100_000))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("10000");
    }

    @Test
    void emptyAndHugeTextsAreIndexed() {
        put("empty", "", "", "{}");
        put("stop", "the", "of and", "{}");
        put("huge", "", IntStream.range(0, 18_000).mapToObj(i -> "word" + i).collect(Collectors.joining(" ")), "{}");
        put("long", "", "x".repeat(Entry.TEXT_MAX), "{}");
        put("many", "", "apple ".repeat(Entry.TEXT_MAX / 6), "{}");
        assertThat(ask("word17999")).containsExactly("huge");
        assertThat(ask("apples")).containsExactly("many");
        assertThat(count("search_lengths")).isEqualTo(5);
    }

    @Test
    void findsIdentifiersByTheirParts() {
        put("a", "", "see dev.howdah.queue.TaskQueue and its findTaskById", "{}");
        assertThat(ask("task queue")).containsExactly("a");
        assertThat(ask("findTaskById")).containsExactly("a");
        assertThat(ask("find by id")).containsExactly("a");
        assertThat(ask("howdah")).containsExactly("a");
    }

    @Test
    void aHyphenatedWordIsAskedForByItsParts() {
        put("a", "", "low-level bindings that are generated", "{}");
        put("b", "", "bindings of a low level to the library", "{}");
        put("c", "", "my to-do list of -8 and 1e-5", "{}");
        for (var asked : List.of("low-level bindings", "\"low-level\" bindings", "low-level low-level")) {
            var found = search.rank(texts, TextQuery.ofWords(asked), Filter.none(), LIMIT).byText();
            assertThat(found).as(asked).isNotEmpty().isEqualTo(search.rank(texts,
                    TextQuery.ofWords(asked.replace('-', ' ')), Filter.none(), LIMIT).byText());
        }
        assertThat(ask("+low-level bindings")).containsExactly("a");
        assertThat(ask("bindings -low-level")).containsExactly("b");
        for (var whole : List.of("to-do", "1e-5 meters", "-8 8")) {
            var found = search.rank(texts, TextQuery.ofWords(whole), Filter.none(), LIMIT).byText();
            assertThat(keys(found)).as(whole).containsExactly("c");
        }
    }

    @Test
    void correctsTyposWhereTheServerCanAndSaysWhereItCannot() {
        put("a", "Connection pooling", "the database keeps connections open", "{}");
        put("b", "Caching", "remember answers", "{}");
        database.withHandle(handle -> handle.execute("DROP EXTENSION IF EXISTS pg_trgm CASCADE"));
        assertThat(trigrams.isThere()).isFalse();
        var without = search.rank(texts, TextQuery.parse(texts, "databsae"), Filter.none(), LIMIT);
        assertThat(without.byText()).isEmpty();
        assertThat(without.notes()).singleElement().asString().contains("databsa").contains("pg_trgm");
        assertThat(trigrams.prepare()).isTrue();
        assertThat(trigrams.prepare()).as("again").isTrue();
        assertThat(ask("databsae")).containsExactly("a");
        var titles = search.rank(texts, TextQuery.parse(texts, "conection poling"), Filter.none(), LIMIT).byTitle();
        assertThat(keys(titles)).containsExactly("a");
        database.withHandle(handle -> handle.execute("DROP EXTENSION pg_trgm CASCADE"));
        var dropped = search.rank(texts, TextQuery.parse(texts, "databsae"), Filter.none(), LIMIT);
        assertThat(dropped.notes()).singleElement().asString().contains("pg_trgm");
    }

    @Test
    void stemsInTheLanguageOfTheCollection() {
        var german = collections.create(SearchCollection.named("german").withLanguage("german"));
        var simple = collections.create(SearchCollection.named("simple").withLanguage("simple"));
        for (var collection : List.of(german, simple)) {
            entries.put(collection, List.of(Entry.of("a", "die Häuser der Stadt")));
        }
        assertThat(search.rank(german, TextQuery.ofWords("Haus"), Filter.none(), LIMIT).byText()).hasSize(1);
        assertThat(search.rank(simple, TextQuery.ofWords("Haus"), Filter.none(), LIMIT).byText()).isEmpty();
        assertThat(search.rank(simple, TextQuery.ofWords("hauser"), Filter.none(), LIMIT).byText()).hasSize(1);
        assertThat(search.rank(simple, TextQuery.ofWords("die"), Filter.none(), LIMIT).byText()).hasSize(1);
    }

    @Test
    void highlightsAreEscaped() {
        put("a", "<b>Tasks</b> & more", "<script>alert('x')</script> runs \u0001tasks\u0002 " + "word ".repeat(500),
                "{}");
        var found = search.rank(texts, TextQuery.parse(texts, "task"), Filter.none(), LIMIT).byText();
        var shown = search.highlights(texts, TextQuery.parse(texts, "task"), List.of(found.getFirst().entry()))
                .values().iterator().next();
        assertThat(shown.title()).isEqualTo("&lt;b&gt;<mark>Tasks</mark>&lt;/b&gt; &amp; more");
        assertThat(shown.snippet()).contains("<mark>tasks</mark>").doesNotContain("<script").hasSizeLessThan(1_000);
    }

    @Test
    void likePatternsAreComputed() {
        var knowledge = collections.create(SearchCollection.named("knowledge")
                .withVectors(dev.howdah.knowledge.collection.VectorSettings.of(2)));
        for (var given : List.of(List.of("1", 1f, 0f), List.of("2", 2f, 0.1f), List.of("3", 0f, 1f))) {
            entries.put(knowledge, List.of(new Entry("pattern:" + given.get(0), "p" + given.get(0), "text",
                    json("{\"kind\": \"pattern\", \"repository\": \"a/b\"}"),
                    Optional.of(Embedding.of((float) given.get(1), (float) given.get(2))))));
        }
        var pairs = database.withHandle(handle -> handle.createQuery("""
            SELECT pattern_id_1, pattern_name_2, repository_2, similarity
              FROM pattern_similarity_view
            """).mapToMap().list());
        assertThat(pairs).hasSize(1);
        assertThat(pairs.getFirst()).containsEntry("pattern_id_1", "1").containsEntry("pattern_name_2", "p2");
        assertThat(pairs.getFirst().get("similarity")).asString().startsWith("0.998");
    }

    private List<String> ask(String question) {
        return ask(question, LIMIT);
    }

    private List<String> ask(String question, int limit) {
        return keys(search.rank(texts, TextQuery.parse(texts, question), Filter.none(), limit).byText());
    }

    private List<String> keys(List<Scored> scored) {
        var found = entries.byId(scored.stream().map(Scored::entry).toList(), false);
        return scored.stream().map(one -> Objects.requireNonNull(found.get(one.entry())).key()).toList();
    }

    private void put(String key, String title, String text, String metadata) {
        entries.put(texts, List.of(new Entry(key, title, text, json(metadata), Optional.empty())));
    }

    private long count(String table) {
        return database
                .withHandle(handle -> handle.createQuery("SELECT count(*) FROM " + table).mapTo(Long.class).one());
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text);
    }
}
