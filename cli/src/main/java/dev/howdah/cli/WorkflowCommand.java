package dev.howdah.cli;

import dev.howdah.postgres.InvalidInputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Definitions of workflows, and their start. */
@Command(name = "workflow", aliases = "workflows", mixinStandardHelpOptions = true, description = "Lists, shows, checks, applies, runs and schedules workflows.", subcommands = {
        WorkflowCommand.ListCommand.class, WorkflowCommand.ShowCommand.class, WorkflowCommand.VersionsCommand.class,
        WorkflowCommand.ValidateCommand.class, WorkflowCommand.ApplyCommand.class, WorkflowCommand.RunCommand.class,
        WorkflowSchedulesCommand.class})
final class WorkflowCommand implements Callable<Integer> {
    private static final String PATH = "/api/workflows/";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    private static void print(Iterable<JsonNode> workflows, PrintWriter out) {
        var table = new Table("WORKFLOW", "VERSION", "TYPE", "NODES", "EDGES", "CREATED", "NAME");
        workflows.forEach(workflow -> table.add(workflow.path("workflow_id").asString(),
                workflow.path("version").asString(), workflow.path("type").asString(),
                workflow.path("nodes").asString(), workflow.path("edges").asString(),
                workflow.path("created_at").asString(), workflow.path("name").asString()));
        table.print(out);
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the workflows in their newest version.")
    static final class ListCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Option(names = "--after", description = "Goes on after this workflow.", defaultValue = "")
        private String after = "";
        @Option(names = "--limit", defaultValue = "100", description = "How many (default ${DEFAULT-VALUE}).")
        private int limit;

        @Override
        public Integer call() {
            var workflows = api.get("/api/workflows?limit=" + limit + "&after=" + Api.encode(after));
            return output.print(workflows, out -> {
                print(workflows, out);
                if (workflows.size() == limit) {
                    out.println("more: howdah workflow list --after "
                            + workflows.get(limit - 1).path("workflow_id").asString());
                }
            });
        }
    }

    @Command(name = "show", aliases = "get", mixinStandardHelpOptions = true, description = "Shows a workflow's nodes; with --json the definition as it can be applied.")
    static final class ShowCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Parameters(paramLabel = "ID", description = "The workflow's id.")
        private String id = "";
        @Option(names = "--version-number", paramLabel = "N", description = "A certain version; the newest if left out.")
        private @Nullable Integer version;

        @Override
        public Integer call() {
            var path = PATH + Api.encode(id);
            int number = version == null ? api.get(path).path("version").asInt() : version;
            var shown = api.get(path + "/versions/" + number);
            var definition = shown.path("definition");
            return output.print(output.isJson() ? definition : shown, out -> {
                out.println(definition.path("name").asString() + " (" + id + ", version " + number + ", "
                        + definition.path("type").asString() + ")");
                if (!definition.path("description").asString("").isEmpty()) {
                    out.println(definition.path("description").asString());
                }
                print(definition, out);
            });
        }

