package dev.howdah.knowledge.search;

import dev.howdah.knowledge.collection.Entries;
import dev.howdah.knowledge.collection.FilterSql;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.vector.IndexState;
import dev.howdah.knowledge.vector.Neighbour;
import dev.howdah.knowledge.vector.VectorIndex;
import dev.howdah.knowledge.vector.VectorQuery;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.UnavailableException;
import java.util.Comparator;
import java.util.List;

/** An index for tests that has none: it reads all rows and compares them by cosine. Can be down. */
final class ScanningIndex implements VectorIndex {
    private final Database database;
    private final Entries entries;
    private volatile boolean down;

    ScanningIndex(Database database) {
        this.database = database;
        this.entries = new Entries(database, List.of());
    }

    void setDown(boolean value) {
        down = value;
    }

    @Override
    public String kind() {
        return "scanning";
    }

    @Override
    public List<Neighbour> nearest(SearchCollection collection, VectorQuery query) {
        if (down) {
            throw new UnavailableException("index-unavailable", "the index is down", "", null);
        }
        var filter = FilterSql.of(collection, query.filter());
        var ids = database.withHandle(handle -> filter.bind(handle.createQuery("SELECT id FROM search_entries WHERE "
                + filter.condition() + " AND embedding IS NOT NULL")).mapTo(Long.class).list());
        return entries.byId(ids, true).values().stream()
                .map(entry -> new Neighbour(entry.id(), 1 - cosine(query.vector().values(),
                        entry.embedding().orElseThrow().values())))
                .filter(near -> near.distance() <= query.distanceMax().orElse(Double.MAX_VALUE))
                .sorted(Comparator.comparingDouble(Neighbour::distance)).limit(query.limit()).toList();
    }

    private static double cosine(float[] a, float[] b) {
        double dot = 0;
        double lengthA = 0;
        double lengthB = 0;
        for (int i = 0; i < a.length; i++) {
            dot += a[i] * b[i];
            lengthA += a[i] * a[i];
            lengthB += b[i] * b[i];
        }
        return dot / Math.sqrt(lengthA * lengthB);
    }

    @Override
    public void prepare(SearchCollection collection) {}

    @Override
    public IndexState state(SearchCollection collection) {
        return new IndexState(kind(), true, 1, 0, List.of());
    }

    @Override
    public void close() {}
}
