package dev.howdah.knowledge.collection;

import dev.howdah.postgres.Transaction;
import java.util.Collection;
import java.util.List;

/** Keeps something in step with entries, in the transaction that writes them. */
public interface EntryListener {
    /** Entries were inserted, or their title or text changed. */
    void written(Transaction tx, SearchCollection collection, List<Written> entries);

    /** Entries were deleted. */
    void removed(Transaction tx, SearchCollection collection, Collection<Long> ids);

    /**
     * An entry whose text is new.
     *
     * @param isNew whether there was none with its key before
     * @param hasEmbedding whether its vector is known
     */
    record Written(long id, String title, String text, boolean isNew, boolean hasEmbedding) {}
}
