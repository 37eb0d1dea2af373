package dev.howdah.knowledge.vector;

import dev.howdah.knowledge.collection.Filter;
import dev.howdah.knowledge.collection.FilterSql;
import dev.howdah.knowledge.collection.Metric;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.UnavailableException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jdbi.v3.core.Handle;

/**
 * Compares with every vector, needs no extension, and is exact up to about a million vectors: a copy in this process is
 * scanned as bytes, and the best of that are put in order by the vectors themselves. Filters are evaluated by PostgreSQL;
 * only what passes is compared.
 *
 * <p>Before a search, the copy takes in what was committed since it last looked (see {@link EntryChanges}).
 */
public final class ExactIndex implements VectorIndex {
    /** Candidates per neighbour: the order by bytes is nearly the true one. */
    private static final int CANDIDATES_PER_NEIGHBOUR = 4;
    private static final int CANDIDATES_MIN = 64;
    /** From which size of a copy on its scans take milliseconds. */
    private static final long SIMD_WORTH = 16 << 20;

    static final String COUNT = """
        SELECT count(*)
          FROM search_entries
         WHERE collection_id = :collection AND embedding IS NOT NULL
        """;

    private final Database database;
    private final long memoryMax;
    private final DotProducts dots;
    private final Map<Integer, Held> held = new ConcurrentHashMap<>();

    /** A collection's copy, and how far it has looked. */
    private static final class Held implements EntryChanges.Receiver {
        private final SharedLook<Held> looks = new SharedLook<>();
        private final ReadWriteLock lock = new ReentrantReadWriteLock();
        private final SearchCollection collection;
        private final VectorCopy copy;
        private final long memoryMax;
        private volatile boolean isOutgrown;
        private String since = EntryChanges.NOTHING;
        private volatile long lookedAt = System.nanoTime();

        private Held(SearchCollection collection, VectorCopy copy, long memoryMax) {
            this.collection = collection;
            this.copy = copy;
            this.memoryMax = memoryMax;
        }

        private boolean isUsable(SearchCollection now) {
            return collection.vectors().equals(now.vectors()) && isRecent() && !isOutgrown;
        }

        private boolean isRecent() {
            return System.nanoTime() - lookedAt < EntryChanges.LOOK_MAX.toNanos();
        }

        private Held look(Handle handle) {
            since = EntryChanges.read(handle, collection, since, this);
            lookedAt = System.nanoTime();
            return this;
        }

        @Override
        public void changed(long entry, String version, float[] vector) {
            lock.writeLock().lock();
            try {
                copy.put(entry, vector);
                if (copy.bytes() > memoryMax) {
                    if (!copy.withFloats()) {
                        throw tooLarge(collection, copy.size(), memoryMax);
                    }
                    isOutgrown = true; // the next search makes one that holds bytes alone
                }
            } finally {
                lock.writeLock().unlock();
            }
        }

        @Override
        public void removed(long entry) {
            lock.writeLock().lock();
            try {
                copy.remove(entry);
            } finally {
                lock.writeLock().unlock();
            }
        }
    }

    /**
     * Opens an index without copies; a collection is copied when it is first searched or prepared.
     *
     * @param memoryMax bytes that all copies together may take
     */
    public ExactIndex(Database database, long memoryMax) {
        this(database, memoryMax, DotProducts.best());
    }

    ExactIndex(Database database, long memoryMax, DotProducts dots) {
        this.database = database;
        this.memoryMax = memoryMax;
        this.dots = dots;
    }

    @Override
    public String kind() {
        return "exact";
    }

    @Override
    public List<Neighbour> nearest(SearchCollection collection, VectorQuery query) {
        var settings = collection.requireVectors();
        var vector = settings.checked(query.vector()).values();
        var among = query.filter().equals(Filter.none()) ? null : matching(collection, query.filter());
        var current = refreshed(collection);
        int wanted = Math.max(CANDIDATES_MIN, query.limit() * CANDIDATES_PER_NEIGHBOUR);
        Map<Long, float[]> candidates;
        current.lock.readLock().lock();
        try {
            candidates = vectors(current, current.copy.candidates(dots, vector, wanted, among));
        } finally {
            current.lock.readLock().unlock();
        }
        return nearest(settings.metric(), vector, candidates, query);
    }

