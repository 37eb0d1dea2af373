package dev.howdah.knowledge;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * A part of a repository that others can use too. Unique in its repository by name and location.
 *
 * @param purpose what it is good for; may be empty
 * @param location the files it consists of, separated by commas; may be empty
 * @param componentType such as "class" or "library"; may be empty
 * @param apiSignature how it is called; may be empty
 * @param linesOfCode its size, if it was measured
 * @param cyclomaticComplexity its complexity, if it was measured
 * @param details what has no field of its own
 */
public record Component(String name, String purpose, String location, String componentType, String language,
        String apiSignature, Optional<Integer> linesOfCode, Optional<Integer> cyclomaticComplexity, List<String> tags,
        ObjectNode details) {
    public Component {
        tags = List.copyOf(tags);
        details = details.deepCopy();
        var checks = new Checks().name("name", name).text("purpose", purpose).text("location", location)
                .text("component_type", componentType, Checks.NAME_MAX).text("language", language, Checks.NAME_MAX)
                .text("api_signature", apiSignature).texts("tags", tags).json("details", details);
        if (linesOfCode.orElse(0) < 0) {
            checks.fault("lines_of_code", linesOfCode.orElse(0) + " is negative", "use 0 or more");
        }
        if (cyclomaticComplexity.orElse(0) < 0) {
            checks.fault("cyclomatic_complexity", cyclomaticComplexity.orElse(0) + " is negative", "use 0 or more");
        }
        checks.check("component-invalid");
    }
}
