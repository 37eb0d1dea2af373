package dev.howdah.cache;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.NotFoundException;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** What the parts of a cache share within a process. Thread-safe. */
final class CacheState {
    final String name;
    final Database database;
    final CacheSettings settings;
    final EntryStore store;
    final Counters counters = new Counters();
    final NearCache near;
    final Pressure pressure;
    private final Consumer<CacheState> tell;
    private volatile Optional<Definition> definition;
    private volatile boolean isFull;
    private long news;

    /**
     * The state of a cache that was just opened.
     *
     * @param tell called when others have to be told of writes
     * @param pressed called when so much was written that the cache may exceed its bounds
     */
    CacheState(Database database, CacheSettings settings, EntryStore store, Definition definition,
            Consumer<CacheState> tell, Runnable pressed) {
        this.name = definition.name();
        this.database = database;
        this.settings = settings;
        this.store = store;
        this.tell = tell;
        this.near = new NearCache(database.notifications()::isListening);
        this.pressure = new Pressure(pressed);
        this.definition = Optional.of(definition);
        near.apply(definition.options());
    }

    /**
     * As it is known now.
     *
     * @throws NotFoundException if it was dropped
     */
    Definition definition() {
        return definition.orElseThrow(() -> notFound(name));
    }

    static NotFoundException notFound(String name) {
        return new NotFoundException("cache-not-found", "there is no cache \"" + name + "\"",
                "create it with: howdah cache create " + name);
    }

    boolean isDropped() {
        return definition.isEmpty();
    }

    /** How often something has become known; to be asked before the catalog is read. */
    synchronized long news() {
        return news;
    }

    /** Takes what was read of the catalog, unless something has become known since before it was read; whether it did. */
    synchronized boolean learn(long before, Optional<Definition> read) {
        boolean isLatest = news == before;
        if (isLatest) {
            become(read);
        }
        return isLatest;
    }

    synchronized void become(Optional<Definition> known) {
        boolean isAnother = !known.map(Definition::id).equals(definition.map(Definition::id));
        definition = known;
        news++;
        known.ifPresent(found -> near.apply(found.options()));
        if (isAnother) {
            near.forgetAll();
        }
    }

    /** Whether new keys are to be refused. */
    boolean isFull() {
        return isFull;
    }

    void setFull(boolean value) {
        isFull = value;
    }

    /** Somebody has looked for what is too much, and found it in these caches. */
    void looked(Set<Integer> evicted) {
        pressure.looked(definition.filter(known -> evicted.contains(known.id())).isPresent());
    }

    /** To be called after the commit of a write, before its caller goes on. */
    void written(Collection<CacheKey> keys) {
        if (near.written(keys)) {
            tell.accept(this);
        }
    }

    /** The same for a write of unknown keys. */
    void writtenAll() {
        if (near.writtenAll()) {
            tell.accept(this);
        }
    }
}
