package dev.howdah.cli;

import java.io.PrintWriter;
import java.util.List;
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

/** Looks at tasks and acts on them. */
@Command(name = "tasks", mixinStandardHelpOptions = true, description = "Enqueues, lists, shows, cancels and retries tasks.", subcommands = {
        TasksCommand.ListCommand.class, TasksCommand.ShowCommand.class, TasksCommand.LogCommand.class,
        TasksCommand.EnqueueCommand.class, TasksCommand.CancelCommand.class, TasksCommand.RetryCommand.class,
        TasksCommand.BulkCommand.class})
final class TasksCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists tasks, newest first.")
    static final class ListCommand extends PageCommand {
        @Option(names = "--state", description = "queued, started, finished, failed, cancelled; several by commas.")
        private @Nullable String state;
        @Option(names = "--type", description = "Only this type of task.")
        private @Nullable String type;

        ListCommand() {
            super("ID", "TYPE", "STATE", "ATTEMPT", "CREATED", "ABOUT");
        }

        @Override
        Query query() {
            return new Query("/api/tasks").and("state", state).and("type", type);
        }

        @Override
        String[] cells(JsonNode task) {
            return row(text(task, "id"), text(task, "type"), text(task, "state"),
                    text(task, "attempt") + "/" + text(task, "max_attempts"), text(task, "created_at"),
                    TriageText.headline(task));
        }
    }

    /** What the verbs about one task have in common. */
    abstract static class OnTask extends OneCommand {
        OnTask() {
            super("/api/tasks/");
        }
    }

    @Command(name = "show", aliases = "get", mixinStandardHelpOptions = true, description = "Shows one task with its attempts.")
    static final class ShowCommand extends OnTask {
        @Override
        JsonNode ask(Api server, String path) {
            return server.get(path);
        }

        @Override
        void print(JsonNode task, PrintWriter out) {
            TriageText.task(task, out);
        }
    }

    @Command(name = "cancel", mixinStandardHelpOptions = true, description = "Cancels a task that is queued or started.")
    static final class CancelCommand extends OnTask {
        @Override
        JsonNode ask(Api server, String path) {
            return server.post(path + "/cancel", null);
        }

        @Override
        void print(JsonNode task, PrintWriter out) {
            out.println("cancelled " + task.path("id").asString());
        }
    }

    @Command(name = "retry", mixinStandardHelpOptions = true, description = "Queues a failed or cancelled task again, with a fresh set of attempts.")
    static final class RetryCommand extends OnTask {
        @Override
        JsonNode ask(Api server, String path) {
            return server.post(path + "/retry", null);
        }

        @Override
        void print(JsonNode task, PrintWriter out) {
            out.println("queued again: " + task.path("id").asString());
        }
    }

    @Command(name = "enqueue", mixinStandardHelpOptions = true, description = "Enqueues a task and prints its id.")
    static final class EnqueueCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Mixin
        private TaskOptions task = new TaskOptions();
        @Option(names = "--delay", description = "Not before this time has passed, such as 30s or 2h.")
        private @Nullable String delay;
        @Option(names = "--run-at", paramLabel = "TIME", description = "Not before this time, ISO 8601.")
        private @Nullable String runAt;
        @Option(names = "--key", description = "At most one task with this key is queued or started at a time.")
        private @Nullable String key;
        @Option(names = "--unique-arguments", description = "The key is made of type and payload.")
        private boolean uniqueArguments;
        @Option(names = "--unique-for", paramLabel = "TIME", description = "The key holds at least so long, such as 1h.")
        private @Nullable String uniqueFor;
        @Option(names = "--on-conflict", description = "If the key is held: skip (default), replace or reschedule.")
        private @Nullable String onConflict;
        @Option(names = "--partition", description = "Whom it belongs to; partitions of a queue take turns.")
        private @Nullable String partition;
        @Option(names = "--after", paramLabel = "ID", split = ",", description = "Tasks that have to finish before.")
        private List<String> after = List.of();
        @Option(names = "--after-any-outcome", description = "With --after: however they end.")
        private boolean anyOutcome;
        @Option(names = "--result-ttl", paramLabel = "TIME", description = "How long the result is kept, such as 1h.")
        private @Nullable String resultTtl;

        @Override
        public Integer call() {
            var json = task.toJson().put("delay", delay).put("run_at", runAt).put("key", key)
                    .put("unique_for", uniqueFor).put("on_conflict", onConflict).put("partition", partition)
                    .put("result_ttl", resultTtl);
            if (uniqueArguments) {
                json.put("unique_arguments", true);
            }
            if (!after.isEmpty()) {
                json.put("depends_on_outcome", anyOutcome ? "any" : "finished").set("depends_on",
                        JsonMapper.shared().valueToTree(after));
            }
            var answer = api.post("/api/tasks", json);
            return output.print(answer, out -> out.println(answer.path("id").asString()));
        }
    }

    @Command(name = "log", mixinStandardHelpOptions = true, description = "Prints what a task's handler wrote.")
    static final class LogCommand extends OnTask {
        @Override
        JsonNode ask(Api server, String path) {
            return server.get(path + "/log?limit=1000");
        }

        @Override
        void print(JsonNode page, PrintWriter out) {
            page.path("items").forEach(line -> out.println(line.path("at").asString() + "  "
                    + line.path("text").asString().replaceAll("\\p{Cntrl}", " ")));
        }
    }

    @Command(name = "bulk", mixinStandardHelpOptions = true, description = "Does something to all tasks that match. Only "
            + "counts them, unless --yes is given.")
    static final class BulkCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Parameters(paramLabel = "ACTION", description = "cancel, retry or discard.")
        private String action = "";
        @Option(names = "--state", description = "Only tasks in these states, by commas.")
        private @Nullable String state;
        @Option(names = "--type", description = "Only this type of task.")
        private @Nullable String type;
        @Option(names = "--queue", description = "Only this queue.")
        private @Nullable String queue;
        @Option(names = "--partition", description = "Only this partition.")
        private @Nullable String partition;
        @Option(names = "--yes", description = "Does it.")
        private boolean yes;

        @Override
        public Integer call() {
            var answer = api.post("/api/tasks/bulk", JsonMapper.shared().createObjectNode().put("action", action)
                    .put("state", state).put("type", type).put("queue", queue).put("partition", partition)
                    .put("dry_run", !yes));
            return output.print(answer, out -> out.println(answer.path("count").asLong() + (yes
                    ? " tasks: " + action + " done"
                    : " tasks would be touched; add --yes to " + action + " them")));
        }
    }
}
