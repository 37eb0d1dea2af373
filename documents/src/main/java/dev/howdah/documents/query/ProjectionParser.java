package dev.howdah.documents.query;

import dev.howdah.documents.query.Projection.ElemMatch;
import dev.howdah.documents.query.Projection.Exclude;
import dev.howdah.documents.query.Projection.Include;
import dev.howdah.documents.query.Projection.Positional;
import dev.howdah.documents.query.Projection.Rule;
import dev.howdah.documents.query.Projection.Slice;
import dev.howdah.postgres.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads a projection's JSON. */
final class ProjectionParser {
    private ProjectionParser() {}

    static Projection parse(ObjectNode given) {
        if (given.size() > Projection.FIELDS_MAX) {
            throw invalid("", "has " + given.size() + " fields", "give at most " + Projection.FIELDS_MAX);
        }
        var fields = new LinkedHashMap<FieldPath, Rule>();
        var withId = !given.has("_id") || isTrue("_id", given.path("_id"));
        given.forEachEntry((name, value) -> {
            if (!name.equals("_id")) {
                var positional = name.endsWith(".$");
                var path = FieldPath.parse(positional ? name.substring(0, name.length() - 2) : name);
                checkCollision(path, fields);
                fields.put(path, positional ? new Positional() : rule(name, value));
            }
        });
        var includes = includes(fields);
        if (includes && fields.values().stream().anyMatch(Exclude.class::isInstance)) {
            throw invalid("", "names fields to show and fields to hide", "do one of both; only _id may differ");
        }
        // {"_id": 1} alone shows nothing else
        var onlyId = fields.isEmpty() && given.has("_id") && withId;
        return new Projection(includes || onlyId, withId, fields);
    }

    /** A slice alone leaves the other fields as they are. */
    private static boolean includes(Map<FieldPath, Rule> fields) {
        return fields.values().stream()
                .anyMatch(rule -> rule instanceof Include || rule instanceof ElemMatch || rule instanceof Positional);
    }

    private static void checkCollision(FieldPath path, Map<FieldPath, Rule> fields) {
        for (var other : fields.keySet()) {
            if (path.startsWith(other) || other.startsWith(path)) {
                throw invalid(path.toString(), "names both " + other + " and " + path, "name one of them");
            }
        }
    }

    private static Rule rule(String name, JsonNode value) {
        if (value instanceof ObjectNode object && object.size() == 1) {
            var operator = object.propertyNames().iterator().next();
            return switch (operator) {
                case "$slice" -> slice(name, object.path(operator));
                case "$elemMatch" -> elemMatch(name, object);
                default -> throw invalid(name, "has the operator " + operator,
                        "supported are $slice, $elemMatch and name.$; expressions stand in the stage $project");
            };
        }
        return isTrue(name, value) ? new Include() : new Exclude();
    }

    private static Rule elemMatch(String name, ObjectNode object) {
        var filter = Filter.parse(JsonNodeFactory.instance.objectNode().set(name, object));
        if (filter instanceof Filter.Field field && field.test() instanceof Filter.ElemMatch match) {
            return new ElemMatch(Matcher.of(match.filter()));
        }
        throw invalid(name, "gives $elemMatch " + object, "give it a filter");
    }

    private static Rule slice(String name, JsonNode value) {
        if (value.isArray() && value.size() == 2 && value.path(0).isInt() && value.path(1).isInt()
                && value.path(1).intValue() > 0) {
            return new Slice(value.path(0).intValue(), value.path(1).intValue());
        }
        if (value.isInt()) {
            var count = value.intValue();
            return count < 0 ? new Slice(count, Integer.MAX_VALUE) : new Slice(0, count);
        }
        throw invalid(name, "gives $slice " + value, "use a number, or [skip, limit] with a limit above 0");
    }

    private static boolean isTrue(String name, JsonNode value) {
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        if (value.isNumber()) {
            return value.decimalValue().signum() != 0;
        }
        throw invalid(name, "is given " + value, "use 1 or true to show, 0 or false to hide");
    }

    private static InvalidInputException invalid(String field, String problem, String remedy) {
        return new InvalidInputException("projection-invalid", field, "the projection " + problem, remedy);
    }
}
