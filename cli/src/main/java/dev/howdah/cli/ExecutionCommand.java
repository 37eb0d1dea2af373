package dev.howdah.cli;

import dev.howdah.postgres.InvalidInputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Looks at executions of workflows and steers them. */
@Command(name = "execution", aliases = "executions", mixinStandardHelpOptions = true, description = "Looks at executions of workflows and steers them.", subcommands = {
        ExecutionCommand.ListCommand.class, ExecutionCommand.ShowCommand.class, ExecutionCommand.WatchCommand.class,
        ExecutionCommand.EventsCommand.class, ExecutionCommand.GraphCommand.class,
        ExecutionCommand.ArtifactsCommand.class, ExecutionCommand.PauseCommand.class,
        ExecutionCommand.ResumeCommand.class, ExecutionCommand.CancelCommand.class,
        ExecutionCommand.RetryCommand.class, ExecutionCommand.SkipCommand.class, ExecutionCommand.ForkCommand.class,
        ExecutionCommand.SignalCommand.class, ExecutionCommand.ReviewsCommand.class,
        ExecutionCommand.ApproveCommand.class, ExecutionCommand.RejectCommand.class})
final class ExecutionCommand implements Callable<Integer> {
    private static final String PATH = "/api/executions/";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    private static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists executions, newest first.")
    static final class ListCommand extends PageCommand {
        @Option(names = "--status", description = "pending, running, paused, completed, failed, cancelled; several by commas.")
        private @Nullable String status;
        @Option(names = "--workflow", description = "Only of this workflow.")
        private @Nullable String workflow;
        @Option(names = "--schedule", description = "Only those that this schedule started.")
        private @Nullable String schedule;

        ListCommand() {
            super("EXECUTION", "WORKFLOW", "STATUS", "PROGRESS", "CREATED", "ERROR");
        }

        @Override
        Query query() {
            return new Query("/api/executions").and("status", status).and("workflow", workflow)
                    .and("schedule", schedule);
        }

        @Override
        String[] cells(JsonNode execution) {
            return row(text(execution, "execution_id"), text(execution, "workflow_id"), text(execution, "status"),
                    text(execution, "progress_percent") + " %", text(execution, "created_at"),
                    text(execution, "error"));
        }
    }

    /** What the verbs about one execution have in common. */
    abstract static class OnExecution extends OneCommand {
        OnExecution() {
            super(PATH);
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.println(answer.path("execution_id").asString() + " " + answer.path("status").asString());
        }
    }

    @Command(name = "show", aliases = "get", mixinStandardHelpOptions = true, description = "Shows an execution with its nodes.")
    static final class ShowCommand extends OnExecution {
        @Override
        JsonNode ask(Api server, String path) {
            return server.get(path);
        }

        @Override
        void print(JsonNode execution, PrintWriter out) {
            out.println(execution.path("workflow_id").asString() + " version "
                    + execution.path("workflow_version").asInt() + ", " + execution.path("status").asString() + ", "
                    + execution.path("progress_percent").asString() + " %, since "
                    + execution.path("created_at").asString());
            if (execution.path("error").isString()) {
                out.println("error: " + execution.path("error").asString().replaceAll("\\p{Cntrl}+", " "));
            }
            var table = new Table("NODE", "TYPE", "STATUS", "ATTEMPTS", "TIME", "FILES", "ERROR");
            execution.path("node_states").forEach(node -> table.add(node.path("node_id").asString(),
                    node.path("node_type").asString(), node.path("status").asString(),
                    node.path("attempt_count").asString(), node.path("duration").isNumber()
                            ? Following.seconds(node.path("duration").asDouble())
                            : "",
                    node.path("artifacts").isEmpty() ? "" : String.valueOf(node.path("artifacts").size()),
                    node.path("error").asString("")));
            table.print(out);
        }
    }

    @Command(name = "watch", mixinStandardHelpOptions = true, description = "Prints what happened and what happens, to the end. Exit code 1 if it does not complete.")
    static final class WatchCommand extends OnExecution {
        @Override
        public Integer call() {
            return new Following(api(), output()).toItsEnd(id(), Optional.empty());
        }

