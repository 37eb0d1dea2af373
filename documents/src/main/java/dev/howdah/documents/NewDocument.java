package dev.howdah.documents;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A document to insert.
 *
 * @param document plain or Extended JSON; without {@code _id} it gets one, a UUID as text
 * @param metadata kept beside it, not searched
 */
public record NewDocument(ObjectNode document, ObjectNode metadata) {
    /** Without metadata. */
    public static NewDocument of(ObjectNode document) {
        return new NewDocument(document, JsonNodeFactory.instance.objectNode());
    }
}
