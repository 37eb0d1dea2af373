package dev.howdah.knowledge.langchain4j;

import static dev.langchain4j.internal.ValidationUtils.ensureConsistentSizes;
import static dev.langchain4j.internal.ValidationUtils.ensureNotBlank;
import static dev.langchain4j.internal.ValidationUtils.ensureNotNull;

import dev.howdah.knowledge.collection.Collections;
import dev.howdah.knowledge.collection.Entries;
import dev.howdah.knowledge.collection.Entry;
import dev.howdah.knowledge.collection.Metric;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.collection.StoredEntry;
import dev.howdah.knowledge.collection.VectorSettings;
import dev.howdah.knowledge.vector.Neighbour;
import dev.howdah.knowledge.vector.VectorIndex;
import dev.howdah.knowledge.vector.VectorIndexSettings;
import dev.howdah.knowledge.vector.VectorIndexes;
import dev.howdah.knowledge.vector.VectorQuery;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Transaction;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.store.embedding.EmbeddingMatch;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.EmbeddingSearchResult;
import dev.langchain4j.store.embedding.EmbeddingStore;
import dev.langchain4j.store.embedding.RelevanceScore;
import dev.langchain4j.store.embedding.filter.Filter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A collection as LangChain4j's embedding store. The segments are entries like all others: the full-text search and the REST API
 * find them, too. Vectors are searched by pgvector where the server has it, and exactly in this process where it has not; the
 * results are the same. Thread-safe.
 *
 * <pre>{@code
 * try (var store = HowdahEmbeddingStore.open(database, "documents", 384)) {
 *     store.addAll(model.embedAll(segments).content(), segments);
 *     store.prepare();
 *     var request = EmbeddingSearchRequest.builder().queryEmbedding(question).maxResults(5)
 *             .filter(metadataKey("year").isGreaterThan(2020)).build();
 *     store.search(request).matches().forEach(match -> answer(match.embedded().text()));
 * }
 * }</pre>
 *
 * <p>What contradicts LangChain4j's own contract (lists of different lengths, an empty id) is an
 * {@link IllegalArgumentException}, as in its other stores; what the collection refuses (a dimension, a number that is
 * infinite, a text that is too long) is an {@link InvalidInputException}, and nothing was stored.
 */
public final class HowdahEmbeddingStore implements EmbeddingStore<TextSegment>, AutoCloseable {
    /** Scores are computed from distances and back; an entry exactly at the least score must not be lost on the way. */
    private static final double ROUNDING = 1e-6;

    private final Database database;
    private final SearchCollection collection;
    private final Entries entries;
    private final VectorIndex index;
    private final boolean ownsIndex;

    private HowdahEmbeddingStore(Database database, SearchCollection collection, Entries entries, VectorIndex index,
            boolean ownsIndex) {
        var metric = collection.requireVectors().metric();
        if (metric != Metric.COSINE) {
            throw new InvalidInputException("embedding-store-invalid", "collection", "collection \"" + collection.name()
                    + "\" compares by " + metric.label() + ", and LangChain4j's scores are of the cosine",
                    "use a collection whose metric is cosine");
        }
        this.database = database;
        this.collection = collection;
        this.entries = entries;
        this.index = index;
        this.ownsIndex = ownsIndex;
    }

    /**
     * A collection with any metadata, which is created if there is none of this name. The tables must be there (see
     * {@link dev.howdah.postgres.Migrator}).
     *
     * @param dimension components of every vector
     * @throws dev.howdah.postgres.ConflictException if there is one of this name with other vectors
     */
    public static HowdahEmbeddingStore open(Database database, String name, int dimension) {
        return open(database, new Collections(database)
                .create(SearchCollection.named(name).withVectors(VectorSettings.of(dimension))));
    }

    /**
     * A collection that is there already, with an index of its own.
     *
     * @throws InvalidInputException if it has no vectors, or compares them by another metric than cosine
     */
    public static HowdahEmbeddingStore open(Database database, SearchCollection collection) {
        return new HowdahEmbeddingStore(database, collection, new Entries(database, List.of()),
                new VectorIndexes(database, VectorIndexSettings.defaults()), true);
    }

    /**
     * A collection that is there already, written through the given entries (whose listeners keep other indexes in step) and
     * searched by the given index, which the caller closes.
     *
     * @throws InvalidInputException if it has no vectors, or compares them by another metric than cosine
     */
    public static HowdahEmbeddingStore over(Database database, SearchCollection collection, Entries entries,
            VectorIndex index) {
        return new HowdahEmbeddingStore(database, collection, entries, index, false);
    }

    /** Builds the index for what is there now. Worth it after many segments were added; may take minutes. */
    public void prepare() {
        index.prepare(collection);
    }

    @Override
    public String add(Embedding embedding) {
        return addAll(List.of(embedding)).getFirst();
    }

    @Override
    public void add(String id, Embedding embedding) {
        addAll(List.of(ensureNotBlank(id, "id")), List.of(embedding), null);
    }

    @Override
    public String add(Embedding embedding, TextSegment segment) {
        return addAll(List.of(embedding), List.of(segment)).getFirst();
    }

