package dev.howdah.cache;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Notifications;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The caches of a database by name.
 *
 * <pre>{@code
 * var caches = new Caches(database, CacheSettings.defaults());
 * caches.start();
 * var prices = caches.open("prices");
 * }</pre>
 *
 * One per process and database is enough. Thread-safe.
 */
public final class Caches implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Caches.class);
    private static final String CHANGED = "caches-changed";
    private static final String WRITTEN = "cache-written";
    private static final String PRESSED = "cache-pressed";
    static final String LOOKED = "cache-looked";
    /** So many fit into a message; writers of others do not wait. */
    private static final int TOLD_MAX = 500;
    /** Of a cache in a message, which anybody may have sent who can use the schema. */
    private static final Pattern ID = Pattern.compile("\\d{1,9}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,199}");

    private final Database database;
    private final CacheSettings settings;
    private final CacheCatalog catalog;
    private final EntryStore store;
    private final LoadWakeUps wakeUps;
    private final UUID self = UUID.randomUUID();
    private final Map<String, Cache> opened = new ConcurrentHashMap<>();
    private final List<Notifications.Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final AtomicBoolean subscribed = new AtomicBoolean();
    private final AtomicBoolean refreshing = new AtomicBoolean();
    private final CacheUpkeep upkeep;
    /** What is told when it is time to send: the latest, if there was more than one look. */
    private volatile Set<Integer> lastEvicted = Set.of();

    /** Does not touch the database yet. */
    public Caches(Database database, CacheSettings settings) {
        this.database = database;
        this.settings = settings;
        this.catalog = new CacheCatalog(database);
        this.store = new EntryStore(database);
        this.wakeUps = new LoadWakeUps(database.notifications());
        this.upkeep = new CacheUpkeep(database, settings, this, store);
    }

    /** Begins the housekeeping of this process: without it, counts are not stored and nothing that has expired is removed. */
    public void start() {
        subscribeOnce();
        upkeep.start();
    }

    private void subscribeOnce() {
        if (subscribed.compareAndSet(false, true)) {
            var notifications = database.notifications();
            subscriptions.add(notifications.subscribe(CHANGED, this::refreshSoon));
            subscriptions.add(notifications.subscribe(WRITTEN, new WrittenElsewhere()));
            subscriptions.add(notifications.subscribe(PRESSED, upkeep::press));
            subscriptions.add(notifications.subscribe(LOOKED, new LookedElsewhere()));
            subscriptions.add(wakeUps.subscribe());
        }
    }

    /** Tells all processes that somebody has looked for what is too much, and which caches had it. */
    void tellLooked(Set<Integer> evicted) {
        looked(evicted);
        lastEvicted = evicted;
        database.notifications().send(LOOKED, () -> List.of(self + lastEvicted.stream().limit(TOLD_MAX)
                .map(id -> " " + id).collect(Collectors.joining())));
    }

    private void looked(Set<Integer> evicted) {
        opened.values().forEach(cache -> cache.state().looked(evicted));
    }

    /** Stores what was counted, and ends the housekeeping of this process. Does not close the database. */
    @Override
    public void close() {
        upkeep.close();
        subscriptions.forEach(Notifications.Subscription::close);
    }

    /** The housekeeping, for those who want to do it themselves. */
    public CacheUpkeep upkeep() {
        return upkeep;
    }

    /** The cache of the name, which is created as the settings say if there is none. */
    public Cache open(String name) {
        return open(name, settings.options());
    }

    /** The cache of the name as it is, which is created with the options if there is none. */
    public Cache open(String name, CacheOptions options) {
        var known = opened.get(name);
        return known != null && !known.state().isDropped() ? known : opened(catalog.create(checkName(name), options));
    }

    /**
     * The cache of the name.
     *
     * @throws NotFoundException if there is none
     */
    public Cache get(String name) {
        var known = opened.get(name);
        return known != null && !known.state().isDropped()
                ? known
                : opened(catalog.find(name).orElseThrow(() -> CacheState.notFound(name)));
    }

    /** Creates a cache, or sets all options of the one that is there; every process knows within some milliseconds. */
    public Cache put(String name, CacheOptions options) {
        var cache = opened(catalog.put(checkName(name), options));
        database.notifications().wake(CHANGED);
        return cache;
    }

    /** All caches by name. */
    public List<CacheDescription> list() {
        return catalog.list().stream().map(CacheCatalog.Row::description).toList();
    }

    /**
     * One of them.
     *
     * @throws NotFoundException if there is none of the name
     */
    public CacheDescription describe(String name) {
        return catalog.find(name).orElseThrow(() -> CacheState.notFound(name)).description();
    }

    /** Drops a cache with everything in it, which is gone at once and removed from the disk later; whether it was there. */
    public boolean drop(String name) {
        boolean wasThere = catalog.drop(name).isPresent();
        var known = opened.get(name);
        if (known != null) {
            known.state().become(Optional.empty());
        }
        database.notifications().wake(CHANGED);
        return wasThere;
    }

    private static String checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidInputException("cache-name-invalid", "name", "\"" + name + "\" is no name of a cache",
                    "use up to 200 letters, digits, dots, colons, dashes and underscores, the first a letter or digit");
        }
        return name;
    }

    private Cache opened(CacheCatalog.Row row) {
        subscribeOnce();
        var cache = opened.computeIfAbsent(row.definition().name(), name -> new Cache(new CacheState(database, settings,
                store, row.definition(), this::tell, () -> database.notifications().wake(PRESSED)), wakeUps));
        know(cache, row);
        return cache;
    }

    private static void know(Cache cache, CacheCatalog.Row row) {
        cache.state().become(Optional.of(row.definition()));
        cache.state().setFull(row.isFull());
    }

    /** Those that this process uses. */
    Collection<Cache> opened() {
        return opened.values();
    }

    /** Learns what other processes have changed; what this one changes meanwhile is newer than what is read here. */
    void refresh() {
        var before = opened.values().stream().map(Cache::state).collect(Collectors.toMap(Function.identity(),
                CacheState::news));
        var rows = catalog.list().stream().collect(Collectors.toMap(row -> row.definition().name(),
                Function.identity()));
        before.forEach((state, news) -> {
            var row = Optional.ofNullable(rows.get(state.name));
            if (state.learn(news, row.map(CacheCatalog.Row::definition))) {
                row.ifPresent(found -> state.setFull(found.isFull()));
            }
        });
    }

    private void refreshSoon() {
        if (refreshing.compareAndSet(false, true)) {
            Thread.ofVirtual().name("howdah-caches").start(() -> {
                refreshing.set(false);
                try {
                    refresh();
                } catch (RuntimeException e) {
                    LOG.warn("Changes of caches are known with the next upkeep: {}", e.getMessage());
                }
            });
        }
    }

    private void tell(CacheState written) {
        database.notifications().send(WRITTEN, () -> opened.values().stream().map(Cache::state)
                .filter(state -> !state.isDropped()).map(this::untold).filter(text -> !text.isEmpty()).toList());
    }

    private String untold(CacheState state) {
        var stripes = state.near.takeUntold();
        return stripes.isEmpty() ? "" : self + " " + stripes + " " + state.name;
    }

    /** Forgets what other processes have written; what this one has, it knows already. */
    private final class WrittenElsewhere implements Notifications.Listener {
        @Override
        public void message(String text) {
            var parts = text.split(" ", 3);
            var cache = parts.length == 3 && !parts[0].equals(self.toString()) ? opened.get(parts[2]) : null;
            if (cache != null) {
                cache.state().near.told(parts[1]);
            }
        }

        @Override
        public void listening() {
            opened.values().forEach(cache -> cache.state().near.forgetAll());
        }
    }

    /** Lets writers go on that wait for whoever evicts. One who misses it waits for two seconds. */
    private final class LookedElsewhere implements Notifications.Listener {
        @Override
        public void message(String text) {
            var parts = text.split(" ");
            if (!parts[0].equals(self.toString())) {
                looked(Arrays.stream(parts).skip(1).filter(part -> ID.matcher(part).matches()).map(Integer::valueOf)
                        .collect(Collectors.toSet()));
            }
        }

        @Override
        public void listening() {}
    }
}
