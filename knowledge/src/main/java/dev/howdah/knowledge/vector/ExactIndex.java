package dev.howdah.knowledge.vector;

import dev.howdah.knowledge.collection.Filter;
import dev.howdah.knowledge.collection.FilterSql;
import dev.howdah.knowledge.collection.Metric;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.UnavailableException;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementCustomizer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

/**
 * Compares with every vector, needs no extension, and is exact up to about a million vectors: a copy in this process is
 * scanned as bytes, and the best of that are put in order by the vectors themselves. Filters are evaluated by PostgreSQL;
 * only what passes is compared.
 *
 * <p>Before a search, the copy takes in what was committed since it last looked. Every row carries the transaction that
 * last changed it, and a look remembers its snapshot: the next one reads the rows of those transactions that this
 * snapshot did not see. Numbers of transactions are not in the order of their commits; snapshots are.
 */
public final class ExactIndex implements VectorIndex {
    /** Candidates per neighbour: the order by bytes is nearly the true one. */
    private static final int CANDIDATES_PER_NEIGHBOUR = 4;
    private static final int CANDIDATES_MIN = 64;
    private static final int FETCH = 2_000;
    /** From which size of a copy on its scans take milliseconds. */
    private static final long SIMD_WORTH = 16 << 20;
    /** Deletions are remembered for a day; a copy that has not looked for half of one is made anew. */
    private static final Duration LOOK_MAX = Duration.ofHours(12);
    /** A snapshot that sees nothing. */
    private static final String NOTHING = "1:1:";

    static final String CHANGES = """
        SELECT CAST(pg_current_snapshot() AS text) AS snapshot, NULL AS entry, CAST(NULL AS real[]) AS embedding
        UNION ALL
        SELECT NULL, entry_id, NULL
          FROM search_deletions
         WHERE collection_id = :collection AND changed >= pg_snapshot_xmin(CAST(:since AS pg_snapshot))
           AND NOT pg_visible_in_snapshot(changed, CAST(:since AS pg_snapshot))
        UNION ALL
        SELECT NULL, id, embedding
          FROM search_entries
         WHERE collection_id = :collection AND changed >= pg_snapshot_xmin(CAST(:since AS pg_snapshot))
           AND NOT pg_visible_in_snapshot(changed, CAST(:since AS pg_snapshot))
        """;
    static final String VECTORS = """
        SELECT id AS entry, embedding
          FROM search_entries
         WHERE id = ANY (:entries) AND embedding IS NOT NULL
        """;
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
    private static final class Held {
        private final Lock refreshing = new ReentrantLock();
        private final AtomicLong asked = new AtomicLong();
        private long seen;
        private final ReadWriteLock lock = new ReentrantReadWriteLock();
        private final SearchCollection collection;
        private final VectorCopy copy;
        private String since = NOTHING;
        private volatile long lookedAt = System.nanoTime();

        private Held(SearchCollection collection, VectorCopy copy) {
            this.collection = collection;
            this.copy = copy;
        }

        private boolean isUsable(SearchCollection now) {
            return collection.vectors().equals(now.vectors())
                    && System.nanoTime() - lookedAt < LOOK_MAX.toNanos();
        }

        /** Looks, unless somebody else's look began after this call did. */
        private void refresh(Runnable look) {
            long ticket = asked.incrementAndGet();
            refreshing.lock();
            try {
                if (seen < ticket) {
                    long all = asked.get();
                    look.run();
                    seen = all;
                    lookedAt = System.nanoTime();
                }
            } finally {
                refreshing.unlock();
            }
        }

        /** Takes in an entry; without a vector, it is not to be found any more. */
        private void apply(long entry, byte @Nullable [] vector) {
            lock.writeLock().lock();
            try {
                if (vector == null) {
                    copy.remove(entry);
                } else {
                    copy.put(entry, floats(vector));
                }
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
            candidates = vectors(current.copy, current.copy.candidates(dots, vector, wanted, among));
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

    private Map<Long, float[]> vectors(VectorCopy copy, long[] entries) {
        var vectors = new HashMap<Long, float[]>();
        if (copy.withFloats()) {
            for (long entry : entries) {
                var vector = copy.vector(entry);
                if (vector != null) {
                    vectors.put(entry, vector);
                }
            }
            return vectors;
        }
        database.withHandle(handle -> binary(handle.createQuery(VECTORS)).bind("entries",
                Arrays.stream(entries).boxed().toArray(Long[]::new))
                .map((row, context) -> Map.entry(row.getLong("entry"), floats(row.getBytes("embedding")))).list())
                .forEach(found -> vectors.put(found.getKey(), found.getValue()));
        return vectors;
    }

    private Held refreshed(SearchCollection collection) {
        var current = held.compute(collection.id(),
                (id, known) -> known != null && known.isUsable(collection)
                        ? known
                        : new Held(collection, empty(collection)));
        current.refresh(() -> database.useTransaction(tx -> look(tx.handle(), current)));
        return current;
    }

    private VectorCopy empty(SearchCollection collection) {
        long count = database.withHandle(handle -> handle.createQuery(COUNT).bind("collection", collection.id())
                .mapTo(Long.class).one());
        var settings = collection.requireVectors();
        long others = held.values().stream().mapToLong(other -> other.copy.bytes()).sum();
        long room = memoryMax - others;
        if (VectorCopy.bytes(count, settings.dimension(), false) > room) {
            throw new UnavailableException("vector-memory-exceeded", "the " + count + " vectors of collection \""
                    + collection.name() + "\" take " + (VectorCopy.bytes(count, settings.dimension(), false) >> 20)
                    + " MiB of memory, and " + (room >> 20) + " MiB are left",
                    "raise howdah.knowledge.vector-memory-mb and the heap (-Xmx), or install pgvector", null);
        }
        // Half of the room at most, so that the copy may grow and others find a place.
        return new VectorCopy(settings.dimension(), settings.metric(),
                VectorCopy.bytes(count, settings.dimension(), true) <= room / 2);
    }

    /** Streams, because the first look reads everything. */
    private static void look(Handle handle, Held current) {
        binary(handle.createQuery(CHANGES)).bind("collection", current.collection.id()).bind("since", current.since)
                .setFetchSize(FETCH).scanResultSet((results, context) -> {
                    var rows = results.get();
                    var snapshot = current.since;
                    while (rows.next()) {
                        var given = rows.getString("snapshot");
                        if (given == null) {
                            current.apply(rows.getLong("entry"), rows.getBytes("embedding"));
                        } else {
                            snapshot = given;
                        }
                    }
                    current.since = snapshot;
                    return snapshot;
                });
    }

    /** Vectors travel as they are; as text, reading them would take most of the time. */
    private static Query binary(Query query) {
        return query.addCustomizer(new StatementCustomizer() {
            @Override
            public void beforeExecution(PreparedStatement statement, StatementContext context) throws SQLException {
                statement.unwrap(PGStatement.class).setPrepareThreshold(-1);
            }
        });
    }

    /** An array of {@code real} as the server sends it: five integers of header, then length and value of each. */
    private static float[] floats(byte[] array) {
        var buffer = ByteBuffer.wrap(array);
        var values = new float[buffer.getInt(3 * Integer.BYTES)];
        for (int i = 0; i < values.length; i++) {
            values[i] = buffer.getFloat((5 + 2 * i + 1) * Integer.BYTES);
        }
        return values;
    }
}
