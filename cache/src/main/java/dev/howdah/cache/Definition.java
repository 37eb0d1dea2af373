package dev.howdah.cache;

import java.time.Instant;

/** A cache as all processes know it. */
record Definition(int id, String name, CacheOptions options, Instant createdAt) {
    /** The statement for the table of this cache. */
    String sql(String statement) {
        return EntrySql.in(options.durability(), statement);
    }

    /** Whether a write need not wait for the disk. */
    boolean isRelaxed() {
        return options.durability() != Durability.SYNC;
    }
}
