package dev.howdah.server;

import dev.howdah.knowledge.KnowledgeCollection;
import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.knowledge.collection.Entry;
import dev.howdah.knowledge.collection.FieldType;
import dev.howdah.knowledge.collection.Filter;
import dev.howdah.knowledge.collection.IndexSettings;
import dev.howdah.knowledge.collection.Metric;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.collection.StoredEntry;
import dev.howdah.knowledge.collection.VectorSettings;
import dev.howdah.knowledge.search.KnowledgeSearch;
import dev.howdah.knowledge.search.SearchMode;
import dev.howdah.knowledge.search.SearchRequest;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.server.TaskViews.Page;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@RestController
@Tag(name = "Search collections", description = "Texts and vectors of your own, to be searched")
final class CollectionsController {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String PATH = "/api/search/collections";
    private static final int ENTRIES_MAX = 1_000;

    private final KnowledgeSearch search;

    CollectionsController(Howdah howdah) {
        this.search = howdah.search();
    }

    @GetMapping(PATH)
    @Operation(summary = "All collections, by name")
    Page<ObjectNode> list() {
        return new Page<>(search.collections().list().stream().map(collection -> view(search, collection)).toList(),
                null);
    }

    @GetMapping(PATH + "/{name}")
    @Operation(summary = "One collection: how many entries it has, and how far its index is")
    ObjectNode get(@PathVariable String name) {
        return view(search, search.collections().get(name));
    }

    record CollectionInput(@Nullable String language, @Nullable Map<String, String> fields,
            @Nullable Integer dimension, @Nullable String metric, @Nullable VectorIndexInput index) {}

    /** How pgvector's index is built and searched; what is left out is as by default. */
    record VectorIndexInput(@Nullable String method, @Nullable Integer m, @Nullable Integer efConstruction,
            @Nullable Integer efSearch, @Nullable Integer lists, @Nullable Integer probes) {
        IndexSettings toSettings() {
            var byDefault = IndexSettings.DEFAULT;
            return new IndexSettings(method == null
                    ? byDefault.method()
                    : choice("index/method", method, IndexSettings.Method.values(), TaskViews::label),
                    Objects.requireNonNullElse(m, byDefault.m()),
                    Objects.requireNonNullElse(efConstruction, byDefault.efConstruction()),
                    Objects.requireNonNullElse(efSearch, byDefault.efSearch()),
                    Objects.requireNonNullElse(lists, byDefault.lists()),
                    Objects.requireNonNullElse(probes, byDefault.probes()));
        }
    }

    @PutMapping(PATH + "/{name}")
    @Operation(summary = "Creates a collection, or finds it as described. With a dimension, callers bring the vectors; without one, the "
            + "configured model makes them, if there is one. Fields (text, number, boolean) are those of the metadata that filters name")
    ObjectNode create(@PathVariable String name, @RequestBody(required = false) @Nullable CollectionInput input) {
        var given = input == null ? new CollectionInput(null, null, null, null, null) : input;
        var fields = new LinkedHashMap<String, FieldType>();
        Objects.requireNonNullElse(given.fields, Map.<String, String>of()).forEach((field, type) -> fields.put(field,
                choice("fields/" + field, type, FieldType.values(), FieldType::label)));
        var description = SearchCollection.named(name).withFields(fields)
                .withLanguage(Objects.requireNonNullElse(given.language, "english"));
        if (given.dimension != null) {
            var metric = given.metric == null
                    ? Metric.COSINE
                    : choice("metric", given.metric, Metric.values(), Metric::label);
            var index = given.index == null ? IndexSettings.DEFAULT : given.index.toSettings();
            return view(search, search.collections().create(description
                    .withVectors(VectorSettings.of(given.dimension, metric).with(index))));
        }
        return view(search, search.create(description));
    }

    @DeleteMapping(PATH + "/{name}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Deletes a collection with everything in it")
    void delete(@PathVariable String name) {
        requireOwn(name);
        if (!search.collections().delete(name)) {
            throw new NotFoundException("collection-unknown", "there is no collection \"" + name + "\"",
                    "see GET " + PATH);
        }
    }

    record KnowledgeEntryInput(@Nullable String key, @Nullable String title, @Nullable String text,
            @Nullable ObjectNode metadata, @Nullable List<Float> embedding) {
        Entry toEntry() {
            return new Entry(Objects.requireNonNullElse(key, ""), Objects.requireNonNullElse(title, ""),
                    Objects.requireNonNullElse(text, ""), Objects.requireNonNullElseGet(metadata,
                            JSON::createObjectNode),
                    vector(embedding));
        }
    }

    record KnowledgeEntriesInput(@Nullable List<KnowledgeEntryInput> entries) {}

