package dev.howdah.cache.jcache;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.event.CacheEntryCreatedListener;
import javax.cache.event.CacheEntryEventFilter;
import javax.cache.event.CacheEntryExpiredListener;
import javax.cache.event.CacheEntryListener;
import javax.cache.event.CacheEntryListenerException;
import javax.cache.event.CacheEntryRemovedListener;
import javax.cache.event.CacheEntryUpdatedListener;
import javax.cache.event.EventType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener with its filter. One that is not synchronous has a thread of its own, which keeps the order; who writes waits when
 * too much is waiting there.
 */
final class Registration<K, V> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Registration.class);
    /** Sets of events that wait for a listener. */
    private static final int WAITING_MAX = 10_000;

    private final CacheEntryListenerConfiguration<K, V> configuration;
    private final CacheEntryListener<? super K, ? super V> listener;
    private final Optional<CacheEntryEventFilter<? super K, ? super V>> filter;
    private final @Nullable ThreadPoolExecutor later;

    Registration(CacheEntryListenerConfiguration<K, V> configuration) {
        this.configuration = configuration;
        this.listener = configuration.getCacheEntryListenerFactory().create();
        this.filter = Optional.ofNullable(configuration.getCacheEntryEventFilterFactory())
                .map(factory -> factory.create());
        this.later = configuration.isSynchronous() ? null : executor();
    }

    private static ThreadPoolExecutor executor() {
        return new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING_MAX),
                Thread.ofVirtual().name("howdah-jcache-listener").factory(), Registration::await);
    }

    private static void await(Runnable work, ThreadPoolExecutor executor) {
        try {
            if (executor.isShutdown()) {
                throw new RejectedExecutionException("the listener was deregistered");
            }
            executor.getQueue().put(work);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RejectedExecutionException(e);
        }
    }

    CacheEntryListenerConfiguration<K, V> configuration() {
        return configuration;
    }

    boolean wants(EventType type) {
        return switch (type) {
            case CREATED -> listener instanceof CacheEntryCreatedListener;
            case UPDATED -> listener instanceof CacheEntryUpdatedListener;
            case REMOVED -> listener instanceof CacheEntryRemovedListener;
            case EXPIRED -> listener instanceof CacheEntryExpiredListener;
        };
    }

    void tell(EventType type, List<Event<K, V>> events) {
        if (!wants(type)) {
            return;
        }
        if (later == null) {
            deliver(type, events);
            return;
        }
        try {
            later.execute(() -> deliverLater(type, events));
        } catch (RejectedExecutionException e) {
            LOG.debug("A listener is gone; events are not told", e);
        }
    }

    private void deliverLater(EventType type, List<Event<K, V>> events) {
        try {
            deliver(type, events);
        } catch (CacheEntryListenerException e) {
            LOG.warn("A listener failed; its events are lost", e);
        }
    }

    private void deliver(EventType type, List<Event<K, V>> events) {
        try {
            var passing = events.stream().filter(event -> filter.isEmpty() || filter.get().evaluate(event)).toList();
            if (!passing.isEmpty()) {
                call(type, passing);
            }
        } catch (CacheEntryListenerException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new CacheEntryListenerException("a listener of the cache failed: " + e, e);
        }
    }

    @SuppressWarnings("unchecked") // listeners of supertypes take such events
    private void call(EventType type, List<Event<K, V>> events) {
        var given = (Iterable<javax.cache.event.CacheEntryEvent<? extends K, ? extends V>>) (Iterable<?>) events;
        switch (type) {
            case CREATED -> ((CacheEntryCreatedListener<K, V>) listener).onCreated(given);
            case UPDATED -> ((CacheEntryUpdatedListener<K, V>) listener).onUpdated(given);
            case REMOVED -> ((CacheEntryRemovedListener<K, V>) listener).onRemoved(given);
            case EXPIRED -> ((CacheEntryExpiredListener<K, V>) listener).onExpired(given);
        }
    }

    /** What waits is still told. */
    @Override
    public void close() {
        if (later != null) {
            later.shutdown();
        }
        Closing.close(listener);
        filter.ifPresent(Closing::close);
    }
}
