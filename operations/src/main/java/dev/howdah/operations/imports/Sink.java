package dev.howdah.operations.imports;

import dev.howdah.postgres.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.time.Instant;

/** A cache or a collection that takes records. Used by one thread at a time. */
interface Sink {
    /**
     * Writes records within the transaction of their batch.
     *
     * @return those that were written; what is missing was left out because its key was taken
     * @throws dev.howdah.postgres.ConflictException if a key is taken and that is to be an error
     */
    List<? extends Item.Stored> write(Transaction tx, List<? extends Item.Stored> items);

    /** The key under which a record is remembered until it is compared. */
    byte[] key(Item.Stored item);

    /**
     * What is there.
     *
     * @return by the keys of {@link #key}, in hexadecimal digits
     */
    Map<String, Kept> read(Transaction tx, List<byte[]> keys);

    /** Declares an index; answers what became of it. */
    default String declare(SourceIndex index) {
        return "is of no use in a cache";
    }

    /**
     * A record as it is there.
     *
     * @param checksum of its content
     * @param expiresAt when it ends
     */
    record Kept(long checksum, Optional<Instant> expiresAt) {}
}
