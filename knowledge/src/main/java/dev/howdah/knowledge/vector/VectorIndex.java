package dev.howdah.knowledge.vector;

import dev.howdah.knowledge.collection.SearchCollection;
import java.util.List;

/**
 * Finds the entries whose vectors are nearest. The vectors themselves are rows of {@code search_entries}; an index is a copy
 * in another order, which can be made again from the rows at any time. What was committed before a search began is seen
 * by it. Thread-safe.
 */
public interface VectorIndex extends AutoCloseable {
    /** What it is called in settings and health: {@code pgvector}, {@code exact}, {@code weaviate}. */
    String kind();

    /**
     * The nearest entries, nearest first; as many as asked for, whenever so many pass the filter.
     *
     * @throws dev.howdah.postgres.InvalidInputException if the vector or the filter does not fit the collection
     * @throws dev.howdah.postgres.UnavailableException if the index cannot be reached now
     */
    List<Neighbour> nearest(SearchCollection collection, VectorQuery query);

    /** Builds what is missing, or brings it up to date. May take minutes; stopping it leaves nothing that is wrong. */
    void prepare(SearchCollection collection);

    /** How far the index of the collection is. */
    IndexState state(SearchCollection collection);

    @Override
    void close();
}
