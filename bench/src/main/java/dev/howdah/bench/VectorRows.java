package dev.howdah.bench;

import com.pgvector.PGvector;
import dev.howdah.knowledge.collection.Collections;
import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.knowledge.collection.Entries;
import dev.howdah.knowledge.collection.Entry;
import dev.howdah.knowledge.collection.FieldType;
import dev.howdah.knowledge.collection.Filter;
import dev.howdah.knowledge.collection.IndexSettings;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.collection.VectorSettings;
import dev.howdah.knowledge.vector.Neighbour;
import dev.howdah.knowledge.vector.VectorIndex;
import dev.howdah.knowledge.vector.VectorIndexSettings;
import dev.howdah.knowledge.vector.VectorIndexSettings.Choice;
import dev.howdah.knowledge.vector.VectorIndexes;
import dev.howdah.knowledge.vector.VectorQuery;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Nearest vectors: how many of the true ones, how fast, and behind filters. */
final class VectorRows {
    private static final String BENCH = "knowledge";
    private static final int NEIGHBOURS = 10;
    private static final int DIMENSION = 384;
    /** A filter lets one of so many entries through. */
    private static final List<Integer> ONE_OF = List.of(10, 100, 1000);

    private static final String LOAD_RAW = """
        CREATE TABLE raw (id bigint PRIMARY KEY, embedding vector(384) NOT NULL);
        INSERT INTO raw
        SELECT id, embedding::vector(384)
          FROM search_entries;
        SET maintenance_work_mem = '512MB';
        CREATE INDEX raw_by_embedding ON raw USING hnsw (embedding vector_cosine_ops) WITH (m = 16, ef_construction = 200);
        ANALYZE raw
        """;
    private static final String IS_LOADED = """
        SELECT count(*)
          FROM pg_class
         WHERE relname = 'search_entries' AND relnamespace = to_regnamespace(current_schema())
        """;
    private static final String RAW = """
        SELECT id
          FROM raw
         ORDER BY embedding <=> ?
         LIMIT 10
        """;
    private static final String LOAD_MILLION = """
        INSERT INTO search_entries (collection_id, key, content_hash, embedding)
        SELECT current_setting('bench.collection')::integer, n::text, '',
               (SELECT array_agg((random() - 0.5)::real) FROM generate_series(1, 384 + n * 0)) -- anew for each n
          FROM generate_series(1, 1000000) AS n
        """;

    private final BenchDatabase database;
    private final BenchOptions options;
    private final Supplier<Corpus> load;
    private final boolean hasPgvector;
    private @Nullable Corpus corpus;

    VectorRows(BenchDatabase database, BenchOptions options, Supplier<Corpus> load, boolean hasPgvector) {
        this.database = database;
        this.options = options;
        this.load = load;
        this.hasPgvector = hasPgvector;
    }

    List<Section> sections() {
        var sections = new ArrayList<Section>();
        sections.add(Section.of(() -> latency(Choice.EXACT, "exact index, 59,000 vectors, p50", 2),
                "exact index, 59,000 vectors, p50"));
        sections.add(Section.of(() -> recall(Choice.EXACT, "exact index, recall@10", 1), "exact index, recall@10"));
        if (hasPgvector) {
            sections.add(Section.expensive(() -> recall(Choice.PGVECTOR, "pgvector, recall@10", 0.98),
                    "pgvector, recall@10"));
            sections.add(Section.expensive(this::throughput, "pgvector, searches by one caller"));
            for (int oneOf : ONE_OF) {
                var row = "pgvector, filter of 1 in " + oneOf;
                sections.add(Section.expensive(() -> filtered(row, oneOf), row + ", rows of 10", row + ", recall@10"));
                sections.add(Section.expensive(() -> filteredLatency(row, oneOf), row + ", p99"));
            }
        }
        sections.add(Section.expensive(this::million, "exact index, 1,000,000 vectors, p50"));
        return sections;
    }

    private Contest latency(Choice choice, String row, double most) {
        return new Contest("ms", true, row).in(BENCH).ours(() -> with(choice, (index, collection) -> {
            times(index, collection, Filter.none()); // warm
            var times = times(index, collection, Filter.none());
            return new double[]{times[times.length / 2]};
        })).against("goal", 1, () -> new double[]{most});
    }