        private static void print(JsonNode definition, PrintWriter out) {
            var table = new Table("NODE", "TYPE", "EXECUTOR", "AFTER", "IF");
            definition.path("nodes").forEach(node -> table.add(node.path("id").asString(),
                    node.path("type").asString(), node.path("executor").asString(""),
                    String.join(", ", node.path("dependencies").valueStream().map(JsonNode::asString).toList()),
                    node.path("condition").asString("")));
            table.print(out);
        }
    }

    @Command(name = "versions", mixinStandardHelpOptions = true, description = "Lists the versions of a workflow, newest first.")
    static final class VersionsCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Parameters(paramLabel = "ID", description = "The workflow's id.")
        private String id = "";

        @Override
        public Integer call() {
            var versions = api.get(PATH + Api.encode(id) + "/versions");
            return output.print(versions, out -> print(versions.path("items"), out));
        }
    }

    /** A definition in a file, JSON or YAML. */
    private static final class DefinitionFile {
        private static final Pattern YAML_ID = Pattern
                .compile("(?m)^\\s*(?:workflow_id|id):\\s*[\"']?([A-Za-z0-9_-]+)");

        @Parameters(paramLabel = "FILE", description = "A definition, JSON or YAML.")
        private Path file = Path.of("");
        @Option(names = "--unknown-tasks", description = "Its tasks may be of types that no worker has yet.")
        private boolean unknownTasks;

        String text() {
            try {
                return Files.readString(file);
            } catch (IOException e) {
                throw new InvalidInputException("file-unreadable", "FILE", file + " cannot be read: " + e.getMessage(),
                        "name a definition in JSON or YAML, in UTF-8");
            }
        }

        String type() {
            return text().stripLeading().startsWith("{") && !file.toString().matches(".*\\.ya?ml")
                    ? "application/json"
                    : "application/yaml";
        }

        String query() {
            return unknownTasks ? "?unknown_tasks=allow" : "";
        }
    }

    @Command(name = "validate", aliases = "check", mixinStandardHelpOptions = true, description = "Tells everything that is wrong with a definition, and stores nothing.")
    static final class ValidateCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Mixin
        private DefinitionFile definition = new DefinitionFile();

        @Override
        public Integer call() {
            var answer = api.post("/api/workflows/validate" + definition.query(), definition.type(), definition.text());
            boolean isValid = answer.path("valid").asBoolean();
            output.print(answer, out -> {
                if (isValid) {
                    out.println(answer.path("workflow_id").asString() + ": " + answer.path("nodes").asInt()
                            + " nodes, " + answer.path("edges").asInt() + " edges, nothing wrong");
                }
                answer.path("errors").forEach(fault -> out.println(fault.path("pointer").asString() + ": "
                        + fault.path("detail").asString() + "; " + fault.path("remedy").asString()));
            });
            return isValid ? 0 : Main.INVALID;
        }
    }

    @Command(name = "apply", mixinStandardHelpOptions = true, description = "Stores a definition as the next version, unless the newest one is the same.")
    static final class ApplyCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Mixin
        private DefinitionFile definition = new DefinitionFile();

        @Override
        public Integer call() {
            var text = definition.text();
            var checked = api.post("/api/workflows/validate" + definition.query(), definition.type(), text);
            var id = checked.path("workflow_id").asString(DefinitionFile.YAML_ID.matcher(text).results().findFirst()
                    .map(found -> found.group(1)).orElse("unnamed"));
            var applied = api.put(PATH + Api.encode(id) + definition.query(), definition.type(), text);
            return output.print(applied, out -> out.println(applied.path("workflow_id").asString() + " version "
                    + applied.path("version").asInt()));
        }
    }

    @Command(name = "run", aliases = "start", mixinStandardHelpOptions = true, description = "Starts an execution and follows it to its end, a line per event. Exit code 1 if it does not "
            + "complete.")
    static final class RunCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Parameters(paramLabel = "ID", description = "The workflow's id.")
        private String id = "";
        @Option(names = "--input", paramLabel = "JSON", description = "What it works on, an object; @FILE or - for standard input. Without --input and --requirement the "
                + "workflow's own example, if it has one.")
        private @Nullable String input;
        @Option(names = "--requirement", paramLabel = "TEXT", description = "What is to be built, in plain sentences: input.requirement.")
        private @Nullable String requirement;
        @Option(names = "--version-number", paramLabel = "N", description = "A certain version; the newest if left out.")
        private @Nullable Integer version;
        @Option(names = "--key", description = "At most one execution with this key is under way.")
        private @Nullable String key;
        @Option(names = "--watch", negatable = true, defaultValue = "true", fallbackValue = "true", description = "Follows it to its end; --no-watch does not.")
        private boolean watch;
        @Option(names = "--artifacts", paramLabel = "DIR", description = "Writes what it made into this directory.")
        private @Nullable Path artifacts;

        @Override
        public Integer call() {
            var body = JsonMapper.shared().createObjectNode().put("requirement", requirement).put("version", version)
                    .put("key", key);
            if (input != null) {
                body.set("initial_context", Json.argument("--input", input));
            } else if (requirement == null) {
                example().ifPresent(given -> body.set("initial_context", given));
            }
            var started = api.post(PATH + Api.encode(id) + "/execute", body);
            var execution = started.path("execution_id").asString();
            if (!watch) {
                return output.print(started, out -> out.println(execution));
            }
            if (!output.isJson()) {
                output.out().println("execution " + execution);
            }
            return new Following(api, output).toItsEnd(execution, Optional.ofNullable(artifacts));
        }

        private Optional<JsonNode> example() {
            return Optional.of(api.get(PATH + Api.encode(id)).path("metadata").path("example_input"))
                    .filter(JsonNode::isObject);
        }
    }

    /** Words for people. */
    static String words(String type) {
        return type.replace('_', ' ').toLowerCase(Locale.ROOT);
    }
}
