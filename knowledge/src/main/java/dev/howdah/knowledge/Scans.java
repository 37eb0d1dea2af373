package dev.howdah.knowledge;

import dev.howdah.knowledge.scan.Analysis.Evidence;
import dev.howdah.knowledge.scan.RepositoryScan;
import dev.howdah.knowledge.scan.ScanOptions;
import dev.howdah.knowledge.scan.ScanProgress;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.PermanentFailure;
import dev.howdah.queue.TaskRun;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Stores what a scan of a repository finds, in one transaction: a second scan of the same commit changes no count.
 * Thread-safe.
 */
public final class Scans {
    /** The type of the task that scans; its payload is {@code {"path": …, "repository": …}}. */
    public static final String TASK_TYPE = "scan_repository";

    private static final Duration TASK_LIMIT = Duration.ofMinutes(30);
    private static final int KEYWORDS_MAX = 30;
    private static final int WARNINGS_MAX = 100;

    private final Database database;
    private final Knowledge knowledge;
    private final List<Path> roots;
    private final Optional<ScanEnrichment> enrichment;

    /**
     * Scans into the stores.
     *
     * @param roots directories below which repositories may be read by a task
     * @param chat a language model, which names patterns that the rules do not know
     */
    public Scans(Database database, Knowledge knowledge, List<Path> roots, Optional<Function<String, String>> chat) {
        this.database = database;
        this.knowledge = knowledge;
        this.roots = List.copyOf(roots);
        this.enrichment = chat.map(ScanEnrichment::new);
    }

    /**
     * The task that scans a repository; at most one of a path waits or runs.
     *
     * @param repository under which name it is stored; absent for the one of its remote {@code origin}
     * @throws InvalidInputException if the path is no place that may be read
     */
    public NewTask task(String path, Optional<String> repository) {
        var real = allowed(path);
        repository.ifPresent(RepositoryName::check);
        var payload = Json.object().put("path", real.toString());
        repository.ifPresent(name -> payload.put("repository", name));
        return NewTask.of(TASK_TYPE, payload).withKey(TASK_TYPE + ":" + real).withTimeout(TASK_LIMIT);
    }

