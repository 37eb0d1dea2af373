package dev.howdah.knowledge.search;

import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.knowledge.collection.Entries;
import dev.howdah.knowledge.collection.Filter;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.embedding.EmbeddingModel;
import dev.howdah.knowledge.text.Highlight;
import dev.howdah.knowledge.text.Scored;
import dev.howdah.knowledge.text.TextQuery;
import dev.howdah.knowledge.text.TextSearch;
import dev.howdah.knowledge.vector.VectorIndex;
import dev.howdah.knowledge.vector.VectorQuery;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.UnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Searches texts and vectors and fuses what they say. Whatever is missing (vectors, a model, its answer) makes the answer
 * poorer, not an error, and the answer says so. Sees what was committed before it began. Thread-safe.
 */
public final class Searcher {
    private static final Highlight NOTHING = new Highlight("", "");

    private final Entries entries;
    private final TextSearch texts;
    private final VectorIndex vectors;
    private final Optional<EmbeddingModel> model;
    private final SearchSettings settings;
    private final List<SearchListener> listeners = new CopyOnWriteArrayList<>();

    /**
     * Over what is kept elsewhere.
     *
     * @param model makes the vectors of questions; absent if none is configured
     */
    public Searcher(Entries entries, TextSearch texts, VectorIndex vectors, Optional<EmbeddingModel> model,
            SearchSettings settings) {
        this.entries = entries;
        this.texts = texts;
        this.vectors = vectors;
        this.model = model;
        this.settings = settings;
    }

    /**
     * Answers a question.
     *
     * @throws dev.howdah.postgres.InvalidInputException if a filter or the vector does not fit the collection
     */
    public SearchAnswer search(SearchCollection collection, SearchRequest request) {
        long begin = System.nanoTime();
        var answer = answer(collection, request);
        var time = Duration.ofNanos(System.nanoTime() - begin);
        listeners.forEach(listener -> listener.answered(answer, time));
        return answer;
    }

    /** Has a listener told from now on. */
    public void listen(SearchListener listener) {
        listeners.add(listener);
    }

    private SearchAnswer answer(SearchCollection collection, SearchRequest request) {
        var query = TextQuery.parse(collection, request.question());
        var answer = search(collection, request, query);
        boolean mayBeWords = collection.fields().isEmpty() && !query.filter().equals(Filter.none());
        if (!answer.hits().isEmpty() || !mayBeWords) {
            return answer;
        }
        // Where any field may occur, "error: x" without the space looks like a filter.
        var again = search(collection, request, TextQuery.ofWords(request.question()));
        var notes = new LinkedHashSet<>(again.notes());
        notes.add("no entry passes the question's field:value filters; they were taken as words");
        return new SearchAnswer(again.hits(), again.used(), List.copyOf(notes));
    }

    /**
     * The neighbours of an entry, nearest first, without itself.
     *
     * @param threshold the least similarity; absent for any
     * @throws NotFoundException if there is no entry of the key
     * @throws ConflictException if it has no vector yet
     */
    public List<Similar> similar(SearchCollection collection, String key, int limit, OptionalDouble threshold,
            Filter filter) {
        SearchRequest.requireLimit(limit);
        var metric = collection.requireVectors().metric();
        var entry = entries.get(collection, List.of(key)).stream().findFirst().orElseThrow(() -> new NotFoundException(
                "entry-unknown", "collection \"" + collection.name() + "\" has no entry \"" + key + "\"",
                "look at its keys"));
        var vector = entry.embedding().orElseThrow(() -> new ConflictException("entry-without-vector",
                "entry \"" + key + "\" has no vector yet", "wait for the task knowledge.embed, or configure a model"));
        var distanceMax = threshold.isPresent()
                ? OptionalDouble.of(metric.distance(threshold.getAsDouble()))
                : OptionalDouble.empty();
        var neighbours = vectors.nearest(collection, new VectorQuery(vector, limit + 1, filter, distanceMax)).stream()
                .filter(neighbour -> neighbour.entry() != entry.id()).limit(limit).toList();
        var found = entries.byId(neighbours.stream().map(neighbour -> neighbour.entry()).toList(), false);
        return neighbours.stream().flatMap(neighbour -> Optional.ofNullable(found.get(neighbour.entry())).stream()
                .map(near -> new Similar(near.key(), near.title(), near.metadata(),
                        metric.similarity(neighbour.distance()))))
                .toList();
    }

