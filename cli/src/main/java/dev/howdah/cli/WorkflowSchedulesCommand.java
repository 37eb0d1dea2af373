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

/** Workflows that are started by the clock. */
@Command(name = "schedules", mixinStandardHelpOptions = true, description = "Lists, puts, pauses, backfills and deletes schedules of a workflow.", subcommands = {
        WorkflowSchedulesCommand.ListCommand.class, WorkflowSchedulesCommand.PutCommand.class,
        WorkflowSchedulesCommand.PauseCommand.class, WorkflowSchedulesCommand.ResumeCommand.class,
        WorkflowSchedulesCommand.BackfillCommand.class, WorkflowSchedulesCommand.DeleteCommand.class})
final class WorkflowSchedulesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    private static void print(Iterable<JsonNode> schedules, PrintWriter out) {
        var table = new Table("SCHEDULE", "RHYTHM", "VERSION", "OVERLAP", "NEXT RUN", "LAST RUN");
        schedules.forEach(schedule -> table.add(schedule.path("name").asString(), SchedulesCommand.rhythm(schedule),
                schedule.path("version").asString("newest"), schedule.path("overlap").asString(),
                SchedulesCommand.nextRun(schedule), schedule.path("last_run_at").asString("-")));
        table.print(out);
    }

    /** Which workflow is meant. */
    private static final class OfWorkflow {
        @Parameters(index = "0", paramLabel = "ID", description = "The workflow's id.")
        private String id = "";

        String path() {
            return "/api/workflows/" + Api.encode(id) + "/schedules";
        }
    }

    /** Which of its schedules is meant. */
    private static final class OneSchedule {
        @Mixin
        private OfWorkflow workflow = new OfWorkflow();
        @Parameters(index = "1", paramLabel = "NAME", description = "The schedule's name.")
        private String name = "";

        String path() {
            return workflow.path() + "/" + Api.encode(name);
        }

        @Override
        public String toString() {
            return workflow.id + "." + name;
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the schedules of a workflow.")
    static final class ListCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Mixin
        private OfWorkflow workflow = new OfWorkflow();

        @Override
        public Integer call() {
            var schedules = api.get(workflow.path());
            return output.print(schedules, out -> print(schedules.path("items"), out));
        }
    }

    @Command(name = "put", mixinStandardHelpOptions = true, description = "Adds a schedule or replaces it.")
    static final class PutCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Mixin
        private OneSchedule schedule = new OneSchedule();
        @Option(names = "--cron", description = "Five fields: minute hour day-of-month month day-of-week.")
        private @Nullable String cron;
        @Option(names = "--every", description = "An interval instead, such as 15m.")
        private @Nullable String every;
        @Option(names = "--zone", description = "Time zone of the cron expression (default UTC).")
        private @Nullable String zone;
        @Option(names = "--catch-up", description = "What becomes of missed firings: skip, one or all (default one).")
        private @Nullable String catchUp;
        @Option(names = "--overlap", description = "What becomes of a firing while an earlier execution runs: allow, skip, cancel_previous or queue (default allow).")
        private @Nullable String overlap;
        @Option(names = "--version-number", paramLabel = "N", description = "A certain version; the newest if left out.")
        private @Nullable Integer version;
        @Option(names = "--input", paramLabel = "JSON", description = "Input of each execution: JSON, @FILE or - (default {}).")
        private @Nullable String input;

        @Override
        public Integer call() {
            var json = JsonMapper.shared().createObjectNode().put("cron", cron).put("every", every).put("zone", zone)
                    .put("catch_up", catchUp).put("overlap", overlap).put("version", version);
            if (input != null) {
                json.set("input", Json.argument("--input", input));
            }
            var put = api.put(schedule.path(), json);
            return output.print(put, out -> {
                print(List.of(put), out);
                SchedulesCommand.printUpcoming(put, out);
            });
        }
    }

    /** What the verbs about one schedule have in common. */
    abstract static class OnSchedule implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private OneSchedule schedule = new OneSchedule();
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public final Integer call() {
            spec.commandLine().getOut().println(change(api, schedule.path()) + " " + schedule);
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

    @Command(name = "delete", mixinStandardHelpOptions = true, description = "Removes it; executions that it started stay.")
    static final class DeleteCommand extends OnSchedule {
        @Override
        String change(Api server, String path) {
            server.delete(path);
            return "deleted";
        }
    }

    @Command(name = "backfill", mixinStandardHelpOptions = true, description = "Starts an execution for each firing of a range that has none; again, it starts nothing twice.")
    static final class BackfillCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Mixin
        private OneSchedule schedule = new OneSchedule();
        @Option(names = "--from", required = true, paramLabel = "TIME", description = "From when on, such as 2026-01-31T00:00:00Z.")
        private String from = "";
        @Option(names = "--to", required = true, paramLabel = "TIME", description = "Until when.")
        private String to = "";
        @Option(names = "--limit", defaultValue = "100", description = "At most so many at once (default ${DEFAULT-VALUE}).")
        private int limit;

        @Override
        public Integer call() {
            var done = api.post(schedule.path() + "/backfill", JsonMapper.shared().createObjectNode().put("from", from)
                    .put("to", to).put("limit", limit));
            return output.print(done, out -> {
                out.println("started " + done.path("execution_ids").size() + ", there already "
                        + done.path("existing").asString());
                if (done.path("next").isString()) {
                    out.println("more: the same with --from " + done.path("next").asString());
                }
            });
        }
    }
}
