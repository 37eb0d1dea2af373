package dev.howdah.knowledge.embedding;

import dev.howdah.knowledge.collection.Collections;
import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.knowledge.collection.Entries;
import dev.howdah.knowledge.collection.EntryListener;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.collection.StoredEntry;
import dev.howdah.knowledge.collection.VectorSettings;
import dev.howdah.knowledge.embedding.EmbeddingModel.Kind;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Transaction;
import dev.howdah.queue.Completion;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.PermanentFailure;
import dev.howdah.queue.Snooze;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskQueue;
import dev.howdah.queue.TaskRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes the vectors of entries that came without one: a task for each collection, enqueued by the transaction that wrote
 * them. While the model is down the task is tried again, and the texts are found by their words.
 *
 * <p>There is one task for a collection at a time, and none of its entries may be forgotten: a writer that finds the task
 * running adds none, so that the task must not end before that writer has committed. Therefore a writer shares a lock on the
 * collection's row until it commits, and the task ends in a transaction that holds the row alone; while it cannot have
 * it, it looks again a little later. Thread-safe.
 */
public final class EmbeddingTasks implements EntryListener, TaskHandler {
    /** The type of the task. Its payload is {@code {"collection": "name"}}. */
    public static final String TYPE = "knowledge.embed";
    /** Entries that are embedded and stored at a time. */
    public static final int BATCH_MAX = 200;
    /** How often the task is tried; with the queue's pauses that is some hours of a model that does not answer. */
    static final int ATTEMPTS_MAX = 100;

    private static final Duration WRITERS_PAUSE = Duration.ofSeconds(2);

    static final String LOCK_TO_WRITE = """
        SELECT id
          FROM search_collections
         WHERE id = :id
           FOR KEY SHARE
        """;
    static final String LOCK_TO_STORE = """
        SELECT id
          FROM search_collections
         WHERE id = :id AND model = :model AND dimension = :dimension AND document_prefix = :prefix
           FOR SHARE
        """;
    static final String LOCK_TO_END = """
        SELECT id
          FROM search_collections
         WHERE id = :id
           FOR UPDATE SKIP LOCKED
        """;

    private final Database database;
    private final TaskQueue queue;
    private final EmbeddingModel model;
    private final Collections collections;
    private final Entries entries;

    /**
     * For one model.
     *
     * @param model usually an {@link EmbeddingCache}, so that nothing is embedded twice
     */
    public EmbeddingTasks(Database database, TaskQueue queue, EmbeddingModel model) {
        this.database = database;
        this.queue = queue;
        this.model = model;
        this.collections = new Collections(database);
        this.entries = new Entries(database, List.of());
    }

    @Override
    public void written(Transaction tx, SearchCollection collection, List<Written> written) {
        if (isMine(collection) && written.stream().anyMatch(entry -> !entry.hasEmbedding())) {
            enqueue(tx, collection);
        }
    }

    @Override
    public void removed(Transaction tx, SearchCollection collection, Collection<Long> ids) {}

    /** Sees to it that entries get a vector which a process without the model has written. */
    public void enqueueMissing(SearchCollection collection) {
        if (isMine(collection) && !entries.withoutEmbedding(collection, 0, 1).isEmpty()) {
            database.useTransaction(tx -> enqueue(tx, collection));
        }
    }

    private boolean isMine(SearchCollection collection) {
        return collection.vectors().map(VectorSettings::model).equals(Optional.of(model.id()));
    }

    /** Sees to it that entries without a vector get one. */
    public void enqueue(Transaction tx, SearchCollection collection) {
        tx.handle().createQuery(LOCK_TO_WRITE).bind("id", collection.id()).mapTo(Integer.class).list();
        queue.enqueue(tx, NewTask.of(TYPE, JsonMapper.shared().createObjectNode().put("collection", collection.name()))
                .withKey(TYPE + ":" + collection.name()).withMaxAttempts(ATTEMPTS_MAX));
    }

    @Override
    public JsonNode handle(TaskRun run) {
        var name = run.payload().path("collection").asString("");
        var collection = collections.find(name);
        if (collection.isEmpty()) {
            return result(0, 0); // deleted since
        }
        var work = new Work(run, collection.get(), settings(collection.get()));
        work.embedAll();
        if (!work.end()) {
            throw new Snooze(WRITERS_PAUSE);
        }
        return work.result();
    }

