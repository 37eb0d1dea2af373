package dev.howdah.server;

import dev.howdah.documents.BulkOperation;
import dev.howdah.documents.BulkResult;
import dev.howdah.documents.Document;
import dev.howdah.documents.Documents;
import dev.howdah.documents.FindAndModify;
import dev.howdah.documents.NewDocument;
import dev.howdah.documents.Query;
import dev.howdah.documents.UpdateResult;
import dev.howdah.documents.aggregate.Pipeline;
import dev.howdah.documents.aggregate.PipelineLimits;
import dev.howdah.documents.query.FieldPath;
import dev.howdah.documents.query.Filter;
import dev.howdah.documents.update.Update;
import dev.howdah.documents.value.DocumentIds;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Documents by filters in MongoDB's query language. */
@RestController
@Tag(name = "Document queries", description = "Finding, changing and deleting documents by filters")
final class DocumentQueriesController {
    private static final String COLLECTION = DocumentCollectionsController.PATH + "/{collection}";
    private static final int PAGE_DEFAULT = 100;
    private static final int RESULTS_MAX = 10_000;

    private final Documents documents;

    DocumentQueriesController(Howdah howdah) {
        this.documents = howdah.documents();
    }

    @PostMapping(COLLECTION + "/_find")
    @Operation(summary = "A page of documents: {filter, sort, projection, skip, limit, page, cursor, meta}; limit is of the "
            + "whole, page of one answer")
    ResponseEntity<String> find(@PathVariable String collection, @RequestBody(required = false) Optional<String> body) {
        var input = DocumentJson.read(body.orElse(""), "filter", "sort", "projection", "skip", "limit", "page",
                "cursor",
                "meta");
        var query = new Query(input.filter(), input.sort(), input.projection(), input.number("skip").orElse(0),
                input.number("limit"));
        int size = Math.clamp(input.number("page").orElse(PAGE_DEFAULT), Integer.MIN_VALUE, Integer.MAX_VALUE);
        var page = documents.collection(collection).page(query, input.text("cursor"), size);
        boolean withMeta = input.flag("meta", false);
        var answer = DocumentJson.object();
        answer.set("items", DocumentJson.array(page.documents().stream().map(document -> withMeta
                ? DocumentJson.envelope(document)
                : document.value()).toList()));
        return DocumentJson.answer(answer.put("next", page.next().orElse(null)));
    }

    @PostMapping(COLLECTION + "/_count")
    @Operation(summary = "How many documents match: {filter, limit, estimate}; estimate counts nothing and takes no filter")
    ResponseEntity<String> count(@PathVariable String collection,
            @RequestBody(required = false) Optional<String> body) {
        var input = DocumentJson.read(body.orElse(""), "filter", "limit", "estimate");
        var target = documents.collection(collection);
        boolean isEstimate = input.flag("estimate", false);
        return DocumentJson.answer(DocumentJson.object().put("count", isEstimate
                ? target.estimate()
                : target.count(input.filter(), input.number("limit"))).put("exact", !isEstimate));
    }

    @PostMapping(COLLECTION + "/_distinct")
    @Operation(summary = "The different values at a path: {path, filter}")
    ResponseEntity<String> distinct(@PathVariable String collection, @RequestBody String body) {
        var input = DocumentJson.read(body, "path", "filter");
        var path = FieldPath.parse(input.text("path").orElseThrow(() -> missing("path")));
        var answer = DocumentJson.object();
        answer.set("values", DocumentJson.array(documents.collection(collection).distinct(path, input.filter()).stream()
                .map(value -> Values.denormalise(value, Values.Format.RELAXED)).toList()));
        return DocumentJson.answer(answer);
    }

    @PostMapping(COLLECTION + "/_aggregate")
    @Operation(summary = "What a pipeline makes of the documents: {pipeline: [{$match}, {$group}, …]}; at most 10,000 results")
    ResponseEntity<String> aggregate(@PathVariable String collection, @RequestBody String body) {
        var pipeline = Pipeline.parse(DocumentJson.read(body, "pipeline").array("pipeline"));
        var results = new ArrayList<JsonNode>();
        documents.collection(collection).aggregate(pipeline, PipelineLimits.DEFAULT, result -> {
            if (results.size() == RESULTS_MAX) {
                throw new LimitExceededException("aggregation-too-long", "the pipeline makes more than " + RESULTS_MAX
                        + " results", "end it with $limit, or group more");
            }
            results.add(Values.denormalise(result, Values.Format.RELAXED));
        });
        return DocumentJson.answer(DocumentJson.object().set("items", DocumentJson.array(results)));
    }

    @PostMapping(COLLECTION + "/_update")
    @Operation(summary = "Changes the first document that matches, or all: {filter, update, array_filters, many, upsert}")
    ResponseEntity<String> update(@PathVariable String collection, @RequestBody String body) {
        var input = DocumentJson.read(body, "filter", "update", "array_filters", "many", "upsert");
        var update = input.update().orElseThrow(() -> missing("update"));
        var outcome = documents.collection(collection).bulk(List.of(change(input, update)), true).outcomes().getFirst();
        outcome.failure().ifPresent(failure -> {
            throw failure;
        });
        return DocumentJson.answer(result(new UpdateResult(outcome.matched(), outcome.modified(), outcome.inserted())));
    }

    private static BulkOperation change(DocumentJson input, Update update) {
        return new BulkOperation.Change(input.filter(), update, input.flag("upsert", false), input.flag("many", false));
    }

