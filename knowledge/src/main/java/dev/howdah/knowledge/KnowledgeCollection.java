package dev.howdah.knowledge;

import dev.howdah.knowledge.collection.Entry;
import dev.howdah.knowledge.collection.FieldType;
import dev.howdah.knowledge.collection.Filter;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.search.KnowledgeSearch;
import dev.howdah.knowledge.search.SearchAnswer;
import dev.howdah.knowledge.search.SearchRequest;
import dev.howdah.knowledge.search.Similar;
import dev.howdah.postgres.Transaction;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The collection in which everything that is known about repositories is found: patterns, decisions, components, lessons and
 * runtime issues, each under a key such as {@code pattern:12}, with {@code kind} and {@code repository} to narrow a search
 * by. Thread-safe.
 */
public final class KnowledgeCollection implements SearchSink {
    /** Its name among the collections. */
    public static final String NAME = "knowledge";

    private static final Map<String, FieldType> FIELDS = Stream
            .of("kind", "repository", "category", "impact", "severity",
                    "issue_type", "service_type", "language", "component_type")
            .collect(Collectors.toUnmodifiableMap(name -> name, name -> FieldType.TEXT));

    private final KnowledgeSearch search;
    private volatile @Nullable SearchCollection collection;

    public KnowledgeCollection(KnowledgeSearch search) {
        this.search = search;
    }

    /**
     * Creates the collection if it is not there. One without vectors gets those of the configured model; one with vectors of
     * another model keeps them, until {@link #reembed} is called.
     */
    public SearchCollection prepare() {
        var found = search.collections().find(NAME);
        if (found.isEmpty()) {
            collection = search.create(SearchCollection.named(NAME).withFields(FIELDS));
        } else if (found.get().vectors().isEmpty() && search.model().isPresent()) {
            collection = search.reembed(found.get());
        } else {
            collection = found.get();
        }
        return collection();
    }

    /** As it is stored. */
    public SearchCollection collection() {
        var known = collection;
        return known == null ? prepare() : known;
    }

    /** Finds by words and meaning. */
    public SearchAnswer search(SearchRequest request) {
        return search.search(current(), request);
    }

    /** Entries that are like one of them, of the same kind. */
    public List<Similar> similar(String key, int limit, OptionalDouble threshold) {
        var kind = Filter.eq("kind", key.substring(0, Math.max(0, key.indexOf(':'))));
        return search.similar(current(), key, limit, threshold, kind);
    }

    /** Makes all vectors anew, with the configured model. */
    public SearchCollection reembed() {
        var changed = search.reembed(current());
        collection = changed;
        return changed;
    }

    @Override
    public void put(Transaction tx, List<SearchText> texts) {
        search.put(tx, collection(), texts.stream().map(KnowledgeCollection::entry).toList());
    }

    @Override
    public void remove(Transaction tx, Collection<String> keys) {
        search.remove(tx, collection(), keys);
    }

    /** Another process may have changed its vectors. */
    private SearchCollection current() {
        return search.collections().find(NAME).orElseGet(this::prepare);
    }

    private static Entry entry(SearchText text) {
        var metadata = Json.object().put("kind", text.kind()).put("repository", text.repository());
        text.metadata().forEach(metadata::put);
        return new Entry(text.key(), cut(text.title(), Entry.TITLE_MAX), cut(text.text(), Entry.TEXT_MAX), metadata,
                Optional.empty());
    }

    /** What is stored may be longer than what is searched. */
    private static String cut(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max);
    }
}
