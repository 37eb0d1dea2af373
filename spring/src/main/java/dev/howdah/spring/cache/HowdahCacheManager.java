package dev.howdah.spring.cache;

import dev.howdah.cache.Caches;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.spring.json.TypedJson;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.transaction.TransactionAwareCacheDecorator;
import org.springframework.util.ClassUtils;

/**
 * Howdah's caches for Spring. A cache is opened the first time it is asked for, and created as the settings say if the database has
 * none of the name; all processes on the database share it.
 *
 * <pre>{@code
 * @Bean
 * CacheManager cacheManager(Caches caches, TypedJson json) {
 *     return new HowdahCacheManager(caches, json);
 * }
 * }</pre>
 *
 * Does not close the caches it was given. Thread-safe.
 */
public final class HowdahCacheManager implements CacheManager {
    private final Caches caches;
    private final TypedJson json;
    private final Set<String> names;
    private final boolean transactionAware;
    private final Map<String, Cache> opened = new ConcurrentHashMap<>();

    /** Caches of any name, which do not wait for transactions. */
    public HowdahCacheManager(Caches caches, TypedJson json) {
        this(caches, json, Set.of(), false);
    }

    /**
     * @param json by which values are stored
     * @param names the only caches there are; if there is none, those of any name
     * @param transactionAware whether what is put, evicted and cleared within a transaction of Spring's happens after its commit, and
     *        not at all if it rolls back. {@code putIfAbsent}, {@code evictIfPresent}, {@code invalidate} and what is loaded with
     *        {@code sync} happen at once nevertheless
     * @throws InvalidInputException if it is to be aware of transactions without Spring's classes for it
     */
    public HowdahCacheManager(Caches caches, TypedJson json, Collection<String> names, boolean transactionAware) {
        this.caches = caches;
        this.json = json;
        this.names = Collections.unmodifiableSet(new TreeSet<>(names));
        this.transactionAware = transactionAware;
        if (transactionAware) {
            checkTransactions();
        }
    }

    private static void checkTransactions() {
        var loader = HowdahCacheManager.class.getClassLoader();
        if (!ClassUtils.isPresent("org.springframework.cache.transaction.TransactionAwareCacheDecorator", loader)
                || !ClassUtils.isPresent("org.springframework.transaction.support.TransactionSynchronization",
                        loader)) {
            throw new InvalidInputException("spring-transactions-missing", "transactionAware",
                    "is on, but Spring's classes for caches in transactions are not on the class path",
                    "add spring-context-support and spring-tx, or switch it off");
        }
    }

    /** The cache of the name; null if the manager has names and it is none of them. */
    @Override
    public @Nullable Cache getCache(String name) {
        var known = opened.get(name);
        if (known != null) {
            return known;
        }
        return names.isEmpty() || names.contains(name) ? opened.computeIfAbsent(name, this::open) : null;
    }

    private Cache open(String name) {
        caches.open(name);
        var cache = new HowdahCache(name, caches, json);
        return transactionAware ? new TransactionAwareCacheDecorator(cache) : cache;
    }

    /** The given names, or those that were asked for; never those of others on the database, since Spring may clear all it knows. */
    @Override
    public Collection<String> getCacheNames() {
        return names.isEmpty() ? Collections.unmodifiableSet(new TreeSet<>(opened.keySet())) : names;
    }
}
