package dev.howdah.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Looks at agents' tasks, whatever protocol they came by, and steers them. */
@Command(name = "agent", mixinStandardHelpOptions = true, description = "Looks at agents' tasks, whatever protocol they came by, and steers them.", subcommands = {
        AgentCommand.TasksCommand.class, AgentCommand.ShowCommand.class, AgentCommand.WatchCommand.class,
        AgentCommand.AnswerCommand.class, AgentCommand.CancelCommand.class, AgentCommand.ContextsCommand.class})
final class AgentCommand implements Callable<Integer> {
    static final String PATH = "/api/agent/tasks/";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    @Command(name = "tasks", mixinStandardHelpOptions = true, description = "Lists tasks, newest first.")
    static final class TasksCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Option(names = "--state", description = "submitted, working, input-required, auth-required, completed, failed, canceled or rejected.")
        private @Nullable String state;
        @Option(names = "--skill", description = "Only of this skill.")
        private @Nullable String skill;
        @Option(names = "--owner", description = "Only of this caller.")
        private @Nullable String owner;
        @Option(names = "--context", description = "Only of this conversation.")
        private @Nullable String context;
        @Option(names = "--limit", defaultValue = "20", description = "How many (default ${DEFAULT-VALUE}).")
        private int limit;
        @Option(names = "--cursor", description = "Goes on after the page that named this cursor.")
        private @Nullable String cursor;

        @Override
        public Integer call() {
            var path = new StringBuilder("/api/agent/tasks?limit=").append(limit);
            append(path, "state", state);
            append(path, "skill", skill);
            append(path, "owner", owner);
            append(path, "context", context);
            append(path, "cursor", cursor);
            var page = api.get(path.toString());
            return output.print(page, out -> {
                var table = new Table("TASK", "SKILL", "STATE", "SINCE", "OWNER", "MESSAGE");
                page.path("items").forEach(task -> table.add(task.path("id").asString(),
                        task.path("skill").asString("-"), task.path("state").asString(),
                        task.path("status_at").asString(), task.path("owner").asString(),
                        task.path("message").asString("")));
                table.print(out);
                if (page.path("next").isString()) {
                    out.println("more: howdah agent tasks --cursor " + page.path("next").asString());
                }
            });
        }

