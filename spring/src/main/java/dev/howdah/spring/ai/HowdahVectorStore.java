package dev.howdah.spring.ai;

import dev.howdah.knowledge.collection.Collections;
import dev.howdah.knowledge.collection.Embedding;
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
import dev.howdah.postgres.UnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.springframework.ai.document.Document;
import org.springframework.ai.document.DocumentMetadata;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.observation.conventions.VectorStoreSimilarityMetric;
import org.springframework.ai.vectorstore.AbstractVectorStoreBuilder;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.filter.Filter;
import org.springframework.ai.vectorstore.observation.AbstractObservationVectorStore;
import org.springframework.ai.vectorstore.observation.VectorStoreObservationContext;

/**
 * A collection as Spring AI's vector store. pgvector searches where the server has it, and this process compares exactly where it
 * has not; the results are the same. Calls are observed by Micrometer like those of Spring AI's own stores. Thread-safe.
 *
 * <pre>{@code
 * try (var store = HowdahVectorStore.builder(database, embeddingModel).collectionName("handbook").build()) {
 *     store.add(List.of(new Document("Returns are free for 30 days.", Map.of("country", "NL", "year", 2026))));
 *     store.similaritySearch(SearchRequest.builder().query("how do I send it back?").topK(5)
 *             .filterExpression("country == 'NL' && year >= 2025").build());
 * }
 * }</pre>
 *
 * <p>A score is the cosine similarity, from 0 to 1; what points away from the question has 0. A threshold of 0 accepts all. What is
 * found has its distance in its metadata, under {@link DocumentMetadata#DISTANCE}, as in Spring AI's other stores.
 */
public final class HowdahVectorStore extends AbstractObservationVectorStore implements AutoCloseable {
    /** The collection of a store that was given no name. */
    public static final String DEFAULT_COLLECTION = "spring-ai";

    private static final String SYSTEM = "howdah";
    /** Scores are computed from distances and back; an entry exactly at the threshold must not be lost on the way. */
    private static final double ROUNDING = 1e-6;

    private final SearchCollection collection;
    private final Entries entries;
    private final VectorIndex index;
    private final boolean ownsIndex;

    private HowdahVectorStore(Builder builder) {
        super(builder);
        this.collection = builder.created();
        if (collection.requireVectors().metric() != Metric.COSINE) {
            throw new InvalidInputException("vector-store-invalid", "collection", "collection \"" + collection.name()
                    + "\" compares by " + collection.requireVectors().metric().label()
                    + ", and Spring AI's scores are of the cosine", "use a collection whose metric is cosine");
        }
        this.entries = builder.entries.orElseGet(() -> new Entries(builder.database, List.of()));
        this.ownsIndex = builder.index.isEmpty();
        this.index = builder.index
                .orElseGet(() -> new VectorIndexes(builder.database, VectorIndexSettings.defaults()));
    }

    /**
     * Begins a store. The tables must be there (see {@link dev.howdah.postgres.Migrator}).
     *
     * @param embeddingModel makes the vectors of documents and questions; one model per collection
     */
    public static Builder builder(Database database, EmbeddingModel embeddingModel) {
        return new Builder(database, embeddingModel);
    }

    /** Builds the index for what is there now. Worth it after many documents were added; may take minutes. */
    public void prepare() {
        index.prepare(collection);
    }

    /**
     * Adds documents, or replaces those with the same ids. All are checked before the model is asked; then sets of
     * {@link Entries#BATCH_MAX} are embedded, outside of any transaction, and written, each all or none. If the model fails
     * midway, the sets before stay: adding the same documents again continues.
     *
     * @throws InvalidInputException if an id, a text or metadata cannot be stored; nothing was
     * @throws UnavailableException if the model does not answer with a vector for each
     */
    @Override
    public void doAdd(List<Document> documents) {
        documents.forEach(document -> entry(document)); // throws for what cannot be stored, before it costs anything
        for (int from = 0; from < documents.size(); from += Entries.BATCH_MAX) {
            entries.put(collection, embedded(documents.subList(from, Math.min(from + Entries.BATCH_MAX,
                    documents.size()))));
        }
    }

    private List<Entry> embedded(List<Document> documents) {
        var embedded = new ArrayList<Entry>(documents.size());
        // Each batch by itself: the strategy may have put the documents into another order.
        for (var batch : batchingStrategy.batch(documents)) {
            var vectors = embeddingModel.embed(batch, EmbeddingOptions.builder().build(), whole -> List.of(whole));
            requireOneEach(batch.size(), vectors.size());
            for (int i = 0; i < batch.size(); i++) {
                embedded.add(entry(batch.get(i)).with(Embedding.of(vectors.get(i))));
            }
        }
        requireOneEach(documents.size(), embedded.size());
        return embedded;
    }

    private static void requireOneEach(int documents, int vectors) {
        if (documents != vectors) {
            throw new UnavailableException("embedding-model-incomplete", "there are " + vectors + " vectors for "
                    + documents + " documents", "look at the embedding model and the batching strategy", null);
        }
    }

