package dev.howdah.knowledge.collection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.knowledge.SearchDatabase;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class EntriesTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Database database = SearchDatabase.create();
    private final Collections collections = new Collections(database);
    private final Heard heard = new Heard();
    private final Entries entries = new Entries(database, List.of(heard));
    private final SearchCollection texts = collections.create(SearchCollection.named("texts")
            .withVectors(VectorSettings.of(2)));

    /** Notes what it is told. */
    private static final class Heard implements EntryListener {
        private final List<String> written = new ArrayList<>();
        private final List<Long> removed = new ArrayList<>();

        @Override
        public void written(Transaction tx, SearchCollection collection, List<Written> entries) {
            entries.forEach(entry -> written.add(entry.text()));
        }

        @Override
        public void removed(Transaction tx, SearchCollection collection, Collection<Long> ids) {
            removed.addAll(ids);
        }
    }

    @Test
    void keepsWhatItIsGivenAndWritesItOnce() {
        var entry = Entry.of("a", "one").with(Embedding.of(0.25f, -1))
                .with(json("{\"year\": 2020, \"tags\": [\"x\"]}"));
        assertThat(entries.put(texts, List.of(entry, Entry.of("b", "two")))).isEqualTo(2);
        assertThat(entries.put(texts, List.of(entry, Entry.of("b", "two")))).isZero();
        var stored = entries.get(texts, List.of("a", "b", "c"));
        assertThat(stored).extracting(StoredEntry::key).containsExactly("a", "b");
        assertThat(stored.getFirst().embedding()).contains(Embedding.of(0.25f, -1));
        assertThat(stored.getFirst().metadata()).isEqualTo(entry.metadata());
        assertThat(entries.count(texts)).isEqualTo(new Entries.Count(2, 1));
        assertThat(heard.written).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void aVectorStaysAsLongAsTheTextDoes() {
        entries.put(texts, List.of(Entry.of("a", "one").with(Embedding.of(1, 0))));
        entries.put(texts, List.of(Entry.of("a", "one").with(json("{\"seen\": true}"))));
        assertThat(entries.get(texts, List.of("a")).getFirst().embedding()).isPresent();
        entries.put(texts, List.of(Entry.of("a", "another")));
        assertThat(entries.get(texts, List.of("a")).getFirst().embedding()).isEmpty();
        assertThat(heard.written).containsExactly("one", "another");
    }

    @Test
    void storesVectorsThatAreMadeLaterUnlessTheTextHasChanged() {
        entries.put(texts, List.of(Entry.of("a", "one"), Entry.of("b", "two")));
        var waiting = entries.withoutEmbedding(texts, 0, 10);
        assertThat(waiting).hasSize(2);
        entries.put(texts, List.of(Entry.of("b", "three")));
        int stored = database.inTransaction(tx -> entries.setEmbeddings(tx, texts,
                Map.of(waiting.get(0), Embedding.of(1, 0), waiting.get(1), Embedding.of(0, 1))));
        assertThat(stored).isEqualTo(1);
        assertThat(entries.withoutEmbedding(texts, 0, 10)).extracting(StoredEntry::key).containsExactly("b");
    }

    @Test
    void writesAndDeletesMoreThanABatch() {
        int count = Entries.BATCH_MAX * 2 + 1;
        entries.put(texts, IntStream.range(0, count).mapToObj(n -> Entry.of("k" + n, "t" + n)
                .with(json("{\"n\": " + n + "}")).with(Embedding.of(1, n))).toList());
        assertThat(entries.count(texts).entries()).isEqualTo(count);
        assertThat(entries.page(texts, 0, 10)).hasSize(10);
        assertThat(entries.remove(texts, new Filter.Comparison("n", Filter.Operator.GTE, JSON.readTree("10"))))
                .isEqualTo(count - 10);
        assertThat(heard.removed).hasSize(count - 10);
        assertThat(entries.remove(texts, List.of("k0", "k1", "nothing"))).isEqualTo(2);
        assertThat(entries.remove(texts, Filter.none())).isEqualTo(8);
    }

    @Test
    void filtersByTypesAsTheyAre() {
        var documents = Map.of("a", "{\"year\": 2019, \"kind\": \"lesson\", \"tags\": [\"auth\", \"tls\"]}",
                "b", "{\"year\": 2021.5, \"kind\": \"pattern\"}", "c", "{\"year\": \"2030\", \"kind\": \"it's\"}",
                "d", "{}");
        entries.put(texts, documents.entrySet().stream().map(given -> Entry.of(given.getKey(), "t")
                .with(json(given.getValue()))).toList());
        assertThat(left("{\"year\": {\"$gt\": 2019}}")).containsExactly("a", "c", "d");
        assertThat(left("{\"year\": {\"$lte\": 2019}}")).containsExactly("b", "c", "d");
        assertThat(left("{\"year\": {\"$gt\": \"2\"}}")).containsExactly("a", "b", "d");
        assertThat(left("{\"kind\": {\"$in\": [\"lesson\", \"pattern\"]}}")).containsExactly("c", "d");
        assertThat(left("{\"kind\": {\"$nin\": [\"lesson\", \"pattern\"]}}")).containsExactly("a", "b");
        assertThat(left("{\"kind\": {\"$ne\": \"lesson\"}}")).containsExactly("a");
        assertThat(left("{\"$not\": {\"kind\": \"lesson\"}}")).containsExactly("a");
        assertThat(left("{\"kind\": \"it's\"}")).containsExactly("a", "b", "d");
        assertThat(left("{\"tags\": {\"$contains\": \"tls\"}}")).containsExactly("b", "c", "d");
        assertThat(left("{\"kind\": {\"$contains\": \"att\"}}")).containsExactly("a", "c", "d");
        assertThat(left("{\"$or\": [{\"year\": 2019}, {\"kind\": \"pattern\", \"year\": 2021.5}]}"))
                .containsExactly("c", "d");
        assertThat(left("{\"$or\": []}")).containsExactly("a", "b", "c", "d");
        assertThat(left("{\"no such\\\"; field\": 1}")).containsExactly("a", "b", "c", "d");
    }

    /** What stays after everything that the filter lets through was deleted, which is undone. */
    private List<String> left(String filter) {
        var parsed = Filter.parse(JSON.readTree(filter));
        return database.inTransaction(tx -> {
            tx.handle().savepoint("whole");
            entries.remove(tx, texts, parsed);
            var keys = tx.handle().createQuery("SELECT key FROM search_entries ORDER BY key").mapTo(String.class)
                    .list();
            tx.handle().rollbackToSavepoint("whole");
            return keys;
        });
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatThrownBy(() -> entries.put(texts, List.of(Entry.of("a", "x").with(Embedding.of(1, 2, 3)))))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("3 components for a collection of 2");
        assertThatThrownBy(() -> entries.put(texts, List.of(Entry.of("a", "x").with(Embedding.of(0, 0)))))
                .hasMessageContaining("zero vector");
        assertThatThrownBy(() -> Embedding.of(1, Float.NaN)).hasMessageContaining("component 1 is NaN");
        assertThatThrownBy(() -> Embedding.of(Float.POSITIVE_INFINITY)).hasMessageContaining("finite");
        assertThatThrownBy(() -> Entry.of("a", "x".repeat(10 << 20))).hasMessageContaining("cut a longer text");
        assertThatThrownBy(() -> Entry.of("", "x")).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> collections.get("none")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> collections.create(SearchCollection.named("x").withLanguage("klingon")))
                .hasMessageContaining("klingon");
        assertThatThrownBy(() -> collections.create(SearchCollection.named("texts").withVectors(VectorSettings.of(3))))
                .isInstanceOf(ConflictException.class).hasMessageContaining("2 components");
        assertThatThrownBy(() -> Filter.parse(JSON.readTree("{\"a\": {\"$near\": 1}}")))
                .hasMessageContaining("unknown operator $near");
        assertThatThrownBy(() -> Filter.parse(JSON.readTree("{\"a\": null}"))).hasMessageContaining("a text");
        var declared = collections.create(SearchCollection.named("declared").withFields(Map.of("year",
                FieldType.NUMBER)));
        assertThatThrownBy(() -> entries.remove(declared, Filter.eq("yaer", "2020")))
                .hasMessageContaining("no field \"yaer\"").hasMessageContaining("year");
        assertThatThrownBy(() -> entries.put(declared, List.of(Entry.of("a", "").with(json("{\"year\": \"x\"}")))))
                .hasMessageContaining("declared as number");
    }

    @Test
    void newVectorsForgetTheOldOnesAndKeepTheTexts() {
        entries.put(texts, List.of(Entry.of("a", "one").with(Embedding.of(1, 0))));
        var changed = database.inTransaction(tx -> collections.setVectors(tx, texts, VectorSettings.of(3)));
        assertThat(collections.get("texts")).isEqualTo(changed);
        assertThat(entries.count(changed)).isEqualTo(new Entries.Count(1, 0));
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) JSON.readTree(text);
    }
}