        private static void append(StringBuilder path, String name, @Nullable String value) {
            if (value != null) {
                path.append('&').append(name).append('=').append(Api.encode(value));
            }
        }
    }

    /** What the verbs about one task have in common. */
    abstract static class OnTask implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Parameters(index = "0", paramLabel = "ID", description = "The task's id.")
        private String id = "";

        @Override
        public Integer call() throws InterruptedException {
            var answer = ask(api, PATH + Api.encode(id));
            return output.print(answer, out -> print(answer, out));
        }

        abstract JsonNode ask(Api server, String path);

        final Api api() {
            return api;
        }

        final Output output() {
            return output;
        }

        final String id() {
            return id;
        }
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows a task with what was said and made.")
    static final class ShowCommand extends OnTask {
        @Override
        JsonNode ask(Api server, String path) {
            return server.get(path);
        }
    }

    @Command(name = "cancel", mixinStandardHelpOptions = true, description = "Ends a task; its handler is interrupted, wherever it runs.")
    static final class CancelCommand extends OnTask {
        @Override
        JsonNode ask(Api server, String path) {
            return server.post(path + "/cancel", null);
        }
    }

    @Command(name = "answer", mixinStandardHelpOptions = true, description = "Answers what a task has asked.")
    static final class AnswerCommand extends OnTask {
        @Parameters(index = "1", paramLabel = "ANSWER", description = "A text, or JSON; @FILE or - for JSON from a file or standard input.")
        private String answer = "";

        @Override
        JsonNode ask(Api server, String path) {
            var body = JsonMapper.shared().createObjectNode();
            if (answer.startsWith("{") || answer.startsWith("@") || answer.equals("-")) {
                body.set("data", Json.argument("ANSWER", answer));
            } else {
                body.put("text", answer);
            }
            return server.post(path + "/answer", body);
        }
    }

    @Command(name = "watch", mixinStandardHelpOptions = true, description = "Prints what happened and what happens, until the task has ended or asks for something. Exit code 1 if it does not complete.")
    static final class WatchCommand extends OnTask {
        @Override
        public Integer call() throws InterruptedException {
            return watch(api(), output(), id());
        }

        @Override
        JsonNode ask(Api server, String path) {
            return server.get(path);
        }
    }

    @Command(name = "contexts", mixinStandardHelpOptions = true, description = "Lists conversations, newest first.")
    static final class ContextsCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Option(names = "--limit", defaultValue = "20", description = "How many (default ${DEFAULT-VALUE}).")
        private int limit;
        @Option(names = "--cursor", description = "Goes on after the page that named this cursor.")
        private @Nullable String cursor;

        @Override
        public Integer call() {
            var page = api.get("/api/agent/contexts?limit=" + limit + (cursor == null
                    ? ""
                    : "&cursor=" + Api.encode(cursor)));
            return output.print(page, out -> {
                var table = new Table("CONTEXT", "OWNER", "CREATED", "TASKS", "OPEN");
                page.path("items").forEach(context -> table.add(context.path("id").asString(),
                        context.path("owner").asString(), context.path("created_at").asString(),
                        context.path("tasks").asString(), context.path("open").asString()));
                table.print(out);
                if (page.path("next").isString()) {
                    out.println("more: howdah agent contexts --cursor " + page.path("next").asString());
                }
            });
        }
    }

    private static void print(JsonNode task, PrintWriter out) {
        out.println(task.path("id").asString() + " " + task.path("state").asString() + ", "
                + task.path("skill").asString("no skill yet") + ", since " + task.path("status_at").asString());
        if (task.path("message").isString()) {
            out.println(oneLine(task.path("message").asString()));
        }
        for (var artifact : task.path("task").path("artifacts")) {
            out.println("artifact " + artifact.path("artifactId").asString());
            for (var part : artifact.path("parts")) {
                out.println(part.path("text").isString()
                        ? part.path("text").asString()
                        : part.path("data").isMissingNode() ? part.toString() : part.path("data").toPrettyString());
            }
        }
    }

    /** Follows a task until there is nothing more to come, or somebody has to answer. */
    static int watch(Api api, Output output, String id) throws InterruptedException {
        long after = 0;
        while (true) {
            var page = api.get(PATH + Api.encode(id) + "/events?limit=500&after=" + after);
            if (!output.isJson()) {
                page.path("items").forEach(event -> output.out().println(line(event)));
                output.out().flush();
            }
            after = page.path("next").asLong();
            var task = api.get(PATH + Api.encode(id));
            boolean isSettled = switch (task.path("state").asString()) {
                case "submitted", "working" -> false;
                default -> true;
            };
            if (isSettled && task.path("last_sequence").asLong() <= after) {
                output.print(task, out -> print(task, out));
                return task.path("state").asString().equals("completed") ? 0 : 1;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private static String line(JsonNode event) {
        var number = event.path("sequence").asString();
        var happened = event.path("event");
        if (happened.has("statusUpdate")) {
            var status = happened.path("statusUpdate").path("status");
            return number + " " + status.path("state").asString().replace("TASK_STATE_", "").toLowerCase(
                    java.util.Locale.ROOT) + " " + text(status.path("message"));
        }
        if (happened.has("artifactUpdate")) {
            return number + " artifact " + happened.path("artifactUpdate").path("artifact").path("artifactId")
                    .asString();
        }
        return number + " said " + text(happened.path("message"));
    }

    private static String text(JsonNode message) {
        return oneLine(message.path("parts").path(0).path("text").asString(""));
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }
}
