package dev.howdah.documents.changes;

import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * A document was written.
 *
 * @param token its place, to resume behind it
 * @param operation what happened
 * @param collection where
 * @param id of the document, as text
 * @param rev its revision after the change, or the last one if it was deleted
 * @param at when the transaction began
 * @param document as it is now, if it was asked for and is there
 */
public record ChangeEvent(ChangeToken token, ChangeOperation operation, String collection, String id, long rev,
        Instant at, Optional<ObjectNode> document) {}
