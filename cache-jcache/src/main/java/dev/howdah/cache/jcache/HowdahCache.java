package dev.howdah.cache.jcache;

import dev.howdah.postgres.HowdahException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.Configuration;
import javax.cache.expiry.ExpiryPolicy;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;
import javax.cache.integration.CompletionListener;
import javax.cache.processor.EntryProcessor;
import javax.cache.processor.EntryProcessorResult;
import org.jspecify.annotations.Nullable;

/**
 * A JCache cache whose entries are in PostgreSQL, so that every process that has a cache of the name on the database sees the same
 * ones. Loaders, writers and listeners are those of this process. What the database refuses comes as {@link CacheException} with
 * the {@link HowdahException} as its cause. Thread-safe.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
public final class HowdahCache<K, V> implements Cache<K, V> {
    private final HowdahCacheManager manager;
    private final String name;
    private final HowdahConfiguration<K, V> configuration;
    private final Parts<K, V> parts;
    private final Reading<K, V> reading;
    private final Changing<K, V> changing;
    private final Processing<K, V> processing;
    private final List<Object> given;
    private final BackgroundLoads loads = new BackgroundLoads();
    private volatile boolean isClosed;

    @SuppressWarnings("unchecked") // a writer of supertypes takes what is of the types
    HowdahCache(HowdahCacheManager manager, String name, HowdahConfiguration<K, V> configuration,
            dev.howdah.cache.Cache store, List<String> serializable) {
        this.manager = manager;
        this.name = name;
        this.configuration = configuration;
        ExpiryPolicy policy = configuration.getExpiryPolicyFactory().create();
        Optional<CacheLoader<K, V>> loader = Optional.ofNullable(configuration.getCacheLoaderFactory())
                .map(factory -> factory.create());
        Optional<CacheWriter<K, V>> writer = Optional.ofNullable(configuration.getCacheWriterFactory())
                .map(factory -> (CacheWriter<K, V>) (CacheWriter<?, ?>) factory.create());
        this.given = java.util.stream.Stream.of(Optional.of(policy), loader, writer).flatMap(Optional::stream)
                .map(Object.class::cast).toList();
        this.parts = new Parts<>(this, store, Codec.of(configuration, manager.getClassLoader(), serializable),
                new Expiry(policy), new Listeners<>(), new Statistics(),
                loader.map(some -> new Loading<>(some, configuration.isReadThrough())),
                writer.filter(some -> configuration.isWriteThrough()).map(Writing::new));
        this.reading = new Reading<>(parts);
        this.changing = new Changing<>(parts);
        this.processing = new Processing<>(parts);
        configuration.getCacheEntryListenerConfigurations().forEach(parts.listeners()::register);
        setManagementEnabled(configuration.isManagementEnabled());
        setStatisticsEnabled(configuration.isStatisticsEnabled());
    }

    private <T> T open(Supplier<T> work) {
        if (isClosed) {
            throw new IllegalStateException("the cache \"" + name + "\" is closed");
        }
        try {
            return work.get();
        } catch (HowdahException e) {
            throw new CacheException(e.getMessage(), e);
        }
    }

    private void opened(Runnable work) {
        open(() -> {
            work.run();
            return true;
        });
    }

    private static <T extends Iterable<?>> T checked(T keys) {
        Objects.requireNonNull(keys, "keys").forEach(key -> Objects.requireNonNull(key, "key"));
        return keys;
    }

    @Override
    public @Nullable V get(K key) {
        return open(() -> reading.get(key)).orElse(null);
    }

    @Override
    public Map<K, V> getAll(Set<? extends K> keys) {
        return open(() -> reading.getAll(checked(keys)));
    }

    @Override
    public boolean containsKey(K key) {
        return open(() -> reading.contains(key));
    }

    /** Returns at once; the listener is told by another thread, without a loader by this one. */
    @Override
    public void loadAll(Set<? extends K> keys, boolean replaceExistingValues,
            @Nullable CompletionListener completionListener) {
        var told = Optional.ofNullable(completionListener);
        opened(() -> parts.loading().ifPresentOrElse(loading -> {
            var copy = Set.<K>copyOf(checked(keys));
            copy.forEach(parts.codec()::key);
            start(() -> load(copy, replaceExistingValues, loading, told));
        }, () -> {
            checked(keys);
            told.ifPresent(CompletionListener::onCompletion);
        }));
    }

    private synchronized void start(Runnable load) {
        opened(() -> loads.start(load)); // none starts while the cache closes
    }

    private void load(Set<K> keys, boolean replace, Loading<K, V> loading, Optional<CompletionListener> told) {
        try {
            opened(() -> reading.loadAll(keys, replace, loading));
        } catch (RuntimeException e) {
            told.ifPresent(listener -> listener.onException(e));
            return;
        }
        told.ifPresent(CompletionListener::onCompletion);
    }

    @Override
    public void put(K key, V value) {
        opened(() -> changing.put(key, value));
    }

    @Override
    public @Nullable V getAndPut(K key, V value) {
        return open(() -> changing.getAndPut(key, value)).orElse(null);
    }

    /** Stores a thousand at a time, each thousand as a whole. */
    @Override
    public void putAll(Map<? extends K, ? extends V> map) {
        opened(() -> changing.putAll(map));
    }

    @Override
    public boolean putIfAbsent(K key, V value) {
        return open(() -> changing.putIfAbsent(key, value));
    }

    @Override
    public boolean remove(K key) {
        return open(() -> changing.remove(key));
    }

    @Override
    public boolean remove(K key, V oldValue) {
        return open(() -> changing.remove(key, oldValue));
    }

    @Override
    public @Nullable V getAndRemove(K key) {
        return open(() -> changing.getAndRemove(key)).orElse(null);
    }

    @Override
    public boolean replace(K key, V oldValue, V newValue) {
        return open(() -> changing.replace(key, oldValue, newValue));
    }

    @Override
    public boolean replace(K key, V value) {
        return open(() -> changing.replace(key, value));
    }

    @Override
    public @Nullable V getAndReplace(K key, V value) {
        return open(() -> changing.getAndReplace(key, value)).orElse(null);
    }

    /** Removes a thousand at a time, each thousand as a whole. */
    @Override
    public void removeAll(Set<? extends K> keys) {
        opened(() -> changing.removeAll(checked(keys)));
    }

    @Override
    public void removeAll() {
        opened(changing::removeAll);
    }

    @Override
    public void clear() {
        open(parts.store()::clear);
    }

    /** Holds a connection and the lock of the entry while the processor runs: it must not use the same entry by the cache. */
    @Override
    public <T> @Nullable T invoke(K key, EntryProcessor<K, V, T> entryProcessor, Object... arguments) {
        Objects.requireNonNull(entryProcessor, "entryProcessor");
        return open(() -> processing.invoke(key, entryProcessor, arguments)).orElse(null);
    }

    @Override
    public <T> Map<K, EntryProcessorResult<T>> invokeAll(Set<? extends K> keys, EntryProcessor<K, V, T> entryProcessor,
            Object... arguments) {
        Objects.requireNonNull(entryProcessor, "entryProcessor");
        return open(() -> processing.invokeAll(checked(keys), entryProcessor, arguments));
    }

    @Override
    public Iterator<Entry<K, V>> iterator() {
        return open(() -> new EntryPages<>(parts, reading, changing));
    }

    @Override
    public void registerCacheEntryListener(CacheEntryListenerConfiguration<K, V> cacheEntryListenerConfiguration) {
        opened(() -> {
            parts.listeners().register(cacheEntryListenerConfiguration);
            configuration.addCacheEntryListenerConfiguration(cacheEntryListenerConfiguration);
        });
    }

    @Override
    public void deregisterCacheEntryListener(CacheEntryListenerConfiguration<K, V> cacheEntryListenerConfiguration) {
        opened(() -> {
            parts.listeners().deregister(cacheEntryListenerConfiguration);
            configuration.removeCacheEntryListenerConfiguration(cacheEntryListenerConfiguration);
        });
    }

    void setManagementEnabled(boolean enabled) {
        configuration.setManagementEnabled(enabled);
        show(Management.Type.CONFIGURATION, enabled, new Management(configuration));
    }

    void setStatisticsEnabled(boolean enabled) {
        configuration.setStatisticsEnabled(enabled);
        parts.statistics().setEnabled(enabled);
        show(Management.Type.STATISTICS, enabled, parts.statistics());
    }

    private void show(Management.Type type, boolean shown, Object bean) {
        if (shown) {
            Management.register(type, manager.getURI(), name, bean);
        } else {
            Management.deregister(type, manager.getURI(), name);
        }
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public CacheManager getCacheManager() {
        return manager;
    }

    @Override
    public <C extends Configuration<K, V>> C getConfiguration(Class<C> type) {
        return Unwrapping.unwrap(configuration, type);
    }

    /** To {@link dev.howdah.cache.Cache}, too: the cache without the specification. */
    @Override
    public <T> T unwrap(Class<T> type) {
        return Unwrapping.unwrap(this, type, parts.store());
    }

    /** Leaves the entries where they are; waits for what is being loaded in the background. */
    @Override
    public synchronized void close() {
        if (!isClosed) {
            isClosed = true;
            manager.forget(name);
            loads.await();
            show(Management.Type.CONFIGURATION, false, this);
            show(Management.Type.STATISTICS, false, this);
            parts.listeners().close();
            given.forEach(Closing::close);
        }
    }

    @Override
    public boolean isClosed() {
        return isClosed;
    }
}
