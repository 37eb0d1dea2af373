package dev.howdah.knowledge;

import com.fasterxml.jackson.annotation.JsonProperty;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something from outside that a repository needs. Unique in its repository by name and manifest.
 *
 * @param version as its manifest says; may be empty
 * @param manifest the file that names it; may be empty
 * @param scope such as "test"; may be empty
 * @param details what has no field of its own
 */
public record Dependency(@JsonProperty("dependency_name") String name,
        @JsonProperty("dependency_version") String version,
        String manifest, String scope, ObjectNode details) {
    public Dependency {
        details = details.deepCopy();
        new Checks().required("name", name).text("name", name).text("version", version, Checks.NAME_MAX)
                .text("manifest", manifest).text("scope", scope, Checks.NAME_MAX).json("details", details)
                .check("dependency-invalid");
    }
}
