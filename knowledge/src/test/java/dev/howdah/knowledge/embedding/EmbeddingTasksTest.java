package dev.howdah.knowledge.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.knowledge.SearchDatabase;
import dev.howdah.knowledge.collection.Collections;
import dev.howdah.knowledge.collection.Entries;
import dev.howdah.knowledge.collection.Entry;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.embedding.EmbeddingModel.Kind;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Task;
import dev.howdah.queue.TaskFilter;
import dev.howdah.queue.TaskState;
import dev.howdah.queue.Worker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EmbeddingTasksTest {
    private static final QueueSettings SETTINGS = QueueSettings.from(Configuration.of(Map.of(
            "howdah.queue.poll-interval", "50ms", "howdah.queue.retry-first", "50ms", "howdah.queue.retry-max",
            "100ms")));

    private final Database database = SearchDatabase.create();
    private final PostgresTaskQueue queue = new PostgresTaskQueue(database, SETTINGS);
    private final WordModel model = new WordModel("words", 64);
    private final EmbeddingTasks tasks = new EmbeddingTasks(database, queue, new EmbeddingCache(database, model));
    private final Entries entries = new Entries(database, List.of(tasks));
    private final Collections collections = new Collections(database);
    private final SearchCollection texts = collections.create(SearchCollection.named("texts")
            .withVectors(model.vectorSettings()));
    private final Worker worker = new Worker(queue, SETTINGS, Map.of(EmbeddingTasks.TYPE, tasks));

    @AfterEach
    void stop() {
        worker.stop(Duration.ofSeconds(5));
    }

    @Test
    void oneTaskMakesTheVectorsOfManyWrites() {
        for (int i = 0; i < 3; i++) {
            int batch = i;
            entries.put(texts, IntStream.range(0, 150).mapToObj(n -> Entry.of(batch + "-" + n, "text " + batch + n))
                    .toList());
        }
        assertThat(list()).hasSize(1);
        worker.start();
        awaitEmbedded(450);
        awaitNoTask();
        assertThat(list().getFirst().result().orElseThrow().path("embedded").asInt()).isEqualTo(450);
    }

    @Test
    void unchangedTextMakesNoCallAndNoTask() {
        entries.put(texts, List.of(Entry.of("a", "one two"), Entry.of("b", "three")));
        worker.start();
        awaitEmbedded(2);
        awaitNoTask();
        int before = model.texts();
        entries.put(texts, List.of(Entry.of("a", "one two"), Entry.of("b", "three")));
        assertThat(list()).hasSize(1);
        entries.remove(texts, List.of("a", "b"));
        entries.put(texts, List.of(Entry.of("c", "three"), Entry.of("a", "one two")));
        awaitEmbedded(2);
        assertThat(model.texts()).isEqualTo(before);
    }

    @Test
    void triesAgainWhileTheModelIsDown() {
        model.setDown(true);
        entries.put(texts, List.of(Entry.of("a", "one two")));
        worker.start();
        await().atMost(Duration.ofSeconds(30)).until(() -> list().getFirst().attempt() >= 2);
        assertThat(entries.count(texts).embedded()).isZero();
        model.setDown(false);
        awaitEmbedded(1);
        awaitNoTask();
    }

    @Test
    void leavesOutWhatHasNoVector() {
        entries.put(texts, List.of(Entry.of("a", " "), Entry.of("b", "zero"), Entry.of("c", "one")));
        worker.start();
        awaitNoTask();
        assertThat(entries.count(texts).embedded()).isEqualTo(1);
        assertThat(list().getFirst().result().orElseThrow().path("skipped").asInt()).isEqualTo(2);
    }

    @Test
    void aRunningTaskDoesNotEndBeforeThoseWhoRelyOnItHaveCommitted() throws Exception {
        entries.put(texts, List.of(Entry.of("a", "one")));
        var written = new CountDownLatch(1);
        var mayCommit = new CountDownLatch(1);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var writer = executor.submit(() -> database.inTransaction(tx -> {
                int count = entries.put(tx, texts, List.of(Entry.of("b", "two")));
                written.countDown();
                try {
                    mayCommit.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return count;
            }));
            written.await();
            worker.start();
            awaitEmbedded(1);
            mayCommit.countDown();
            assertThat(writer.get()).isEqualTo(1);
        }
        awaitEmbedded(2);
        awaitNoTask();
        assertThat(list()).as("the one that was there").hasSize(1);
    }

    @Test
    void anotherModelIsRefusedAndAChangeOfModelEmbedsAnew() {
        entries.put(texts, List.of(Entry.of("a", "one")));
        worker.start();
        awaitEmbedded(1);
        awaitNoTask();
        worker.stop(Duration.ofSeconds(5));
        var other = new WordModel("others", 32);
        var otherTasks = new EmbeddingTasks(database, queue, other);
        database.useTransaction(tx -> otherTasks.enqueue(tx, texts));
        var wrong = new Worker(queue, SETTINGS, Map.of(EmbeddingTasks.TYPE, otherTasks));
        wrong.start();
        try {
            await().atMost(Duration.ofSeconds(30)).until(() -> list().stream()
                    .anyMatch(task -> task.error().orElse("").contains("embed the collection anew")));
            var changed = database.inTransaction(tx -> {
                var collection = collections.setVectors(tx, texts, other.vectorSettings());
                otherTasks.enqueue(tx, collection);
                return collection;
            });
            await().atMost(Duration.ofSeconds(30)).until(() -> entries.count(changed).embedded() == 1);
            assertThat(entries.get(changed, List.of("a")).getFirst().embedding().orElseThrow().dimension())
                    .isEqualTo(32);
        } finally {
            wrong.stop(Duration.ofSeconds(5));
        }
    }

    @Test
    void theCacheKnowsKindModelAndText() {
        var cache = new EmbeddingCache(database, model);
        var first = cache.embed(Kind.DOCUMENT, List.of("one", "two", "one"));
        assertThat(model.texts()).isEqualTo(2);
        assertThat(cache.embed(Kind.DOCUMENT, List.of("two", "one"))).containsExactly(first.get(1), first.get(0));
        assertThat(model.texts()).isEqualTo(2);
        cache.embed(Kind.QUERY, List.of("one"));
        assertThat(model.texts()).isEqualTo(3);
        assertThat(new EmbeddingCache(database, new WordModel("words", 8)).embed(Kind.DOCUMENT, List.of("one"))
                .getFirst().dimension()).isEqualTo(8);
        var many = IntStream.range(0, EmbeddingCache.BATCH_MAX * 2 + 1).mapToObj(n -> "text" + n).toList();
        assertThat(cache.embed(Kind.DOCUMENT, many)).isEqualTo(cache.embed(Kind.DOCUMENT, many));
        assertThat(cache.embed(Kind.DOCUMENT, List.of())).isEmpty();
        model.setDown(true);
        assertThatThrownBy(() -> cache.embed(Kind.DOCUMENT, List.of("one", "unseen")))
                .isInstanceOf(UnavailableException.class);
        assertThat(EmbeddingCache.prune(database, Duration.ofDays(1), 10)).isZero();
        database.withHandle(
                handle -> handle.execute("UPDATE embedding_cache SET created_at = now() - interval '2 days'"));
        assertThat(EmbeddingCache.prune(database, Duration.ofDays(1), 10)).isEqualTo(10);
    }

    private List<Task> list() {
        return queue.list(TaskFilter.newest(100)).items();
    }

    private void awaitEmbedded(int count) {
        await().atMost(Duration.ofSeconds(30)).until(() -> entries.count(texts).embedded() == count);
    }

    private void awaitNoTask() {
        await().atMost(Duration.ofSeconds(30)).until(() -> list().stream()
                .allMatch(task -> task.state() == TaskState.FINISHED));
    }
}
