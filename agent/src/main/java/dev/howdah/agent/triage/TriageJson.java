package dev.howdah.agent.triage;

import dev.howdah.agent.source.ChangeEvent;
import dev.howdah.agent.source.ChangedFile;
import dev.howdah.agent.source.PatternSummary;
import dev.howdah.knowledge.RelationshipType;
import dev.howdah.knowledge.RepositoryName;
import dev.howdah.postgres.InvalidInputException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Change events, relationships and results as JSON, in both directions. Reading lists every fault by JSON pointer. */
public final class TriageJson {
    static final String REPOSITORY_REMEDY = "use owner/name";

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Pattern SHA = Pattern.compile("[0-9a-fA-F]{7,64}");

    private TriageJson() {}

    /**
     * Reads a change event.
     *
     * @throws InvalidInputException if it is not valid
     */
    public static ChangeEvent event(JsonNode json) {
        var reader = JsonReader.of(json);
        var event = new ChangeEvent(reader.text("source_repo", RepositoryName::isValid, REPOSITORY_REMEDY),
                reader.text("commit_sha", sha -> SHA.matcher(sha).matches(), "use 7 to 64 hexadecimal digits"),
                reader.text("commit_message"), reader.text("branch"),
                reader.objects("changed_files").stream().map(file -> new ChangedFile(file.text("path"),
                        file.text("change_type", "modified"), file.text("diff", ""))).toList(),
                summary(reader.object("pattern_summary")), timestamp(reader));
        reader.check("change-event-invalid");
        return event;
    }

    /** Writes a change event. */
    public static ObjectNode toJson(ChangeEvent event) {
        var json = JSON.createObjectNode().put("source_repo", event.sourceRepo()).put("commit_sha", event.commitSha())
                .put("commit_message", event.commitMessage()).put("branch", event.branch());
        var files = json.putArray("changed_files");
        event.changedFiles().forEach(file -> files.addObject().put("path", file.path())
                .put("change_type", file.changeType()).put("diff", file.diff()));
        var summary = event.patternSummary();
        if (!summary.equals(PatternSummary.EMPTY)) {
            var node = json.putObject("pattern_summary");
            texts(node, "patterns", summary.patterns());
            texts(node, "keywords", summary.keywords());
            texts(node, "decisions", summary.decisions());
            texts(node, "reusable_components", summary.reusableComponents());
            texts(node, "dependencies", summary.dependencies());
            node.put("problem_domain", summary.problemDomain());
        }
        event.timestamp().ifPresent(time -> json.put("timestamp", time.toString()));
        return json;
    }

    /** Writes a result. */
    public static ObjectNode toJson(TriageResult result) {
        var json = JSON.createObjectNode().put("requires_action", result.requiresAction())
                .put("urgency", label(result.urgency())).put("impact_summary", result.impactSummary());
        texts(json, "affected_files", result.affectedFiles());
        return json.put("recommended_changes", result.recommendedChanges()).put("confidence", result.confidence())
                .put("reasoning", result.reasoning()).put("architecture_context", result.architectureContext())
                .put("model", result.model());
    }

    /** Reads a result that {@link #toJson(TriageResult)} wrote. */
    public static TriageResult result(JsonNode json) {
        return new TriageResult(json.path("requires_action").asBoolean(),
                Urgency.valueOf(json.path("urgency").asString("none").toUpperCase(Locale.ROOT)),
                json.path("impact_summary").asString(""),
                json.path("affected_files").valueStream().map(node -> node.asString("")).toList(),
                json.path("recommended_changes").asString(""), json.path("confidence").asDouble(),
                json.path("reasoning").asString(""), json.path("architecture_context").asString(""),
                json.path("model").asString(""));
    }

    /** Writes one edge as an entry of its source: target, type and what applies to the type. */
    public static ObjectNode toJson(Relationship edge) {
        var json = JSON.createObjectNode().put("repo", edge.targetRepo()).put("relationship_type", label(edge.type()))
                .put("description", edge.description());
        switch (edge.type()) {
            case API_CONSUMER -> {
                texts(json, "interface_files", edge.interfaceFiles());
                texts(json, "change_triggers", edge.changeTriggers());
                var mapping = json.putObject("urgency_mapping");
                new TreeMap<>(edge.urgencyMapping()).forEach((trigger, urgency) -> mapping.put(trigger,
                        label(urgency)));
            }
            case TEMPLATE_FORK -> {
                texts(json, "shared_concerns", edge.sharedConcerns());
                texts(json, "divergent_concerns", edge.divergentConcerns());
                json.put("sync_strategy", edge.syncStrategy()).put("bidirectional", edge.bidirectional());
            }
        }
        return json;
    }

