package dev.howdah.documents;

import java.util.Optional;

/**
 * What an update did.
 *
 * @param matched documents that the filter met
 * @param modified those of them that are not as they were
 * @param upsertedId of the document that was inserted because there was none
 */
public record UpdateResult(long matched, long modified, Optional<String> upsertedId) {
    static final UpdateResult NONE = new UpdateResult(0, 0, Optional.empty());
}