    private static List<Neighbour> nearest(Metric metric, float[] vector, Map<Long, float[]> candidates,
            VectorQuery query) {
        double distanceMax = query.distanceMax().orElse(Double.POSITIVE_INFINITY);
        return candidates.entrySet().stream()
                .map(candidate -> new Neighbour(candidate.getKey(),
                        Distances.between(metric, vector, candidate.getValue())))
                .filter(neighbour -> neighbour.distance() <= distanceMax)
                .sorted(Comparator.comparingDouble(Neighbour::distance).thenComparingLong(Neighbour::entry))
                .limit(query.limit()).toList();
    }

    @Override
    public void prepare(SearchCollection collection) {
        refreshed(collection);
    }

    @Override
    public IndexState state(SearchCollection collection) {
        var current = held.get(collection.id());
        long bytes = current == null ? 0 : bytes(current);
        boolean isSlow = bytes > SIMD_WORTH && !DotProducts.isSimd();
        return new IndexState("exact", true, 1, bytes, isSlow
                ? List.of("scans would take a seventh of the time with the Vector API; start Java with --add-modules "
                        + "jdk.incubator.vector (HOWDAH_JAVA_OPTIONS), or install pgvector")
                : List.of());
    }

    private static long bytes(Held current) {
        current.lock.readLock().lock();
        try {
            return current.copy.bytes();
        } finally {
            current.lock.readLock().unlock();
        }
    }

    @Override
    public void close() {
        held.clear();
    }

    /** The entries that pass the filter, as PostgreSQL says. */
    private long[] matching(SearchCollection collection, Filter filter) {
        var sql = FilterSql.of(collection, filter);
        var ids = database.withHandle(handle -> sql.bind(handle.createQuery("SELECT id FROM search_entries WHERE "
                + sql.condition() + " AND embedding IS NOT NULL")).mapTo(Long.class).list());
        var array = ids.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(array); // entries lie in the order of their numbers, mostly
        return array;
    }

    private Map<Long, float[]> vectors(Held current, long[] entries) {
        var vectors = new HashMap<Long, float[]>();
        if (current.copy.withFloats()) {
            for (long entry : entries) {
                var vector = current.copy.vector(entry);
                if (vector != null) {
                    vectors.put(entry, vector);
                }
            }
            return vectors;
        }
        database.withHandle(handle -> {
            EntryChanges.vectors(handle, current.collection, Arrays.stream(entries).boxed().toList(),
                    new EntryChanges.Receiver() {
                        @Override
                        public void changed(long entry, String version, float[] vector) {
                            vectors.put(entry, vector);
                        }

                        @Override
                        public void removed(long entry) {
                            vectors.remove(entry);
                        }
                    });
            return true;
        });
        return vectors;
    }

    private Held refreshed(SearchCollection collection) {
        held.values().removeIf(copy -> !copy.isRecent()); // deleted since, or not searched any more
        var current = held.compute(collection.id(),
                (id, known) -> known != null && known.isUsable(collection)
                        ? known
                        : new Held(collection, empty(collection), memoryMax));
        return current.looks.fresh(() -> database.inTransaction(tx -> current.look(tx.handle())));
    }

    private static UnavailableException tooLarge(SearchCollection collection, long count, long room) {
        long needed = VectorCopy.bytes(count, collection.requireVectors().dimension(), false);
        return new UnavailableException("vector-memory-exceeded", "the " + count + " vectors of collection \""
                + collection.name() + "\" take " + (needed >> 20) + " MiB of memory, and " + (room >> 20)
                + " MiB are left", "raise howdah.knowledge.vector-memory-mb and the heap (-Xmx), or install pgvector",
                null);
    }

    private VectorCopy empty(SearchCollection collection) {
        long count = database.withHandle(handle -> handle.createQuery(COUNT).bind("collection", collection.id())
                .mapTo(Long.class).one());
        var settings = collection.requireVectors();
        long others = held.values().stream().filter(other -> other.collection.id() != collection.id())
                .mapToLong(other -> other.copy.bytes()).sum();
        long room = memoryMax - others;
        if (VectorCopy.bytes(count, settings.dimension(), false) > room) {
            throw tooLarge(collection, count, room);
        }
        // Half of the room at most, so that the copy may grow and others find a place.
        return new VectorCopy(settings.dimension(), settings.metric(),
                VectorCopy.bytes(count, settings.dimension(), true) <= room / 2);
    }
}
