package dev.howdah.cache;

import dev.howdah.cache.EntryStore.Found;
import dev.howdah.postgres.UnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads what is missing, once. Within a process the first one loads and the others wait for its result; between processes the
 * one that holds the lease of the key loads, and the others look when they are woken, and now and then. A lease ends by
 * itself, so that a killed loader keeps nobody waiting longer. Its holder stores only while it still has it: whoever deletes
 * the entry takes the lease away, and what was loaded before may be old. Thread-safe.
 */
final class Loads {
    private static final Logger LOG = LoggerFactory.getLogger(Loads.class);

    static final String TAKE = """
        INSERT INTO cache_loads AS load (cache, key, holder, until)
        VALUES (:cache, :key, :holder, now() + :leaseMillis * interval '1 ms')
            ON CONFLICT (cache, key) DO UPDATE
           SET holder = EXCLUDED.holder, until = EXCLUDED.until
         WHERE load.until < now()
        """;

    static final String RELEASE = """
        DELETE FROM cache_loads
         WHERE cache = :cache AND key = :key AND holder = :holder
        """;

    /** Loads in the background at once, in this process; further stale values are served without. */
    private static final int REFRESHES_MAX = 64;
    private static final Duration LOOK_FIRST = Duration.ofMillis(10);
    private static final Duration LOOK_MAX = Duration.ofMillis(200);
    /** Leases that a caller waits for others. */
    private static final int PATIENCE = 4;

    private final CacheState state;
    private final Reader reader;
    private final Writer writer;
    private final LoadWakeUps wakeUps;
    private final Map<CacheKey, CompletableFuture<Optional<CacheValue>>> loading = new ConcurrentHashMap<>();
    private final Semaphore refreshes = new Semaphore(REFRESHES_MAX);

    Loads(CacheState state, Reader reader, Writer writer, LoadWakeUps wakeUps) {
        this.state = state;
        this.reader = reader;
        this.writer = writer;
        this.wakeUps = wakeUps;
    }

    /** A wish to load. */
    private record Request(CacheKey key, CacheLoader loader, EntryOptions options) {}

    Optional<CacheValue> getOrLoad(CacheKey key, CacheLoader loader, EntryOptions options) {
        var request = new Request(key, loader, options);
        var found = reader.find(key);
        if (found.isPresent() && found.get().live()) {
            count(key, found.get());
            return Optional.ofNullable(found.get().value());
        }
        var stale = found.map(Found::value);
        if (stale.isPresent()) {
            state.counters.staleHits.increment();
            state.counters.hit(key);
            refresh(request);
            return stale;
        }
        state.counters.misses.increment();
        return load(request);
    }

    private void count(CacheKey key, Found found) {
        if (found.value() == null) {
            state.counters.misses.increment();
        } else {
            state.counters.hit(key);
        }
    }

    private void refresh(Request request) {
        if (!loading.containsKey(request.key) && refreshes.tryAcquire()) {
            Thread.ofVirtual().name("howdah-cache-refresh").start(() -> {
                try {
                    var mine = new CompletableFuture<Optional<CacheValue>>();
                    if (loading.putIfAbsent(request.key, mine) == null) {
                        finish(request, mine, () -> loadIfFree(request).orElse(Optional.empty()));
                    }
                } catch (RuntimeException e) {
                    LOG.warn("\"{}\" of the cache {} was not refreshed; it is served stale until then: {}", request.key,
                            state.name, e.getMessage());
                } finally {
                    refreshes.release();
                }
            });
        }
    }

