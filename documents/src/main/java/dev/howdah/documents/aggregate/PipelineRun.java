package dev.howdah.documents.aggregate;

import dev.howdah.documents.query.FieldPath;
import dev.howdah.documents.query.Matcher;
import dev.howdah.documents.value.ValueType;
import dev.howdah.postgres.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** One run of a pipeline: each stage makes a stream of a stream. Documents that come in are never changed. */
final class PipelineRun {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final ForeignDocuments foreign;
    private final PipelineLimits limits;

    PipelineRun(ForeignDocuments foreign, PipelineLimits limits) {
        this.foreign = foreign;
        this.limits = limits;
    }

    Stream<ObjectNode> run(Pipeline pipeline, Stream<ObjectNode> documents) {
        var stream = documents;
        for (var stage : pipeline.stages()) {
            stream = step(stage, stream);
        }
        return stream;
    }

    private Stream<ObjectNode> step(Stage stage, Stream<ObjectNode> input) {
        return switch (stage) {
            case Stage.Match match -> input.filter(Matcher.of(match.filter())::matches);
            case Stage.Project project -> input.map(document -> project(project, document));
            case Stage.AddFields add ->
                input.map(document -> set(document.deepCopy(), add.computed(), document, "$addFields"));
            case Stage.Group group -> whole(input, documents -> group(group, documents));
            case Stage.Order order ->
                whole(input, documents -> kept(stage, documents).stream().sorted(order.sort().comparator()));
            case Stage.Skip skip -> input.skip(skip.count());
            case Stage.Limit limit -> input.limit(limit.count());
            case Stage.Unwind unwind -> input.flatMap(document -> unwind(unwind, document));
            case Stage.Count count -> whole(input, documents -> count(count, documents.count()));
            case Stage.Lookup lookup -> new LookupRun(lookup, foreign, limits).run(input);
            case Stage.Facet facet -> whole(input, documents -> facet(facet, documents));
            case Stage.ReplaceRoot replace -> input.map(document -> root(replace, document));
        };
    }

    /** For stages that need all documents: they start when the first result is asked for. */
    static Stream<ObjectNode> whole(Stream<ObjectNode> input, Function<Stream<ObjectNode>, Stream<ObjectNode>> stage) {
        return StreamSupport.stream(() -> stage.apply(input).spliterator(), java.util.Spliterator.ORDERED, false)
                .onClose(input::close);
    }

    private List<ObjectNode> kept(Stage stage, Stream<ObjectNode> documents) {
        var budget = new MemoryBudget(stage.keyword(), limits);
        var kept = new ArrayList<ObjectNode>();
        documents.forEachOrdered(document -> kept.add(budget.keep(document)));
        return kept;
    }

    private Stream<ObjectNode> group(Stage.Group group, Stream<ObjectNode> documents) {
        var groups = new Groups(group, new MemoryBudget(group.keyword(), limits));
        documents.forEachOrdered(groups::add);
        return groups.results();
    }

    private static Stream<ObjectNode> count(Stage.Count stage, long count) {
        return count == 0 ? Stream.empty() : Stream.of(NODES.objectNode().put(stage.field(), count));
    }

    private Stream<ObjectNode> facet(Stage.Facet facet, Stream<ObjectNode> documents) {
        var input = kept(facet, documents);
        var budget = new MemoryBudget(facet.keyword(), limits);
        var result = NODES.objectNode();
        facet.pipelines().forEach((name, pipeline) -> {
            var array = result.putArray(name);
            try (var output = run(pipeline, input.stream())) {
                output.forEachOrdered(document -> array.add(budget.keep(document)));
            }
        });
        return Stream.of(result);
    }

    private static ObjectNode project(Stage.Project project, ObjectNode document) {
        var shown = project.fields().apply(document, OptionalInt.empty());
        return project.computed().isEmpty() ? shown : set(shown.deepCopy(), project.computed(), document, "$project");
    }

    /** Computes from the document as it came in, also where a field has been set before. */
    private static ObjectNode set(ObjectNode target, Map<FieldPath, Value> computed, ObjectNode document,
            String stage) {
        var evaluator = new Evaluator(stage);
        computed.forEach((path, value) -> set(target, path.steps(), evaluator.value(value, document)));
        return target;
    }

    /** In arrays, each element gets the field; what is no object becomes one. */
    static void set(ObjectNode target, List<String> steps, @Nullable JsonNode value) {
        var name = steps.getFirst();
        if (steps.size() == 1) {
            if (value != null) {
                target.set(name, value);
            }
            return;
        }
        target.set(name, below(target.get(name), steps.subList(1, steps.size()), value));
    }

    private static JsonNode below(@Nullable JsonNode child, List<String> steps, @Nullable JsonNode value) {
        if (child != null && child.isArray()) {
            var array = NODES.arrayNode(child.size());
            child.forEach(element -> array.add(below(element, steps, value)));
            return array;
        }
        var object = child instanceof ObjectNode given && ValueType.of(given) == ValueType.OBJECT
                ? given
                : NODES.objectNode();
        set(object, steps, value);
        return object;
    }

    private static Stream<ObjectNode> unwind(Stage.Unwind unwind, ObjectNode document) {
        var found = at(document, unwind.path());
        if (found == null || Evaluator.isNull(found) || (found.isArray() && found.isEmpty())) {
            return unwind.keepEmpty()
                    ? Stream.of(unwound(unwind, document, found != null && found.isArray() ? null : found, -1))
                    : Stream.empty();
        }
        if (!found.isArray()) {
            return Stream.of(unwound(unwind, document, found, -1));
        }
        return java.util.stream.IntStream.range(0, found.size())
                .mapToObj(i -> unwound(unwind, document, found.get(i), i));
    }

    private static @Nullable JsonNode at(ObjectNode document, FieldPath path) {
        JsonNode value = document;
        for (var step : path.steps()) {
            value = value == null ? null : value.get(step);
        }
        return value;
    }

    private static ObjectNode unwound(Stage.Unwind unwind, ObjectNode document, @Nullable JsonNode element, int index) {
        var copy = document.deepCopy();
        if (element == null) {
            remove(copy, unwind.path());
        } else {
            set(copy, unwind.path().steps(), element);
        }
        unwind.index()
                .ifPresent(field -> set(copy, field.steps(), index < 0 ? NODES.nullNode() : NODES.numberNode(index)));
        return copy;
    }

    private static void remove(ObjectNode document, FieldPath path) {
        JsonNode parent = document;
        for (var step : path.steps().subList(0, path.steps().size() - 1)) {
            parent = parent.path(step);
        }
        if (parent instanceof ObjectNode object) {
            object.remove(path.steps().getLast());
        }
    }

    private static ObjectNode root(Stage.ReplaceRoot replace, ObjectNode document) {
        var value = new Evaluator(replace.keyword()).value(replace.root(), document);
        if (value instanceof ObjectNode object && ValueType.of(value) == ValueType.OBJECT) {
            return object;
        }
        throw new InvalidInputException("aggregation-failed", "$replaceRoot", "$replaceRoot is given a value of type "
                + (value == null ? "missing" : ValueType.of(value).alias()), "give it an object");
    }
}