    private SearchAnswer search(SearchCollection collection, SearchRequest request, TextQuery query) {
        int depth = Math.max(settings.candidates(), 2 * request.limit());
        var notes = new ArrayList<String>();
        var fusion = new Fusion(settings);
        boolean isSemantic = request.mode().orElse(SearchMode.HYBRID) != SearchMode.TEXT
                && addSemantic(fusion, collection, request, query, depth, notes);
        boolean isText = !isSemantic || request.mode().orElse(SearchMode.HYBRID) != SearchMode.SEMANTIC;
        if (isText) {
            var ranking = texts.rank(collection, query, request.filter(), isSemantic ? depth : request.limit());
            fusion.add(Ranker.TEXT, ranking.byText());
            fusion.add(Ranker.SPELLING, ranking.byTitle());
            notes.addAll(ranking.notes());
        }
        var used = !isSemantic ? SearchMode.TEXT : isText ? SearchMode.HYBRID : SearchMode.SEMANTIC;
        return new SearchAnswer(hits(collection, query, fusion.best(request.limit())), used, notes);
    }

    /** Whether vectors were searched; if not, the notes say why. */
    private boolean addSemantic(Fusion fusion, SearchCollection collection, SearchRequest request, TextQuery query,
            int depth, List<String> notes) {
        if (request.vector().isEmpty() && query.words().isBlank()) {
            return false;
        }
        try {
            var vector = vector(collection, request, query, notes);
            if (vector.isEmpty()) {
                return false;
            }
            fusion.add(Ranker.SEMANTIC, nearest(collection, query, vector.get(), request.filter(), depth));
            return true;
        } catch (UnavailableException e) {
            notes.add("vectors could not be searched: " + e.problem());
            return false;
        }
    }

    private List<Scored> nearest(SearchCollection collection, TextQuery query, Embedding vector, Filter filter,
            int depth) {
        int wanted = query.hasTextConditions() ? VectorQuery.LIMIT_MAX : depth; // many may not pass them
        var metric = collection.requireVectors().metric();
        var ranking = vectors.nearest(collection,
                VectorQuery.of(vector, wanted, Filter.and(query.filter(), filter))).stream()
                .map(near -> new Scored(near.entry(), metric.similarity(near.distance()))).toList();
        if (!query.hasTextConditions()) {
            return ranking;
        }
        var passing = new LinkedHashSet<>(texts.passing(collection, query,
                ranking.stream().map(Scored::entry).toList()));
        return ranking.stream().filter(scored -> passing.contains(scored.entry())).limit(depth).toList();
    }

    private Optional<Embedding> vector(SearchCollection collection, SearchRequest request, TextQuery query,
            List<String> notes) {
        if (collection.vectors().isEmpty()) {
            notes.add("collection \"" + collection.name() + "\" has no vectors, so only words were searched; set "
                    + "howdah.knowledge.embedding.provider for a model that makes them");
            return Optional.empty();
        }
        var vectorSettings = collection.requireVectors();
        if (request.vector().isPresent()) {
            return request.vector().map(vectorSettings::checked);
        }
        if (model.isEmpty()) {
            notes.add("no model is configured");
            return Optional.empty();
        }
        if (vectorSettings.model().isEmpty()) {
            notes.add("the collection's vectors come from its callers; give the question's vector too");
            return Optional.empty();
        }
        if (!model.get().id().equals(vectorSettings.model())) {
            notes.add("the collection's vectors are of model \"" + vectorSettings.model()
                    + "\", and the configured one is \""
                    + model.get().id() + "\"");
            return Optional.empty();
        }
        try {
            return model.get().embed(EmbeddingModel.Kind.QUERY, List.of(vectorSettings.queryPrefix() + query.words()))
                    .stream().findFirst().map(vectorSettings::checked);
        } catch (UnavailableException e) {
            notes.add("the model did not answer: " + e.problem());
            return Optional.empty();
        } catch (InvalidInputException e) {
            notes.add("the model's answer cannot be searched for: " + e.problem());
            return Optional.empty();
        }
    }

    private List<SearchHit> hits(SearchCollection collection, TextQuery query, List<Fusion.Fused> best) {
        var ids = best.stream().map(Fusion.Fused::entry).toList();
        var found = entries.byId(ids, false);
        var shown = texts.highlights(collection, query, ids);
        return best.stream().flatMap(fused -> Optional.ofNullable(found.get(fused.entry())).stream()
                .map(entry -> new SearchHit(entry.key(), entry.title(), entry.metadata(), fused.score(),
                        fused.opinions(), shown.getOrDefault(fused.entry(), NOTHING))))
                .toList();
    }
}
