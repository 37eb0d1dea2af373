package dev.howdah.server;

import dev.howdah.agent.http.OutboundAddress;
import dev.howdah.agent.http.OutboundHttp;
import dev.howdah.knowledge.Component;
import dev.howdah.knowledge.Decision;
import dev.howdah.knowledge.EntryReader;
import dev.howdah.knowledge.EntryStore;
import dev.howdah.knowledge.ImportSource;
import dev.howdah.knowledge.Imports;
import dev.howdah.knowledge.Knowledge;
import dev.howdah.knowledge.Lesson;
import dev.howdah.knowledge.Pattern;
import dev.howdah.knowledge.RelationshipType;
import dev.howdah.knowledge.Repository;
import dev.howdah.knowledge.RuntimeIssue;
import dev.howdah.knowledge.RuntimeIssues;
import dev.howdah.knowledge.Stored;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import dev.howdah.queue.TaskQueue;
import dev.howdah.server.TaskViews.Page;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@RestController
@Tag(name = "Knowledge")
final class KnowledgeController {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String PATH = "/api/knowledge/";
    private static final String KIND = "{kind:patterns|decisions|components|lessons|issues}";

    private final Database database;
    private final Knowledge knowledge;
    private final Imports imports;
    private final OutboundHttp outbound;
    private final TaskQueue queue;
    private final IdempotentRequests requests;
    private final Map<String, Kind<?>> kinds;

    /** How entries of a kind are kept and read. */
    private record Kind<T>(EntryStore<T> store, Function<JsonNode, T> reader) {
        String put(Transaction tx, String repository, JsonNode entry) {
            return store.put(tx, repository, List.of(reader.apply(entry))).ids().getFirst();
        }

        Optional<ObjectNode> find(String id) {
            return store.find(id).map(Stored::toJson);
        }
    }

    KnowledgeController(Howdah howdah) {
        this.database = howdah.database();
        this.knowledge = howdah.knowledge();
        this.imports = howdah.imports();
        this.outbound = howdah.outbound();
        this.queue = howdah.queue();
        this.requests = new IdempotentRequests(database);
        this.kinds = Map.of("patterns", new Kind<Pattern>(knowledge.patterns(), EntryReader::pattern),
                "decisions", new Kind<Decision>(knowledge.decisions(), EntryReader::decision),
                "components", new Kind<Component>(knowledge.components(), EntryReader::component),
                "lessons", new Kind<Lesson>(knowledge.lessons(), EntryReader::lesson),
                "issues", new Kind<RuntimeIssue>(knowledge.issues(), EntryReader::issue));
    }

    @GetMapping(PATH + "repositories")
    @Operation(summary = "Repositories by name, with how much is known of each")
    Page<ObjectNode> repositories(@RequestParam(required = false) Optional<String> cursor,
            @RequestParam(defaultValue = "50") int limit) {
        var page = knowledge.repositories().list(cursor, limit);
        return new Page<>(page.items().stream().map(known -> known.toJson()).toList(), page.next().orElse(null));
    }

    @GetMapping(PATH + "repositories/{owner}/{name}")
    @Operation(summary = "One repository")
    ObjectNode repository(@PathVariable String owner, @PathVariable String name) {
        return knowledge.repositories().get(owner + "/" + name).toJson();
    }

    record RepositoryInput(@Nullable String name, @Nullable String problemDomain, @Nullable String primaryLanguage,
            @Nullable String url, @Nullable List<String> keywords, @Nullable ObjectNode details) {
        Repository toRepository() {
            return new Repository(text(name), text(problemDomain), text(primaryLanguage), text(url), Optional.empty(),
                    "", Objects.requireNonNullElse(keywords, List.of()),
                    Objects.requireNonNullElseGet(details, JSON::createObjectNode));
        }

        private static String text(@Nullable String value) {
            return Objects.requireNonNullElse(value, "");
        }
    }

    @PostMapping(PATH + "repositories")
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Adds a repository, or completes what is known of it")
    JsonNode addRepository(@RequestBody RepositoryInput input,
            @RequestHeader(name = "Idempotency-Key", required = false) Optional<String> key) {
        var repository = input.toRepository();
        once(key, PATH + "repositories " + JSON.writeValueAsString(input), tx -> JSON.createObjectNode().put("added",
                knowledge.repositories().put(tx, repository)));
        return knowledge.repositories().get(repository.name()).toJson();
    }

    @GetMapping(PATH + "names/{of:repositories|patterns}")
    @Operation(summary = "Names of repositories or patterns, sorted, for lists to choose from")
    Page<String> names(@PathVariable String of, @RequestParam(required = false) Optional<String> cursor,
            @RequestParam(defaultValue = "500") int limit) {
        var page = of.equals("patterns")
                ? knowledge.patterns().names(cursor, limit)
                : knowledge.repositories().names(cursor, limit);
        return new Page<>(page.items(), page.next().orElse(null));
    }

