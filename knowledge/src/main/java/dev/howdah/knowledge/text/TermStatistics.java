package dev.howdah.knowledge.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;

/**
 * How many entries a collection has, how long they are, and how many hold a term. Counted from the rows: exact when few,
 * and remembered for some seconds when many, where a change of that time moves a score by less than anybody can see.
 * Thread-safe.
 */
final class TermStatistics {
    /** From here on a count is remembered. */
    static final int REMEMBERED_FROM = 200;
    /** Counting stops here; a term that more entries hold hardly tells them apart. */
    static final int COUNT_MAX = 200_000;
    /** Counts that are remembered, over all collections. */
    static final int REMEMBERED_MAX = 50_000;

    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final LongSupplier nanoTime;
    private final Map<Key, Counted> counts = remembered();
    private final Map<Integer, Lengths> lengths = remembered();

    private record Key(int collection, String term) {}

    private record Counted(long entries, long at) {}

    /** Of a collection. */
    record Lengths(long entries, double average, long at) {}

    TermStatistics(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    Lengths lengths(Handle handle, int collection) {
        long now = nanoTime.getAsLong();
        synchronized (lengths) {
            var known = lengths.get(collection);
            if (known != null && now - known.at() < FRESH_NANOS) {
                return known;
            }
        }
        var read = handle.createQuery(TextSql.LENGTHS).bind("collection", collection)
                .map((row, context) -> new Lengths(row.getLong("entries"), row.getDouble("average"), now)).one();
        if (read.entries() >= REMEMBERED_FROM) {
            synchronized (lengths) {
                lengths.put(collection, read);
            }
        }
        return read;
    }

    /** How many entries hold each term; at most {@link #COUNT_MAX}. */
    Map<String, Long> entries(Handle handle, int collection, Collection<String> terms) {
        long now = nanoTime.getAsLong();
        var found = new HashMap<String, Long>();
        var unknown = new ArrayList<String>();
        synchronized (counts) {
            for (var term : terms) {
                var known = counts.get(new Key(collection, term));
                if (known != null && now - known.at() < FRESH_NANOS) {
                    found.put(term, known.entries());
                } else {
                    unknown.add(term);
                }
            }
        }
        if (!unknown.isEmpty()) {
            var counted = count(handle, collection, unknown);
            found.putAll(counted);
            synchronized (counts) {
                counted.forEach((term, entries) -> {
                    if (entries >= REMEMBERED_FROM) {
                        counts.put(new Key(collection, term), new Counted(entries, now));
                    }
                });
            }
        }
        return found;
    }

    private static Map<String, Long> count(Handle handle, int collection, List<String> terms) {
        var counted = new HashMap<String, Long>();
        handle.createQuery(TextSql.FREQUENCIES).bind("collection", collection).bind("max", COUNT_MAX)
                .bind("terms", terms.toArray(String[]::new))
                .map((row, context) -> Map.entry(row.getString("term"), row.getLong("entries"))).list()
                .forEach(row -> counted.put(row.getKey(), row.getValue()));
        return counted;
    }

    /** The least recently used is forgotten first. */
    private static <K, V> Map<K, V> remembered() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > REMEMBERED_MAX;
            }
        };
    }
}
