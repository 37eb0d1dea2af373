package dev.howdah.documents.update;

import dev.howdah.documents.value.ValueOrder;
import dev.howdah.postgres.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** Reads what an operator is to do at one path. */
final class ActionReader {
    static final List<String> OPERATORS = List.of("$set", "$unset", "$inc", "$mul", "$min", "$max", "$rename",
            "$setOnInsert", "$currentDate", "$push", "$pull", "$pullAll", "$pop", "$addToSet");
    private static final Set<String> PUSH_MODIFIERS = Set.of("$each", "$position", "$slice", "$sort");

    private final String operator;
    private final String path;

    ActionReader(String operator, String path) {
        this.operator = operator;
        this.path = path;
    }

    Action read(JsonNode argument) {
        return switch (operator) {
            case "$set" -> new Action.Set(argument);
            case "$setOnInsert" -> new Action.SetOnInsert(argument);
            case "$unset" -> new Action.Unset();
            case "$inc" -> new Action.Increase(number(argument));
            case "$mul" -> new Action.Multiply(number(argument));
            case "$min" -> new Action.Bound(Stored.value(argument), 1);
            case "$max" -> new Action.Bound(Stored.value(argument), -1);
            case "$rename" -> new Action.Rename(renamed(argument));
            case "$currentDate" -> new Action.CurrentDate(isTimestamp(argument));
            case "$push" -> push(argument);
            case "$addToSet" -> new Action.AddToSet(each(argument));
            case "$pull" -> new Action.Pull(Elements.condition(argument));
            case "$pullAll" -> new Action.Pull(anyOf(values(argument)));
            case "$pop" -> new Action.Pop(isFirst(argument));
            default -> throw unknown(operator);
        };
    }

    static InvalidInputException unknown(String operator) {
        return new InvalidInputException("update-invalid", operator, "is no update operator",
                "use one of " + String.join(", ", OPERATORS));
    }

    private JsonNode number(JsonNode argument) {
        var value = Stored.value(argument);
        if (!Arithmetic.isNumber(value)) {
            throw invalid("is no number", "give one");
        }
        return value;
    }

    private UpdatePath renamed(JsonNode argument) {
        if (!argument.isString()) {
            throw invalid("is no name", "give the new path as a string");
        }
        var to = UpdatePath.parse(operator, argument.asString());
        if (!to.isPlain()) {
            throw invalid("names elements of arrays", "a field can only be renamed outside of arrays");
        }
        return to;
    }

    private boolean isTimestamp(JsonNode argument) {
        var type = argument.isObject() ? argument.path("$type").asString("") : "";
        if (!argument.isBoolean() && !type.equals("date") && !type.equals("timestamp")) {
            throw invalid("is neither true nor a type",
                    "use true, {\"$type\": \"date\"} or {\"$type\": \"timestamp\"}");
        }
        return type.equals("timestamp");
    }

    private boolean isFirst(JsonNode argument) {
        if (!argument.isNumber() || Math.abs(argument.doubleValue()) != 1) {
            throw invalid("is neither 1 nor -1", "use 1 for the last element, -1 for the first");
        }
        return argument.intValue() == -1;
    }

    private Action push(JsonNode argument) {
        if (!argument.isObject() || !argument.has("$each")) {
            return new Action.Push(List.of(argument), Optional.empty(), Optional.empty(), Optional.empty());
        }
        argument.propertyNames().stream().filter(name -> !PUSH_MODIFIERS.contains(name)).findFirst()
                .ifPresent(name -> {
                    throw invalid("has the modifier \"" + name + "\"", "use $each, $position, $slice and $sort");
                });
        return new Action.Push(values(argument.path("$each")), integer(argument, "$position"),
                integer(argument, "$slice"), Optional.ofNullable(argument.get("$sort")).map(this::order));
    }

    private List<JsonNode> each(JsonNode argument) {
        if (!argument.isObject() || !argument.has("$each")) {
            return List.of(argument);
        }
        if (argument.size() > 1) {
            throw invalid("has more than $each", "give $each alone");
        }
        return values(argument.path("$each"));
    }

    private Optional<Integer> integer(JsonNode argument, String modifier) {
        return Optional.ofNullable(argument.get(modifier)).map(value -> {
            if (!value.isIntegralNumber() || !value.canConvertToInt()) {
                throw invalid("has a " + modifier + " that is no whole number", "give one");
            }
            return value.intValue();
        });
    }

    private ElementOrder order(JsonNode sort) {
        if (sort.isNumber()) {
            return new ElementOrder(List.of(), sign(sort));
        }
        if (!sort.isObject() || sort.isEmpty()) {
            throw invalid("has a $sort that is no order", "use 1, -1 or {\"field\": 1}");
        }
        var fields = new ArrayList<ElementOrder.Field>();
        sort.forEachEntry((name, value) -> fields.add(new ElementOrder.Field(List.of(name.split("\\.")), sign(value))));
        return new ElementOrder(fields, 1);
    }

    private int sign(JsonNode value) {
        if (!value.isNumber() || Math.abs(value.doubleValue()) != 1) {
            throw invalid("has a $sort by " + value, "use 1 or -1");
        }
        return value.intValue();
    }

    private List<JsonNode> values(JsonNode array) {
        if (!array.isArray()) {
            throw invalid("is no array", "give the values in an array");
        }
        return array.valueStream().toList();
    }

    private static Predicate<JsonNode> anyOf(List<JsonNode> values) {
        var stored = values.stream().map(Stored::value).toList();
        return element -> stored.stream().anyMatch(value -> ValueOrder.INSTANCE.equal(value, element));
    }

    private InvalidInputException invalid(String problem, String remedy) {
        return new InvalidInputException("update-invalid", operator + "." + path, problem, remedy);
    }
}
