package dev.howdah.cache.jcache;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.cache.Cache;
import javax.cache.integration.CacheWriter;
import javax.cache.integration.CacheWriterException;

/**
 * Write-through: the writer is called while the entries are locked and before they are stored, so that what it writes and what is
 * stored has one order over all processes. If it fails, nothing is stored.
 */
record Writing<K, V>(CacheWriter<K, V> writer) {
    /**
     * How far a writer has come with many entries.
     *
     * @param done keys of those that it has dealt with
     * @param failure why it did not with the others
     */
    record Progress<K>(Set<K> done, Optional<CacheWriterException> failure) {
        void throwFailure() {
            failure.ifPresent(exception -> {
                throw exception;
            });
        }
    }

    void write(K key, V value) {
        calling(() -> writer.write(new HowdahEntry<>(key, value))).ifPresent(Writing::fail);
    }

    void delete(K key) {
        calling(() -> writer.delete(key)).ifPresent(Writing::fail);
    }

    private static void fail(CacheWriterException exception) {
        throw exception;
    }

    /** The writer takes out of the collection what it has written. */
    Progress<K> writeAll(List<Encoded<K, V>> entries) {
        var left = new LinkedHashMap<Cache.Entry<? extends K, ? extends V>, K>();
        entries.forEach(entry -> left.put(new HowdahEntry<>(entry.key(), entry.value()), entry.key()));
        var failure = calling(() -> writer.writeAll(left.keySet()));
        var done = new HashSet<>(entries.stream().map(Encoded::key).toList());
        failure.ifPresent(any -> done.removeAll(Set.copyOf(left.values())));
        return new Progress<>(done, failure);
    }

    /** The writer takes out of the collection what it has deleted. */
    Progress<K> deleteAll(Collection<? extends K> keys) {
        var left = new HashSet<K>(keys);
        var failure = calling(() -> writer.deleteAll(left));
        var done = new HashSet<K>(keys);
        failure.ifPresent(any -> done.removeAll(left));
        return new Progress<>(done, failure);
    }

    private static Optional<CacheWriterException> calling(Runnable call) {
        try {
            call.run();
            return Optional.empty();
        } catch (CacheWriterException e) {
            return Optional.of(e);
        } catch (RuntimeException e) {
            return Optional.of(new CacheWriterException("the cache's writer failed: " + e, e));
        }
    }
}