    private Contest recall(Choice choice, String row, double least) {
        return new Contest("", false, row).in(BENCH).ours(() -> with(choice,
                (index, collection) -> new double[]{recall(index, collection, Filter.none(), n -> true)[1]}))
                .against("goal", 1, () -> new double[]{least});
    }

    private Contest filtered(String row, int oneOf) {
        return new Contest("", false, row + ", rows of 10", row + ", recall@10").in(BENCH)
                .ours(() -> with(Choice.PGVECTOR, (index, collection) -> recall(index, collection, filter(oneOf),
                        n -> n % oneOf == 0)))
                .against("goal", 1, () -> new double[]{10, 0.99});
    }

    private Contest filteredLatency(String row, int oneOf) {
        return new Contest("ms", true, row + ", p99").in(BENCH)
                .ours(() -> with(Choice.PGVECTOR, (index, collection) -> {
                    times(index, collection, filter(oneOf)); // warm
                    var times = times(index, collection, filter(oneOf));
                    return new double[]{times[times.length * 99 / 100]};
                })).against("goal", 1, () -> new double[]{10});
    }

    private Contest throughput() {
        return new Contest("searches/s", false, "pgvector, searches by one caller").in(BENCH)
                .ours(() -> with(Choice.PGVECTOR, (index, collection) -> {
                    times(index, collection, Filter.none()); // warm
                    long begin = System.nanoTime();
                    times(index, collection, Filter.none());
                    return new double[]{corpus().questions().size() * 1e9 / (System.nanoTime() - begin)};
                })).against("raw SQL", 0.8, this::rawRate);
    }

