package dev.howdah.cache.jcache;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.cache.processor.EntryProcessor;
import javax.cache.processor.EntryProcessorException;
import javax.cache.processor.EntryProcessorResult;

/**
 * Runs entry processors while their entries are locked: exactly once each, and nobody in any process changes the entry meanwhile.
 * Thread-safe.
 */
record Processing<K, V>(Parts<K, V> parts) {
    <T> Optional<T> invoke(K key, EntryProcessor<K, V, T> processor, Object... arguments) {
        return parts.locked(List.of(key), work -> process(work, key, processor, arguments));
    }

    /** One that fails changes nothing and does not keep the others from what they do. */
    <T> Map<K, EntryProcessorResult<T>> invokeAll(Collection<? extends K> keys, EntryProcessor<K, V, T> processor,
            Object... arguments) {
        var results = new HashMap<K, EntryProcessorResult<T>>();
        for (var batch : Encoded.<K>batches(List.copyOf(keys))) {
            results.putAll(parts.locked(batch, work -> {
                var some = new HashMap<K, EntryProcessorResult<T>>();
                batch.forEach(key -> tryProcess(work, key, processor, arguments)
                        .ifPresent(result -> some.put(key, result)));
                return some;
            }));
        }
        return results;
    }

    private <T> Optional<EntryProcessorResult<T>> tryProcess(LockedWork<K, V> work, K key,
            EntryProcessor<K, V, T> processor, Object... arguments) {
        try {
            return process(work, key, processor, arguments).map(result -> () -> result);
        } catch (RuntimeException e) {
            var failure = asProcessorException(e);
            return Optional.of(() -> {
                throw failure;
            });
        }
    }

    private <T> Optional<T> process(LockedWork<K, V> work, K key, EntryProcessor<K, V, T> processor,
            Object... arguments) {
        long begin = System.nanoTime();
        var found = work.find(key);
        var entry = new ProcessorEntry<>(key, found, parts.loading().filter(Loading::isReadThrough));
        Optional<T> result;
        try {
            result = Optional.ofNullable(processor.process(entry, arguments));
        } catch (RuntimeException e) {
            throw asProcessorException(e);
        }
        parts.statistics().hits(found.isPresent() ? 1 : 0, System.nanoTime() - begin);
        parts.statistics().misses(found.isPresent() ? 0 : 1, System.nanoTime() - begin);
        decide(work, entry, begin);
        return result;
    }

    private static EntryProcessorException asProcessorException(RuntimeException exception) {
        return exception instanceof EntryProcessorException processors
                ? processors
                : new EntryProcessorException("the entry processor failed: " + exception, exception);
    }

    private void decide(LockedWork<K, V> work, ProcessorEntry<K, V> entry, long begin) {
        var key = entry.getKey();
        switch (entry.outcome()) {
            case NOTHING -> {
                // stays as it is
            }
            case READ -> work.accessed(key);
            case LOADED -> work.create(parts.codec().entry(key, entry.value()));
            case CREATED, UPDATED -> {
                var encoded = parts.codec().entry(key, entry.value());
                parts.writing().ifPresent(writing -> writing.write(key, entry.value()));
                parts.statistics().puts(work.put(encoded) ? 1 : 0, System.nanoTime() - begin);
            }
            case REMOVED -> {
                parts.writing().ifPresent(writing -> writing.delete(key));
                parts.statistics().removals(work.remove(key) ? 1 : 0, System.nanoTime() - begin);
            }
        }
    }
}
