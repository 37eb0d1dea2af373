package dev.howdah.agent.mcp;

import dev.howdah.knowledge.Decision;
import dev.howdah.knowledge.Knowledge;
import dev.howdah.knowledge.Lesson;
import dev.howdah.knowledge.Page;
import dev.howdah.knowledge.Pattern;
import dev.howdah.knowledge.Stored;
import dev.howdah.postgres.Database;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is known about repositories, as resources: {@code howdah://knowledge/repositories/{owner}/{name}} and
 * {@code howdah://knowledge/{patterns|decisions|lessons}/{id}}, each a JSON object.
 */
public final class KnowledgeResources implements McpResources {
    static final String VERSIONS = """
        WITH wanted AS (
          SELECT uri, split_part(uri, '/', 4) AS kind, substr(uri, 20 + strpos(substr(uri, 20), '/')) AS key
            FROM unnest(:uris::text[]) AS uri)
        SELECT wanted.uri, found.version
          FROM wanted
               JOIN (SELECT 'repositories' AS kind, name AS key, updated_at::text AS version
                       FROM repositories
                      WHERE name = ANY (:keys::text[])
                      UNION ALL
                     SELECT 'patterns', id::text, updated_at::text
                       FROM patterns
                      WHERE id = ANY (:numbers::bigint[])
                      UNION ALL
                     SELECT 'decisions', id::text, updated_at::text
                       FROM technical_decisions
                      WHERE id = ANY (:numbers::bigint[])
                      UNION ALL
                     SELECT 'lessons', id::text, updated_at::text
                       FROM lessons_learned
                      WHERE id::text = ANY (:keys::text[])) AS found
               ON found.kind = wanted.kind AND found.key = wanted.key
        """;

    /** The newest of each kind, each by its key: what is added is noticed at once, what is removed is when it is read. */
    static final String LIST_VERSION = """
        SELECT concat_ws(' ', (SELECT max(id) FROM repositories), (SELECT max(id) FROM patterns),
                         (SELECT max(id) FROM technical_decisions),
                         (SELECT id FROM lessons_learned ORDER BY id DESC LIMIT 1))
        """;

    private static final String ROOT = "howdah://knowledge/";
    private static final String JSON_TYPE = "application/json";
    private static final List<String> KINDS = List.of("repositories", "patterns", "decisions", "lessons");
    private static final int DESCRIPTION_MAX = 300;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Database database;
    private final Knowledge knowledge;

    public KnowledgeResources(Database database, Knowledge knowledge) {
        this.database = database;
        this.knowledge = knowledge;
    }

    /** Kind by kind; a cursor names the kind and where to go on in it. */
    @Override
    public Part list(Optional<String> cursor, int limit) {
        var kind = cursor.map(text -> text.split("/", 2)[0]).orElse(KINDS.getFirst());
        var from = cursor.map(text -> text.substring(text.indexOf('/') + 1)).filter(inner -> !inner.isEmpty());
        int index = KINDS.indexOf(kind);
        if (index < 0) {
            throw McpMethods.invalid("the cursor is none of this list", "use nextCursor as it came");
        }
        var page = page(kind, from, Math.min(limit, Page.LIMIT_MAX));
        var next = page.next().map(inner -> kind + "/" + inner).or(() -> index + 1 < KINDS.size()
                ? Optional.of(KINDS.get(index + 1) + "/")
                : Optional.empty());
        // An empty page would make clients stop, or ask once more for nothing.
        return page.items().isEmpty() && next.isPresent() ? list(next, limit) : new Part(page.items(), next);
    }

    private Page<ObjectNode> page(String kind, Optional<String> from, int limit) {
        return switch (kind) {
            case "repositories" -> map(knowledge.repositories().list(from, limit), known -> resource(kind,
                    known.repository().name(), known.repository().name(), known.description()));
            case "patterns" -> map(knowledge.patterns().list(Optional.empty(), Optional.empty(), from, limit),
                    KnowledgeResources::pattern);
            case "decisions" -> map(knowledge.decisions().list(Optional.empty(), from, limit),
                    KnowledgeResources::decision);
            default -> map(knowledge.lessons().list(Optional.empty(), Optional.empty(), from, limit),
                    KnowledgeResources::lesson);
        };
    }

    private static <T> Page<ObjectNode> map(Page<T> page, java.util.function.Function<T, ObjectNode> resource) {
        return new Page<>(page.items().stream().map(resource).toList(), page.next());
    }

    private static ObjectNode pattern(Stored<Pattern> stored) {
        return resource("patterns", stored.id(), stored.repository() + ": " + stored.value().name(),
                stored.value().description());
    }

    private static ObjectNode decision(Stored<Decision> stored) {
        return resource("decisions", stored.id(), stored.repository() + ": " + stored.value().what(),
                stored.value().why());
    }

    private static ObjectNode lesson(Stored<Lesson> stored) {
        return resource("lessons", stored.id(), stored.repository() + ": " + stored.value().title(),
                stored.value().lesson());
    }

    private static ObjectNode resource(String kind, String key, String name, String description) {
        return JSON.createObjectNode().put("uri", ROOT + kind + "/" + key).put("name", cut(name))
                .put("description", cut(description)).put("mimeType", JSON_TYPE);
    }

    private static String cut(String text) {
        return text.length() <= DESCRIPTION_MAX ? text : text.substring(0, DESCRIPTION_MAX - 1) + "…";
    }

    @Override
    public List<ObjectNode> templates() {
        return List.of(
                template("repositories/{owner}/{name}", "repository", "A repository and how much is known of it"),
                template("patterns/{id}", "pattern", "A way of doing things that a repository uses"),
                template("decisions/{id}", "decision", "A technical decision and its reasons"),
                template("lessons/{id}", "lesson", "Something that was learned the hard way"));
    }

    private static ObjectNode template(String path, String name, String description) {
        return JSON.createObjectNode().put("uriTemplate", ROOT + path).put("name", name)
                .put("description", description).put("mimeType", JSON_TYPE);
    }

    @Override
    public Optional<ObjectNode> read(String uri) {
        return find(uri).map(json -> JSON.createObjectNode().put("uri", uri).put("mimeType", JSON_TYPE)
                .put("text", json.toString()));
    }

    private Optional<ObjectNode> find(String uri) {
        var key = key(uri);
        return switch (kind(uri)) {
            case "repositories" -> knowledge.repositories().find(key).map(known -> known.toJson());
            case "patterns" -> knowledge.patterns().find(key).map(Stored::toJson);
            case "decisions" -> knowledge.decisions().find(key).map(Stored::toJson);
            case "lessons" -> knowledge.lessons().find(key).map(Stored::toJson);
            default -> Optional.empty();
        };
    }

    private static String kind(String uri) {
        return uri.startsWith(ROOT) ? uri.substring(ROOT.length()).split("/", 2)[0] : "";
    }

    private static String key(String uri) {
        return uri.substring(Math.min(uri.length(), ROOT.length() + kind(uri).length() + 1));
    }

    @Override
    public Map<String, String> versions(Collection<String> uris) {
        var ours = uris.stream().filter(uri -> uri.startsWith(ROOT)).toList();
        if (ours.isEmpty()) {
            return Map.of();
        }
        var keys = ours.stream().map(KnowledgeResources::key).toList();
        var numbers = keys.stream().filter(key -> key.matches("\\d{1,18}")).map(Long::valueOf);
        var versions = new HashMap<String, String>();
        database.withHandle(handle -> handle.createQuery(VERSIONS).bind("uris", ours.toArray(String[]::new))
                .bind("keys", keys.toArray(String[]::new)).bind("numbers", numbers.toArray(Long[]::new))
                .map((row, context) -> Map.entry(row.getString("uri"), row.getString("version"))).list())
                .forEach(version -> versions.put(version.getKey(), version.getValue()));
        return versions;
    }

    @Override
    public String listVersion() {
        return database.withHandle(handle -> handle.createQuery(LIST_VERSION).mapTo(String.class).one());
    }

    /** Owners and names of repositories are suggested; ids are not for typing. */
    @Override
    public Optional<List<String>> complete(String template, String variable, String prefix,
            Map<String, String> context, int limit) {
        if (templates().stream().noneMatch(known -> known.path("uriTemplate").asString().equals(template))) {
            return Optional.empty();
        }
        var owner = context.getOrDefault("owner", "");
        var found = switch (variable) {
            case "owner" -> names(prefix).map(name -> name.substring(0, name.indexOf('/')));
            case "name" -> names(owner + "/" + prefix).map(name -> name.substring(name.indexOf('/') + 1));
            default -> Stream.<String>empty();
        };
        return Optional.of(found.distinct().limit(limit).toList());
    }

    private Stream<String> names(String prefix) {
        return repositoryNames(knowledge, prefix).stream();
    }

    /** Names of repositories that begin with a text; at most a page of them. */
    static List<String> repositoryNames(Knowledge knowledge, String prefix) {
        // The names are sorted, so those with the prefix follow what is just below it.
        var from = prefix.isEmpty() || prefix.equals("/") ? "" : prefix.substring(0, prefix.length() - 1);
        return knowledge.repositories().names(Optional.of(from).filter(text -> !text.isEmpty()), Page.LIMIT_MAX)
                .items().stream().filter(name -> name.startsWith(prefix)).toList();
    }
}
