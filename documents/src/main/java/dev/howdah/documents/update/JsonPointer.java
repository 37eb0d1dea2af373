package dev.howdah.documents.update;

import dev.howdah.postgres.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;

/**
 * A place in a JSON value (RFC 6901).
 *
 * @param tokens names and places, unescaped; none for the whole value
 */
record JsonPointer(List<String> tokens) {
    JsonPointer {
        tokens = List.copyOf(tokens);
    }

    /**
     * Reads a pointer.
     *
     * @param field where it stands in the input, for the error
     */
    static JsonPointer parse(String text, String field) {
        if (text.isEmpty()) {
            return new JsonPointer(List.of());
        }
        if (!text.startsWith("/")) {
            throw invalid(text, field, "does not begin with /");
        }
        var tokens = new ArrayList<String>();
        for (var part : text.substring(1).split("/", -1)) {
            if (part.matches(".*~([^01].*|$)")) {
                throw invalid(text, field, "has a ~ that is neither ~0 nor ~1");
            }
            tokens.add(part.replace("~1", "/").replace("~0", "~"));
        }
        return new JsonPointer(tokens);
    }

    /** The same text again. */
    static String format(List<String> tokens) {
        var text = new StringBuilder();
        tokens.forEach(token -> text.append('/').append(token.replace("~", "~0").replace("/", "~1")));
        return text.toString();
    }

    boolean isRoot() {
        return tokens.isEmpty();
    }

    String last() {
        return tokens.getLast();
    }

    List<String> parent() {
        return tokens.subList(0, tokens.size() - 1);
    }

    boolean isBelow(JsonPointer other) {
        return tokens.size() > other.tokens.size() && tokens.subList(0, other.tokens.size()).equals(other.tokens);
    }

    /** The place that the token names in the array; -1 if none. */
    static int index(ArrayNode array, String token) {
        if (!token.matches("0|[1-9][0-9]{0,8}")) {
            return -1;
        }
        int index = Integer.parseInt(token);
        return index <= array.size() ? index : -1;
    }

    @Override
    public String toString() {
        return format(tokens);
    }

    private static InvalidInputException invalid(String text, String field, String problem) {
        return new InvalidInputException("patch-invalid", field, "the pointer \"" + text + "\" " + problem,
                "write names after slashes, such as /items/0/name, with ~1 for / and ~0 for ~");
    }
}
