package dev.howdah.operations.imports;

import dev.howdah.cache.CacheKey;
import dev.howdah.cache.CacheValue;
import dev.howdah.documents.value.StoredDocument;
import java.time.Instant;
import java.util.Optional;

/** What a record of a source became. */
sealed interface Item {
    /** What it is at the source: {@code string}, {@code hash}, {@code document}. */
    String type();

    /** Something that is written. */
    sealed interface Stored extends Item {
        /** The name of the cache or collection that takes it. */
        String target();

        /** Of the content as the source gave it. */
        long checksum();

        /** Something worth knowing about it; empty if there is nothing. */
        Optional<String> note();
    }

    /**
     * An entry of a cache.
     *
     * @param expiresAt when it ends; absent if it does not
     */
    record Entry(String type, String target, CacheKey key, CacheValue value, Optional<Instant> expiresAt,
            long checksum, Optional<String> note) implements Stored {}

    /** A document with its id. */
    record Document(String type, String target, String id, StoredDocument document, long checksum,
            Optional<String> note) implements Stored {}

    /**
     * Something that cannot be stored as it is.
     *
     * @param place where it stands: file and line, collection and number
     * @param reason why
     * @param content what it is, as text, as far as that can be had; shortened
     */
    record Rejected(String type, String place, String reason, String content) implements Item {}

    /**
     * Something for which there is no place, such as a stream.
     *
     * @param key masked
     */
    record Unsupported(String type, String key) implements Item {}

    /** A key that was gone when it was read. */
    record Vanished(String type) implements Item {}

    /** A key whose time was over. */
    record Expired(String type) implements Item {}
}
