package dev.howdah.cli;

import java.io.PrintWriter;
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

/** The queues and what holds them back. */
@Command(name = "queues", aliases = "queue", mixinStandardHelpOptions = true, description = "Lists, watches, limits, pauses, drains and resumes queues.", subcommands = {
        QueuesCommand.ListCommand.class, QueuesCommand.LimitCommand.class,
        QueuesCommand.PauseCommand.class, QueuesCommand.DrainCommand.class, QueuesCommand.ResumeCommand.class,
        TopCommand.class, MoveTasksCommand.class})
final class QueuesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    private static void print(Iterable<JsonNode> queues, PrintWriter out) {
        var table = new Table("QUEUE", "QUEUED", "STARTED", "OLDEST WAIT", "CONCURRENCY", "RATE", "PAUSED");
        queues.forEach(queue -> table.add(queue.path("name").asString(), queue.path("queued").asString(),
                queue.path("started").asString(), queue.path("oldest_wait_ms").isNull()
                        ? "-"
                        : queue.path("oldest_wait_ms").asLong() / 1000 + " s",
                text(queue, "concurrency"), queue.path("rate").isNull()
                        ? "-"
                        : queue.path("rate").asString() + "/s, burst " + queue.path("burst").asString(),
                text(queue, "paused_at")));
        table.print(out);
    }

    private static String text(JsonNode queue, String field) {
        return queue.path(field).asString("-");
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the queues.")
    static final class ListCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();

        @Override
        public Integer call() {
            var queues = api.get("/api/queues");
            return output.print(queues, out -> print(queues.path("items"), out));
        }
    }

    /** What the verbs about one queue have in common. */
    abstract static class OnQueue implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Parameters(paramLabel = "QUEUE", description = "The queue's name.")
        private String name = "";

        @Override
        public final Integer call() {
            var queue = change(api, "/api/queues/" + Api.encode(name));
            return output.print(queue, out -> print(java.util.List.of(queue), out));
        }

        abstract JsonNode change(Api server, String path);
    }

    @Command(name = "limit", mixinStandardHelpOptions = true, description = "Sets limits, ageing and durability of a queue, or of all together (*); what is left out is lifted.")
    static final class LimitCommand extends OnQueue {
        @Option(names = "--concurrency", description = "Tasks that run at once, over all workers.")
        private @Nullable Integer concurrency;
        @Option(names = "--rate", description = "Tasks claimed per second on average, over all workers.")
        private @Nullable Double rate;
        @Option(names = "--burst", description = "Tasks that may be claimed at once after a pause.")
        private @Nullable Integer burst;
        @Option(names = "--partition-concurrency", description = "Tasks of one partition that run at once.")
        private @Nullable Integer partitionConcurrency;
        @Option(names = "--partition-rate", description = "Tasks of one partition claimed per second on average.")
        private @Nullable Double partitionRate;
        @Option(names = "--partition-burst", description = "Tasks of one partition that may be claimed at once.")
        private @Nullable Integer partitionBurst;
        @Option(names = "--ageing", description = "A task gains one priority for each such time that it waits: 5m.")
        private @Nullable String ageing;
        @Option(names = "--not-durable", description = "Enqueueing does not wait for the disk.")
        private boolean notDurable;

        @Override
        JsonNode change(Api server, String path) {
            return server.put(path, JsonMapper.shared().createObjectNode().put("concurrency", concurrency)
                    .put("rate", rate).put("burst", burst).put("partition_concurrency", partitionConcurrency)
                    .put("partition_rate", partitionRate).put("partition_burst", partitionBurst)
                    .put("ageing", ageing).put("durable", !notDurable));
        }
    }

    @Command(name = "pause", mixinStandardHelpOptions = true, description = "Claims nothing from the queue until it is resumed; what runs goes on.")
    static final class PauseCommand extends OnQueue {
        @Override
        JsonNode change(Api server, String path) {
            return server.post(path + "/pause", null);
        }
    }

    @Command(name = "drain", mixinStandardHelpOptions = true, description = "Takes no new tasks until it is resumed; what is in it runs.")
    static final class DrainCommand extends OnQueue {
        @Override
        JsonNode change(Api server, String path) {
            return server.post(path + "/drain", null);
        }
    }

    @Command(name = "resume", mixinStandardHelpOptions = true, description = "Lets tasks be enqueued and claimed again.")
    static final class ResumeCommand extends OnQueue {
        @Override
        JsonNode change(Api server, String path) {
            return server.post(path + "/resume", null);
        }
    }
}
