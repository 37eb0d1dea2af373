package dev.howdah.cache.jcache;

import dev.howdah.cache.CacheKey;
import dev.howdah.cache.EntryDescription;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import javax.cache.Cache;
import org.jspecify.annotations.Nullable;

/**
 * All entries, a page at a time, in the order of their stored keys. Those that come or go meanwhile may be among them or not. Not
 * thread-safe.
 */
final class EntryPages<K, V> implements Iterator<Cache.Entry<K, V>> {
    private final Parts<K, V> parts;
    private final Reading<K, V> reading;
    private final Changing<K, V> changing;
    private final Queue<HowdahEntry<K, V>> page = new ArrayDeque<>();
    private Optional<CacheKey> after = Optional.empty();
    private boolean isLastPage;
    private @Nullable K current;

    EntryPages(Parts<K, V> parts, Reading<K, V> reading, Changing<K, V> changing) {
        this.parts = parts;
        this.reading = reading;
        this.changing = changing;
    }

    @Override
    public boolean hasNext() {
        while (page.isEmpty() && !isLastPage) {
            var keys = parts.store().keys("*", after, Encoded.BATCH);
            var listed = keys.items().stream().map(EntryDescription::key).toList();
            var values = reading.values(listed);
            for (var key : listed) {
                var value = values.get(key);
                if (value != null) {
                    page.add(new HowdahEntry<>(parts.codec().key(key), parts.codec().value(value)));
                }
            }
            after = keys.next();
            isLastPage = after.isEmpty();
        }
        return !page.isEmpty();
    }

    @Override
    public Cache.Entry<K, V> next() {
        if (!hasNext()) {
            throw new NoSuchElementException("there are no more entries");
        }
        long begin = System.nanoTime();
        var entry = page.remove();
        current = entry.getKey();
        reading.accessed(List.of(parts.codec().key(entry.getKey())));
        parts.statistics().hits(1, System.nanoTime() - begin);
        return entry;
    }

    @Override
    public void remove() {
        if (current == null) {
            throw new IllegalStateException("there is no entry to remove; call next first");
        }
        changing.remove(current);
        current = null;
    }
}
