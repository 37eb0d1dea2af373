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
    static final class TasksCommand extends PageCommand {
        @Option(names = "--state", description = "submitted, working, input-required, auth-required, completed, failed, canceled or rejected.")
        private @Nullable String state;
        @Option(names = "--skill", description = "Only of this skill.")
        private @Nullable String skill;
        @Option(names = "--owner", description = "Only of this caller.")
        private @Nullable String owner;
        @Option(names = "--context", description = "Only of this conversation.")
        private @Nullable String context;

        TasksCommand() {
            super("TASK", "SKILL", "STATE", "SINCE", "OWNER", "MESSAGE");
        }

        @Override
        Query query() {
            return new Query("/api/agent/tasks").and("state", state).and("skill", skill).and("owner", owner)
                    .and("context", context);
        }

        @Override
        String[] cells(JsonNode task) {
            return row(text(task, "id"), task.path("skill").asString("-"), text(task, "state"),
                    text(task, "status_at"), text(task, "owner"), text(task, "message"));
        }
    }

    /** What the verbs about one task have in common. */
    abstract static class OnTask extends OneCommand {
        OnTask() {
            super(PATH);
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            show(answer, out);
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
    static final class ContextsCommand extends PageCommand {
        ContextsCommand() {
            super("CONTEXT", "OWNER", "CREATED", "TASKS", "OPEN");
        }

        @Override
        Query query() {
            return new Query("/api/agent/contexts");
        }

        @Override
        String[] cells(JsonNode context) {
            return row(text(context, "id"), text(context, "owner"), text(context, "created_at"),
                    text(context, "tasks"), text(context, "open"));
        }
    }

    private static void show(JsonNode task, PrintWriter out) {
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
                output.print(task, out -> show(task, out));
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
