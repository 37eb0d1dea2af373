package dev.howdah.knowledge.weaviate;

import dev.howdah.knowledge.collection.Filter;
import dev.howdah.knowledge.collection.FilterSql;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.vector.IndexState;
import dev.howdah.knowledge.vector.Neighbour;
import dev.howdah.knowledge.vector.VectorIndex;
import dev.howdah.knowledge.vector.VectorQuery;
import dev.howdah.knowledge.weaviate.Follower.Look;
import dev.howdah.knowledge.weaviate.WeaviateServer.Hit;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.UnavailableException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the nearest vectors by Weaviate, which holds a copy of them. Before a search, the copy takes in what was committed;
 * after it, every hit is held against its row: what is gone, outdated or not ours is repaired there, and the search is
 * made again. Whatever Weaviate says, an answer names only entries that exist and pass the filter.
 *
 * <p>Filters are PostgreSQL's: the nearest of all are checked there, and where too few of these pass, the search is made
 * among those that do. That means the same as with every other index, and is never short. Thread-safe.
 */
public final class WeaviateIndex implements VectorIndex {
    /** How often a search is made anew after a repair. */
    private static final int ATTEMPTS_MAX = 5;
    /** With a filter, how many are looked at for each that is wanted, before the search is made among those that pass. */
    private static final int LOOKED_AT_PER_NEIGHBOUR = 10;
    private static final int LOOKED_AT_MIN = 200;
    /** More than are wanted, because some may be deleted while the search is under way. */
    private static final int SPARE = 10;

    static final String COUNT = """
        SELECT count(*)
          FROM search_entries
         WHERE collection_id = :collection AND embedding IS NOT NULL
        """;

    private final Database database;
    private final WeaviateServer server;
    private final Follower follower;

    /** What PostgreSQL says of an entry that was found. */
    private record Row(String version, boolean seen, boolean passes) {}

    /** What of the hits may be answered, of which entries Weaviate has an older version, and which are no more. */
    private record Checked(List<Hit> passing, Set<Long> stale, Set<Long> gone) {}

    /** Connects when it is first needed. */
    public WeaviateIndex(Database database, WeaviateSettings settings) {
        this.database = database;
        this.server = new WeaviateServer(settings);
        this.follower = new Follower(database, server);
    }

    @Override
    public String kind() {
        return "weaviate";
    }

    @Override
    public List<Neighbour> nearest(SearchCollection collection, VectorQuery query) {
        var vector = collection.requireVectors().checked(query.vector()).values();
        var filter = FilterSql.of(collection, query.filter());
        for (int i = 0; i < ATTEMPTS_MAX; i++) {
            var look = follower.look(collection);
            var found = new Search(collection, query, vector, filter, look).found();
            if (found.isPresent()) {
                return neighbours(found.get(), query);
            }
        }
        throw follower.outOfStep(collection);
    }

    private static List<Neighbour> neighbours(Collection<Hit> hits, VectorQuery query) {
        double distanceMax = query.distanceMax().orElse(Double.POSITIVE_INFINITY);
        return hits.stream().filter(hit -> hit.distance() <= distanceMax)
                .map(hit -> new Neighbour(hit.entry(), hit.distance()))
                .sorted(Comparator.comparingDouble(Neighbour::distance).thenComparingLong(Neighbour::entry))
                .limit(query.limit()).toList();
    }

    @Override
    public void prepare(SearchCollection collection) {
        follower.removeLeftOver();
        follower.compare(collection, follower.look(collection));
    }

    @Override
    public IndexState state(SearchCollection collection) {
        var look = follower.last(collection);
        if (look.isEmpty()) {
            return new IndexState(kind(), false, 0, 0, List.of());
        }
        long rows = database.withHandle(handle -> handle.createQuery(COUNT).bind("collection", collection.id())
                .mapTo(Long.class).one());
        try {
            long objects = server.count(look.get().copy());
            var warnings = objects == rows
                    ? List.<String>of()
                    : List.of("Weaviate holds " + objects + " of " + rows + " vectors; the next search brings what is "
                            + "new, and preparing the index what was lost there");
            return new IndexState(kind(), true, rows == 0 ? 1 : Math.min(1, (double) objects / rows), 0, warnings);
        } catch (UnavailableException e) {
            return new IndexState(kind(), false, 1, 0, List.of(String.valueOf(e.getMessage())));
        }
    }

    @Override
    public void close() {
        server.close();
    }

    /** One attempt at a search. */
    private final class Search {
        private final SearchCollection collection;
        private final VectorQuery query;
        private final float[] vector;
        private final FilterSql filter;
        private final Look look;

        private Search(SearchCollection collection, VectorQuery query, float[] vector, FilterSql filter, Look look) {
            this.collection = collection;
            this.query = query;
            this.vector = vector;
            this.filter = filter;
            this.look = look;
        }

        /** The nearest in no order, and maybe more; nothing if something had to be repaired first. */
        private Optional<Collection<Hit>> found() {
            var all = nearest(lookedAt(), Optional.empty());
            return all.isEmpty() ? Optional.empty() : found(checked(all.get()));
        }