    private double[] rawRate() {
        loaded();
        try (var connection = database.connect(); var statement = connection.createStatement()) {
            if (database.number("SELECT count(*) FROM pg_class WHERE relname = 'raw' AND relnamespace = "
                    + "to_regnamespace(current_schema())") == 0) {
                database.execute(LOAD_RAW);
            }
            statement.execute("SET hnsw.ef_search = 80");
            statement.execute("SET hnsw.iterative_scan = relaxed_order");
            PGvector.registerTypes(connection);
            search(connection);
            long begin = System.nanoTime();
            search(connection);
            return new double[]{corpus().questions().size() * 1e9 / (System.nanoTime() - begin)};
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void search(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(RAW)) {
            for (var question : corpus().questions()) {
                statement.setObject(1, new PGvector(question));
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        rows.getLong(1);
                    }
                }
            }
        }
    }

    private Contest million() {
        var aside = database.aside("million");
        return new Contest("ms", true, "exact index, 1,000,000 vectors, p50").in(BENCH).ours(() -> {
            boolean isLoaded = aside.number(IS_LOADED) > 0;
            try (var opened = Database.open((isLoaded ? aside.settings() : aside.fresh()).withPool(4, 0));
                    var index = new VectorIndexes(opened, new VectorIndexSettings(Choice.EXACT, 1L << 30))) {
                new Migrator(opened, Migrations.ofModules("queue", "knowledge")).up();
                var collection = new Collections(opened).create(SearchCollection.named("million")
                        .withVectors(VectorSettings.of(DIMENSION)));
                if (!isLoaded) {
                    aside.execute(LOAD_MILLION, Map.of("collection", collection.id()));
                    aside.vacuum();
                }
                index.prepare(collection);
                return new double[]{medianOfRandom(index, collection)};
            }
        }).against("goal", 1, () -> new double[]{40}).afterwards(aside::drop);
    }

    private static double medianOfRandom(VectorIndex index, SearchCollection collection) {
        var random = new Random(2);
        var times = IntStream.range(0, 100).mapToDouble(i -> {
            var vector = new float[DIMENSION];
            for (int j = 0; j < DIMENSION; j++) {
                vector[j] = random.nextFloat() - 0.5f;
            }
            var query = VectorQuery.of(Embedding.of(vector), NEIGHBOURS);
            long begin = System.nanoTime();
            index.nearest(collection, query);
            return (System.nanoTime() - begin) / 1e6;
        }).sorted().toArray();
        return times[times.length / 2];
    }

    /** What is done with an index over the corpus. */
    private interface Measurement {
        double[] of(VectorIndex index, SearchCollection collection);
    }

    private double[] with(Choice choice, Measurement measurement) {
        loaded();
        try (var opened = Database.open(database.settings().withPool(4, 0));
                var index = new VectorIndexes(opened, new VectorIndexSettings(choice, 1L << 29))) {
            var collection = new Collections(opened).get("corpus");
            index.prepare(collection);
            return measurement.of(index, collection);
        }
    }

    private Corpus corpus() {
        if (corpus == null) {
            corpus = load.get();
        }
        return corpus;
    }

    /** Loads the corpus, once. */
    private void loaded() {
        if (database.number(IS_LOADED) > 0) {
            return;
        }
        try (var opened = Database.open(database.fresh().withPool(4, 0))) {
            new Migrator(opened, Migrations.ofModules("queue", "knowledge")).up();
            if (hasPgvector) {
                opened.withHandle(handle -> handle.execute("CREATE EXTENSION IF NOT EXISTS vector SCHEMA public"));
            }
            var collection = new Collections(opened).create(SearchCollection.named("corpus")
                    .withFields(Map.of("of10", FieldType.NUMBER, "of100", FieldType.NUMBER, "of1000", FieldType.NUMBER))
                    .withVectors(VectorSettings.of(DIMENSION).with(IndexSettings.DEFAULT)));
            var entries = new Entries(opened, List.of());
            var loaded = corpus();
            for (int from = 0; from < loaded.size(); from += Entries.BATCH_MAX) {
                entries.put(collection, IntStream.range(from, Math.min(from + Entries.BATCH_MAX, loaded.size()))
                        .mapToObj(n -> entry(loaded, n)).toList());
            }
        }
        database.vacuum();
    }

    private static Entry entry(Corpus corpus, int n) {
        var metadata = JsonMapper.shared().createObjectNode();
        ONE_OF.forEach(of -> metadata.put("of" + of, n % of));
        return Entry.of(Integer.toString(n), corpus.texts().get(n)).with(Embedding.of(corpus.vectors().get(n)))
                .with(metadata);
    }

    private static Filter filter(int oneOf) {
        return new Filter.Comparison("of" + oneOf, Filter.Operator.EQ, JsonMapper.shared().readTree("0"));
    }

    /** Milliseconds of a search, sorted. */
    private double[] times(VectorIndex index, SearchCollection collection, Filter filter) {
        return corpus().questions().stream().mapToDouble(question -> {
            var query = VectorQuery.of(Embedding.of(question), NEIGHBOURS, filter);
            long begin = System.nanoTime();
            index.nearest(collection, query);
            return (System.nanoTime() - begin) / 1e6;
        }).sorted().toArray();
    }

    /** The fewest rows that a search gave, and the share of the true neighbours that all gave. */
    private double[] recall(VectorIndex index, SearchCollection collection, Filter filter, IntPredicate passes) {
        int fewest = NEIGHBOURS;
        double found = 0;
        var questions = corpus().questions().subList(0, options.size(500, 200));
        for (var question : questions) {
            var neighbours = index.nearest(collection, VectorQuery.of(Embedding.of(question), NEIGHBOURS, filter));
            fewest = Math.min(fewest, neighbours.size());
            double farthest = distances(question, passes)[NEIGHBOURS - 1] + 1e-6;
            found += neighbours.stream().mapToDouble(Neighbour::distance).filter(distance -> distance <= farthest)
                    .count();
        }
        return new double[]{fewest, found / questions.size() / NEIGHBOURS};
    }

    /** From a question to all that pass, nearest first; the vectors of this model have length 1. */
    private double[] distances(float[] question, IntPredicate passes) {
        var loaded = corpus();
        return IntStream.range(0, loaded.size()).filter(passes).mapToDouble(n -> {
            var vector = loaded.vectors().get(n);
            double product = 0;
            for (int i = 0; i < vector.length; i++) {
                product += (double) vector[i] * question[i];
            }
            return 1 - product;
        }).sorted().toArray();
    }
}
