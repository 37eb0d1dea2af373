package dev.howdah.cache.jcache;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.event.EventType;

/**
 * The listeners of a cache in this process. They hear of what this process does, after the commit: synchronous ones before the
 * call returns, others later and in the same order. What other processes do is not heard, and nobody is told when time ends an
 * entry. Thread-safe.
 */
final class Listeners<K, V> implements AutoCloseable {
    private final List<Registration<K, V>> registrations = new CopyOnWriteArrayList<>();

    /** @throws IllegalArgumentException if it is registered already */
    synchronized void register(CacheEntryListenerConfiguration<K, V> configuration) {
        if (registrations.stream().anyMatch(one -> one.configuration().equals(configuration))) {
            throw new IllegalArgumentException("this listener is registered already; use another configuration");
        }
        registrations.add(new Registration<>(configuration));
    }

    synchronized void deregister(CacheEntryListenerConfiguration<K, V> configuration) {
        var leaving = registrations.stream().filter(one -> one.configuration().equals(configuration)).toList();
        registrations.removeAll(leaving);
        leaving.forEach(Registration::close);
    }

    /** Whether somebody listens to such events. */
    boolean want(EventType type) {
        return registrations.stream().anyMatch(one -> one.wants(type));
    }

    /** @throws javax.cache.event.CacheEntryListenerException if a synchronous listener fails, once all were told */
    void tell(List<Event<K, V>> events) {
        if (events.isEmpty()) {
            return;
        }
        var byType = new EnumMap<EventType, List<Event<K, V>>>(EventType.class);
        events.forEach(event -> byType.computeIfAbsent(event.getEventType(), type -> new ArrayList<>()).add(event));
        var failures = new ArrayList<RuntimeException>();
        for (var registration : registrations) {
            byType.forEach((type, some) -> {
                try {
                    registration.tell(type, some);
                } catch (RuntimeException e) {
                    failures.add(e);
                }
            });
        }
        if (!failures.isEmpty()) {
            var first = failures.removeFirst();
            failures.forEach(first::addSuppressed);
            throw first;
        }
    }

    @Override
    public void close() {
        registrations.forEach(Registration::close);
        registrations.clear();
    }
}
