package dev.howdah.knowledge.search;

import dev.howdah.knowledge.collection.Collections;
import dev.howdah.knowledge.collection.Entries;
import dev.howdah.knowledge.collection.Entry;
import dev.howdah.knowledge.collection.EntryListener;
import dev.howdah.knowledge.collection.Filter;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.embedding.EmbeddingCache;
import dev.howdah.knowledge.embedding.EmbeddingModel;
import dev.howdah.knowledge.embedding.EmbeddingTasks;
import dev.howdah.knowledge.text.Postings;
import dev.howdah.knowledge.text.TextSearch;
import dev.howdah.knowledge.text.Trigrams;
import dev.howdah.knowledge.vector.IndexState;
import dev.howdah.knowledge.vector.VectorIndex;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskQueue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Everything around searchable collections, put together: what is written is indexed and embedded, what is asked is found.
 *
 * <pre>{@code
 * var notes = knowledge.create(SearchCollection.named("notes"));
 * knowledge.put(notes, List.of(Entry.of("1", "Tasks are claimed with SKIP LOCKED.")));
 * knowledge.search(notes, SearchRequest.of("how are tasks claimed?", 10)).hits();
 * }</pre>
 *
 * Thread-safe.
 */
public final class KnowledgeSearch {
    private final Database database;
    private final VectorIndex vectors;
    private final Optional<EmbeddingModel> model;
    private final Optional<EmbeddingTasks> tasks;
    private final Collections collections;
    private final Entries entries;
    private final Trigrams trigrams;
    private final Searcher searcher;

    /**
     * Over a database.
     *
     * @param queue runs {@link #handlers}
     * @param vectors is closed by whoever opened it
     * @param model absent for search by words, or for vectors that the callers bring
     */
    public KnowledgeSearch(Database database, TaskQueue queue, VectorIndex vectors, Optional<EmbeddingModel> model,
            SearchSettings settings) {
        this.database = database;
        this.vectors = vectors;
        this.model = model;
        this.tasks = model.map(made -> new EmbeddingTasks(database, queue, new EmbeddingCache(database, made)));
        this.collections = new Collections(database);
        this.trigrams = new Trigrams(database);
        var listeners = new ArrayList<EntryListener>(List.of(new Postings()));
        tasks.ifPresent(listeners::add);
        this.entries = new Entries(database, listeners);
        this.searcher = new Searcher(entries, new TextSearch(database, trigrams), vectors, model, settings);
    }

    /** What a worker must run: a handler for each type of task. */
    public Map<String, TaskHandler> handlers() {
        var handlers = new HashMap<String, TaskHandler>(Map.of(SearchUpkeep.TYPE,
                new SearchUpkeep(database, collections, entries, vectors, tasks)));
        tasks.ifPresent(handler -> handlers.put(EmbeddingTasks.TYPE, handler));
        return handlers;
    }

    /** Switches on what the server has for search; to be called once when a process starts. */
    public void prepare() {
        trigrams.prepare();
    }

    /** Whether words that are misspelled are corrected. */
    public boolean isSpellingCorrected() {
        return trigrams.isThere();
    }

    /** What makes vectors; absent where callers bring them, or there are none. */
    public Optional<EmbeddingModel> model() {
        return model;
    }

    /** How far the index of the collection's vectors is; absent if it has none. */
    public Optional<IndexState> indexState(SearchCollection collection) {
        return collection.vectors().map(settings -> vectors.state(collection));
    }

    /** The collections. */
    public Collections collections() {
        return collections;
    }

    /** The entries, with everything that listens to them. */
    public Entries entries() {
        return entries;
    }

    /** Creates a collection as described, with the configured model's vectors if it has none of its own, or finds it. */
    public SearchCollection create(SearchCollection description) {
        return database.inTransaction(tx -> create(tx, description));
    }

    /** The same within the caller's transaction. */
    public SearchCollection create(Transaction tx, SearchCollection description) {
        return collections.create(tx, description.vectors().isPresent() || model.isEmpty()
                ? description
                : description.withVectors(model.get().vectorSettings()));
    }

    /** {@link Entries#put(SearchCollection, Collection)}. */
    public int put(SearchCollection collection, Collection<Entry> given) {
        return entries.put(collection, given);
    }

    /** {@link Entries#put(Transaction, SearchCollection, Collection)}: what it wrote is found once the caller commits. */
    public int put(Transaction tx, SearchCollection collection, Collection<Entry> given) {
        return entries.put(tx, collection, given);
    }

    /** {@link Entries#remove(SearchCollection, Collection)}. */
    public int remove(SearchCollection collection, Collection<String> keys) {
        return entries.remove(collection, keys);
    }

    /** {@link Entries#remove(Transaction, SearchCollection, Collection)}. */
    public int remove(Transaction tx, SearchCollection collection, Collection<String> keys) {
        return entries.remove(tx, collection, keys);
    }

    /** {@link Searcher#search}. */
    public SearchAnswer search(SearchCollection collection, SearchRequest request) {
        return searcher.search(collection, request);
    }

    /** {@link Searcher#listen}. */
    public void listen(SearchListener listener) {
        searcher.listen(listener);
    }

    /** {@link Searcher#similar}. */
    public List<Similar> similar(SearchCollection collection, String key, int limit, OptionalDouble threshold,
            Filter filter) {
        return searcher.similar(collection, key, limit, threshold, filter);
    }

    /**
     * Gives a collection vectors of the configured model: those that it has are forgotten, and a task makes new ones.
     *
     * @return the collection as it is now
     * @throws NotFoundException if no model is configured
     */
    public SearchCollection reembed(SearchCollection collection) {
        if (model.isEmpty() || tasks.isEmpty()) {
            throw new NotFoundException("embedding-model-unknown", "no model is configured",
                    "set howdah.knowledge.embedding.provider");
        }
        var settings = model.get().vectorSettings();
        return database.inTransaction(tx -> {
            var changed = collections.setVectors(tx, collection, settings);
            tasks.get().enqueue(tx, changed);
            return changed;
        });
    }
}
