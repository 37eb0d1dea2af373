package dev.howdah.knowledge;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The entry of one repository in a knowledge base, of whatever version: v1 has everything under {@code patterns}, v2 has
 * {@code latest_patterns}, {@code deployment}, {@code dependencies}, {@code testing} and {@code security}. What cannot be
 * taken is listed with its place and reason; what has no place of its own stays in the repository's details.
 */
final class RepositoryDocument {
    /** An entry that cannot be taken. */
    record Reject(String place, String reason, JsonNode entry) {}

    private final String pointer;
    private final String latestField;
    private final ObjectNode left;
    private final ObjectNode details = Json.object();
    private final List<Reject> rejects = new ArrayList<>();

    final Repository repository;
    final List<Pattern> patterns = new ArrayList<>();
    final List<Decision> decisions = new ArrayList<>();
    final List<Component> components = new ArrayList<>();
    final List<Dependency> dependencies = new ArrayList<>();
    final List<DependencyEdge> edges = new ArrayList<>();
    final List<Lesson> lessons = new ArrayList<>();
    final List<DeploymentScript> scripts = new ArrayList<>();
    final List<TestFramework> frameworks = new ArrayList<>();
    final List<SecurityPattern> security = new ArrayList<>();
    final List<Analysis> analyses = new ArrayList<>();

    /**
     * Reads an entry.
     *
     * @throws InvalidInputException if nothing of it can be taken: its name is none, or it is no object
     */
    RepositoryDocument(String name, JsonNode json) {
        this.pointer = "/repositories/" + escape(name);
        RepositoryName.check(name);
        if (!(json instanceof ObjectNode object)) {
            throw new InvalidInputException("repository-invalid", pointer, "is " + Fields.type(json)
                    + ", not an object", "use an object");
        }
        left = object.deepCopy();
        this.latestField = left.has("latest_patterns") ? "latest_patterns" : "patterns";
        if (left.path(latestField).isArray()) { // empty before the first analysis; else only patterns are known
            left.set(latestField, Json.object().set("patterns", left.path(latestField)));
        }
        var latest = section(latestField);
        readLatest(latest);
        readDeployment(section("deployment"));
        readDependencies(name, section("dependencies"));
        readTesting(section("testing"));
        readSecurity(section("security"));
        take(left, "", "components", EntryReader::component, components);
        take(left, "", "history", EntryReader::analysis, analyses);
        this.repository = repository(name, latest);
    }

    List<Reject> rejects() {
        return rejects;
    }

    /** Stores all that could be taken, in the caller's transaction. */
    void store(Transaction tx, Knowledge knowledge, ImportCounters counters) {
        var name = repository.name();
        boolean added = knowledge.repositories().put(tx, repository);
        counters.add("repositories", new Change(added ? 1 : 0, added ? 0 : 1, 0, List.of()));
        counters.add("patterns", knowledge.patterns().put(tx, name, patterns));
        counters.add("decisions", knowledge.decisions().put(tx, name, decisions));
        counters.add("components", knowledge.components().put(tx, name, components));
        counters.add("dependencies", knowledge.dependencies().put(tx, name, dependencies));
        counters.add("relationships", knowledge.dependencies().putEdges(tx, edges));
        counters.add("lessons", knowledge.lessons().put(tx, name, lessons));
        counters.add("deployment_scripts", knowledge.scripts().put(tx, name, scripts));
        counters.add("test_frameworks", knowledge.frameworks().put(tx, name, frameworks));
        counters.add("security_patterns", knowledge.security().put(tx, name, security));
        counters.add("analyses", knowledge.analyses().put(tx, name, analyses));
    }

    private void readLatest(ObjectNode latest) {
        var place = "/" + latestField;
        if (latest.hasNonNull("analyzed_at")) {
            var counted = Json.object();
            for (var field : List.of("patterns", "decisions", "reusable_components", "commit_sha", "analyzed_at")) {
                if (latest.has(field)) {
                    counted.set(field, latest.path(field));
                }
            }
            one(place + "/analyzed_at", counted, EntryReader::analysis)
                    .ifPresent(found -> analyses.add(new Analysis(found.commitSha(), found.analyzedAt(),
                            found.patternsCount(), found.decisionsCount(), found.componentsCount(), Json.object())));
        }
        take(latest, place, "patterns", EntryReader::pattern, patterns);
        take(latest, place, "decisions", EntryReader::decision, decisions);
        take(latest, place, "reusable_components", EntryReader::component, components);
        take(latest, place, "dependencies", EntryReader::dependency, dependencies);
        take(latest, place, "lessons_learned", EntryReader::lesson, lessons);
    }

