package dev.howdah.bench;

import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.knowledge.collection.Entry;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.collection.VectorSettings;
import dev.howdah.knowledge.embedding.EmbeddingModel;
import dev.howdah.knowledge.embedding.EmbeddingModel.Kind;
import dev.howdah.knowledge.search.KnowledgeSearch;
import dev.howdah.knowledge.search.SearchHit;
import dev.howdah.knowledge.search.SearchMode;
import dev.howdah.knowledge.search.SearchRequest;
import dev.howdah.knowledge.search.SearchSettings;
import dev.howdah.knowledge.vector.VectorIndexSettings;
import dev.howdah.knowledge.vector.VectorIndexSettings.Choice;
import dev.howdah.knowledge.vector.VectorIndexes;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.QueryBuilder;

/**
 * How well and how fast texts are found: 10,000 packages' long descriptions; a question is the one line of a package, and
 * what it should find is that package (known-item search). With one right answer, nDCG@10 is 1 / log₂(1 + its rank).
 */
final class SearchRows {
    private static final String BENCH = "knowledge";
    private static final int DOCUMENTS = 10_000;
    private static final int QUESTIONS = 1_000;
    private static final int WORDS_MIN = 4;
    private static final int BEST = 10;
    private static final int SHORT_TEXTS = 100;
    /** The hybrid's advantage over the best of its parts that is aimed at. */
    private static final double ADVANTAGE = 0.015;
    private static final List<Double> TEXT_WEIGHTS = List.of(0.2, 0.3, 0.4, 0.5, 0.6, 0.7);

    private final BenchDatabase database;
    private final BenchOptions options;
    private final Supplier<List<Descriptions>> load;
    private final Supplier<EmbeddingModel> model;
    private final Consumer<String> note;
    private List<Descriptions> documents = List.of();
    private List<Descriptions> questions = List.of();

    SearchRows(BenchDatabase database, BenchOptions options, Supplier<List<Descriptions>> load,
            Supplier<EmbeddingModel> model, Consumer<String> note) {
        this.database = database;
        this.options = options;
        this.load = load;
        this.model = model;
        this.note = note;
    }

    List<Section> sections() {
        return List.of(
                Section.of(this::shortTexts, "100 short texts embedded in process"),
                Section.of(this::words, "BM25, nDCG@10"),
                Section.of(this::latency, "a question of words to 10,000 documents, p50"),
                Section.expensive(this::hybrid, "hybrid, nDCG@10 of the odd half"));
    }

    private Contest shortTexts() {
        return new Contest("ms", true, "100 short texts embedded in process").in(BENCH).ours(() -> {
            var texts = load.get().stream().limit(SHORT_TEXTS).map(Descriptions::line).toList();
            var made = model.get();
            made.embed(Kind.DOCUMENT, texts); // warm
            long begin = System.nanoTime();
            made.embed(Kind.DOCUMENT, texts);
            return new double[]{(System.nanoTime() - begin) / 1e6};
        }).against("goal", 1, () -> new double[]{400});
    }

    private Contest words() {
        return new Contest("", false, "BM25, nDCG@10").in(BENCH)
                .ours(() -> with(false, SearchSettings.defaults(), (search, collection) -> quality(n -> keys(
                        search.search(collection, SearchRequest.of(questions().get(n).line(), BEST)
                                .by(SearchMode.TEXT)).hits()))))
                .against("Lucene", 1, this::lucene);
    }

    private Contest latency() {
        return new Contest("ms", true, "a question of words to 10,000 documents, p50").in(BENCH)
                .ours(() -> with(false, SearchSettings.defaults(), (search, collection) -> {
                    var times = new double[0];
                    for (int round = 0; round < 2; round++) { // the first is to warm up
                        times = IntStream.range(0, questions().size()).mapToDouble(n -> {
                            var request = SearchRequest.of(questions().get(n).line(), BEST).by(SearchMode.TEXT);
                            long begin = System.nanoTime();
                            search.search(collection, request);
                            return (System.nanoTime() - begin) / 1e6;
                        }).sorted().toArray();
                    }
                    note.accept(String.format(Locale.ROOT,
                            "A question of words to 10,000 documents: p50 %.1f, p90 %.1f, "
                                    + "p99 %.1f ms.",
                            times[times.length / 2], times[times.length * 9 / 10],
                            times[times.length * 99 / 100]));
                    return new double[]{times[times.length / 2]};
                })).against("goal", 1, () -> new double[]{5});
    }

    /** The weights are chosen on the even questions; what counts is the odd ones. */
    private Contest hybrid() {
        var single = new double[1];
        return new Contest("", false, "hybrid, nDCG@10 of the odd half").in(BENCH).ours(() -> {
            var vectors = model.get().embed(Kind.QUERY, questions().stream().map(Descriptions::line)
                    .map(line -> model.get().prefix(Kind.QUERY) + line).toList());
            var words = measured(vectors, SearchMode.TEXT, SearchSettings.defaults());
            var meaning = measured(vectors, SearchMode.SEMANTIC, SearchSettings.defaults());
            single[0] = Math.max(words[1], meaning[1]);
            var settings = TEXT_WEIGHTS.stream().map(weight -> new SearchSettings(weight, 1 - weight,
                    SearchSettings.defaults().spellingWeight(), SearchSettings.defaults().candidates())).toList();
            var results = settings.stream().map(given -> measured(vectors, SearchMode.HYBRID, given)).toList();
            int best = IntStream.range(0, results.size()).boxed()
                    .max(Comparator.comparingDouble(i -> results.get(i)[0] * 2 - results.get(i)[1])).orElse(0);
            var byDefault = measured(vectors, SearchMode.HYBRID, SearchSettings.defaults());
            note.accept(String.format(Locale.ROOT,
                    "nDCG@10 of the odd half: words %.3f, meaning (%s) %.3f, hybrid %.3f with "
                            + "the weight %.1f for words, which is best on the even half; %.3f with the default weights.",
                    words[1], model.get().id(), meaning[1], results.get(best)[1], TEXT_WEIGHTS.get(best),
                    byDefault[1]));
            return new double[]{results.get(best)[1]};
        }).against("best single + 0.015", 1, () -> new double[]{single[0] + ADVANTAGE});
    }