        private Optional<Collection<Hit>> found(Checked first) {
            if (isRepaired(first)) {
                return Optional.empty();
            }
            if (first.passing().size() >= query.limit()) {
                return Optional.of(first.passing());
            }
            var ids = passing();
            var known = new HashSet<Long>();
            first.passing().forEach(hit -> known.add(hit.entry()));
            return known.containsAll(ids) ? Optional.of(first.passing()) : among(ids, first.passing());
        }

        /** Weaviate is exact among so few as are named in one request. */
        private Optional<Collection<Hit>> among(List<Long> ids, List<Hit> others) {
            var best = new HashMap<Long, Hit>();
            for (int from = 0; from < ids.size(); from += WeaviateServer.OBJECTS_MAX) {
                var part = nearest(query.limit(),
                        Optional.of(ids.subList(from, Math.min(from + WeaviateServer.OBJECTS_MAX, ids.size()))));
                if (part.isEmpty()) {
                    return Optional.empty();
                }
                part.get().forEach(hit -> best.put(hit.entry(), hit));
                keepNearest(best);
            }
            var checked = checked(List.copyOf(best.values()));
            if (isRepaired(checked)) {
                return Optional.empty();
            }
            if (checked.passing().size() < Math.min(query.limit(), ids.size())) {
                follower.compare(collection, look, ids);
                return Optional.empty();
            }
            var all = new HashMap<Long, Hit>();
            others.forEach(hit -> all.put(hit.entry(), hit));
            checked.passing().forEach(hit -> all.put(hit.entry(), hit));
            return Optional.of(all.values());
        }

        private void keepNearest(Map<Long, Hit> best) {
            if (best.size() > query.limit()) {
                best.values().retainAll(best.values().stream().sorted(Comparator.comparingDouble(Hit::distance)
                        .thenComparingLong(Hit::entry)).limit(query.limit()).toList());
            }
        }

        /** Whether the search has to be made again: where an older version was found, the one of now may be anywhere. */
        private boolean isRepaired(Checked checked) {
            var astray = new HashSet<>(checked.stale());
            astray.addAll(checked.gone());
            if (!astray.isEmpty()) {
                follower.repair(collection, look, astray);
            }
            return !checked.stale().isEmpty();
        }

        private int lookedAt() {
            int wanted = query.filter().equals(Filter.none())
                    ? query.limit() + SPARE
                    : Math.max(LOOKED_AT_MIN, query.limit() * LOOKED_AT_PER_NEIGHBOUR);
            return Math.min(WeaviateServer.OBJECTS_MAX, wanted);
        }

        /** Nothing if the class is gone, because somebody took it away or another one took its place. */
        private Optional<List<Hit>> nearest(int limit, Optional<Collection<Long>> among) {
            try {
                return Optional.of(server.nearest(look.copy(), collection.requireVectors().metric(), vector, limit,
                        among));
            } catch (UnavailableException e) {
                if (!follower.isLost(look)) {
                    throw e;
                }
                return Optional.empty();
            }
        }

        private Checked checked(List<Hit> hits) {
            var rows = rows(hits);
            var passing = new ArrayList<Hit>();
            var stale = new HashSet<Long>();
            var gone = new HashSet<Long>();
            for (var hit : hits) {
                var row = rows.get(hit.entry());
                if (row == null) {
                    gone.add(hit.entry());
                } else if (row.seen() && !row.version().equals(hit.version())) {
                    stale.add(hit.entry());
                } else if (row.passes()) {
                    passing.add(hit);
                }
            }
            return new Checked(passing, stale, gone);
        }

        /** What changed after the look may be found as it was before. */
        private Map<Long, Row> rows(List<Hit> hits) {
            var rows = new HashMap<Long, Row>();
            database.withHandle(handle -> filter.bind(handle.createQuery("SELECT id, CAST(changed AS text) AS version, "
                    + "pg_visible_in_snapshot(changed, CAST(:snapshot AS pg_snapshot)) AS seen, ("
                    + filter.condition() + ") IS TRUE AS passes FROM search_entries"
                    + " WHERE collection_id = :collection AND id = ANY (:ids) AND embedding IS NOT NULL"))
                    .bind("snapshot", look.snapshot()).bind("collection", collection.id())
                    .bind("ids", hits.stream().map(Hit::entry).toArray(Long[]::new))
                    .map((row, context) -> Map.entry(row.getLong("id"), new Row(row.getString("version"),
                            row.getBoolean("seen"), row.getBoolean("passes"))))
                    .list()).forEach(row -> rows.put(row.getKey(), row.getValue()));
            return rows;
        }

        /** All that pass the filter and must be in the class. */
        private List<Long> passing() {
            return database.withHandle(handle -> filter
                    .bind(handle.createQuery("SELECT id FROM search_entries WHERE " + filter.condition()
                            + " AND embedding IS NOT NULL"
                            + " AND pg_visible_in_snapshot(changed, CAST(:snapshot AS pg_snapshot)) ORDER BY id"))
                    .bind("snapshot", look.snapshot()).mapTo(Long.class).list());
        }
    }
}
