package dev.howdah.cache;

import java.util.Locale;

/** What a crash of the database costs a cache. */
public enum Durability {
    /** Everything: the fastest; a crash of the server empties the cache. Not on replicas. */
    UNLOGGED,
    /** The writes of the last moment (three times {@code wal_writer_delay}, 0.6 s): no write waits for the disk. */
    ASYNC,
    /** Nothing: a write returns when it is durable. */
    SYNC;

    /** As it is written in the database and over HTTP. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