    private double[] measured(List<Embedding> vectors, SearchMode mode, SearchSettings settings) {
        return with(true, settings, (search, collection) -> quality(n -> keys(search.search(collection,
                SearchRequest.of(questions().get(n).line(), BEST).by(mode).with(vectors.get(n))).hits())));
    }

    /** What is asked of a collection with all documents. */
    private interface Measurement {
        double[] of(KnowledgeSearch search, SearchCollection collection);
    }

    private double[] with(boolean embedded, SearchSettings settings, Measurement measurement) {
        var aside = database.aside(embedded ? "hybrid" : "words");
        boolean isLoaded = aside
                .number("SELECT count(*) FROM pg_namespace WHERE nspname = 'bench_" + (embedded
                        ? "hybrid"
                        : "words") + "'") > 0
                && aside.number("SELECT count(*) FROM pg_class WHERE relname = 'search_lengths' "
                        + "AND relnamespace = to_regnamespace(current_schema())") > 0;
        try (var opened = Database.open((isLoaded ? aside.settings() : aside.fresh()).withPool(4, 0));
                var vectors = new VectorIndexes(opened, new VectorIndexSettings(Choice.EXACT, 1L << 28))) {
            new Migrator(opened, Migrations.ofModules("queue", "knowledge")).up();
            var search = new KnowledgeSearch(opened, new PostgresTaskQueue(opened, QueueSettings.defaults()), vectors,
                    embedded ? Optional.of(model.get()) : Optional.empty(), settings);
            search.prepare();
            var named = SearchCollection.named("descriptions");
            var collection = embedded
                    ? search.collections().create(named.withVectors(VectorSettings.of(
                            model.get().dimension())))
                    : search.create(named);
            if (!isLoaded) {
                load(search, collection, embedded);
                aside.vacuum();
            }
            return measurement.of(search, collection);
        }
    }

    private void load(KnowledgeSearch search, SearchCollection collection, boolean embedded) {
        for (int from = 0; from < DOCUMENTS; from += 500) {
            var batch = new ArrayList<Entry>();
            var texts = documents().subList(from, from + 500).stream().map(Descriptions::text).toList();
            var vectors = embedded ? model.get().embed(Kind.DOCUMENT, texts) : List.<Embedding>of();
            for (int i = 0; i < texts.size(); i++) {
                var entry = Entry.of(Integer.toString(from + i), texts.get(i));
                batch.add(embedded ? entry.with(vectors.get(i)) : entry);
            }
            search.put(collection, batch);
        }
    }

    /** nDCG@10 of all questions and of the odd ones; a question's document has its number. */
    private double[] quality(IntFunction<List<String>> answer) {
        double all = 0;
        double odd = 0;
        var questions = questions();
        for (int n = 0; n < questions.size(); n++) {
            int rank = answer.apply(n).indexOf(Integer.toString(documents().indexOf(questions.get(n))));
            double gain = rank < 0 ? 0 : Math.log(2) / Math.log(rank + 2.0);
            all += gain;
            odd += n % 2 == 1 ? gain : 0;
        }
        return new double[]{all / questions.size(), odd / (questions.size() / 2.0)};
    }

    private static List<String> keys(List<SearchHit> hits) {
        return hits.stream().map(SearchHit::key).toList();
    }

    private List<Descriptions> documents() {
        if (documents.isEmpty()) {
            documents = Descriptions.distinct(load.get()).subList(0, DOCUMENTS);
        }
        return documents;
    }

    private List<Descriptions> questions() {
        if (questions.isEmpty()) {
            questions = documents().stream().filter(given -> given.line().split(" ", -1).length >= WORDS_MIN)
                    .limit(options.size(QUESTIONS, QUESTIONS / 5)).toList();
        }
        return questions;
    }

    private double[] lucene() {
        try (var directory = new ByteBuffersDirectory(); var analyzer = new EnglishAnalyzer()) {
            try (var writer = new IndexWriter(directory, new IndexWriterConfig(analyzer)
                    .setSimilarity(new BM25Similarity()))) {
                var documents = documents();
                for (int n = 0; n < documents.size(); n++) {
                    var document = new Document();
                    document.add(new TextField("text", documents.get(n).text(), Field.Store.NO));
                    document.add(new StoredField("key", Integer.toString(n)));
                    writer.addDocument(document);
                }
            }
            try (var reader = DirectoryReader.open(directory)) {
                var searcher = new IndexSearcher(reader);
                searcher.setSimilarity(new BM25Similarity());
                return quality(n -> {
                    try {
                        var query = new QueryBuilder(analyzer).createBooleanQuery("text", questions().get(n).line());
                        var keys = new ArrayList<String>();
                        for (var hit : searcher.search(query, BEST).scoreDocs) {
                            keys.add(searcher.storedFields().document(hit.doc).get("key"));
                        }
                        return keys;
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
