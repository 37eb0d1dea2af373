package dev.howdah.documents.update;

import dev.howdah.documents.query.Matcher;
import dev.howdah.documents.value.Dates;
import dev.howdah.documents.value.ValueOrder;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** MongoDB's update operators, read and checked once, applied to any number of documents. */
public final class OperatorUpdate implements Update {
    private static final int CHANGES_MAX = 10_000;

    private final List<Change> changes;
    private final Map<String, Predicate<JsonNode>> arrayFilters;

    private OperatorUpdate(List<Change> changes, Map<String, Predicate<JsonNode>> arrayFilters) {
        this.changes = List.copyOf(changes);
        this.arrayFilters = Map.copyOf(arrayFilters);
    }

    private record Change(String operator, UpdatePath path, Action action) {}

    /**
     * Reads operators.
     *
     * @param update {@code {"$set": {"path": value}, …}}
     * @param arrayFilters conditions for {@code $[name]}, an array of objects; empty if none is used
     * @throws InvalidInputException if an operator is unknown (the message lists those that are), an operand is wrong, or two
     *         paths are in each other's way
     */
    static OperatorUpdate parse(ObjectNode update, ArrayNode arrayFilters) {
        var changes = new ArrayList<Change>();
        update.forEachEntry((operator, fields) -> {
            if (!ActionReader.OPERATORS.contains(operator)) {
                throw ActionReader.unknown(operator);
            }
            if (!fields.isObject()) {
                throw new InvalidInputException("update-invalid", operator, "is no object",
                        "give the paths with their operands, such as {\"" + operator + "\": {\"path\": 1}}");
            }
            fields.forEachEntry((path, operand) -> changes.add(new Change(operator, UpdatePath.parse(operator, path),
                    new ActionReader(operator, path).read(operand))));
        });
        if (changes.size() > CHANGES_MAX) {
            throw new LimitExceededException("update-too-long", "the update changes " + changes.size() + " paths",
                    "change at most " + CHANGES_MAX);
        }
        refuseConflicts(changes);
        return new OperatorUpdate(changes, filters(arrayFilters, changes));
    }

    /** Sorted, what overlaps stands side by side. */
    private static void refuseConflicts(List<Change> changes) {
        var paths = new ArrayList<UpdatePath>();
        changes.forEach(change -> {
            paths.add(change.path);
            if (change.action instanceof Action.Rename rename) {
                paths.add(rename.to());
                if (!change.path.isPlain()) {
                    throw new InvalidInputException("update-invalid", "$rename." + change.path.text(),
                            "names elements of arrays", "a field can only be renamed outside of arrays");
                }
            }
        });
        var seen = new HashSet<List<String>>();
        var above = new HashSet<List<String>>();
        for (var path : paths) {
            var names = path.names();
            boolean overlaps = !seen.add(names) || above.contains(names);
            for (int i = 1; i < names.size(); i++) {
                var prefix = names.subList(0, i);
                overlaps |= seen.contains(prefix);
                above.add(List.copyOf(prefix));
            }
            if (overlaps) {
                throw new InvalidInputException("update-invalid", path.text(),
                        "the path is changed twice, or one above or below it is", "change each part once");
            }
            if (names.getFirst().equals("_id")) {
                throw immutable();
            }
        }
    }

    private static InvalidInputException immutable() {
        return new InvalidInputException("update-invalid", "_id", "the _id of a document never changes",
                "leave it out, or insert a new document");
    }

    private static Map<String, Predicate<JsonNode>> filters(ArrayNode given, List<Change> changes) {
        var used = new HashSet<String>();
        changes.forEach(change -> change.path.segments().forEach(segment -> {
            if (segment instanceof UpdatePath.Segment.Filtered filtered) {
                used.add(filtered.identifier());
            }
        }));
        var filters = new HashMap<String, Predicate<JsonNode>>();
        for (var condition : given) {
            var name = Elements.identifier(condition);
            if (!used.contains(name)) {
                throw new InvalidInputException("update-invalid", "array_filters", "no path has $[" + name + "]",
                        "leave the filter out, or use it in a path");
            }
            if (filters.put(name, Elements.named(name, (ObjectNode) condition)) != null) {
                throw new InvalidInputException("update-invalid", "array_filters", "there are two for " + name,
                        "join them with $and");
            }
        }
        return filters;
    }

