package dev.howdah.operations.imports;

import dev.howdah.postgres.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The caches and collections of an import, each opened when the first record for it comes. Used by one thread at a time. */
final class Targets {
    private static final String CACHE = "cache ";
    private static final String DOCUMENTS = "documents ";

    private final Map<String, Sink> opened = new LinkedHashMap<>();
    private final Function<String, Sink> caches;
    private final Function<String, Sink> collections;

    Targets(Function<String, Sink> caches, Function<String, Sink> collections) {
        this.caches = caches;
        this.collections = collections;
    }

    /** The name that reports and records have for where the record goes. */
    static String name(Item.Stored item) {
        return switch (item) {
            case Item.Entry entry -> CACHE + entry.target();
            case Item.Document document -> DOCUMENTS + document.target();
        };
    }

    /** The name of a collection. */
    static String collection(String name) {
        return DOCUMENTS + name;
    }

    /** The one of such a name. */
    Sink sink(String name) {
        return opened.computeIfAbsent(name, _ -> name.startsWith(CACHE)
                ? caches.apply(name.substring(CACHE.length()))
                : collections.apply(name.substring(DOCUMENTS.length())));
    }

    /** Opens, outside of the batch's transaction, what its records need: a collection is made by a transaction of its own. */
    void open(List<Item> items) {
        items.stream().filter(Item.Stored.class::isInstance).map(Item.Stored.class::cast).map(Targets::name).distinct()
                .forEach(this::sink);
    }

    /** Writes what is to be stored, and answers what was, to be remembered. */
    List<ImportStore.Written> write(Transaction tx, List<Item> items) {
        var byTarget = new LinkedHashMap<String, List<Item.Stored>>();
        for (var item : items) {
            if (item instanceof Item.Stored stored) {
                byTarget.computeIfAbsent(name(stored), _ -> new ArrayList<>()).add(stored);
            }
        }
        var written = new ArrayList<ImportStore.Written>();
        byTarget.forEach((name, group) -> {
            var sink = sink(name);
            for (var item : sink.write(tx, group)) {
                written.add(new ImportStore.Written(name, sink.key(item), item.checksum(), expiry(item)));
            }
        });
        return written;
    }

    private static Optional<Instant> expiry(Item.Stored item) {
        return item instanceof Item.Entry entry ? entry.expiresAt() : Optional.empty();
    }
}