    /** What lists are narrowed by; each kind takes those that it has. */
    record Filter(@Nullable String repository, @Nullable String name, @Nullable String category,
            @Nullable String status, @Nullable String severity, @Nullable String issueType,
            @Nullable String serviceType, @Nullable String pattern) {
        RuntimeIssues.Filter ofIssues() {
            return new RuntimeIssues.Filter(Optional.ofNullable(repository),
                    choice(RuntimeIssue.Type.class, "issue_type", issueType),
                    choice(RuntimeIssue.Service.class, "service_type", serviceType),
                    choice(RuntimeIssue.Severity.class, "severity", severity), RuntimeIssue.Severity.LOW,
                    choice(RuntimeIssue.Status.class, "status", status), Optional.ofNullable(pattern),
                    Optional.empty());
        }
    }

    @GetMapping(PATH + KIND)
    @Operation(summary = "Entries, newest first: patterns by repository and name; decisions and components by repository; lessons by "
            + "repository and category; issues by repository, status, severity, issue_type, service_type and pattern")
    Page<ObjectNode> list(@PathVariable String kind, @RequestParam(required = false) @Nullable String repository,
            @RequestParam(required = false) @Nullable String name,
            @RequestParam(required = false) @Nullable String category,
            @RequestParam(required = false) @Nullable String status,
            @RequestParam(required = false) @Nullable String severity,
            @RequestParam(name = "issue_type", required = false) @Nullable String issueType,
            @RequestParam(name = "service_type", required = false) @Nullable String serviceType,
            @RequestParam(required = false) @Nullable String pattern,
            @RequestParam(required = false) Optional<String> cursor, @RequestParam(defaultValue = "50") int limit) {
        var filter = new Filter(repository, name, category, status, severity, issueType, serviceType, pattern);
        var page = page(kind, filter, cursor, limit);
        return new Page<>(page.items().stream().map(Stored::toJson).toList(), page.next().orElse(null));
    }

    private dev.howdah.knowledge.Page<? extends Stored<?>> page(String kind, Filter filter, Optional<String> cursor,
            int limit) {
        var repository = Optional.ofNullable(filter.repository);
        return switch (kind) {
            case "patterns" -> knowledge.patterns().list(repository, Optional.ofNullable(filter.name), cursor, limit);
            case "decisions" -> knowledge.decisions().list(repository, cursor, limit);
            case "components" -> knowledge.components().list(repository, cursor, limit);
            case "lessons" -> knowledge.lessons().list(repository, Optional.ofNullable(filter.category), cursor, limit);
            default -> knowledge.issues().list(filter.ofIssues(), cursor, limit);
        };
    }

    @GetMapping(PATH + KIND + "/{id}")
    @Operation(summary = "One entry")
    ObjectNode get(@PathVariable String kind, @PathVariable String id) {
        return kind(kind).find(id).orElseThrow(() -> unknown(kind, id));
    }