    @Override
    public String operation() {
        return "update";
    }

    @Override
    public ObjectNode apply(ObjectNode document, Occasion occasion) {
        var changed = document.deepCopy();
        var places = new Places(arrayFilters, () -> occasion.filter()
                .map(filter -> Matcher.of(filter).position(document)).orElseGet(OptionalInt::empty));
        for (var change : changes) {
            if (change.action instanceof Action.SetOnInsert && !occasion.isInsert()) {
                continue;
            }
            for (var place : places.of(change.path, changed)) {
                apply(change, place, changed, occasion.now());
            }
        }
        return changed;
    }

    private static void apply(Change change, List<String> place, ObjectNode document, Instant now) {
        var slot = change.action.makesPlace()
                ? Optional.of(Slot.make(document, place))
                : Slot.find(document, place);
        slot.ifPresent(found -> apply(change, found, document, now));
    }

    private static void apply(Change change, Slot slot, ObjectNode document, Instant now) {
        var before = slot.get();
        var path = change.path.text();
        switch (change.action) {
            case Action.Set set -> slot.set(set.value().deepCopy());
            case Action.SetOnInsert set -> slot.set(set.value().deepCopy());
            case Action.Unset _ -> slot.remove();
            case Action.Increase inc -> slot.set(before == null
                    ? inc.by()
                    : Arithmetic.sum(number(before, change), inc.by()));
            case Action.Multiply mul -> slot.set(Arithmetic.product(before == null
                    ? Arithmetic.zero()
                    : number(before, change), mul.by()));
            case Action.Bound bound -> {
                if (before == null || bound.sign() * ValueOrder.INSTANCE.compare(bound.value(), before) < 0) {
                    slot.set(bound.value());
                }
            }
            case Action.Rename rename -> rename(slot, before, rename.to(), document);
            case Action.CurrentDate date -> slot.set(date.isTimestamp() ? timestamp(now) : Dates.of(now));
            case Action.Push push -> slot.set(ArrayActions.push(before, push, path));
            case Action.AddToSet add -> slot.set(ArrayActions.addToSet(before, add.values(), path));
            case Action.Pull pull -> {
                if (before != null) {
                    slot.set(ArrayActions.pull(before, pull, path));
                }
            }
            case Action.Pop pop -> {
                if (before != null) {
                    slot.set(ArrayActions.pop(before, pop.first(), path));
                }
            }
        }
    }

    private static void rename(Slot slot, @Nullable JsonNode before, UpdatePath to, ObjectNode document) {
        if (before == null) {
            return;
        }
        if (slot.isElement()) {
            throw new ConflictException("update-not-applicable", "$rename cannot take an element out of an array",
                    "use $pull, or $set another field");
        }
        slot.remove();
        var target = Slot.make(document, to.names());
        if (target.isElement()) {
            throw new ConflictException("update-not-applicable", "$rename cannot put \"" + to.text()
                    + "\" into an array", "use $push");
        }
        target.set(before);
    }

    private static JsonNode number(JsonNode before, Change change) {
        if (!Arithmetic.isNumber(before)) {
            throw new ConflictException("update-not-applicable", change.operator + " needs a number, and \""
                    + change.path.text() + "\" is " + before.getNodeType().name().toLowerCase(Locale.ROOT),
                    "filter for documents that have a number there");
        }
        return before;
    }

    private static JsonNode timestamp(Instant now) {
        var value = JsonNodeFactory.instance.objectNode();
        value.putObject("$timestamp").put("t", now.getEpochSecond()).put("i", 1);
        return value;
    }
}
