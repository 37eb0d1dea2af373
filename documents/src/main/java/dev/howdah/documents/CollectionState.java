package dev.howdah.documents;

import java.time.Instant;

/**
 * A collection as it is.
 *
 * @param name its name
 * @param createdAt when it was created
 * @param options what holds for it
 * @param documents how many it has, estimated
 * @param bytes what it takes on disk with its indexes
 * @param indexes how many are declared
 */
public record CollectionState(String name, Instant createdAt, CollectionOptions options, long documents, long bytes,
        int indexes) {}