    /** Reads an entry that {@link #toJson(Relationship)} wrote. */
    public static Relationship relationship(String source, JsonNode json) {
        return relationship(source, JsonReader.of(json),
                RelationshipType.valueOf(json.path("relationship_type").asString("").toUpperCase(Locale.ROOT)));
    }

    /**
     * Reads an entry that somebody wrote.
     *
     * @throws InvalidInputException if it is not valid
     */
    public static Relationship checkedRelationship(String source, JsonNode json, RelationshipType type) {
        var reader = JsonReader.of(json);
        var edge = relationship(source, reader, type);
        reader.check("relationship-invalid");
        return edge;
    }

    static Relationship relationship(String source, JsonReader reader, RelationshipType type) {
        var target = reader.text("repo", RepositoryName::isValid, REPOSITORY_REMEDY);
        if (target.equals(source)) {
            reader.fault("repo", "\"" + target + "\" depends on itself", "remove it");
        }
        return new Relationship(source, target, type, reader.text("description", ""), reader.texts("interface_files"),
                known(reader, "change_triggers", Concerns.TRIGGERS), urgencies(reader),
                known(reader, "shared_concerns", Concerns.SHARED),
                known(reader, "divergent_concerns", Concerns.DIVERGENT), reader.text("sync_strategy", "selective"),
                reader.flag("bidirectional"));
    }

    /** The label of an enum constant in JSON. */
    public static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static List<String> known(JsonReader reader, String field, Map<String, List<String>> words) {
        var names = reader.texts(field);
        for (int i = 0; i < names.size(); i++) {
            if (!words.containsKey(names.get(i))) {
                reader.fault(field, "\"" + names.get(i) + "\" is not known" + nearest(names.get(i), words),
                        "use some of " + Concerns.list(words));
            }
        }
        return names;
    }

    private static String nearest(String name, Map<String, List<String>> words) {
        return words.keySet().stream().min(Comparator.comparingInt(word -> differences(word, name)))
                .filter(word -> differences(word, name) <= word.length() / 2)
                .map(word -> "; did you mean \"" + word + "\"?").orElse("");
    }

    /** How many letters of the two differ, place by place and in length: enough to guess a typing error. */
    private static int differences(String a, String b) {
        var letters = new HashMap<Integer, Integer>();
        a.chars().forEach(c -> letters.merge(c, 1, Integer::sum));
        b.chars().forEach(c -> letters.merge(c, -1, Integer::sum));
        return letters.values().stream().mapToInt(Math::abs).sum();
    }

    private static Map<String, Urgency> urgencies(JsonReader reader) {
        var mapping = reader.object("urgency_mapping");
        var urgencies = new TreeMap<String, Urgency>();
        for (var trigger : mapping.names()) {
            if (!Concerns.TRIGGERS.containsKey(trigger)) {
                mapping.fault(trigger, "is no known trigger" + nearest(trigger, Concerns.TRIGGERS),
                        "use some of " + Concerns.list(Concerns.TRIGGERS));
            }
            var word = mapping.text(trigger);
            List.of(Urgency.values()).stream().filter(urgency -> urgency != Urgency.NONE && label(urgency).equals(word))
                    .findFirst().ifPresentOrElse(urgency -> urgencies.put(trigger, urgency),
                            () -> mapping.fault(trigger, "\"" + word + "\" is no urgency",
                                    "use critical, high, medium or low"));
        }
        return urgencies;
    }

    private static PatternSummary summary(JsonReader reader) {
        return new PatternSummary(reader.texts("patterns"), reader.texts("keywords"), reader.texts("decisions"),
                reader.texts("reusable_components"), reader.texts("dependencies"), reader.text("problem_domain", ""));
    }

    private static Optional<Instant> timestamp(JsonReader reader) {
        if (!reader.has("timestamp")) {
            return Optional.empty();
        }
        try {
            var text = reader.text("timestamp");
            return Optional.of((text.matches(".*(Z|[+-]\\d\\d:?\\d\\d)$")
                    ? OffsetDateTime.parse(text)
                    : OffsetDateTime.parse(text + "Z")).toInstant());
        } catch (DateTimeException e) {
            reader.fault("timestamp", "is no ISO-8601 time", "use for example 2026-01-31T12:00:00Z");
            return Optional.empty();
        }
    }

    private static void texts(ObjectNode node, String field, List<String> values) {
        values.forEach(node.putArray(field)::add);
    }
}
