package dev.howdah.knowledge;

import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/**
 * That a repository was analysed. Unique in its repository by time and commit.
 *
 * @param commitSha of what was looked at; may be empty
 * @param details what was found then, and what has no field of its own
 */
public record Analysis(String commitSha, Instant analyzedAt, int patternsCount, int decisionsCount,
        int componentsCount, ObjectNode details) {
    public Analysis {
        details = details.deepCopy();
        new Checks().text("commit_sha", commitSha, Checks.NAME_MAX).json("details", details).check("analysis-invalid");
    }
}
