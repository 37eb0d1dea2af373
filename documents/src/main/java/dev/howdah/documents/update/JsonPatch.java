package dev.howdah.documents.update;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Changes to a JSON value, one after the other, all or none (RFC 6902). */
public final class JsonPatch {
    private static final int OPERATIONS_MAX = 10_000;
    private static final List<String> NAMES = List.of("add", "remove", "replace", "move", "copy", "test");

    private final List<Step> steps;

    private JsonPatch(List<Step> steps) {
        this.steps = List.copyOf(steps);
    }

    private sealed interface Step {
        record Add(JsonPointer path, JsonNode value) implements Step {}

        record Remove(JsonPointer path) implements Step {}

        record Replace(JsonPointer path, JsonNode value) implements Step {}

        record Move(JsonPointer from, JsonPointer path) implements Step {}

        record Copy(JsonPointer from, JsonPointer path) implements Step {}

        record Test(JsonPointer path, JsonNode value) implements Step {}
    }

    /**
     * Reads a patch.
     *
     * @throws InvalidInputException if it is none; names the operation
     * @throws LimitExceededException if it has more than 10,000 operations
     */
    public static JsonPatch parse(JsonNode patch) {
        if (!patch.isArray()) {
            throw new InvalidInputException("patch-invalid", "", "a JSON patch is an array",
                    "send [{\"op\": \"add\", \"path\": \"/a\", \"value\": 1}]");
        }
        if (patch.size() > OPERATIONS_MAX) {
            throw new LimitExceededException("patch-too-long", "the patch has " + patch.size() + " operations",
                    "send at most " + OPERATIONS_MAX);
        }
        var steps = new ArrayList<Step>();
        for (int i = 0; i < patch.size(); i++) {
            steps.add(step(patch.get(i), "/" + i));
        }
        return new JsonPatch(steps);
    }

    private static Step step(JsonNode operation, String at) {
        if (!operation.isObject()) {
            throw new InvalidInputException("patch-invalid", at, "is no object", "use {\"op\", \"path\", …}");
        }
        var name = operation.path("op").asString("");
        return switch (name) {
            case "add" -> new Step.Add(pointer(operation, "path", at), value(operation, at));
            case "remove" -> new Step.Remove(pointer(operation, "path", at));
            case "replace" -> new Step.Replace(pointer(operation, "path", at), value(operation, at));
            case "move" -> new Step.Move(pointer(operation, "from", at), pointer(operation, "path", at));
            case "copy" -> new Step.Copy(pointer(operation, "from", at), pointer(operation, "path", at));
            case "test" -> new Step.Test(pointer(operation, "path", at), value(operation, at));
            default -> throw new InvalidInputException("patch-invalid", at + "/op",
                    name.isEmpty() ? "is missing" : "\"" + name + "\" is no operation",
                    "use one of " + String.join(", ", NAMES));
        };
    }

    private static JsonPointer pointer(JsonNode operation, String field, String at) {
        var text = operation.path(field);
        if (!text.isString()) {
            throw new InvalidInputException("patch-invalid", at + "/" + field, "is missing or no string",
                    "name a place, such as \"/items/0\"");
        }
        return JsonPointer.parse(text.asString(), at + "/" + field);
    }

    private static JsonNode value(JsonNode operation, String at) {
        return Optional.ofNullable(operation.get("value")).orElseThrow(() -> new InvalidInputException("patch-invalid",
                at + "/value", "is missing", "give a value; null is one"));
    }

    /**
     * A changed copy.
     *
     * @throws ConflictException if a place is not there ({@code patch-not-applicable}) or a test fails
     *         ({@code patch-test-failed})
     */
    public JsonNode apply(JsonNode value) {
        var changed = value.deepCopy();
        for (var step : steps) {
            changed = switch (step) {
                case Step.Add add -> add(changed, add.path, add.value.deepCopy());
                case Step.Remove remove -> remove(changed, remove.path);
                case Step.Replace replace -> replace(changed, replace.path, replace.value.deepCopy());
                case Step.Move move -> move(changed, move);
                case Step.Copy copy -> add(changed, copy.path, find(changed, copy.from.tokens(), copy.from).deepCopy());
                case Step.Test test -> test(changed, test);
            };
        }
        return changed;
    }

    private static JsonNode move(JsonNode root, Step.Move move) {
        if (move.path.isBelow(move.from)) {
            throw notApplicable(move.path, "is inside of what is moved, " + move.from);
        }
        var moved = find(root, move.from.tokens(), move.from);
        return move.path.equals(move.from) ? root : add(remove(root, move.from), move.path, moved);
    }

    private static JsonNode test(JsonNode root, Step.Test test) {
        if (!JsonEquality.equal(find(root, test.path.tokens(), test.path), test.value)) {
            throw new ConflictException("patch-test-failed", "\"" + test.path + "\" is not " + shortened(test.value),
                    "read the document again and send another patch");
        }
        return root;
    }

    private static String shortened(JsonNode value) {
        var text = value.toString();
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }

    private static JsonNode add(JsonNode root, JsonPointer path, JsonNode value) {
        if (path.isRoot()) {
            return value;
        }
        switch (find(root, path.parent(), path)) {
            case ObjectNode object -> object.set(path.last(), value);
            case ArrayNode array when path.last().equals("-") -> array.add(value);
            case ArrayNode array when JsonPointer.index(array, path.last()) >= 0 -> array.insert(
                    JsonPointer.index(array, path.last()), value);
            case ArrayNode _ -> throw notApplicable(path, "is no place of the array");
            default -> throw notApplicable(path, "has no object or array above it");
        }
        return root;
    }

    private static JsonNode remove(JsonNode root, JsonPointer path) {
        find(root, path.tokens(), path);
        if (path.isRoot()) {
            throw notApplicable(path, "is the whole document, which is deleted otherwise");
        }
        switch (find(root, path.parent(), path)) {
            case ObjectNode object -> object.remove(path.last());
            case ArrayNode array -> array.remove(JsonPointer.index(array, path.last()));
            default -> throw notApplicable(path, "has no object or array above it");
        }
        return root;
    }

    private static JsonNode replace(JsonNode root, JsonPointer path, JsonNode value) {
        if (path.isRoot()) {
            return value;
        }
        find(root, path.tokens(), path);
        switch (find(root, path.parent(), path)) {
            case ObjectNode object -> object.set(path.last(), value);
            case ArrayNode array -> array.set(JsonPointer.index(array, path.last()), value);
            default -> throw notApplicable(path, "has no object or array above it");
        }
        return root;
    }

    private static JsonNode find(JsonNode root, List<String> tokens, JsonPointer path) {
        var found = root;
        for (var token : tokens) {
            var below = switch (found) {
                case ObjectNode object -> object.get(token);
                case ArrayNode array -> array.get(JsonPointer.index(array, token));
                default -> null;
            };
            if (below == null) {
                throw notApplicable(path, "is not there");
            }
            found = below;
        }
        return found;
    }

    private static ConflictException notApplicable(JsonPointer path, String problem) {
        return new ConflictException("patch-not-applicable", "\"" + path + "\" " + problem,
                "read the document again and send another patch");
    }
}
