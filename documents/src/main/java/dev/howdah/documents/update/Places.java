package dev.howdah.documents.update;

import dev.howdah.documents.update.UpdatePath.Segment;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which places of a document a path means.
 *
 * @param arrayFilters by their names
 * @param met the element of an array that the query's filter met; empty if it met none
 */
record Places(Map<String, Predicate<JsonNode>> arrayFilters, Supplier<OptionalInt> met) {
    /** The places, as names and numbers. */
    List<List<String>> of(UpdatePath path, ObjectNode document) {
        if (path.isPlain()) {
            return List.of(path.names());
        }
        var found = new ArrayList<List<String>>();
        expand(path, 0, document, List.of(), found);
        return found;
    }

    private void expand(UpdatePath path, int depth, @Nullable JsonNode at, List<String> before,
            List<List<String>> found) {
        if (depth == path.segments().size()) {
            found.add(before);
            return;
        }
        switch (path.segments().get(depth)) {
            case Segment.Name name -> expand(path, depth + 1, child(at, name.text()), with(before, name.text()), found);
            case Segment.Met _ -> {
                int index = met.get().orElseThrow(() -> new ConflictException(
                        "update-not-applicable", "the filter met no element of an array for \"" + path.text() + "\"",
                        "name a field of the array in the filter, or use $[] or $[name]"));
                expand(path, depth + 1, array(at, path, before).get(index), with(before, Integer.toString(index)),
                        found);
            }
            case Segment.All _ -> elements(path, depth, array(at, path, before), before, element -> true, found);
            case Segment.Filtered filtered -> elements(path, depth, array(at, path, before), before,
                    filter(filtered.identifier()), found);
        }
    }

    private void elements(UpdatePath path, int depth, ArrayNode array, List<String> before,
            Predicate<JsonNode> condition, List<List<String>> found) {
        for (int i = 0; i < array.size(); i++) {
            if (condition.test(array.get(i))) {
                expand(path, depth + 1, array.get(i), with(before, Integer.toString(i)), found);
            }
        }
    }

    private Predicate<JsonNode> filter(String identifier) {
        return Optional.ofNullable(arrayFilters.get(identifier)).orElseThrow(() -> new InvalidInputException(
                "update-invalid", "array_filters", "there is none for $[" + identifier + "]",
                "add one, such as {\"" + identifier + ".field\": 1}"));
    }

    private static ArrayNode array(@Nullable JsonNode at, UpdatePath path, List<String> before) {
        if (at instanceof ArrayNode array) {
            return array;
        }
        throw new ConflictException("update-not-applicable", "\"" + path.text() + "\" means elements of \""
                + String.join(".", before) + "\", which is no array",
                "name an array, or filter for documents that have one");
    }

    private static @Nullable JsonNode child(@Nullable JsonNode at, String name) {
        return switch (at) {
            case ObjectNode object -> object.get(name);
            case ArrayNode array when name.matches("0|[1-9][0-9]{0,8}") -> array.get(Integer.parseInt(name));
            case null, default -> null;
        };
    }

    private static List<String> with(List<String> before, String name) {
        var path = new ArrayList<>(before);
        path.add(name);
        return path;
    }
}
