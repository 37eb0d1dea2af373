package dev.howdah.knowledge;

import dev.howdah.postgres.InvalidInputException;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads entries from JSON: as texts or as objects, by every name that their fields go by in knowledge bases. A field that
 * has no place of its own goes to the details. One reader for files, REST and skills, so that all take the same.
 *
 * <p>Every method throws {@link InvalidInputException} with all that is wrong with the entry.
 */
public final class EntryReader {
    private EntryReader() {}

    /** A name, or {@code {name, description, context, keywords}}. */
    public static Pattern pattern(JsonNode json) {
        return read(json, "name", fields -> {
            var name = fields.text("name", "pattern_name", "pattern");
            var whole = name.length() > Checks.NAME_MAX ? name : "";
            var description = fields.text("description");
            return new Pattern(Lesson.title(name), description.isEmpty() ? whole : description, fields.text("context"),
                    fields.texts("keywords"), details(fields));
        });
    }

    /** What was decided, or {@code {what, why, alternatives}}. */
    public static Decision decision(JsonNode json) {
        return read(json, "what", fields -> new Decision(fields.text("what", "decision", "title"),
                fields.text("why", "reason", "rationale"), fields.texts("alternatives"), details(fields)));
    }

    /** A name, or {@code {name, purpose, location, …}}; {@code files} are a location too. */
    public static Component component(JsonNode json) {
        return read(json, "name", fields -> new Component(fields.text("name"), fields.text("purpose", "description"),
                String.join(", ", fields.texts("location", "files")), fields.text("component_type", "type"),
                fields.text("language"), fields.text("api_signature", "api_contract"),
                fields.count("lines_of_code"), fields.count("cyclomatic_complexity", "complexity"),
                fields.texts("tags", "keywords"), details(fields)));
    }

    /** The lesson, or {@code {lesson, category, context, severity, recorded_by, related_files, tags, timestamp}}. */
    public static Lesson lesson(JsonNode json) {
        return read(json, "lesson", fields -> {
            var title = fields.text("title");
            var lesson = fields.text("lesson");
            var text = lesson.isEmpty() ? title : lesson;
            var category = fields.text("category");
            var impact = fields.text("impact", "severity");
            return new Lesson(category.isEmpty() ? "other" : category, Lesson.title(title.isEmpty() ? text : title),
                    text, fields.text("description", "context"), impact.isEmpty() ? "info" : impact,
                    fields.text("recorded_by"), fields.texts("related_files"), fields.texts("tags"),
                    fields.time("recorded_at", "timestamp", "date"), details(fields));
        });
    }

    /** {@code {service_type, issue_type, severity, log_snippet, …}}; a log that is too long is cut. */
    public static RuntimeIssue issue(JsonNode json) {
        return read(json, "log_snippet", fields -> {
            var log = fields.text("log_snippet");
            return new RuntimeIssue(
                    fields.choice(RuntimeIssue.Service.class, RuntimeIssue.Service.OTHER, "service_type"),
                    fields.choice(RuntimeIssue.Type.class, RuntimeIssue.Type.OTHER, "issue_type"),
                    fields.choice(RuntimeIssue.Severity.class, RuntimeIssue.Severity.MEDIUM, "severity"),
                    log.substring(0, Math.min(log.length(), RuntimeIssue.LOG_SNIPPET_MAX)), fields.text("root_cause"),
                    fields.text("suggested_fix"), fields.text("pattern_reference"), fields.text("github_issue_url"),
                    fields.choice(RuntimeIssue.Status.class, RuntimeIssue.Status.OPEN, "status"),
                    fields.object("metrics"), fields.time("detected_at"), Optional.empty());
        });
    }

    /** A name, or {@code {name, version, manifest, scope}}. */
    public static Dependency dependency(JsonNode json) {
        return read(json, "name", fields -> new Dependency(fields.text("name", "dependency_name", "dependency"),
                fields.text("version", "dependency_version"), fields.text("manifest"), fields.text("scope"),
                details(fields)));
    }

    /**
     * The name of a repository that depends on another, or {@code {target_repo, sync_strategy, notes, …}}.
     *
     * @param source what is depended on
     */
    public static DependencyEdge edge(String source, RelationshipType type, JsonNode json) {
        return read(json, "repository", fields -> new DependencyEdge(source,
                fields.text("target_repo", "repository", "repo"), type, fields.text("description", "notes"),
                fields.text("sync_strategy"), details(fields)));
    }

    /** A name, or {@code {name, description, script_path, platform, commands, environment_variables}}. */
    public static DeploymentScript script(JsonNode json) {
        return read(json, "name", fields -> new DeploymentScript(fields.text("name"), fields.text("description"),
                fields.text("script_path", "path"), fields.text("platform"), fields.texts("commands"),
                fields.object("environment_variables"), details(fields)));
    }

    /** A name, or {@code {framework_name, coverage_percentage}}. */
    public static TestFramework framework(JsonNode json) {
        return read(json, "name", fields -> new TestFramework(fields.text("framework_name", "name"),
                fields.number("coverage_percentage"), details(fields)));
    }

    /** A name, or {@code {pattern_name, description, authentication_method, compliance_standard}}. */
    public static SecurityPattern security(JsonNode json) {
        return read(json, "name", fields -> new SecurityPattern(fields.text("pattern_name", "name"),
                fields.text("description"), fields.text("authentication_method"),
                fields.text("compliance_standard"), details(fields)));
    }

    /** {@code {timestamp, commit_sha, patterns: {patterns, decisions, reusable_components, …}}}. */
    public static Analysis analysis(JsonNode json) {
        return read(json, "timestamp", fields -> {
            var found = json.path("patterns").isObject() ? json.path("patterns") : json;
            var time = fields.time("timestamp", "analyzed_at")
                    .or(() -> new Fields(found, "analyzed_at").time("analyzed_at"));
            if (time.isEmpty()) {
                fields.fault("timestamp", "is missing", "say when it was, in ISO 8601");
                fields.check();
            }
            var commit = fields.text("commit_sha");
            return new Analysis(commit.isEmpty() ? found.path("commit_sha").asString("") : commit, time.orElseThrow(),
                    found.path("patterns").size(), found.path("decisions").size(),
                    found.path("reusable_components").size(), fields.rest());
        });
    }

    private static <T> T read(JsonNode json, String textField, Function<Fields, T> reading) {
        var fields = new Fields(json, textField);
        T entry;
        try {
            entry = reading.apply(fields);
        } catch (InvalidInputException e) {
            fields.check(); // a wrong type is the reason why a text is empty: tell that one
            throw e;
        }
        fields.check();
        return entry;
    }

    /** What is left over; what an entry that came from here has as details stays where it is. */
    private static ObjectNode details(Fields fields) {
        var details = fields.object("details");
        details.setAll(fields.rest());
        return details;
    }
}
