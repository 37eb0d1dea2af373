package dev.howdah.documents.aggregate;

import dev.howdah.documents.query.Filter;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** Where {@code $lookup} finds documents of other collections; the store gives it. */
@FunctionalInterface
public interface ForeignDocuments {
    /**
     * Stored documents of a collection that match.
     *
     * @return closed by the caller
     */
    Stream<ObjectNode> find(String collection, Filter filter);
}
