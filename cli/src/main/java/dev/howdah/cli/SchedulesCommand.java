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

/** Tasks that are enqueued again and again. */
@Command(name = "schedules", mixinStandardHelpOptions = true, description = "Lists, puts, pauses and deletes schedules.", subcommands = {
        SchedulesCommand.ListCommand.class, SchedulesCommand.PutCommand.class,
        SchedulesCommand.PauseCommand.class, SchedulesCommand.ResumeCommand.class,
        SchedulesCommand.TriggerCommand.class, SchedulesCommand.DeleteCommand.class})
final class SchedulesCommand implements Callable<Integer> {
    private static final String PATH = "/api/schedules/";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    private static void print(Iterable<JsonNode> schedules, PrintWriter out) {
        var table = new Table("SCHEDULE", "RHYTHM", "TASK", "QUEUE", "NEXT RUN", "LAST RUN");
        schedules.forEach(schedule -> table.add(schedule.path("name").asString(), rhythm(schedule),
                schedule.path("type").asString(), schedule.path("queue").asString(), nextRun(schedule),
                schedule.path("last_run_at").asString("-")));
        table.print(out);
    }

    static String rhythm(JsonNode schedule) {
        return schedule.path("cron").isString()
                ? schedule.path("cron").asString() + " " + schedule.path("zone").asString()
                : "every " + schedule.path("every").asString();
    }

    static String nextRun(JsonNode schedule) {
        return schedule.path("paused_at").isNull() ? schedule.path("next_run_at").asString() : "paused";
    }

    static void printUpcoming(JsonNode schedule, PrintWriter out) {
        out.println("next runs: " + String.join(", ", schedule.path("upcoming").valueStream()
                .map(JsonNode::asString).toList()));
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the schedules.")
    static final class ListCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();

        @Override
        public Integer call() {
            var schedules = api.get("/api/schedules");
            return output.print(schedules, out -> print(schedules.path("items"), out));
        }
    }

    @Command(name = "put", mixinStandardHelpOptions = true, description = "Adds a schedule or replaces it.")
    static final class PutCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Option(names = "--name", required = true, description = "The schedule's name.")
        private String name = "";
        @Option(names = "--cron", description = "Five fields: minute hour day-of-month month day-of-week.")
        private @Nullable String cron;
        @Option(names = "--every", description = "An interval instead, such as 15m.")
        private @Nullable String every;
        @Option(names = "--zone", description = "Time zone of the cron expression (default UTC).")
        private @Nullable String zone;
        @Option(names = "--catch-up", description = "What becomes of missed firings: skip, one or all (default one).")
        private @Nullable String catchUp;
        @Mixin
        private TaskOptions task = new TaskOptions();

        @Override
        public Integer call() {
            var json = JsonMapper.shared().createObjectNode().put("cron", cron).put("every", every).put("zone", zone)
                    .put("catch_up", catchUp);
            json.set("task", task.toJson());
            var schedule = api.put(PATH + Api.encode(name), json);
            return output.print(schedule, out -> {
                print(List.of(schedule), out);
                printUpcoming(schedule, out);
            });
        }
    }

    /** What the verbs about one schedule have in common. */
    abstract static class OnSchedule implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Parameters(paramLabel = "NAME", description = "The schedule's name.")
        private String name = "";
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public final Integer call() {
            spec.commandLine().getOut().println(change(api, PATH + Api.encode(name)) + " " + name);
            spec.commandLine().getOut().flush();
            return 0;
        }

        abstract String change(Api server, String path);
    }

    @Command(name = "pause", mixinStandardHelpOptions = true, description = "Stops firing until it is resumed.")
    static final class PauseCommand extends OnSchedule {
        @Override
        String change(Api server, String path) {
            server.post(path + "/pause", null);
            return "paused";
        }
    }

    @Command(name = "resume", mixinStandardHelpOptions = true, description = "Fires again.")
    static final class ResumeCommand extends OnSchedule {
        @Override
        String change(Api server, String path) {
            server.post(path + "/resume", null);
            return "resumed";
        }
    }

    @Command(name = "trigger", mixinStandardHelpOptions = true, description = "Enqueues its task now.")
    static final class TriggerCommand extends OnSchedule {
        @Override
        String change(Api server, String path) {
            return "enqueued " + server.post(path + "/trigger", null).path("id").asString() + " for";
        }
    }

    @Command(name = "delete", mixinStandardHelpOptions = true, description = "Removes it; its tasks stay.")
    static final class DeleteCommand extends OnSchedule {
        @Override
        String change(Api server, String path) {
            server.delete(path);
            return "deleted";
        }
    }
}