    @PostMapping(PATH + KIND)
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Adds an entry to a repository, or completes the one that is there. The body has the field repository and "
            + "those of the entry. With the header Idempotency-Key a request that is sent again within a day gets the first "
            + "answer")
    JsonNode add(@PathVariable String kind, @RequestBody JsonNode body,
            @RequestHeader(name = "Idempotency-Key", required = false) Optional<String> key) {
        if (!(body instanceof ObjectNode object) || !body.path("repository").isString()) {
            throw new InvalidInputException("entry-invalid", "/repository", "is missing, or no text",
                    "send an object with the field repository: owner/name");
        }
        var entry = object.deepCopy();
        entry.remove("repository");
        var id = once(key, PATH + kind + " " + body, tx -> JSON.createObjectNode().put("id", kind(kind).put(tx,
                body.path("repository").asString(), entry))).path("id").asString();
        return get(kind, id);
    }

    @DeleteMapping(PATH + KIND + "/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Removes an entry")
    void delete(@PathVariable String kind, @PathVariable String id) {
        if (!kind(kind).store.delete(id)) {
            throw unknown(kind, id);
        }
    }

    record StatusInput(@Nullable String status) {}

    @PostMapping(PATH + "issues/{id}/status")
    @Operation(summary = "Says how a runtime issue stands: open, investigating, fixed or false_positive")
    ObjectNode setStatus(@PathVariable String id, @RequestBody StatusInput input) {
        var status = choice(RuntimeIssue.Status.class, "status", input.status).orElseThrow(
                () -> new InvalidInputException("runtime-issue-invalid", "status", "is missing", "add it"));
        database.useTransaction(tx -> knowledge.issues().setStatus(tx, id, status));
        return get("issues", id);
    }

    @GetMapping(PATH + "relationships")
    @Operation(summary = "Which repositories depend on which, of a source, of a target, or all")
    Page<ObjectNode> relationships(@RequestParam(required = false) Optional<String> source,
            @RequestParam(required = false) Optional<String> target) {
        return new Page<>(knowledge.dependencies().edges(source, target).stream().map(edge -> {
            var json = JSON.createObjectNode().put("source_repo", edge.source()).put("target_repo", edge.target())
                    .put("relationship_type", TaskViews.label(edge.type())).put("description", edge.description())
                    .put("sync_strategy", edge.syncStrategy());
            json.set("details", edge.details());
            return json;
        }).toList(), null);
    }

    record RelationshipInput(@Nullable String sourceRepo, @Nullable String targetRepo,
            @Nullable String relationshipType, @Nullable String description, @Nullable String syncStrategy) {}

    @PostMapping(PATH + "relationships")
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Adds a relationship of two repositories, or completes it; refuses circles")
    JsonNode addRelationship(@RequestBody RelationshipInput input,
            @RequestHeader(name = "Idempotency-Key", required = false) Optional<String> key) {
        var type = choice(RelationshipType.class, "relationship_type", input.relationshipType).orElseThrow(
                () -> new InvalidInputException("relationship-invalid", "relationship_type", "is missing",
                        "use api_consumer or template_fork"));
        var edge = EntryReader.edge(RepositoryInput.text(input.sourceRepo), type, JSON.createObjectNode()
                .put("target_repo", RepositoryInput.text(input.targetRepo)).put("description", input.description)
                .put("sync_strategy", input.syncStrategy));
        return once(key, PATH + "relationships " + JSON.writeValueAsString(input), tx -> {
            var change = knowledge.dependencies().putEdges(tx, List.of(edge));
            knowledge.dependencies().refuseCircles(tx);
            return JSON.createObjectNode().put("source_repo", edge.source()).put("target_repo", edge.target())
                    .put("relationship_type", TaskViews.label(edge.type())).put("added", change.added() > 0);
        });
    }

    record ImportInput(@Nullable String url, @Nullable JsonNode document, @Nullable String source,
            @Nullable Boolean dryRun) {}

    @PostMapping(PATH + "imports")
    @Operation(summary = "Imports a knowledge base. With url: by a task, whose id is answered with 202. With document (and a name for "
            + "it, source): at once, and answers what was done")
    ResponseEntity<JsonNode> importKnowledge(@RequestBody ImportInput input,
            @RequestHeader(name = "Idempotency-Key", required = false) Optional<String> key) {
        boolean dryRun = Boolean.TRUE.equals(input.dryRun);
        if ((input.url == null) == (input.document == null)) {
            throw new InvalidInputException("import-invalid", "url", "either url or document must be given",
                    "send one of them");
        }
        if (input.document != null) {
            var source = Objects.requireNonNullElse(input.source, "request");
            return ResponseEntity.ok(imports.run(new ImportSource.OfDocument(source, input.document), dryRun,
                    progress -> {}).toJson());
        }
        var address = OutboundAddress.of(Objects.requireNonNull(input.url));
        outbound.check(address);
        var task = Imports.task(new ImportSource.OfUrl(address.uri()), dryRun);
        var id = key.map(name -> requests.once(name, PATH + "imports " + JSON.writeValueAsString(input),
                tx -> taskId(queue.enqueue(tx, task)))).orElseGet(() -> taskId(queue.enqueue(task)));
        return ResponseEntity.accepted().body(id);
    }

    private static ObjectNode taskId(UUID id) {
        return JSON.createObjectNode().put("task_id", id.toString());
    }

    private JsonNode once(Optional<String> key, String request, Function<Transaction, JsonNode> work) {
        return key.map(name -> requests.once(name, request, work)).orElseGet(() -> database.inTransaction(work));
    }

    private Kind<?> kind(String name) {
        return Objects.requireNonNull(kinds.get(name)); // the path lets no other name pass
    }

    private static NotFoundException unknown(String kind, String id) {
        return new NotFoundException("entry-not-found", "there is no entry " + id + " among the " + kind,
                "list them at " + PATH + kind);
    }

    private static <E extends Enum<E>> Optional<E> choice(Class<E> type, String field, @Nullable String word) {
        if (word == null || word.isBlank()) {
            return Optional.empty();
        }
        return Optional.of(Arrays.stream(type.getEnumConstants()).filter(one -> TaskViews.label(one).equals(word))
                .findFirst().orElseThrow(() -> new InvalidInputException("filter-invalid", field, "\"" + word
                        + "\" is not known",
                        "use one of " + String.join(", ",
                                Arrays.stream(type.getEnumConstants()).map(TaskViews::label).toList()))));
    }
}
