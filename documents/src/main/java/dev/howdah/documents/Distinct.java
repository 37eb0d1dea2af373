package dev.howdah.documents;

import dev.howdah.documents.query.FieldPath;
import dev.howdah.documents.value.ValueOrder;
import dev.howdah.postgres.LimitExceededException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** The different values at a path; elements of an array count each for itself. */
final class Distinct {
    private static final int VALUES_MAX = 100_000;

    private final FieldPath path;
    private final TreeSet<JsonNode> values = new TreeSet<>(ValueOrder.INSTANCE);

    Distinct(FieldPath path) {
        this.path = path;
    }

    void add(Document document) {
        collect(document.stored().data(), path.steps());
        if (values.size() > VALUES_MAX) {
            throw new LimitExceededException("values-too-many", "\"" + path + "\" has more than " + VALUES_MAX
                    + " different values", "filter more, or use $group of an aggregation");
        }
    }

    private void collect(JsonNode at, List<String> steps) {
        if (steps.isEmpty()) {
            if (at.isArray()) {
                at.forEach(values::add);
            } else {
                values.add(at);
            }
            return;
        }
        var step = steps.getFirst();
        var rest = steps.subList(1, steps.size());
        if (at.isArray()) {
            at.forEach(element -> {
                if (element.isObject()) {
                    collect(element, steps);
                }
            });
        }
        var below = at.isArray() && FieldPath.isIndex(step) ? at.get(Integer.parseInt(step)) : at.get(step);
        if (below != null) {
            collect(below, rest);
        }
    }

    List<JsonNode> values() {
        return new ArrayList<>(values);
    }
}