    @Override
    public List<String> addAll(List<Embedding> embeddings) {
        var ids = generateIds(embeddings.size());
        addAll(ids, embeddings, null);
        return ids;
    }

    /** {@link #addAll(Transaction, List, List, List)} in a transaction of its own. */
    @Override
    public void addAll(@Nullable List<String> ids, @Nullable List<Embedding> embeddings,
            @Nullable List<TextSegment> segments) {
        database.useTransaction(tx -> addAll(tx, ids, embeddings, segments));
    }

    /**
     * Adds vectors in the caller's transaction, each with its segment if there are segments. One whose id exists is replaced.
     *
     * @throws IllegalArgumentException if the lists differ in length, or an id is empty
     * @throws InvalidInputException if a vector or a segment does not fit the collection
     */
    public void addAll(Transaction tx, @Nullable List<String> ids, @Nullable List<Embedding> embeddings,
            @Nullable List<TextSegment> segments) {
        ensureConsistentSizes(ids, embeddings, segments);
        if (ids == null || embeddings == null) {
            return;
        }
        var given = new ArrayList<Entry>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            given.add(entry(ensureNotBlank(ids.get(i), "id"), embeddings.get(i),
                    segments == null ? null : segments.get(i)));
        }
        entries.put(tx, collection, given);
    }

    /** {@link #removeAll(Transaction, Collection)} in a transaction of its own. */
    @Override
    public void removeAll(@Nullable Collection<String> ids) {
        database.useTransaction(tx -> removeAll(tx, ids));
    }

    /** Removes the entries with these ids in the caller's transaction; ids that do not exist are passed over. */
    public void removeAll(Transaction tx, @Nullable Collection<String> ids) {
        if (ids != null) {
            entries.remove(tx, collection, ids);
        }
    }

    /** {@link #removeAll(Transaction, Filter)} in a transaction of its own. */
    @Override
    public void removeAll(Filter filter) {
        database.useTransaction(tx -> removeAll(tx, filter));
    }

    /** Removes what the filter lets through, in the caller's transaction. */
    public void removeAll(Transaction tx, Filter filter) {
        entries.remove(tx, collection, MetadataFilter.of(ensureNotNull(filter, "filter")));
    }

    /** Empties the collection. */
    @Override
    public void removeAll() {
        entries.remove(collection, dev.howdah.knowledge.collection.Filter.none());
    }

    /**
     * The nearest first, as many as asked for whenever so many pass the filter and the least score.
     *
     * @throws InvalidInputException if the vector or the filter does not fit the collection, or more than
     *         {@link VectorQuery#LIMIT_MAX} results are asked for
     */
    @Override
    public EmbeddingSearchResult<TextSegment> search(EmbeddingSearchRequest request) {
        var filter = request.filter() == null
                ? dev.howdah.knowledge.collection.Filter.none()
                : MetadataFilter.of(request.filter());
        var neighbours = index.nearest(collection, new VectorQuery(howdah(request.queryEmbedding()),
                request.maxResults(), filter, distanceMax(request.minScore())));
        var stored = entries.byId(neighbours.stream().map(Neighbour::entry).toList(), true);
        return new EmbeddingSearchResult<>(neighbours.stream()
                .flatMap(neighbour -> Stream.ofNullable(stored.get(neighbour.entry())) // it may be removed in between
                        .flatMap(entry -> match(entry, score(neighbour.distance())).stream()))
                .filter(match -> match.score() >= request.minScore()).toList());
    }

    /** {@link #search} on a virtual thread. */
    @Override
    public CompletableFuture<EmbeddingSearchResult<TextSegment>> searchAsync(EmbeddingSearchRequest request) {
        return CompletableFuture.supplyAsync(() -> search(request), Thread::startVirtualThread);
    }

    @Override
    public void close() {
        if (ownsIndex) {
            index.close();
        }
    }

    private static Entry entry(String id, Embedding embedding, @Nullable TextSegment segment) {
        var entry = Entry.of(id, segment == null ? "" : segment.text()).with(howdah(embedding));
        return segment == null ? entry : entry.with(SegmentMetadata.toJson(segment.metadata()));
    }

    private static dev.howdah.knowledge.collection.Embedding howdah(Embedding embedding) {
        return dev.howdah.knowledge.collection.Embedding.of(embedding.vector());
    }

    private static OptionalDouble distanceMax(double scoreMin) {
        return scoreMin == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Metric.COSINE.distance(2 * scoreMin - 1) + ROUNDING);
    }

    private static double score(double distance) {
        return Math.clamp(RelevanceScore.fromCosineSimilarity(Metric.COSINE.similarity(distance)), 0, 1);
    }

    private static Optional<EmbeddingMatch<TextSegment>> match(StoredEntry entry, double score) {
        // A segment's text is never blank, so that a blank one is a vector that came alone.
        var segment = entry.text().isBlank()
                ? null
                : TextSegment.from(entry.text(), SegmentMetadata.fromJson(entry.metadata()));
        return entry.embedding().map(vector -> new EmbeddingMatch<>(score, entry.key(), Embedding.from(vector.values()),
                segment));
    }
}