    @PostMapping(PATH + "/{name}/entries")
    @Operation(summary = "Adds entries, or replaces those with the same keys; at most 1,000. What is there already stays as it is")
    ObjectNode put(@PathVariable String name, @RequestBody KnowledgeEntriesInput input) {
        requireOwn(name);
        var entries = Objects.requireNonNullElse(input.entries, List.<KnowledgeEntryInput>of());
        if (entries.isEmpty() || entries.size() > ENTRIES_MAX) {
            throw new InvalidInputException("entries-invalid", "entries", entries.size() + " entries",
                    "send 1 to " + ENTRIES_MAX);
        }
        return JSON.createObjectNode().put("changed", search.put(search.collections().get(name),
                entries.stream().map(KnowledgeEntryInput::toEntry).toList()));
    }

    @GetMapping(PATH + "/{name}/entries")
    @Operation(summary = "Entries in the order in which they came, without their vectors")
    Page<ObjectNode> entries(@PathVariable String name, @RequestParam(defaultValue = "0") long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        var page = search.entries().page(search.collections().get(name), cursor, Math.clamp(limit, 1, 500));
        return new Page<>(page.stream().map(CollectionsController::view).toList(), page.size() < limit
                ? null
                : Long.toString(page.getLast().id()));
    }

    record RemoveInput(@Nullable List<String> keys, @Nullable JsonNode filter) {}

    @PostMapping(PATH + "/{name}/entries/delete")
    @Operation(summary = "Deletes entries by their keys, or those that a filter lets through")
    ObjectNode remove(@PathVariable String name, @RequestBody RemoveInput input) {
        requireOwn(name);
        var collection = search.collections().get(name);
        if ((input.keys == null) == (input.filter == null)) {
            throw new InvalidInputException("remove-invalid", "keys", "either keys or filter must be given",
                    "send one of them; {\"filter\": {}} empties the collection");
        }
        int removed = input.keys != null
                ? search.remove(collection, input.keys)
                : search.entries().remove(collection, Filter.parse(Objects.requireNonNull(input.filter)));
        return JSON.createObjectNode().put("removed", removed);
    }

    record SearchInput(@Nullable String q, @Nullable String mode, @Nullable JsonNode filter, @Nullable Integer limit,
            @Nullable List<Float> embedding) {}

    @PostMapping(PATH + "/{name}/search")
    @Operation(summary = "Finds entries by words (q), by meaning, or near a vector of your own (embedding). The filter is in MongoDB's form")
    ObjectNode search(@PathVariable String name, @RequestBody SearchInput input) {
        var question = Objects.requireNonNullElse(input.q, "");
        var mode = SearchViews.mode(Optional.ofNullable(input.mode));
        var request = new SearchRequest(question,
                mode.isEmpty() && question.isBlank() ? Optional.of(SearchMode.SEMANTIC) : mode,
                input.filter == null ? Filter.none() : Filter.parse(input.filter),
                Objects.requireNonNullElse(input.limit, 10), vector(input.embedding));
        return SearchViews.answer(search.search(search.collections().get(name), request));
    }

    static ObjectNode view(KnowledgeSearch search, SearchCollection collection) {
        var count = search.entries().count(collection);
        var json = JSON.createObjectNode().put("name", collection.name()).put("language", collection.language())
                .put("entries", count.entries()).put("embedded", count.embedded());
        var fields = json.putObject("fields");
        collection.fields().forEach((field, type) -> fields.put(field, type.label()));
        collection.vectors().ifPresent(vectors -> json.putObject("vectors").put("dimension", vectors.dimension())
                .put("metric", vectors.metric().label()).put("model", vectors.model()));
        search.indexState(collection).ifPresent(state -> {
            var index = json.putObject("index").put("kind", state.kind()).put("ready", state.ready())
                    .put("progress", state.progress()).put("bytes", state.bytes());
            var warnings = index.putArray("warnings");
            state.warnings().forEach(warnings::add);
        });
        return json;
    }

    private static ObjectNode view(StoredEntry entry) {
        var json = JSON.createObjectNode().put("key", entry.key()).put("title", entry.title()).put("text",
                entry.text());
        json.set("metadata", entry.metadata());
        return json.put("updated_at", entry.updatedAt().toString());
    }

    private static Optional<Embedding> vector(@Nullable List<Float> components) {
        if (components == null) {
            return Optional.empty();
        }
        var values = new float[components.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Objects.requireNonNullElse(components.get(i), Float.NaN); // refused with its place
        }
        return Optional.of(Embedding.of(values));
    }

    /** What is known about repositories is written through its own routes, or its rows and this copy would part. */
    private static void requireOwn(String name) {
        if (name.equals(KnowledgeCollection.NAME)) {
            throw new InvalidInputException("collection-reserved", "name",
                    "the collection \"" + name + "\" follows what is known about repositories",
                    "write to /api/knowledge, or use a collection of your own");
        }
    }

    private static <E> E choice(String field, String label, E[] values, Function<E, String> labels) {
        return Arrays.stream(values).filter(value -> labels.apply(value).equals(label)).findFirst().orElseThrow(
                () -> new InvalidInputException("collection-invalid", field, "\"" + label + "\" is not known",
                        "use one of " + String.join(", ", Arrays.stream(values).map(labels).toList())));
    }
}