    private static ObjectNode result(UpdateResult result) {
        return DocumentJson.object().put("matched", result.matched()).put("modified", result.modified())
                .set("upserted", id(result.upsertedId()));
    }

    private static JsonNode id(Optional<String> id) {
        return id.map(DocumentIds::toValue).orElseGet(() -> DocumentJson.object().nullNode());
    }

    @PostMapping(COLLECTION + "/_delete")
    @Operation(summary = "Deletes the first document that matches, or all: {filter, many}; the filter is not optional")
    ResponseEntity<String> delete(@PathVariable String collection, @RequestBody String body) {
        var input = DocumentJson.read(body, "filter", "many");
        var filter = Filter.parse(input.object("filter").orElseThrow(() -> missing("filter")));
        var target = documents.collection(collection);
        long deleted = input.flag("many", false) ? target.deleteMany(filter) : target.deleteOne(filter) ? 1 : 0;
        return DocumentJson.answer(DocumentJson.object().put("deleted", deleted));
    }

    @PostMapping(COLLECTION + "/_find-and-modify")
    @Operation(summary = "Changes or deletes one document and answers it: {filter, sort, update, array_filters, remove, upsert, "
            + "return}; return is before or after")
    ResponseEntity<String> findAndModify(@PathVariable String collection, @RequestBody String body) {
        var input = DocumentJson.read(body, "filter", "sort", "update", "array_filters", "remove", "upsert", "return");
        var update = input.update();
        if (update.isPresent() == input.flag("remove", false)) {
            throw DocumentJson.invalid("update", "either update or remove is needed", "give one of them");
        }
        var wanted = input.text("return").orElse("before");
        if (!wanted.equals("before") && !wanted.equals("after")) {
            throw DocumentJson.invalid("return", "\"" + wanted + "\" is not known", "use before or after");
        }
        var found = documents.collection(collection).findAndModify(new FindAndModify(input.filter(), input.sort(),
                update, input.flag("upsert", false), wanted.equals("after")));
        return DocumentJson.answer(DocumentJson.object().set("document", found.map(Document::value)
                .map(JsonNode.class::cast).orElseGet(() -> DocumentJson.object().nullNode())));
    }

    @PostMapping(COLLECTION + "/_bulk")
    @Operation(summary = "Several writes in one transaction: {operations: [{insert} | {update, filter, …} | {delete: filter, "
            + "many}], ordered}; an ordered bulk stops at the first that fails")
    ResponseEntity<String> bulk(@PathVariable String collection, @RequestBody String body) {
        var input = DocumentJson.read(body, "operations", "ordered");
        var operations = new ArrayList<BulkOperation>();
        for (var operation : input.array("operations")) {
            operations.add(operation("/operations/" + operations.size(), operation));
        }
        var outcomes = documents.collection(collection).bulk(operations, input.flag("ordered", true)).outcomes();
        var answer = DocumentJson.object()
                .put("failed", outcomes.stream().filter(one -> one.failure().isPresent()).count())
                .put("not_run", operations.size() - outcomes.size());
        answer.set("results", DocumentJson.array(outcomes.stream().map(DocumentQueriesController::outcome).toList()));
        return DocumentJson.answer(answer);
    }

    private static BulkOperation operation(String at, JsonNode given) {
        if (given instanceof ObjectNode object) {
            if (object.get("insert") instanceof ObjectNode document) {
                return new BulkOperation.Insert(NewDocument.of(document));
            }
            if (object.get("delete") instanceof ObjectNode filter) {
                return new BulkOperation.Delete(Filter.parse(filter), new DocumentJson(object).flag("many", false));
            }
            var input = new DocumentJson(object);
            var update = input.update();
            if (update.isPresent()) {
                return change(input, update.get());
            }
        }
        throw new InvalidInputException("bulk-invalid", at, "is no operation",
                "use {\"insert\": document}, {\"filter\": …, \"update\": …} or {\"delete\": filter}");
    }

    private static ObjectNode outcome(BulkResult.Outcome outcome) {
        var view = DocumentJson.object().put("matched", outcome.matched()).put("modified", outcome.modified())
                .put("deleted", outcome.deleted());
        view.set("inserted", id(outcome.inserted()));
        outcome.failure().ifPresent(failure -> view.putObject("error").put("code", failure.code())
                .put("detail", failure.problem()).put("remedy", failure.remedy()));
        return view;
    }

    @PostMapping(COLLECTION + "/_explain")
    @Operation(summary = "Which index serves which part of a filter, what to declare where none does, and the plan: {filter, "
            + "sort, skip, limit}")
    ResponseEntity<String> explain(@PathVariable String collection,
            @RequestBody(required = false) Optional<String> body) {
        var input = DocumentJson.read(body.orElse(""), "filter", "sort", "skip", "limit");
        var explanation = documents.collection(collection).explain(new Query(input.filter(), input.sort(),
                Optional.empty(), input.number("skip").orElse(0), input.number("limit")));
        var answer = DocumentJson.object();
        answer.set("clauses", DocumentJson.array(explanation.clauses().stream().map(clause -> DocumentJson.object()
                .put("condition", clause.condition()).put("service", TaskViews.label(clause.service()))
                .put("index", clause.index().orElse(null)).put("advice", clause.advice().orElse(null))).toList()));
        return DocumentJson.answer(answer.set("plan", DocumentJson.texts(explanation.plan())));
    }

    private static InvalidInputException missing(String field) {
        return DocumentJson.invalid(field, "is missing", "add it");
    }
}
