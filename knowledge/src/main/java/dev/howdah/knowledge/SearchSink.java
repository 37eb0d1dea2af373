package dev.howdah.knowledge;

import dev.howdah.postgres.Transaction;
import java.util.Collection;
import java.util.List;

/** Takes texts that are to be found, in the transaction that writes them. */
public interface SearchSink {
    /** Where nothing is searched. */
    SearchSink NONE = new SearchSink() {
        @Override
        public void put(Transaction tx, List<SearchText> texts) {
            // nothing to keep
        }

        @Override
        public void remove(Transaction tx, Collection<String> keys) {
            // nothing is kept
        }
    };

    /** Adds texts, or replaces those of the same keys. */
    void put(Transaction tx, List<SearchText> texts);

    void remove(Transaction tx, Collection<String> keys);
}
