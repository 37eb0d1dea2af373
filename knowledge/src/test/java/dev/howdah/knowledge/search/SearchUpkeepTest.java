package dev.howdah.knowledge.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.knowledge.SearchDatabase;
import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.knowledge.collection.Entry;
import dev.howdah.knowledge.collection.FieldType;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.collection.VectorSettings;
import dev.howdah.knowledge.embedding.WordModel;
import dev.howdah.knowledge.vector.VectorIndexSettings;
import dev.howdah.knowledge.vector.VectorIndexes;
import dev.howdah.postgres.Database;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Worker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SearchUpkeepTest {
    private final Database database = SearchDatabase.createWithPgvector();
    private final PostgresTaskQueue queue = new PostgresTaskQueue(database, QueueSettings.defaults());
    private final KnowledgeSearch search = new KnowledgeSearch(database, queue,
            new VectorIndexes(database, VectorIndexSettings.defaults()), Optional.empty(), SearchSettings.defaults());

    @Test
    void buildsTheIndexesThatAreMissingAndForgetsOldDeletions() {
        var collection = search.collections().create(SearchCollection.named("own").withVectors(VectorSettings.of(2))
                .withFields(Map.of("n", FieldType.NUMBER)));
        search.put(collection, IntStream.range(0, 1_500).mapToObj(n -> Entry.of("k" + n, "text " + n)
                .with(Embedding.of(1, n))).toList());
        search.remove(collection, List.of("k1", "k2"));
        database.withHandle(handle -> handle.execute("""
            UPDATE search_deletions
               SET deleted_at = now() - interval '2 days'
             WHERE entry_id = (SELECT min(entry_id) FROM search_deletions)
            """));
        assertThat(search.indexState(collection).orElseThrow().ready()).isFalse();
        var result = upkeep(search);
        assertThat(result.path("collections").asInt()).isEqualTo(1);
        assertThat(result.path("deletions_forgotten").asInt()).isEqualTo(1);
        assertThat(search.indexState(collection).orElseThrow().ready()).isTrue();
    }

    @Test
    void whatAProcessWithoutTheModelHasWrittenIsEmbeddedByOneThatHasIt() {
        var withModel = new KnowledgeSearch(database, queue,
                new VectorIndexes(database, VectorIndexSettings.defaults()),
                Optional.of(new WordModel("words", 8)), SearchSettings.defaults());
        var notes = withModel.create(SearchCollection.named("notes"));
        search.put(notes, List.of(Entry.of("a", "written elsewhere")));
        var worker = new Worker(queue, QueueSettings.defaults(), withModel.handlers(), List.of());
        worker.start();
        try {
            queue.enqueue(SearchUpkeep.task());
            await().untilAsserted(() -> assertThat(search.entries().count(notes).embedded()).isEqualTo(1));
        } finally {
            worker.stop(Duration.ofSeconds(10));
        }
    }

    private JsonNode upkeep(KnowledgeSearch given) {
        var worker = new Worker(queue, QueueSettings.defaults(), given.handlers(), List.of());
        worker.start();
        try {
            var task = queue.enqueue(SearchUpkeep.task());
            return await().until(() -> queue.find(task).orElseThrow().result(), Optional::isPresent).orElseThrow();
        } finally {
            worker.stop(Duration.ofSeconds(10));
        }
    }
}
