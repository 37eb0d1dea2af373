package dev.howdah.documents.update;

import dev.howdah.documents.query.Filter;
import dev.howdah.documents.query.FilterLimits;
import dev.howdah.documents.query.Matcher;
import dev.howdah.postgres.InvalidInputException;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Conditions on elements of arrays. */
final class Elements {
    private Elements() {}

    /** What {@code $pull} takes out: elements that match or, if it is no condition, that are equal. */
    static Predicate<JsonNode> condition(JsonNode condition) {
        return Matcher.of(Filter.parseCondition(condition, FilterLimits.DEFAULT))::matchesValue;
    }

    /** The name that an array filter is for: the first step of its paths. */
    static String identifier(JsonNode filter) {
        var names = filter.propertyStream().map(entry -> entry.getKey().split("\\.", 2)[0]).distinct().toList();
        if (!filter.isObject() || names.size() != 1 || !names.getFirst().matches("[a-z][A-Za-z0-9]*")) {
            throw new InvalidInputException("update-invalid", "array_filters",
                    "a condition does not begin with one name", "write {\"name.field\": value} or {\"name\": value}");
        }
        return names.getFirst();
    }

    /** An array filter: the element stands under its name. */
    static Predicate<JsonNode> named(String name, ObjectNode filter) {
        var matcher = Matcher.of(Filter.parse(filter));
        return element -> matcher.matches(JsonNodeFactory.instance.objectNode().set(name, element));
    }
}
