package dev.howdah.server;

import dev.howdah.knowledge.KnowledgeCollection;
import dev.howdah.knowledge.Scans;
import dev.howdah.knowledge.collection.Filter;
import dev.howdah.knowledge.search.KnowledgeSearch;
import dev.howdah.knowledge.search.SearchRequest;
import dev.howdah.knowledge.vector.Projection;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.queue.TaskQueue;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@RestController
@Tag(name = "Knowledge")
final class KnowledgeSearchController {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String PATH = "/api/knowledge/";
    private static final int POINTS_MAX = 2_000;

    private final KnowledgeSearch search;
    private final KnowledgeCollection knowledge;
    private final Scans scans;
    private final TaskQueue queue;

    KnowledgeSearchController(Howdah howdah) {
        this.search = howdah.search();
        this.knowledge = howdah.knowledgeCollection();
        this.scans = howdah.scans();
        this.queue = howdah.queue();
    }

    @GetMapping(PATH + "search")
    @Operation(summary = "Finds patterns, decisions, components, lessons and runtime issues by words and meaning. q takes words, "
            + "\"phrases\", -exclusions and field:value; mode is text, semantic or hybrid. Each hit says what each ranker "
            + "thought of it")
    ObjectNode search(@RequestParam String q, @RequestParam(required = false) Optional<String> mode,
            @RequestParam(required = false) Optional<String> kind,
            @RequestParam(required = false) Optional<String> repository,
            @RequestParam(required = false) Optional<String> filter, @RequestParam(defaultValue = "10") int limit) {
        var narrowed = Filter.and(SearchViews.filter(filter), equal("kind", kind), equal("repository", repository));
        return SearchViews.answer(knowledge.search(new SearchRequest(q, SearchViews.mode(mode), narrowed, limit,
                Optional.empty())));
    }

    private static Filter equal(String field, Optional<String> value) {
        return value.map(text -> Filter.eq(field, text)).orElseGet(Filter::none);
    }

    @GetMapping(PATH + "{kind:patterns|decisions|components|lessons|issues}/{id}/similar")
    @Operation(summary = "Entries of the same kind whose meaning is near; needs a model of embeddings")
    ObjectNode similar(@PathVariable String kind, @PathVariable String id, @RequestParam(defaultValue = "10") int limit,
            @RequestParam(required = false) Optional<Double> threshold) {
        var key = kind.substring(0, kind.length() - 1) + ":" + id;
        return SearchViews.similar(knowledge.similar(key, limit, threshold.map(OptionalDouble::of)
                .orElseGet(OptionalDouble::empty)));
    }

    @GetMapping(PATH + "map")
    @Operation(summary = "Entries as points of a plane, near ones near each other; those that have vectors, at most 2,000")
    ObjectNode map(@RequestParam(required = false) Optional<String> kind,
            @RequestParam(defaultValue = "500") int limit) {
        if (limit < 1 || limit > POINTS_MAX) {
            throw new InvalidInputException("limit-invalid", "limit", "limit is " + limit, "give 1 to " + POINTS_MAX);
        }
        var entries = search.entries().embedded(knowledge.collection(), equal("kind", kind), limit);
        var points = Projection.of(entries.stream().map(entry -> entry.embedding().orElseThrow()).toList());
        var json = JSON.createObjectNode();
        var items = json.putArray("items");
        for (int i = 0; i < points.size(); i++) {
            var entry = entries.get(i);
            items.addObject().put("key", entry.key()).put("title", entry.title()).put("x", points.get(i).x())
                    .put("y", points.get(i).y()).set("metadata", entry.metadata());
        }
        return json;
    }

    @PostMapping(PATH + "reembed")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(summary = "Makes all vectors anew, with the configured model, by a task")
    ObjectNode reembed() {
        return CollectionsController.view(search, knowledge.reembed());
    }

    record ScanInput(@Nullable String path, @Nullable String repository) {}

    @PostMapping(PATH + "scans")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(summary = "Scans a Git repository on the server's machine, by a task whose id is answered: languages, dependencies, "
            + "tests, deployment, documentation, components, security practices, patterns, decisions")
    ObjectNode scan(@RequestBody ScanInput input) {
        var path = Objects.requireNonNullElse(input.path, "");
        var id = queue.enqueue(List.of(scans.task(path, Optional.ofNullable(input.repository)))).getFirst();
        return JSON.createObjectNode().put("task_id", id.toString());
    }
}
