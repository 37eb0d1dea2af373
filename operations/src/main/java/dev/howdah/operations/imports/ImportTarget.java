package dev.howdah.operations.imports;

import java.util.Optional;

/**
 * Where records go.
 *
 * @param cache the cache that takes entries of Redis
 * @param collection the collection that takes all documents; of Redis: everything that is no string, or everything without a
 *        cache
 * @param prefix put before the names of collections that follow the source
 * @param duplicates what becomes of a record whose key is taken
 */
public record ImportTarget(Optional<String> cache, Optional<String> collection, String prefix,
        DuplicatePolicy duplicates) {
    /** A cache, whose entries are replaced. */
    public static ImportTarget cache(String name) {
        return new ImportTarget(Optional.of(name), Optional.empty(), "", DuplicatePolicy.REPLACE);
    }

    /** One collection of documents. */
    public static ImportTarget collection(String name, DuplicatePolicy duplicates) {
        return new ImportTarget(Optional.empty(), Optional.of(name), "", duplicates);
    }

    /** Collections named as at the source, with a prefix. */
    public static ImportTarget collections(String prefix, DuplicatePolicy duplicates) {
        return new ImportTarget(Optional.empty(), Optional.empty(), prefix, duplicates);
    }

    /** What makes an import the same as another. */
    String label() {
        return cache.map(name -> "cache " + name).orElse("") + (cache.isPresent() && collection.isPresent() ? ", " : "")
                + collection.map(name -> "documents " + name).orElse("")
                + (cache.isEmpty() && collection.isEmpty() ? "documents " + prefix + "*" : "");
    }

    /** The collection of documents that are called so at the source. */
    String collectionFor(String name) {
        return collection.orElse(prefix + name);
    }
}
