package dev.howdah.documents.aggregate;

import dev.howdah.documents.aggregate.Stage.Accumulation;
import dev.howdah.documents.query.FieldPath;
import dev.howdah.documents.query.Filter;
import dev.howdah.documents.query.Projection;
import dev.howdah.documents.query.Sort;
import dev.howdah.postgres.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads the stages of a pipeline, those of facets included. */
final class StageParser {
    private static final Map<String, Accumulation.Operator> ACCUMULATORS = Map.of("$sum", Accumulation.Operator.SUM,
            "$avg",
            Accumulation.Operator.AVG, "$min", Accumulation.Operator.MIN, "$max", Accumulation.Operator.MAX, "$first",
            Accumulation.Operator.FIRST, "$last", Accumulation.Operator.LAST, "$push", Accumulation.Operator.PUSH,
            "$addToSet",
            Accumulation.Operator.ADD_TO_SET, "$count", Accumulation.Operator.COUNT);

    private final PipelineLimits limits;
    private int count;

    StageParser(PipelineLimits limits) {
        this.limits = limits;
    }

    Pipeline pipeline(ArrayNode given) {
        return pipeline(given, "");
    }

    private Pipeline pipeline(JsonNode given, String within) {
        var stages = new ArrayList<Stage>();
        for (var stage : given) {
            if (++count > limits.stagesMax()) {
                throw invalid(within, "the pipeline has more than " + limits.stagesMax() + " stages", "shorten it");
            }
            if (!(stage instanceof ObjectNode object) || object.size() != 1) {
                throw invalid(within, "a stage is not an object with one field: " + clipped(stage),
                        "write {\"$match\": {}}");
            }
            var name = object.propertyNames().iterator().next();
            if (!within.isEmpty() && name.equals("$facet")) {
                throw invalid(within, "$facet stands within $facet", "put it outside");
            }
            stages.addAll(stages(name, object.path(name)));
        }
        return new Pipeline(stages);
    }

    private List<Stage> stages(String name, JsonNode given) {
        return switch (name) {
            case "$match" -> List.of(new Stage.Match(Filter.parse(object(name, given))));
            case "$project" -> List.of(project(object(name, given)));
            case "$addFields", "$set" -> List.of(new Stage.AddFields(computed(name, object(name, given))));
            case "$unset" -> List.of(unset(given));
            case "$group" -> List.of(group(object(name, given)));
            case "$sort" -> List.of(new Stage.Order(Sort.parse(object(name, given))));
            case "$skip" -> List.of(new Stage.Skip(number(name, given, 0)));
            case "$limit" -> List.of(new Stage.Limit(number(name, given, 1)));
            case "$unwind" -> List.of(unwind(given));
            case "$count" -> List.of(new Stage.Count(fieldName(name, given)));
            case "$lookup" -> List.of(lookup(object(name, given)));
            case "$facet" -> List.of(facet(object(name, given)));
            case "$sortByCount" -> sortByCount(given);
            case "$replaceRoot" ->
                List.of(new Stage.ReplaceRoot(new ValueParser(name).parse(required(name, given, "newRoot"))));
            case "$replaceWith" -> List.of(new Stage.ReplaceRoot(new ValueParser(name).parse(given)));
            default -> throw invalid(name, "the stage " + name + " is not supported",
                    "supported are " + String.join(", ", Stage.keywords()));
        };
    }

    private static Stage project(ObjectNode given) {
        if (given.isEmpty()) {
            throw invalid("$project", "$project names no field", "name one");
        }
        var shown = JsonNodeFactory.instance.objectNode();
        var computed = new LinkedHashMap<FieldPath, Value>();
        project("", given, shown, computed);
        if (computed.isEmpty()) {
            return new Stage.Project(Projection.parse(shown), computed);
        }
        var withId = !shown.has("_id") || Evaluator.isTrue(shown.get("_id"));
        shown.remove("_id");
        var fields = Projection.parse(shown);
        if (!fields.inclusive() && !fields.fields().isEmpty()) {
            throw invalid("$project", "$project hides fields beside computed ones", "use $unset and $addFields");
        }
        return new Stage.Project(new Projection(true, withId, fields.fields()), computed);
    }

    /** Objects without operators are paths written in steps. */
    private static void project(String prefix, ObjectNode given, ObjectNode shown, Map<FieldPath, Value> computed) {
        given.forEachEntry((name, value) -> {
            var path = prefix + name;
            if (value.isBoolean() || value.isNumber()) {
                shown.set(path, value);
            } else if (value instanceof ObjectNode object && !object.isEmpty()
                    && !object.propertyNames().iterator().next().startsWith("$")) {
                project(path + ".", object, shown, computed);
            } else {
                computed.put(FieldPath.parse(path), new ValueParser("$project").parse(value));
            }
        });
    }

    private static Map<FieldPath, Value> computed(String stage, ObjectNode given) {
        var computed = new LinkedHashMap<FieldPath, Value>();
        given.forEachEntry((name, value) -> computed.put(FieldPath.parse(name), new ValueParser(stage).parse(value)));
        return computed;
    }

