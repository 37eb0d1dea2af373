package dev.howdah.cache;

import java.util.Locale;

/** What happens when a cache has more than it may. */
public enum Eviction {
    /** Goes first what was not used for the longest time, among a sample. */
    LRU,
    /** Goes first what was there first, among a sample. */
    FIFO,
    /** Nothing goes: new keys are refused. */
    NONE;

    /** As it is written in the database and over HTTP. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