    /** Carries out such a task. */
    public JsonNode handle(TaskRun run) {
        try {
            var path = allowed(run.payload().path("path").asString(""));
            var repository = Optional.of(run.payload().path("repository").asString("")).filter(name -> !name.isEmpty());
            return scan(path, repository, (done, total) -> {
                if (done % 100 == 0 || done == total) {
                    run.progress(total == 0 ? 100 : (int) (100L * done / total), done + " of " + total + " files");
                }
                return !run.isStopped();
            });
        } catch (InvalidInputException | NotFoundException | LimitExceededException e) {
            throw new PermanentFailure(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Scans a repository and stores what is found.
     *
     * @return how much was found
     * @throws CancellationException if the progress says to stop; nothing is stored then
     */
    public ObjectNode scan(Path path, Optional<String> repository, ScanProgress progress) {
        var found = RepositoryScan.scan(path, ScanOptions.defaults(), progress);
        var name = RepositoryName.check(repository.orElse(found.head().repository()));
        var more = enrichment.map(asked -> asked.ask(found)).orElseGet(() -> new ScanEnrichment.Answer(List.of(), ""));
        database.useTransaction(tx -> {
            store(tx, name, path, found);
            knowledge.patterns().put(tx, name, more.patterns());
        });
        var counts = Json.object().put("repository", name).put("commit", found.head().commit().orElse(""))
                .put("files", found.size().files()).put("files_read", found.size().filesRead());
        counts.put("patterns", found.patterns().size() + more.patterns().size())
                .put("decisions", found.decisions().size())
                .put("components", found.components().size()).put("dependencies", found.dependencies().size())
                .put("deployments", found.deployments().size())
                .put("security_practices", found.securityPractices().size())
                .put("suspected_secrets", found.suspectedSecrets().size());
        counts.put("languages", String.join(", ", found.languages().stream().limit(5)
                .map(language -> language.name()).toList()));
        var warnings = counts.putArray("warnings");
        found.warnings().stream().limit(WARNINGS_MAX)
                .forEach(warning -> warnings.add(warning.path() + ": " + warning.reason()));
        if (!more.trouble().isEmpty()) {
            warnings.add("the language model added nothing: " + more.trouble());
        }
        return counts;
    }

    private Path allowed(String path) {
        try {
            var real = Path.of(path).toRealPath();
            for (var root : roots) {
                if (root.toFile().isDirectory() && real.startsWith(root.toRealPath())) {
                    return real;
                }
            }
        } catch (IOException | InvalidPathException e) {
            throw new InvalidInputException("scan-path-invalid", "path",
                    "\"" + path + "\" cannot be read: " + e.getMessage(), "name a directory on the server's machine");
        }
        throw new InvalidInputException("scan-path-invalid", "path",
                "\"" + path + "\" is not below the directories that the server may read: " + roots,
                "add it to howdah.agent.repository-roots");
    }

    private void store(Transaction tx, String name, Path path, dev.howdah.knowledge.scan.Analysis found) {
        var commit = found.head().commit().orElse("");
        boolean isKnown = knowledge.repositories().find(name)
                .filter(known -> !commit.isEmpty() && known.repository().lastCommitSha().equals(commit)).isPresent();
        knowledge.repositories().put(tx, new Repository(name, found.problemDomain(),
                found.primaryLanguage().orElse(""), "", Optional.of(Instant.now()), commit,
                found.keywords().stream().limit(KEYWORDS_MAX).map(word -> word.word()).toList(),
                details(path, found)));
        knowledge.patterns().put(tx, name, found.patterns().stream().map(pattern -> new Pattern(pattern.name(),
                pattern.description(), pattern.context(), pattern.keywords(),
                evidence(pattern.evidence()).put("files", pattern.files()))).toList());
        knowledge.decisions().put(tx, name, found.decisions().stream().map(decision -> new Decision(decision.what(),
                decision.why(), Stream.of(decision.alternatives()).filter(text -> !text.isEmpty()).toList(),
                Json.object().put("source", decision.source().place()))).toList());
        knowledge.components().put(tx, name, found.components().stream().map(Scans::component).toList());
        knowledge.dependencies().replace(tx, name, found.dependencies().stream()
                .map(needed -> new Dependency(needed.name(), needed.version(), needed.manifest(), needed.scope(),
                        Json.object().put("ecosystem", needed.ecosystem())))
                .toList());
        knowledge.scripts().put(tx, name, found.deployments().stream().map(Scans::script).toList());
        knowledge.frameworks().put(tx, name, found.testFrameworks().stream().map(framework -> new TestFramework(
                framework.name(), found.tests().coveragePercent(), Json.object().put("evidence", framework.evidence())))
                .toList());
        knowledge.security().put(tx, name, found.securityPractices().stream().map(practice -> new SecurityPattern(
                practice.name(), practice.description(), "", "", evidence(practice.evidence()))).toList());
        if (!isKnown) {
            knowledge.analyses().put(tx, name, List.of(new Analysis(commit, Instant.now(), found.patterns().size(),
                    found.decisions().size(), found.components().size(), Json.object())));
        }
    }

    private static ObjectNode details(Path path, dev.howdah.knowledge.scan.Analysis found) {
        var details = Json.object().put("scanned_from", path.toString());
        details.set("languages", Json.MAPPER.valueToTree(found.languages()));
        details.set("documentation", Json.MAPPER.valueToTree(found.documentation()));
        details.set("tests", Json.MAPPER.valueToTree(found.tests()));
        details.set("suspected_secrets", Json.MAPPER.valueToTree(found.suspectedSecrets()));
        details.set("submodules", Json.MAPPER.valueToTree(found.submodules()));
        return details;
    }

    private static Component component(dev.howdah.knowledge.scan.Analysis.Component found) {
        var details = Json.object().put("line", found.line()).put("used_by", found.usedBy());
        details.set("public_methods", Json.MAPPER.valueToTree(found.publicMethods()));
        details.set("imports", Json.MAPPER.valueToTree(found.imports()));
        return new Component(found.name(), found.purpose(), found.file(), found.type(), found.language(),
                found.signature(), Optional.of(found.linesOfCode()), Optional.of(found.cyclomaticComplexity()),
                found.keywords(), details);
    }

    private static DeploymentScript script(dev.howdah.knowledge.scan.Analysis.Deployment found) {
        var variables = Json.object();
        found.environmentVariables().forEach(variable -> variables.put(variable, ""));
        var details = Json.object();
        details.set("triggers", Json.MAPPER.valueToTree(found.triggers()));
        return new DeploymentScript(found.path(), found.description(), found.path(), found.platform(),
                found.commands(), variables, details);
    }

    private static ObjectNode evidence(List<Evidence> evidence) {
        var details = Json.object();
        details.set("evidence", Json.MAPPER.valueToTree(evidence));
        return details;
    }
}
