package dev.howdah.operations.infra;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Takes members out of a package.json that stand on lines of their own. */
final class JsonMembers {
    private static final Pattern MEMBER = Pattern.compile("^\\s*\"([^\"\\\\]+)\"\\s*:\\s*\"[^\"\\\\]*\"\\s*(,?)\\s*$");
    private static final Set<String> GROUPS = Set.of("dependencies", "devDependencies", "peerDependencies",
            "optionalDependencies");

    private JsonMembers() {}

    /** The text without these lines, from 1; absent unless the result is known to be the same document without the members. */
    static Optional<String> without(String text, Set<Integer> numbers) {
        var lines = new ArrayList<>(List.of(text.split("\n", -1)));
        var names = new ArrayList<String>();
        for (int number : numbers.stream().sorted((one, other) -> other - one).toList()) {
            var member = MEMBER.matcher(lines.get(number - 1));
            if (!member.matches()) {
                return Optional.empty();
            }
            names.add(member.group(1));
            lines.remove(number - 1);
            if (member.group(2).isEmpty()) { // it was the last one: the one before has a comma too many
                endWithoutComma(lines, number - 2);
            }
        }
        var edited = String.join("\n", lines);
        try {
            return json(edited).equals(expected(json(text), names)) ? Optional.of(edited) : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private static void endWithoutComma(List<String> lines, int at) {
        if (at >= 0) {
            lines.set(at, lines.get(at).replaceFirst(",(\\s*)$", "$1"));
        }
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static JsonNode expected(JsonNode document, List<String> names) {
        GROUPS.forEach(group -> {
            if (document.path(group) instanceof ObjectNode members) {
                members.remove(names);
            }
        });
        return document;
    }
}
