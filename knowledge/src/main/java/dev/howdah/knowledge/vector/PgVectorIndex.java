package dev.howdah.knowledge.vector;

import com.pgvector.PGhalfvec;
import com.pgvector.PGvector;
import dev.howdah.knowledge.collection.Filter;
import dev.howdah.knowledge.collection.FilterSql;
import dev.howdah.knowledge.collection.IndexSettings;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.collection.VectorSettings;
import dev.howdah.postgres.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.argument.Argument;
import tools.jackson.databind.json.JsonMapper;

/**
 * Lets pgvector find the neighbours: one partial index per collection over {@code embedding} as {@code vector(n)}, or as
 * {@code halfvec(n)} beyond 2,000 dimensions. The column itself stays an array of {@code real}, so that the rows outlive
 * the extension, and dropping it drops only indexes.
 *
 * <p><b>A filtered search is never short.</b> An index that goes through neighbours until it has ten finds few among them
 * when the filter is narrow. So it is counted first: where few entries pass, they are all compared, found
 * through the B-tree of the declared field; where many pass, the index goes on (iterative scan) until enough have passed; and
 * if it gives up before, all that pass are compared after all.
 *
 * <p>Statements differ in dimension, operator and filter, and are put together from fixed pieces; values are parameters. The
 * vector is bound as such: as text with a cast, a generic plan would parse it again for every row.
 */
public final class PgVectorIndex implements VectorIndex {
    /** Up to so many entries are compared one by one: below it is faster than the index with the same recall. */
    static final int EXACT_MAX = 2_000;
    /** From how many entries on an index is worth its upkeep. */
    static final int INDEX_MIN = 1_000;

    private static final int VECTOR_MAX = 2_000;
    private static final int HALFVEC_MAX = 4_000;
    private static final int EF_MAX = 1_000;
    /** An iterative scan brings those that pass in nearly the right order: more than are wanted, so that none is missed. */
    private static final int CANDIDATES_PER_NEIGHBOUR = 2;
    /** IVFFlat: clusters searched where nothing else is said. */
    private static final int PROBES = 32;
    /** Entries that an iterative scan looks at before it gives up. */
    private static final int SCAN_MAX = 100_000;
    private static final int COUNTED_MAX = 1_000;
    /** A graph that fits is built several times as fast. */
    private static final String BUILD_MEMORY = "512MB";
    private static final JsonMapper JSON = JsonMapper.shared();

    static final String VERSION = """
        SELECT extversion
          FROM pg_extension
         WHERE extname = 'vector'
        """;
    static final String INDEX = """
        SELECT i.indisvalid AS valid, coalesce(obj_description(c.oid, 'pg_class'), '') AS settings,
               pg_relation_size(c.oid) AS bytes
          FROM pg_class c
          JOIN pg_index i ON i.indexrelid = c.oid
         WHERE c.relname = :name AND c.relnamespace = CAST(current_schema() AS regnamespace)
        """;
    static final String PROGRESS = """
        SELECT CASE WHEN tuples_total > 0 THEN CAST(tuples_done AS float8) / tuples_total ELSE 0 END
          FROM pg_stat_progress_create_index
         WHERE relid = CAST('search_entries' AS regclass) AND index_relid = CAST(to_regclass(:name) AS oid)
        """;
    static final String COUNT = """
        SELECT count(*)
          FROM search_entries
         WHERE collection_id = :collection AND embedding IS NOT NULL
        """;

    // The planner takes going through all that pass and sorting them for cheaper than it is.
    static final String BY_INDEX = """
        SELECT set_config('enable_sort', 'off', true)
        """;

