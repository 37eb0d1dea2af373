package dev.howdah.cache;

import java.util.List;
import java.util.Optional;

/**
 * Some of the keys of a cache, in the order of their bytes.
 *
 * @param next after which the next page begins; empty if this is the last. A page may be short, or empty, and have a next one
 */
public record KeyPage(List<EntryDescription> items, Optional<CacheKey> next) {
    public KeyPage {
        items = List.copyOf(items);
    }
}
