package dev.howdah.cache.jcache;

import dev.howdah.cache.CacheOptions;
import dev.howdah.cache.Caches;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.HowdahException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.configuration.Configuration;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.spi.CachingProvider;
import org.jspecify.annotations.Nullable;

/**
 * The JCache caches of this process on one database. A cache that this manager creates is the one of the name in the database,
 * with what is in it; closing leaves it there, destroying drops it for all processes. Thread-safe.
 */
public final class HowdahCacheManager implements CacheManager {
    private static final CacheOptions OPTIONS = CacheOptions.DEFAULT.withDefaultTtl(Optional.empty());

    private final HowdahCachingProvider provider;
    private final URI uri;
    private final ClassLoader loader;
    private final Properties properties;
    private final Connected connected;
    private final Map<String, HowdahCache<?, ?>> managed = new ConcurrentHashMap<>();
    private volatile boolean isClosed;

    /**
     * What a manager works on.
     *
     * @param own the database, if it has to be closed with the manager
     * @param serializable patterns of types that Java's serialisation may read
     */
    record Connected(Caches caches, Optional<Database> own, List<String> serializable) {}

    HowdahCacheManager(HowdahCachingProvider provider, URI uri, ClassLoader loader, Properties properties,
            Connected connected) {
        this.provider = provider;
        this.uri = uri;
        this.loader = loader;
        this.properties = properties;
        this.connected = connected;
    }

    private void checkOpen() {
        if (isClosed) {
            throw new IllegalStateException("the cache manager " + uri + " is closed");
        }
    }

    private static <T> T translating(Supplier<T> work) {
        try {
            return work.get();
        } catch (HowdahException e) {
            throw new CacheException(e.getMessage(), e);
        }
    }

    @Override
    public CachingProvider getCachingProvider() {
        return provider;
    }

    @Override
    public URI getURI() {
        return uri;
    }

    @Override
    public ClassLoader getClassLoader() {
        return loader;
    }

    @Override
    public Properties getProperties() {
        return properties;
    }

    /**
     * Opens the cache of the name, which is created in the database if it is not there.
     *
     * @throws UnsupportedOperationException if it should store by reference: what is in a database is never the same object
     */
    @Override
    public synchronized <K, V, C extends Configuration<K, V>> Cache<K, V> createCache(String name, C configuration) {
        checkOpen();
        Objects.requireNonNull(name, "cacheName");
        Objects.requireNonNull(configuration, "configuration");
        if (!configuration.isStoreByValue()) {
            throw new UnsupportedOperationException("entries are stored in a database, and so by value");
        }
        if (managed.containsKey(name)) {
            throw new CacheException("there is a cache \"" + name + "\" already; get it, or destroy it first");
        }
        var complete = complete(configuration);
        var store = translating(() -> connected.caches.open(Names.stored(name), complete.options().orElse(OPTIONS)));
        var cache = new HowdahCache<>(this, name, complete, store, connected.serializable);
        managed.put(name, cache);
        return cache;
    }

    private static <K, V> HowdahConfiguration<K, V> complete(Configuration<K, V> configuration) {
        return configuration instanceof CompleteConfiguration<K, V> complete
                ? new HowdahConfiguration<>(complete)
                : new HowdahConfiguration<>(new MutableConfiguration<K, V>()
                        .setTypes(configuration.getKeyType(), configuration.getValueType()));
    }

    @Override
    @SuppressWarnings("unchecked") // the types were compared
    public <K, V> @Nullable Cache<K, V> getCache(String name, Class<K> keyType, Class<V> valueType) {
        Objects.requireNonNull(keyType, "keyType");
        Objects.requireNonNull(valueType, "valueType");
        var cache = find(name);
        if (cache.isPresent()) {
            var types = cache.get().getConfiguration(Configuration.class);
            checkType("keys", name, types.getKeyType(), keyType);
            checkType("values", name, types.getValueType(), valueType);
        }
        return (Cache<K, V>) cache.orElse(null);
    }

    private static void checkType(String what, String name, Class<?> actual, Class<?> asked) {
        if (!actual.equals(asked)) {
            throw new ClassCastException("the " + what + " of the cache \"" + name + "\" are " + actual.getName()
                    + ", not " + asked.getName());
        }
    }

    @Override
    @SuppressWarnings("unchecked") // the caller says so
    public <K, V> @Nullable Cache<K, V> getCache(String name) {
        return (Cache<K, V>) find(name).orElse(null);
    }

    private Optional<HowdahCache<?, ?>> find(String name) {
        checkOpen();
        return Optional.ofNullable(managed.get(Objects.requireNonNull(name, "cacheName")));
    }

    /** Those that this manager has created; others on the database are in {@link Caches#list}. */
    @Override
    public Iterable<String> getCacheNames() {
        checkOpen();
        return List.copyOf(managed.keySet());
    }

    /** Drops the cache for all processes, if this manager has created it. */
    @Override
    public synchronized void destroyCache(String name) {
        find(name).ifPresent(cache -> {
            cache.close();
            translating(() -> connected.caches.drop(Names.stored(name)));
        });
    }

    void forget(String name) {
        managed.remove(name);
    }

    @Override
    public void enableManagement(String name, boolean enabled) {
        find(name).ifPresent(cache -> cache.setManagementEnabled(enabled));
    }

    @Override
    public void enableStatistics(String name, boolean enabled) {
        find(name).ifPresent(cache -> cache.setStatisticsEnabled(enabled));
    }

    /** Closes its caches, which leaves them in the database. */
    @Override
    public synchronized void close() {
        if (!isClosed) {
            isClosed = true;
            provider.forget(this);
            List.copyOf(managed.values()).forEach(HowdahCache::close);
            connected.caches.close();
            connected.own.ifPresent(Database::close);
        }
    }

    @Override
    public boolean isClosed() {
        return isClosed;
    }

    /** To {@link Caches}, too: the caches without the specification. */
    @Override
    public <T> T unwrap(Class<T> type) {
        return Unwrapping.unwrap(this, type, connected.caches);
    }
}