    private static Entry entry(Document document) {
        return Entry.of(document.getId(), String.valueOf(document.getText()))
                .with(MetadataJson.toJson(document.getMetadata()));
    }

    /** Deletes the documents with these ids; ids that do not exist are passed over. */
    @Override
    public void doDelete(List<String> ids) {
        entries.remove(collection, ids);
    }

    /** Deletes what the filter lets through. */
    @Override
    protected void doDelete(Filter.Expression filter) {
        entries.remove(collection, MetadataFilter.of(collection, filter));
    }

    /**
     * The nearest first, as many as asked for whenever so many pass the filter and the threshold.
     *
     * @throws InvalidInputException if the filter does not fit the collection, or more than {@link VectorQuery#LIMIT_MAX}
     *         documents are asked for
     */
    @Override
    public List<Document> doSimilaritySearch(SearchRequest request) {
        var given = request.getFilterExpression();
        var filter = given == null
                ? dev.howdah.knowledge.collection.Filter.none()
                : MetadataFilter.of(collection, given);
        if (request.getTopK() == 0) {
            return List.of();
        }
        var question = Embedding.of(embeddingModel.embed(request.getQuery()));
        var neighbours = index.nearest(collection, new VectorQuery(question, request.getTopK(), filter,
                distanceMax(request.getSimilarityThreshold())));
        var stored = entries.byId(neighbours.stream().map(Neighbour::entry).toList(), false);
        return neighbours.stream()
                .filter(neighbour -> score(neighbour) >= request.getSimilarityThreshold())
                .flatMap(neighbour -> Stream.ofNullable(stored.get(neighbour.entry())) // it may be removed in between
                        .map(entry -> document(entry, neighbour)))
                .toList();
    }

    private static OptionalDouble distanceMax(double threshold) {
        return threshold == SearchRequest.SIMILARITY_THRESHOLD_ACCEPT_ALL
                ? OptionalDouble.empty()
                : OptionalDouble.of(Metric.COSINE.distance(threshold) + ROUNDING);
    }

    private static double score(Neighbour neighbour) {
        return Math.clamp(Metric.COSINE.similarity(neighbour.distance()), 0, 1);
    }

    private static Document document(StoredEntry entry, Neighbour neighbour) {
        var metadata = MetadataJson.fromJson(entry.metadata());
        metadata.put(DocumentMetadata.DISTANCE.value(), neighbour.distance());
        return Document.builder().id(entry.key()).text(entry.text()).metadata(metadata).score(score(neighbour)).build();
    }

    @Override
    public VectorStoreObservationContext.Builder createObservationContextBuilder(String operation) {
        return VectorStoreObservationContext.builder(SYSTEM, operation).collectionName(collection.name())
                .dimensions(collection.requireVectors().dimension())
                .similarityMetric(VectorStoreSimilarityMetric.COSINE.value());
    }

    @Override
    public void close() {
        if (ownsIndex) {
            index.close();
        }
    }

    /** What a store needs beside a database and a model; everything has a default. */
    public static final class Builder extends AbstractVectorStoreBuilder<Builder> {
        private final Database database;
        private SearchCollection description = SearchCollection.named(DEFAULT_COLLECTION);
        private OptionalInt dimensions = OptionalInt.empty();
        private Optional<Entries> entries = Optional.empty();
        private Optional<VectorIndex> index = Optional.empty();

        private Builder(Database database, EmbeddingModel embeddingModel) {
            super(embeddingModel);
            this.database = database;
        }

        /** A collection with any metadata, which is created if there is none of this name. */
        public Builder collectionName(String name) {
            return collection(SearchCollection.named(name));
        }

        /** A collection as it is described, with declared fields or its own vector settings; created if it is not there. */
        public Builder collection(SearchCollection wanted) {
            this.description = wanted;
            return this;
        }

        /** Components of every vector. Without it, the model is asked, which some answer by embedding a text. */
        public Builder dimensions(int components) {
            this.dimensions = OptionalInt.of(components);
            return this;
        }

        /** Writes through these, whose listeners keep the full-text search in step. Without it, only vectors are searched. */
        public Builder entries(Entries shared) {
            this.entries = Optional.of(shared);
            return this;
        }

        /** Searches this index, which the caller closes. Without it, the store has one of its own. */
        public Builder index(VectorIndex shared) {
            this.index = Optional.of(shared);
            return this;
        }

        /**
         * The store; its collection is created if it is not there.
         *
         * @throws dev.howdah.postgres.ConflictException if there is a collection of this name with other vectors or fields
         * @throws InvalidInputException if the collection compares by another metric than cosine
         */
        @Override
        public HowdahVectorStore build() {
            return new HowdahVectorStore(this);
        }

        private SearchCollection created() {
            return new Collections(database).create(description.vectors().isPresent()
                    ? description
                    : description.withVectors(VectorSettings.of(
                            dimensions.orElseGet(() -> getEmbeddingModel().dimensions()))));
        }
    }
}