    private VectorSettings settings(SearchCollection collection) {
        var settings = collection.vectors().orElseThrow(
                () -> new PermanentFailure("collection \"" + collection.name() + "\" has no vectors"));
        if (!settings.model().equals(model.id()) || settings.dimension() != model.dimension()) {
            throw new PermanentFailure("collection \"" + collection.name() + "\" has vectors of " + settings.model()
                    + " with " + settings.dimension() + " components, and the model is " + model.id() + " with "
                    + model.dimension() + "; configure the former, or embed the collection anew");
        }
        return settings;
    }

    private static JsonNode result(int embedded, int skipped) {
        return JsonMapper.shared().createObjectNode().put("embedded", embedded).put("skipped", skipped);
    }

    /** One attempt. */
    private final class Work {
        private final TaskRun run;
        private final SearchCollection collection;
        private final VectorSettings settings;
        private final Set<Long> skipped = new HashSet<>();
        private int embedded;

        Work(TaskRun run, SearchCollection collection, VectorSettings settings) {
            this.run = run;
            this.collection = collection;
            this.settings = settings;
        }

        JsonNode result() {
            return EmbeddingTasks.result(embedded, skipped.size());
        }

        void embedAll() {
            var count = entries.count(collection);
            long missing = Math.max(1, count.entries() - count.embedded());
            long after = 0;
            for (var page = page(after); !page.isEmpty() && !run.isStopped(); page = page(after)) {
                embed(page);
                after = page.getLast().id();
                run.progress((int) Math.min(100, 100L * embedded / missing), embedded + " of " + missing + " embedded");
            }
        }

        /** Ends the task, unless somebody is writing or has written. */
        boolean end() {
            run.drain().ifPresent(report -> queue.report(List.of(report)));
            return database.inTransaction(tx -> {
                var lock = tx.handle().createQuery(LOCK_TO_END).bind("id", collection.id()).mapTo(Integer.class)
                        .findOne();
                if (lock.isEmpty() || isMissing()) {
                    return false;
                }
                queue.complete(tx, List.of(new Completion.Finished(run.task(), result())));
                run.markEnded();
                return true;
            });
        }

        private boolean isMissing() {
            long after = 0;
            for (var page = page(after); !page.isEmpty(); page = page(after)) {
                if (page.stream().anyMatch(entry -> !skipped.contains(entry.id()))) {
                    return true;
                }
                after = page.getLast().id();
            }
            return false;
        }

        private List<StoredEntry> page(long after) {
            return entries.withoutEmbedding(collection, after, BATCH_MAX);
        }

        private void embed(List<StoredEntry> page) {
            var wanted = new ArrayList<StoredEntry>();
            for (var entry : page) {
                if (entry.title().isBlank() && entry.text().isBlank()) {
                    skipped.add(entry.id());
                } else {
                    wanted.add(entry);
                }
            }
            var made = model.embed(Kind.DOCUMENT, wanted.stream().map(this::text).toList());
            var embeddings = new HashMap<StoredEntry, Embedding>();
            for (int i = 0; i < wanted.size(); i++) {
                var entry = wanted.get(i);
                try {
                    embeddings.put(entry, settings.checked(made.get(i)));
                } catch (InvalidInputException e) {
                    skipped.add(entry.id());
                    run.log("\"" + entry.key() + "\" is left without a vector: " + e.problem());
                }
            }
            embedded += store(embeddings);
        }

        private String text(StoredEntry entry) {
            return settings.documentPrefix() + (entry.title().isBlank() ? "" : entry.title() + "\n") + entry.text();
        }

        private int store(Map<StoredEntry, Embedding> embeddings) {
            return database.inTransaction(tx -> {
                var lock = tx.handle().createQuery(LOCK_TO_STORE).bind("id", collection.id())
                        .bind("model", settings.model()).bind("dimension", settings.dimension())
                        .bind("prefix", settings.documentPrefix()).mapTo(Integer.class).findOne();
                if (lock.isEmpty()) {
                    throw new Snooze(WRITERS_PAUSE); // it got other vectors, or was deleted: the next run sees which
                }
                return entries.setEmbeddings(tx, collection, embeddings);
            });
        }
    }
}
