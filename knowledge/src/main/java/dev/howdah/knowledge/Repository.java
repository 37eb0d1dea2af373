package dev.howdah.knowledge;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is known of a repository itself.
 *
 * @param name {@code owner/name}
 * @param problemDomain what it is for; empty leaves what is stored, as for all texts here
 * @param url where it is found
 * @param lastAnalyzed when it was looked at last; absent leaves what is stored
 * @param lastCommitSha what was looked at then
 * @param keywords of the repository as a whole; added to those that are stored
 * @param details what has no field of its own, such as {@code deployment}, {@code testing} and {@code security}; objects in
 *        it are merged with those that are stored
 */
public record Repository(String name, String problemDomain, String primaryLanguage, String url,
        Optional<Instant> lastAnalyzed, String lastCommitSha, List<String> keywords, ObjectNode details) {
    public Repository {
        keywords = List.copyOf(keywords);
        details = details.deepCopy();
        RepositoryName.check(name);
        new Checks().text("problem_domain", problemDomain).text("primary_language", primaryLanguage, Checks.NAME_MAX)
                .text("url", url).text("last_commit_sha", lastCommitSha, Checks.NAME_MAX).texts("keywords", keywords)
                .json("details", details).check("repository-invalid");
    }

    /** One of which only the name is known. */
    public static Repository of(String name) {
        return new Repository(name, "", "", "", Optional.empty(), "", List.of(), Json.object());
    }
}