        @Override
        JsonNode ask(Api server, String path) {
            return server.get(path);
        }
    }

    @Command(name = "events", mixinStandardHelpOptions = true, description = "Lists what happened, by pages.")
    static final class EventsCommand extends OnExecution {
        @Option(names = "--after", defaultValue = "0", description = "Only what came after this number.")
        private long after;
        @Option(names = "--limit", defaultValue = "100", description = "How many (default ${DEFAULT-VALUE}).")
        private int limit;

        @Override
        JsonNode ask(Api server, String path) {
            return server.get(path + "/events?after=" + after + "&limit=" + limit);
        }

        @Override
        void print(JsonNode page, PrintWriter out) {
            var table = new Table("NUMBER", "TIME", "EVENT", "NODE", "MESSAGE");
            page.path("items").forEach(event -> table.add(event.path("sequence").asString(),
                    event.path("timestamp").asString(), event.path("type").asString(),
                    event.path("node_id").asString(""),
                    event.path("error").asString(event.path("message").asString(""))));
            table.print(out);
        }
    }

    @Command(name = "graph", mixinStandardHelpOptions = true, description = "Draws the graph with the states of its nodes, as SVG.")
    static final class GraphCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Parameters(paramLabel = "ID", description = "The execution's id.")
        private String id = "";
        @Option(names = {"-o",
                "--output"}, paramLabel = "FILE", description = "Where to write it; to standard output if left out.")
        private @Nullable Path file;

