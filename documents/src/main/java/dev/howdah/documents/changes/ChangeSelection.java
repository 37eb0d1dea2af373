package dev.howdah.documents.changes;

import dev.howdah.documents.query.Filter;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which changes are wanted.
 *
 * @param collection only those of this one
 * @param operations only these
 * @param withDocument whether to look up the documents as they are now
 * @param filter only of documents that match now; those that are gone do not
 */
public record ChangeSelection(Optional<String> collection, Set<ChangeOperation> operations, boolean withDocument,
        Optional<Filter> filter) {
    public ChangeSelection {
        operations = Set.copyOf(operations);
    }

    /** All changes of all collections, without documents. */
    public static ChangeSelection all() {
        return new ChangeSelection(Optional.empty(), EnumSet.allOf(ChangeOperation.class), false, Optional.empty());
    }

    public ChangeSelection ofCollection(String name) {
        return new ChangeSelection(Optional.of(name), operations, withDocument, filter);
    }

    public ChangeSelection ofOperations(Set<ChangeOperation> wanted) {
        return new ChangeSelection(collection, wanted, withDocument, filter);
    }

    public ChangeSelection withDocuments() {
        return new ChangeSelection(collection, operations, true, filter);
    }

    public ChangeSelection matching(Filter wanted) {
        return new ChangeSelection(collection, operations, withDocument, Optional.of(wanted));
    }
}
