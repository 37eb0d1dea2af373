package dev.howdah.documents.aggregate;

import dev.howdah.documents.query.Expressions;
import dev.howdah.documents.query.FieldPath;
import dev.howdah.documents.query.Filter;
import dev.howdah.documents.value.ValueOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Gatherers;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code $lookup}: documents go by in batches, each of which asks the other collection once. */
final class LookupRun {
    private static final int BATCH_MAX = 500;

    private final Stage.Lookup lookup;
    private final ForeignDocuments foreign;
    private final PipelineLimits limits;

    LookupRun(Stage.Lookup lookup, ForeignDocuments foreign, PipelineLimits limits) {
        this.lookup = lookup;
        this.foreign = foreign;
        this.limits = limits;
    }

    Stream<ObjectNode> run(Stream<ObjectNode> documents) {
        return documents.gather(Gatherers.windowFixed(BATCH_MAX)).flatMap(this::joined);
    }

    private Stream<ObjectNode> joined(List<ObjectNode> batch) {
        var wanted = new LinkedHashMap<String, JsonNode>();
        batch.forEach(document -> ends(document, lookup.localField())
                .forEach(value -> wanted.put(ValueOrder.key(value), value)));
        var byKey = found(List.copyOf(wanted.values()));
        return batch.stream().map(document -> joined(document, byKey));
    }

    private ObjectNode joined(ObjectNode document, Map<String, List<ObjectNode>> byKey) {
        var matches = new LinkedHashSet<ObjectNode>();
        ends(document, lookup.localField())
                .forEach(value -> matches.addAll(byKey.getOrDefault(ValueOrder.key(value), List.of())));
        var array = JsonNodeFactory.instance.arrayNode();
        matches.forEach(array::add);
        var copy = document.deepCopy();
        PipelineRun.set(copy, lookup.as().steps(), array);
        return copy;
    }

    /** The other collection's documents by each value that they can be found by. */
    private Map<String, List<ObjectNode>> found(List<JsonNode> values) {
        var budget = new MemoryBudget(lookup.keyword(), limits);
        var byKey = new HashMap<String, List<ObjectNode>>();
        try (var documents = foreign.find(lookup.from(),
                new Filter.Field(lookup.foreignField(), new Filter.In(values, List.of())))) {
            documents.forEachOrdered(document -> {
                budget.keep(document);
                ends(document, lookup.foreignField()).stream().map(ValueOrder::key).distinct()
                        .forEach(key -> byKey.computeIfAbsent(key, k -> new ArrayList<>()).add(document));
            });
        }
        return byKey;
    }

    /** The values at a path: an array stands for itself and for its elements, nothing for null. */
    private static Set<JsonNode> ends(ObjectNode document, FieldPath path) {
        var ends = new LinkedHashSet<JsonNode>();
        @Nullable
        JsonNode value = Expressions.at(document, path.steps());
        if (value == null) {
            ends.add(JsonNodeFactory.instance.nullNode());
        } else {
            ends.add(value);
            if (value.isArray()) {
                ends.addAll(value.values());
            }
        }
        return ends;
    }
}
