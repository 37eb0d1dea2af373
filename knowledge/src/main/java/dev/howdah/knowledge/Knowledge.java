package dev.howdah.knowledge;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import dev.howdah.postgres.Transaction;
import tools.jackson.databind.node.ObjectNode;

/**
 * The door to what is known about repositories. Every write has a form that joins the caller's transaction, adds what is
 * new, completes what is there, and is found by its words once that transaction commits. Thread-safe.
 *
 * <pre>{@code
 * var knowledge = Knowledge.of(database);
 * knowledge.patterns().put("acme/shop", List.of(pattern));
 * knowledge.patterns().byKeywords(List.of("retry"), 1).best();
 * }</pre>
 *
 * @param repositories the repositories themselves
 * @param patterns with their keywords
 * @param decisions technical decisions
 * @param components what others can reuse
 * @param lessons lessons learned
 * @param issues what went wrong where repositories run
 * @param dependencies what repositories need from outside, and from each other
 * @param scripts what deploys repositories
 * @param frameworks what they are tested with
 * @param security their security practices
 * @param analyses when they were looked at
 * @param recent what was written lately
 */
public record Knowledge(Repositories repositories, Patterns patterns, Decisions decisions, Components components,
        Lessons lessons, RuntimeIssues issues, Dependencies dependencies, DeploymentScripts scripts,
        TestFrameworks frameworks, SecurityPatterns security, Analyses analyses, RecentActions recent) {
    /** Opens everything; reads nothing yet. */
    public static Knowledge of(Database database) {
        return of(database, SearchSink.NONE);
    }

    /** The same, with what is written handed to a search. */
    public static Knowledge of(Database database, SearchSink sink) {
        return new Knowledge(new Repositories(database), new Patterns(database, sink), new Decisions(database, sink),
                new Components(database, sink), new Lessons(database, sink), new RuntimeIssues(database, sink),
                new Dependencies(database), new DeploymentScripts(database), new TestFrameworks(database),
                new SecurityPatterns(database), new Analyses(database), new RecentActions(database));
    }

    /**
     * Stores what is known of a repository's deployment, as a knowledge base has it: scripts, lessons and components go to
     * their own stores, the rest to the repository's details.
     *
     * @throws InvalidInputException if anything in it cannot be taken; nothing is stored then
     */
    public void putDeployment(Transaction tx, String repository, ObjectNode deployment) {
        var document = new RepositoryDocument(repository, Json.object().set("deployment", deployment.deepCopy()));
        if (!document.rejects().isEmpty()) {
            throw new InvalidInputException("deployment-invalid", document.rejects().stream()
                    .map(reject -> new Fault(reject.place(), reject.reason(), "")).toList());
        }
        document.store(tx, this, new ImportCounters());
    }
}