    private final Database database;
    private final Map<Counted, Boolean> narrow = Collections.synchronizedMap(new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Counted, Boolean> eldest) {
            return size() > COUNTED_MAX;
        }
    });

    /** A filter, in the minute in which its entries were counted. */
    private record Counted(int collection, Filter filter, long minute) {}

    /** An index as the catalogue has it. */
    private record Built(boolean valid, String settings, long bytes) {}

    public PgVectorIndex(Database database) {
        this.database = database;
    }

    /** The extension's version on this server; absent if it is not installed in this database. */
    public static Optional<String> version(Database database) {
        return database.withHandle(handle -> handle.createQuery(VERSION).mapTo(String.class).findOne());
    }

    @Override
    public String kind() {
        return "pgvector";
    }

    /** Whether pgvector can index such vectors. */
    public static boolean supports(VectorSettings settings) {
        return settings.dimension() <= HALFVEC_MAX;
    }

    @Override
    public List<Neighbour> nearest(SearchCollection collection, VectorQuery query) {
        var settings = collection.requireVectors();
        settings.checked(query.vector());
        var filter = FilterSql.of(collection, query.filter());
        boolean filtered = !query.filter().equals(Filter.none());
        if (!filtered || !isNarrow(collection, query.filter(), filter)) {
            var sql = indexed(settings, filter, query.limit());
            var found = filtered
                    ? database.inTransaction(tx -> {
                        tx.handle().createQuery(BY_INDEX).mapTo(String.class).one();
                        return run(tx.handle(), sql, settings, filter, query);
                    })
                    : database.read(handle -> run(handle, sql, settings, filter, query));
            if (found.size() == query.limit()) {
                return near(found, query);
            }
        }
        return near(database.read(handle -> run(handle, exact(settings, filter), settings, filter, query)),
                query);
    }

    private static List<Neighbour> near(List<Neighbour> found, VectorQuery query) {
        double distanceMax = query.distanceMax().orElse(Double.POSITIVE_INFINITY);
        return found.stream().filter(neighbour -> neighbour.distance() <= distanceMax).toList();
    }

    @Override
    public void prepare(SearchCollection collection) {
        var settings = collection.requireVectors();
        var name = indexName(collection);
        var wanted = JSON.writeValueAsString(settings.index()) + " " + settings.metric();
        var built = built(name);
        if (built.isPresent() && built.get().valid() && built.get().settings().equals(wanted)) {
            return;
        }
        long count = database.withHandle(handle -> handle.createQuery(COUNT).bind("collection", collection.id())
                .mapTo(Long.class).one());
        if (count < INDEX_MIN) {
            return;
        }
        var version = version(database).orElse("");
        database.useOwnConnection(connection -> build(connection, collection, name, wanted, count, version));
    }

    @Override
    public IndexState state(SearchCollection collection) {
        var settings = collection.requireVectors();
        var warnings = new ArrayList<String>();
        version(database).flatMap(PgVectorIndex::warning).ifPresent(warnings::add);
        var built = built(indexName(collection));
        if (built.isPresent() && built.get().valid()) {
            return new IndexState(settings.index().method().name().toLowerCase(Locale.ROOT), true, 1,
                    built.get().bytes(), warnings);
        }
        double progress = built.isEmpty()
                ? 1
                : database.withHandle(handle -> handle.createQuery(PROGRESS)
                        .bind("name", indexName(collection)).mapTo(Double.class).findOne().orElse(0.0));
        return new IndexState("exact", false, progress, 0, warnings);
    }

    @Override
    public void close() {
        // it holds nothing
    }

    /** What is wrong with a version of the extension, if something is. */
    static Optional<String> warning(String version) {
        return olderThan(version, 0, 8, 4)
                ? Optional.of(
                        "pgvector " + version + " can lose entries of an HNSW index during vacuum; update it to 0.8.4 "
                                + "or newer, then: ALTER EXTENSION vector UPDATE, and REINDEX")
                : Optional.empty();
    }

    /** Whether the version has iterative scans, without which filtered searches would be short. */
    static boolean isUsable(String version) {
        return !olderThan(version, 0, 8, 0);
    }

    private static boolean olderThan(String version, int... least) {
        var parts = version.split("[.]", -1);
        for (int i = 0; i < least.length; i++) {
            int part = i < parts.length && parts[i].matches("[0-9]{1,6}") ? Integer.parseInt(parts[i]) : 0;
            if (part != least[i]) {
                return part < least[i];
            }
        }
        return false;
    }

    private static List<Neighbour> run(Handle handle, String sql, VectorSettings settings, FilterSql filter,
            VectorQuery query) {
        return filter.bind(handle.createQuery(sql))
                .bind("vector", vector(settings, query.vector().values()))
                .bind("limit", query.limit())
                .bind("candidates", CANDIDATES_PER_NEIGHBOUR * query.limit())
                .map((row, context) -> new Neighbour(row.getLong("id"), row.getDouble("distance")))
                .list();
    }

    /** Compares all that pass: the sum hides the expression from the vector's index, which would find too few. */
    private static String exact(VectorSettings settings, FilterSql filter) {
        return nearest(distance(settings) + " + 0", filter.condition());
    }

    /** Goes through the index; what it needs is set for this statement alone, before its first row is asked for. */
    private static String indexed(VectorSettings settings, FilterSql filter, int limit) {
        var index = settings.index();
        var parameters = switch (index.method()) {
            case HNSW -> "set_config('hnsw.ef_search', '" + Math.min(EF_MAX, Math.max(index.efSearch(), 2 * limit))
                    + "', true) || set_config('hnsw.iterative_scan', 'relaxed_order', true) || "
                    + "set_config('hnsw.max_scan_tuples', '" + SCAN_MAX + "', true)";
            case IVFFLAT -> "set_config('ivfflat.probes', '" + (index.probes() > 0 ? index.probes() : PROBES)
                    + "', true) || set_config('ivfflat.iterative_scan', 'relaxed_order', true)";
        };
        return nearest(distance(settings), filter.condition() + " AND (SELECT " + parameters + ") IS NOT NULL");
    }

    private static String nearest(String distance, String condition) {
        return """
            WITH nearest AS MATERIALIZED (
              SELECT id, %s AS distance
                FROM search_entries
               WHERE %s AND embedding IS NOT NULL
               ORDER BY distance
               LIMIT :candidates)
            SELECT id, distance
              FROM nearest
             ORDER BY distance + 0, id
             LIMIT :limit
            """.formatted(distance, condition);
    }

    private static String distance(VectorSettings settings) {
        var operator = switch (settings.metric()) {
            case COSINE -> "<=>";
            case L2 -> "<->";
            case INNER_PRODUCT -> "<#>";
        };
        return "(CAST(embedding AS " + type(settings) + ") " + operator + " :vector)";
    }

    private static String type(VectorSettings settings) {
        return (settings.dimension() > VECTOR_MAX ? "halfvec(" : "vector(") + settings.dimension() + ")";
    }

    private static Argument vector(VectorSettings settings, float[] values) {
        return (position, statement, context) -> {
            PGvector.registerTypes(statement.getConnection().unwrap(Connection.class));
            statement.setObject(position, settings.dimension() > VECTOR_MAX
                    ? new PGhalfvec(values)
                    : new PGvector(values));
        };
    }

    /** Whether few entries pass; counted once a minute, because the planner has no statistics for partial indexes. */
    private boolean isNarrow(SearchCollection collection, Filter filter, FilterSql sql) {
        var key = new Counted(collection.id(), filter, System.nanoTime() / Duration.ofMinutes(1).toNanos());
        var known = narrow.get(key);
        if (known != null) {
            return known;
        }
        var passing = database.withHandle(handle -> sql.bind(handle.createQuery(
                "SELECT count(*) FROM (SELECT id FROM search_entries WHERE " + sql.condition() + " LIMIT "
                        + (EXACT_MAX + 1) + ") AS passing"))
                .mapTo(Integer.class).one());
        narrow.put(key, passing <= EXACT_MAX);
        return passing <= EXACT_MAX;
    }

    private Optional<Built> built(String name) {
        return database.withHandle(handle -> handle.createQuery(INDEX).bind("name", name)
                .map((row, context) -> new Built(row.getBoolean("valid"), row.getString("settings"),
                        row.getLong("bytes")))
                .findOne());
    }

    private static String indexName(SearchCollection collection) {
        return "search_entries_vectors_" + collection.id();
    }

    /** Without blocking writers; one that was interrupted leaves an invalid index, which is dropped first. */
    private static void build(Connection connection, SearchCollection collection, String name, String settings,
            long count, String version) throws SQLException {
        var vectors = collection.requireVectors();
        try (var statement = connection.createStatement()) {
            statement.execute("SET maintenance_work_mem = '" + BUILD_MEMORY + "'");
            if (olderThan(version, 0, 8, 2)) {
                statement.execute("SET max_parallel_maintenance_workers = 0"); // parallel builds could overrun a buffer
            }
            statement.execute("DROP INDEX CONCURRENTLY IF EXISTS " + name);
            statement.execute("CREATE INDEX CONCURRENTLY " + name + " ON search_entries USING "
                    + method(vectors, count) + " WHERE collection_id = " + collection.id()
                    + " AND embedding IS NOT NULL");
            statement.execute("COMMENT ON INDEX " + name + " IS '" + settings + "'");
            statement.execute("ANALYZE search_entries");
        }
    }

    private static String method(VectorSettings vectors, long count) {
        var index = vectors.index();
        var operators = (vectors.dimension() > VECTOR_MAX ? "halfvec" : "vector") + switch (vectors.metric()) {
            case COSINE -> "_cosine_ops";
            case L2 -> "_l2_ops";
            case INNER_PRODUCT -> "_ip_ops";
        };
        var column = " ((CAST(embedding AS " + type(vectors) + ")) " + operators + ")";
        return switch (index.method()) {
            case HNSW -> "hnsw" + column + " WITH (m = " + index.m() + ", ef_construction = " + index.efConstruction()
                    + ")";
            case IVFFLAT -> "ivfflat" + column + " WITH (lists = " + lists(index, count) + ")";
        };
    }

    private static long lists(IndexSettings index, long count) {
        return index.lists() > 0
                ? index.lists()
                : Math.max(1, count <= 1_000_000 ? count / 1_000 : Math.round(Math.sqrt((double) count)));
    }
}
