package dev.howdah.knowledge;

import com.fasterxml.jackson.annotation.JsonProperty;
import tools.jackson.databind.node.ObjectNode;

/**
 * A security practice of a repository. Unique in its repository by name.
 *
 * @param description may be empty
 * @param authenticationMethod may be empty
 * @param complianceStandard may be empty
 * @param details what has no field of its own
 */
public record SecurityPattern(@JsonProperty("pattern_name") String name, String description,
        String authenticationMethod, String complianceStandard, ObjectNode details) {
    public SecurityPattern {
        details = details.deepCopy();
        new Checks().name("name", name).text("description", description)
                .text("authentication_method", authenticationMethod, Checks.NAME_MAX)
                .text("compliance_standard", complianceStandard, Checks.NAME_MAX).json("details", details)
                .check("security-pattern-invalid");
    }
}
