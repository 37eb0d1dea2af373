package dev.howdah.cache.jcache;

import dev.howdah.cache.CacheKey;
import dev.howdah.cache.EntryOptions;
import dev.howdah.cache.Ttl;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.cache.event.EventType;

/**
 * Changes entries. What depends on what was there is decided while the entry is locked, so that of all threads of all processes
 * none sees a state that another one is changing. Thread-safe.
 */
record Changing<K, V>(Parts<K, V> parts) {
    private static final EntryOptions ETERNAL = EntryOptions.DEFAULT.withTtl(Ttl.NEVER);

    void put(K key, V value) {
        long begin = System.nanoTime();
        var entry = parts.codec().entry(key, value);
        boolean stored = true;
        if (parts.isPlain(EventType.CREATED, EventType.UPDATED)) {
            parts.store().set(entry.storedKey(), entry.storedValue(), ETERNAL);
        } else {
            stored = parts.locked(List.of(key), work -> write(work, entry));
        }
        parts.statistics().puts(stored ? 1 : 0, System.nanoTime() - begin);
    }

    private boolean write(LockedWork<K, V> work, Encoded<K, V> entry) {
        parts.writing().ifPresent(writing -> writing.write(entry.key(), entry.value()));
        return work.put(entry);
    }

    Optional<V> getAndPut(K key, V value) {
        long begin = System.nanoTime();
        var entry = parts.codec().entry(key, value);
        var old = parts.locked(List.of(key), work -> {
            var found = work.find(key);
            boolean stored = write(work, entry);
            parts.statistics().puts(stored ? 1 : 0, System.nanoTime() - begin);
            return found;
        });
        countRead(old.isPresent(), begin);
        return old;
    }

    private void countRead(boolean isHit, long begin) {
        long nanos = System.nanoTime() - begin;
        parts.statistics().hits(isHit ? 1 : 0, nanos);
        parts.statistics().misses(isHit ? 0 : 1, nanos);
    }

    void putAll(Map<? extends K, ? extends V> map) {
        var entries = map.entrySet().stream().map(entry -> parts.codec().entry(entry.getKey(), entry.getValue()))
                .toList();
        for (var batch : Encoded.batches(entries)) {
            long begin = System.nanoTime();
            var keys = batch.stream().map(Encoded::key).toList();
            parts.locked(keys, work -> {
                var progress = parts.writing().map(writing -> writing.writeAll(batch));
                long stored = batch.stream()
                        .filter(entry -> progress.isEmpty() || progress.get().done().contains(entry.key()))
                        .filter(work::put).count();
                parts.statistics().puts(stored, System.nanoTime() - begin);
                return progress;
            }).ifPresent(Writing.Progress::throwFailure);
        }
    }

    boolean putIfAbsent(K key, V value) {
        long begin = System.nanoTime();
        var entry = parts.codec().entry(key, value);
        boolean stored = parts.isPlain(EventType.CREATED)
                ? parts.store().add(entry.storedKey(), entry.storedValue(), ETERNAL).isPresent()
                : parts.locked(List.of(key), work -> work.find(key).isEmpty() && write(work, entry));
        countRead(!stored, begin);
        parts.statistics().puts(stored ? 1 : 0, System.nanoTime() - begin);
        return stored;
    }

    boolean remove(K key) {
        long begin = System.nanoTime();
        var stored = parts.codec().key(key);
        boolean removed = parts.isPlain(EventType.REMOVED)
                ? parts.store().delete(stored)
                : parts.locked(List.of(key), work -> delete(work, key));
        parts.statistics().removals(removed ? 1 : 0, System.nanoTime() - begin);
        return removed;
    }

    private boolean delete(LockedWork<K, V> work, K key) {
        parts.writing().ifPresent(writing -> writing.delete(key));
        return work.remove(key);
    }

    boolean remove(K key, V expected) {
        long begin = System.nanoTime();
        parts.codec().value(expected);
        boolean removed = parts.locked(List.of(key), work -> {
            var found = work.find(key);
            boolean isExpected = found.filter(expected::equals).isPresent();
            if (isExpected) {
                delete(work, key);
            } else if (found.isPresent()) {
                work.accessed(key);
            }
            countRead(found.isPresent(), begin);
            return isExpected;
        });
        parts.statistics().removals(removed ? 1 : 0, System.nanoTime() - begin);
        return removed;
    }

    Optional<V> getAndRemove(K key) {
        long begin = System.nanoTime();
        var old = parts.locked(List.of(key), work -> {
            var found = work.find(key);
            delete(work, key);
            return found;
        });
        countRead(old.isPresent(), begin);
        parts.statistics().removals(old.isPresent() ? 1 : 0, System.nanoTime() - begin);
        return old;
    }

    boolean replace(K key, V value) {
        return getAndReplace(key, value).isPresent();
    }

    boolean replace(K key, V expected, V value) {
        long begin = System.nanoTime();
        parts.codec().value(expected);
        var entry = parts.codec().entry(key, value);
        boolean replaced = parts.locked(List.of(key), work -> {
            var found = work.find(key);
            boolean isExpected = found.filter(expected::equals).isPresent();
            if (isExpected) {
                write(work, entry);
            } else if (found.isPresent()) {
                work.accessed(key);
            }
            countRead(found.isPresent(), begin);
            return isExpected;
        });
        parts.statistics().puts(replaced ? 1 : 0, System.nanoTime() - begin);
        return replaced;
    }

    Optional<V> getAndReplace(K key, V value) {
        long begin = System.nanoTime();
        var entry = parts.codec().entry(key, value);
        var old = parts.locked(List.of(key), work -> {
            var found = work.find(key);
            if (found.isPresent()) {
                write(work, entry);
            }
            return found;
        });
        countRead(old.isPresent(), begin);
        parts.statistics().puts(old.isPresent() ? 1 : 0, System.nanoTime() - begin);
        return old;
    }

    void removeAll(Collection<? extends K> keys) {
        for (var batch : Encoded.<K>batches(List.copyOf(keys))) {
            long begin = System.nanoTime();
            parts.locked(batch, work -> {
                var progress = parts.writing().map(writing -> writing.deleteAll(batch));
                long removed = batch.stream()
                        .filter(key -> progress.isEmpty() || progress.get().done().contains(key))
                        .filter(work::remove).count();
                parts.statistics().removals(removed, System.nanoTime() - begin);
                return progress;
            }).ifPresent(Writing.Progress::throwFailure);
        }
    }

    void removeAll() {
        if (parts.isPlain(EventType.REMOVED)) {
            long begin = System.nanoTime();
            parts.statistics().removals(parts.store().clear(), System.nanoTime() - begin);
            return;
        }
        Optional<CacheKey> after = Optional.empty();
        do {
            var page = parts.store().keys("*", after, Encoded.BATCH);
            removeAll(page.items().stream().map(item -> parts.codec().key(item.key())).toList());
            after = page.next();
        } while (after.isPresent());
    }
}