    private void readDeployment(ObjectNode deployment) {
        take(deployment, "/deployment", "scripts", EntryReader::script, scripts);
        take(deployment, "/deployment", "lessons_learned", EntryReader::lesson, lessons);
        take(deployment, "/deployment", "reusable_components", EntryReader::component, components);
        keep("deployment", deployment);
    }

    private void readDependencies(String name, ObjectNode given) {
        take(given, "/dependencies", "consumers", entry -> EntryReader.edge(name, RelationshipType.API_CONSUMER, entry),
                edges);
        take(given, "/dependencies", "derivatives",
                entry -> EntryReader.edge(name, RelationshipType.TEMPLATE_FORK, entry), edges);
        take(given, "/dependencies", "external_dependencies", EntryReader::dependency, dependencies);
        keep("dependencies", given);
    }

    private void readTesting(ObjectNode testing) {
        take(testing, "/testing", "test_frameworks", EntryReader::framework, frameworks);
        keep("testing", testing);
    }

    private void readSecurity(ObjectNode given) {
        take(given, "/security", "security_patterns", EntryReader::security, security);
        keep("security", given);
    }

    private Repository repository(String name, ObjectNode latest) {
        var fields = new Fields(latest, "problem_domain");
        var domain = fields.text("problem_domain");
        var keywords = fields.texts("keywords");
        var commit = fields.text("commit_sha");
        var analyzed = fields.time("analyzed_at");
        keep("latest_patterns", fields.rest());
        var own = new Fields(left, "repository_url");
        var url = own.text("repository_url", "url");
        var language = own.text("primary_language");
        details.setAll(own.rest());
        checked("/" + latestField, latest, fields);
        checked("", left, own);
        return new Repository(name, domain, language, url, analyzed, commit, keywords, details);
    }

    /** A field of the wrong type costs that field only. */
    private void checked(String place, ObjectNode given, Fields fields) {
        try {
            fields.check();
        } catch (InvalidInputException e) {
            e.faults().forEach(fault -> rejects.add(new Reject(pointer + place + "/" + escape(fault.field()),
                    fault.problem() + "; " + fault.remedy(), given.path(fault.field()))));
        }
    }

    private void keep(String section, ObjectNode rest) {
        if (!rest.isEmpty()) {
            details.set(section, rest);
        }
    }

    /** Takes a section out; one without anything in it may be null or an empty list. */
    private ObjectNode section(String field) {
        var value = left.remove(field);
        if (value == null || value.isNull() || (value.isArray() && value.isEmpty())) {
            return Json.object();
        }
        if (value instanceof ObjectNode object) {
            return object;
        }
        rejects.add(new Reject(pointer + "/" + field, "is " + Fields.type(value) + ", not an object", value));
        return Json.object();
    }

    private <T> void take(ObjectNode from, String place, String field, Function<JsonNode, T> reading, List<T> into) {
        var value = from.remove(field);
        if (value == null || value.isNull()) {
            return;
        }
        var at = place + "/" + field;
        if (!value.isArray()) {
            rejects.add(new Reject(pointer + at, "is " + Fields.type(value) + ", not a list", value));
            return;
        }
        for (int i = 0; i < value.size(); i++) {
            one(at + "/" + i, value.get(i), reading).ifPresent(into::add);
        }
    }

    private <T> Optional<T> one(String place, JsonNode entry, Function<JsonNode, T> reading) {
        try {
            return Optional.of(reading.apply(entry));
        } catch (InvalidInputException e) {
            rejects.add(new Reject(pointer + place, e.problem(), entry));
            return Optional.empty();
        }
    }

    static String escape(String field) {
        return field.replace("~", "~0").replace("/", "~1");
    }
}