    private static Stage unset(JsonNode given) {
        var hidden = JsonNodeFactory.instance.objectNode();
        for (var name : given.isArray() ? given.values() : List.of(given)) {
            hidden.put(fieldPath("$unset", name).toString(), 0);
        }
        if (hidden.isEmpty()) {
            throw invalid("$unset", "$unset names no field", "name one");
        }
        return new Stage.Project(Projection.parse(hidden), Map.of());
    }

    private static Stage group(ObjectNode given) {
        var parser = new ValueParser("$group");
        var id = parser.parse(required("$group", given, "_id"));
        var fields = new LinkedHashMap<String, Accumulation>();
        given.forEachEntry((name, value) -> {
            if (!name.equals("_id")) {
                fields.put(fieldName("$group", JsonNodeFactory.instance.stringNode(name)),
                        accumulation(name, value, parser));
            }
        });
        return new Stage.Group(id, fields);
    }

    private static Accumulation accumulation(String field, JsonNode given, ValueParser parser) {
        var keyword = given.isObject() && given.size() == 1 ? given.propertyNames().iterator().next() : "";
        var operator = ACCUMULATORS.get(keyword);
        if (operator == null) {
            throw invalid("$group", "the field " + field + " has no accumulator: " + clipped(given),
                    "supported are $sum, $avg, $min, $max, $first, $last, $push, $addToSet, $count");
        }
        return new Accumulation(operator, parser.parse(given.path(keyword)));
    }

    private static Stage unwind(JsonNode given) {
        if (given.isString()) {
            return new Stage.Unwind(reference("$unwind", given), false, Optional.empty());
        }
        var index = given.get("includeArrayIndex");
        return new Stage.Unwind(reference("$unwind", required("$unwind", given, "path")),
                given.path("preserveNullAndEmptyArrays").asBoolean(false),
                index == null ? Optional.empty() : Optional.of(fieldPath("$unwind", index)));
    }

    private static Stage lookup(ObjectNode given) {
        if (given.has("pipeline") || given.has("let")) {
            throw invalid("$lookup", "$lookup with a pipeline is not supported", "use localField and foreignField");
        }
        var from = required("$lookup", given, "from");
        if (!from.isString()) {
            throw invalid("$lookup", "from is not a text", "name a collection");
        }
        return new Stage.Lookup(from.stringValue(), fieldPath("$lookup", required("$lookup", given, "localField")),
                fieldPath("$lookup", required("$lookup", given, "foreignField")),
                fieldPath("$lookup", required("$lookup", given, "as")));
    }

    private Stage facet(ObjectNode given) {
        var pipelines = new LinkedHashMap<String, Pipeline>();
        given.forEachEntry((name, stages) -> {
            if (!stages.isArray()) {
                throw invalid("$facet", "the facet " + name + " is not an array", "give it stages");
            }
            pipelines.put(fieldName("$facet", JsonNodeFactory.instance.stringNode(name)), pipeline(stages, "$facet"));
        });
        return new Stage.Facet(pipelines);
    }

    private static List<Stage> sortByCount(JsonNode given) {
        var one = new Accumulation(Accumulation.Operator.COUNT, new Value.Fields(Map.of()));
        return List.of(new Stage.Group(new ValueParser("$sortByCount").parse(given), Map.of("count", one)),
                new Stage.Order(new Sort(List.of(new Sort.Key(FieldPath.parse("count"), true)))));
    }

    private static FieldPath reference(String stage, JsonNode given) {
        if (!given.isString() || !given.stringValue().startsWith("$") || given.stringValue().startsWith("$$")) {
            throw invalid(stage, stage + " is given the path " + clipped(given), "write it as \"$field\"");
        }
        return FieldPath.parse(given.stringValue().substring(1));
    }

    private static FieldPath fieldPath(String stage, JsonNode given) {
        if (!given.isString()) {
            throw invalid(stage, stage + " is given the field " + clipped(given), "write its name");
        }
        return FieldPath.parse(given.stringValue());
    }

    private static String fieldName(String stage, JsonNode given) {
        var path = fieldPath(stage, given);
        if (path.steps().size() > 1) {
            throw invalid(stage, stage + " is given the name \"" + path + "\"", "use a name without dots");
        }
        return path.head();
    }

    private static long number(String stage, JsonNode given, int min) {
        if (!given.isNumber() || !given.canConvertToExactIntegral() || !given.canConvertToLong()
                || given.asLong() < min) {
            throw invalid(stage, stage + " is given " + clipped(given), "use a whole number from " + min);
        }
        return given.asLong();
    }

    private static ObjectNode object(String stage, JsonNode given) {
        if (given instanceof ObjectNode object) {
            return object;
        }
        throw invalid(stage, stage + " is given " + clipped(given), "give it an object");
    }

    private static JsonNode required(String stage, JsonNode given, String name) {
        var value = given.get(name);
        if (value == null) {
            throw invalid(stage, stage + " has no " + name, "add it");
        }
        return value;
    }

    private static String clipped(JsonNode given) {
        var text = given.toString();
        return text.length() <= 100 ? text : text.substring(0, 100) + "...";
    }

    private static InvalidInputException invalid(String field, String problem, String remedy) {
        return new InvalidInputException("pipeline-invalid", field, problem, remedy);
    }
}