        @Override
        public Integer call() {
            if (output.isJson()) {
                return output.print(api.get(PATH + Api.encode(id) + "/graph"), out -> {});
            }
            var svg = api.text(PATH + Api.encode(id) + "/graph.svg");
            try {
                if (file != null) {
                    Files.writeString(file, svg);
                    output.out().println(file);
                } else {
                    output.out().print(svg);
                }
            } catch (IOException e) {
                throw new InvalidInputException("file-unwritable", "--output", file + " cannot be written: "
                        + e.getMessage(), "name a file in a directory that can be written");
            }
            output.out().flush();
            return 0;
        }
    }

    @Command(name = "artifacts", mixinStandardHelpOptions = true, description = "Lists what an execution made, or writes it into a directory.")
    static final class ArtifactsCommand extends OnExecution {
        @Option(names = "--to", paramLabel = "DIR", description = "Writes all of them below this directory.")
        private @Nullable Path directory;

        @Override
        JsonNode ask(Api server, String path) {
            return server.get(path + "/artifacts?limit=1000");
        }

        @Override
        void print(JsonNode page, PrintWriter out) {
            if (directory != null) {
                ArtifactFiles.download(api(), id(), directory).forEach(out::println);
                return;
            }
            var table = new Table("ARTIFACT", "NODE", "TYPE", "BYTES", "MEDIA TYPE", "NAME");
            page.path("items").forEach(artifact -> table.add(artifact.path("id").asString(),
                    artifact.path("node_id").asString("-"), artifact.path("artifact_type").asString(),
                    artifact.path("size_bytes").asString(), artifact.path("content_type").asString(),
                    artifact.path("name").asString()));
            table.print(out);
        }
    }

    @Command(name = "pause", mixinStandardHelpOptions = true, description = "Begins nothing new until it is resumed.")
    static final class PauseCommand extends OnExecution {
        @Override
        JsonNode ask(Api server, String path) {
            return server.post(path + "/pause", null);
        }
    }

    @Command(name = "resume", mixinStandardHelpOptions = true, description = "Goes on.")
    static final class ResumeCommand extends OnExecution {
        @Override
        JsonNode ask(Api server, String path) {
            return server.post(path + "/resume", null);
        }
    }

    @Command(name = "cancel", mixinStandardHelpOptions = true, description = "Stops an execution; what runs is interrupted.")
    static final class CancelCommand extends OnExecution {
        @Option(names = "--reason", description = "Why, for people.")
        private @Nullable String reason;

        @Override
        JsonNode ask(Api server, String path) {
            return server.post(path + "/cancel", object().put("reason", reason));
        }
    }

    @Command(name = "retry", mixinStandardHelpOptions = true, description = "Runs again what did not end well, and goes on from there.")
    static final class RetryCommand extends OnExecution {
        @Parameters(index = "1", arity = "0..1", paramLabel = "NODE", description = "Runs this node again as well, although it ended well.")
        private @Nullable String node;
        @Option(names = "--with-dependants", description = "With NODE: and everything behind it.")
        private boolean withDependants;

        @Override
        JsonNode ask(Api server, String path) {
            return server.post(path + "/retry", object().put("node_id", node).put("with_dependants", withDependants));
        }
    }

    @Command(name = "skip", mixinStandardHelpOptions = true, description = "Does without a node.")
    static final class SkipCommand extends OnExecution {
        @Parameters(index = "1", paramLabel = "NODE", description = "Which node.")
        private String node = "";
        @Option(names = "--reason", description = "Why, for people.")
        private @Nullable String reason;

        @Override
        JsonNode ask(Api server, String path) {
            return server.post(path + "/skip", object().put("node_id", node).put("reason", reason));
        }
    }

    @Command(name = "fork", mixinStandardHelpOptions = true, description = "Starts another execution that takes over what ended well, but for a node and everything behind it.")
    static final class ForkCommand extends OnExecution {
        @Parameters(index = "1", paramLabel = "NODE", description = "From which node.")
        private String node = "";
        @Option(names = "--input", paramLabel = "JSON", description = "Other input; @FILE or - for standard input.")
        private @Nullable String input;

        @Override
        JsonNode ask(Api server, String path) {
            var body = object().put("node_id", node);
            if (input != null) {
                body.set("input", Json.argument("--input", input));
            }
            return server.post(path + "/fork", body);
        }
    }

    @Command(name = "signal", mixinStandardHelpOptions = true, description = "Sends a message to an execution.")
    static final class SignalCommand extends OnExecution {
        @Parameters(index = "1", paramLabel = "NAME", description = "What it waits for.")
        private String name = "";
        @Parameters(index = "2", arity = "0..1", paramLabel = "JSON", defaultValue = "{}", description = "The message; @FILE or - for standard input.")
        private String payload = "{}";

        @Override
        JsonNode ask(Api server, String path) {
            return server.post(path + "/signals/" + Api.encode(name), Json.argument("JSON", payload));
        }
    }

    @Command(name = "reviews", mixinStandardHelpOptions = true, description = "Lists what waits for a person, over all executions.")
    static final class ReviewsCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();

        @Override
        public Integer call() {
            var page = api.get("/api/reviews?limit=100");
            return output.print(page, out -> {
                var table = new Table("EXECUTION", "WORKFLOW", "NODE", "DUE", "QUESTION");
                page.path("items").forEach(review -> table.add(review.path("execution_id").asString(),
                        review.path("workflow_id").asString(), review.path("node_id").asString(),
                        review.path("due_at").asString("-"), review.path("prompt").asString()));
                table.print(out);
            });
        }
    }

    /** What approving and rejecting have in common. */
    abstract static class Deciding extends OnExecution {
        @Parameters(index = "1", paramLabel = "NODE", description = "Which node.")
        private String node = "";
        @Option(names = "--by", defaultValue = "${sys:user.name}", description = "Who decides (default: the name of this user).")
        private String by = "";
        @Option(names = "--comment", defaultValue = "", description = "Why, for people.")
        private String comment = "";

        @Override
        JsonNode ask(Api server, String path) {
            return server.post(path + "/nodes/" + Api.encode(node) + "/review",
                    object().put("approved", isApproval()).put("by", by).put("comment", comment));
        }

        abstract boolean isApproval();
    }

    @Command(name = "approve", mixinStandardHelpOptions = true, description = "Lets a node go on that waits for a person.")
    static final class ApproveCommand extends Deciding {
        @Override
        boolean isApproval() {
            return true;
        }
    }

    @Command(name = "reject", mixinStandardHelpOptions = true, description = "Refuses what a node waits for.")
    static final class RejectCommand extends Deciding {
        @Override
        boolean isApproval() {
            return false;
        }
    }
}