    private Optional<CacheValue> load(Request request) {
        var mine = new CompletableFuture<Optional<CacheValue>>();
        var first = loading.putIfAbsent(request.key, mine);
        if (first == null) {
            return finish(request, mine, () -> loadOrAwait(request));
        }
        try {
            return first.get(state.settings.loadLease().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return loadOrAwait(request); // as another process would
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private Optional<CacheValue> finish(Request request, CompletableFuture<Optional<CacheValue>> mine,
            Supplier<Optional<CacheValue>> work) {
        try {
            var value = work.get();
            mine.complete(value);
            return value;
        } catch (RuntimeException | Error e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            loading.remove(request.key, mine);
        }
    }

    private Optional<CacheValue> loadOrAwait(Request request) {
        long begin = System.nanoTime();
        long limit = state.settings.loadLease().multipliedBy(PATIENCE).toNanos();
        var pause = LOOK_FIRST;
        while (System.nanoTime() - begin < limit) {
            long seen = wakeUps.count();
            var loaded = loadIfFree(request);
            if (loaded.isPresent()) {
                return loaded.get();
            }
            try {
                wakeUps.await(seen, pause);
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
            pause = pause.multipliedBy(2).compareTo(LOOK_MAX) < 0 ? pause.multipliedBy(2) : LOOK_MAX;
        }
        throw new UnavailableException("cache-load-timeout", "others were loading \"" + request.key + "\" of the cache "
                + state.name + " for longer than " + Duration.ofNanos(limit).toSeconds() + " s",
                "try again; raise howdah.cache.load-lease if loading takes that long", null);
    }

    /** Empty if another process loads. */
    private Optional<Optional<CacheValue>> loadIfFree(Request request) {
        var present = reader.find(request.key).filter(Found::live);
        if (present.isPresent()) {
            return Optional.of(Optional.ofNullable(present.get().value()));
        }
        var holder = UUID.randomUUID();
        if (!take(request.key, holder)) {
            return Optional.empty();
        }
        try {
            // Whoever had the lease before may have stored between the look and the lease.
            present = reader.find(request.key).filter(Found::live);
            if (present.isPresent()) {
                release(request.key, holder);
                return Optional.of(Optional.ofNullable(present.get().value()));
            }
            state.counters.loads.increment();
            var value = request.loader.load(request.key);
            store(request, holder, value);
            return Optional.of(value);
        } catch (RuntimeException | Error e) {
            releaseAfter(request.key, holder, e);
            throw e;
        } finally {
            wakeUps.tell();
        }
    }

    private boolean take(CacheKey key, UUID holder) {
        return state.database.withHandle(handle -> handle.createUpdate(TAKE).bind("cache", state.definition().id())
                .bind("key", key.raw()).bind("holder", holder)
                .bind("leaseMillis", state.settings.loadLease().toMillis()).execute()) == 1;
    }

    private int release(CacheKey key, UUID holder) {
        return state.database.withHandle(handle -> handle.createUpdate(RELEASE).bind("cache", state.definition().id())
                .bind("key", key.raw()).bind("holder", holder).execute());
    }

    private void releaseAfter(CacheKey key, UUID holder, Throwable cause) {
        try {
            release(key, holder);
        } catch (RuntimeException e) {
            cause.addSuppressed(e); // it ends by itself
        }
    }

    private void store(Request request, UUID holder, Optional<CacheValue> value) {
        var negative = state.definition().options().negativeTtl();
        if (value.isEmpty() && negative.isZero()) {
            release(request.key, holder);
            return;
        }
        var write = value.map(given -> writer.write(request.key, given, request.options, null))
                .orElseGet(() -> writer.negative(request.key, negative));
        try {
            storeIfHeld(request, holder, write);
        } catch (UnavailableException e) {
            // The caller has what it asked for; the lease ends by itself.
            LOG.warn("\"{}\" was loaded but not stored in the cache {}: {}", request.key, state.name, e.getMessage());
        }
    }

    private void storeIfHeld(Request request, UUID holder, EntryStore.Write write) {
        state.database.useTransaction(tx -> {
            int held = tx.handle().createUpdate(RELEASE).bind("cache", state.definition().id())
                    .bind("key", request.key.raw()).bind("holder", holder).execute();
            if (held == 1) {
                // Not over what somebody has set meanwhile.
                writer.add(tx.handle().getConnection(), List.of(write), true);
            }
        });
        state.written(List.of(request.key));
    }

    private static UnavailableException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new UnavailableException("interrupted", "waiting for a value to be loaded was interrupted", "", e);
    }
}
