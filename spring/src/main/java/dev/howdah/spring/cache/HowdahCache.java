package dev.howdah.spring.cache;

import dev.howdah.cache.Cache;
import dev.howdah.cache.CacheKey;
import dev.howdah.cache.Caches;
import dev.howdah.cache.EntryOptions;
import dev.howdah.cache.EntryWrite;
import dev.howdah.spring.json.TypedJson;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.support.SimpleValueWrapper;

/**
 * A cache as Spring sees it. What Spring loads through it is loaded once for all threads of all processes.
 *
 * <p>What is stored but cannot be read is not deleted for a load: another version may read it. It is loaded under a key beside, which
 * names the version of what is replaced; so it is loaded once, too, and replaces nothing that has changed meanwhile.
 *
 * <p>Thread-safe.
 */
final class HowdahCache implements org.springframework.cache.Cache {
    /** What is loaded beside stays for those who have seen the same unreadable value a moment before. */
    private static final EntryOptions BESIDE = EntryOptions.DEFAULT.withTtl(Duration.ofMinutes(1));

    private final String name;
    private final Caches caches;
    private final StoredValues values;

    HowdahCache(String name, Caches caches, TypedJson json) {
        this.name = name;
        this.caches = caches;
        this.values = new StoredValues(name, json);
    }

    /** Asked for each time, which costs nothing: one that was dropped is created again. */
    private Cache cache() {
        return caches.open(name);
    }

    @Override
    public String getName() {
        return name;
    }

    /** The {@link Cache} below, for what Spring does not know of, such as tags. */
    @Override
    public Object getNativeCache() {
        return cache();
    }

    @Override
    public @Nullable ValueWrapper get(Object key) {
        return find(Keys.of(key));
    }

    private @Nullable ValueWrapper find(CacheKey key) {
        return cache().get(key).flatMap(values::read).orElse(null);
    }

    /** @throws IllegalStateException if it is of another type, as Spring asks for */
    @Override
    public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
        var found = find(Keys.of(key));
        var value = found == null ? null : found.get();
        if (value != null && type != null && !type.isInstance(value)) {
            throw new IllegalStateException("what the cache " + name + " has is no " + type.getName() + " but a "
                    + value.getClass().getName());
        }
        return unchecked(value);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Spring's contract leaves the type to the caller
    private static <T> @Nullable T unchecked(@Nullable Object value) {
        return (T) value;
    }

    @Override
    public <T> @Nullable T get(Object key, Callable<T> valueLoader) {
        return unchecked(load(Keys.of(key), new ValueLoader(key, valueLoader, values)).get());
    }

    private ValueWrapper load(CacheKey key, ValueLoader loader) {
        var found = cache().getOrLoad(key, loader);
        if (loader.loaded().isPresent()) {
            return loader.loaded().get();
        }
        if (found.isEmpty()) {
            return new SimpleValueWrapper(null); // others than Spring have stored that there is nothing
        }
        return values.read(found.get()).or(() -> replace(key, loader)).orElseGet(() -> loadOnly(key, loader));
    }

    /** Empty if it was deleted meanwhile, or what was loaded cannot be read, either. */
    private Optional<ValueWrapper> replace(CacheKey key, ValueLoader loader) {
        var cache = cache();
        var entry = cache.getEntry(key);
        var readable = entry.flatMap(there -> values.read(there.value()));
        if (entry.isEmpty() || readable.isPresent()) {
            return readable;
        }
        long version = entry.get().version();
        var loaded = cache.getOrLoad(Keys.beside(key, version), loader, BESIDE);
        loaded.ifPresent(value -> cache.compareAndSet(key, version, value, EntryOptions.DEFAULT));
        return loader.loaded().or(() -> loaded.flatMap(values::read));
    }

    private static ValueWrapper loadOnly(CacheKey key, ValueLoader loader) {
        loader.load(key);
        return loader.loaded().orElseThrow();
    }

    /** The value in a wrapper, or null if there is none. */
    @Override
    public CompletableFuture<?> retrieve(Object key) {
        var stored = Keys.of(key);
        return inBackground(() -> find(stored));
    }

    /** Calls the loader, if it must, in a thread of its own, which waits for what the loader promises. */
    @Override
    public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
        var stored = Keys.of(key);
        var loader = new ValueLoader(key, () -> await(valueLoader.get()), values);
        return inBackground(() -> HowdahCache.<T>unchecked(load(stored, loader).get()));
    }

    private static <T> T await(CompletableFuture<T> promised) throws Exception {
        try {
            return promised.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** Reading blocks; it does so in a virtual thread, and the database's pool bounds how many do at once. */
    private static <T> CompletableFuture<T> inBackground(Supplier<@Nullable T> work) {
        var result = new CompletableFuture<T>();
        Thread.ofVirtual().name("howdah-spring-cache").start(() -> {
            try {
                result.complete(work.get());
            } catch (ValueRetrievalException e) {
                result.completeExceptionally(e.getCause() == null ? e : e.getCause()); // as Spring asks for
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    @Override
    public void put(Object key, @Nullable Object value) {
        cache().set(Keys.of(key), values.write(value), EntryOptions.DEFAULT);
    }

    @Override
    public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
        var write = new EntryWrite(Keys.of(key), values.write(value), EntryOptions.DEFAULT);
        boolean added = cache().add(write.key(), write.value(), write.options()).isPresent();
        return added ? null : foundOrSet(write).orElse(null);
    }

    /** What is there, if it can be read; else nobody comes between the look and the write. */
    private Optional<ValueWrapper> foundOrSet(EntryWrite write) {
        return cache().locked(List.of(write.key()), entries -> {
            var found = Optional.ofNullable(entries.found().get(write.key()))
                    .flatMap(entry -> values.read(entry.value()));
            if (found.isEmpty()) {
                entries.set(List.of(write));
            }
            return found;
        });
    }

    @Override
    public void evict(Object key) {
        evictIfPresent(key);
    }

    @Override
    public boolean evictIfPresent(Object key) {
        return cache().delete(Keys.of(key));
    }

    @Override
    public void clear() {
        cache().clear();
    }

    @Override
    public boolean invalidate() {
        return cache().clear() > 0;
    }
}
