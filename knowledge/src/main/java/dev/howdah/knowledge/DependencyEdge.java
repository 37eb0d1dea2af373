package dev.howdah.knowledge;

import dev.howdah.postgres.InvalidInputException;
import tools.jackson.databind.node.ObjectNode;

/**
 * One repository depends on another.
 *
 * @param source what is depended on, {@code owner/name}
 * @param target what depends on it, {@code owner/name}
 * @param description may be empty
 * @param syncStrategy how a fork takes changes over; empty leaves what is stored
 * @param details what has no field of its own
 */
public record DependencyEdge(String source, String target, RelationshipType type, String description,
        String syncStrategy, ObjectNode details) {
    public DependencyEdge {
        details = details.deepCopy();
        new Checks().text("description", description).text("sync_strategy", syncStrategy, Checks.NAME_MAX)
                .json("details", details).check("relationship-invalid");
        RepositoryName.check(source);
        RepositoryName.check(target);
        if (source.equals(target)) {
            throw new InvalidInputException("relationship-invalid", "repository", "\"" + target
                    + "\" depends on itself", "remove it");
        }
    }
}
