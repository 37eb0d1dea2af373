package dev.howdah.documents;

import dev.howdah.documents.query.Filter;
import dev.howdah.documents.update.Update;

/** One of several writes that are sent together. */
public sealed interface BulkOperation {
    /** A new document. */
    record Insert(NewDocument document) implements BulkOperation {}

    /**
     * A change of documents.
     *
     * @param many whether of all that match, or of the first only
     */
    record Change(Filter filter, Update update, boolean upsert, boolean many) implements BulkOperation {}

    /**
     * The end of documents.
     *
     * @param many whether of all that match, or of the first only
     */
    record Delete(Filter filter, boolean many) implements BulkOperation {}
}
