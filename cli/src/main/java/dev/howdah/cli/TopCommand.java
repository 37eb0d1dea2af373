package dev.howdah.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A view of the queues that renews itself: depth, throughput, workers and what they run. */
@Command(name = "top", mixinStandardHelpOptions = true, description = "Shows queues, throughput and workers, renewed every two seconds until interrupted.")
final class TopCommand implements Callable<Integer> {
    private static final String CLEAR = "\033[H\033[2J";
    private static final Duration SILENT = Duration.ofSeconds(45);
    private static final int TASKS_SHOWN = 10;

    @Mixin
    private Api api = new Api();
    @Mixin
    private Output output = new Output();
    @Option(names = "--interval", paramLabel = "SECONDS", defaultValue = "2", description = "Seconds between two looks (default ${DEFAULT-VALUE}).")
    private double interval;
    @Option(names = "--once", description = "Shows it once and ends; also without a terminal.")
    private boolean once;

    @Override
    public Integer call() throws InterruptedException {
        boolean repeats = !once && !output.isJson()
                && Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
        do {
            var answer = ask();
            output.print(answer, out -> print(answer, out, repeats));
            if (repeats) {
                Thread.sleep(Math.max(100, (long) (interval * 1000)));
            }
        } while (repeats);
        return 0;
    }

    private JsonNode ask() {
        var answer = JsonMapper.shared().createObjectNode();
        answer.set("statistics", api.get("/api/statistics"));
        answer.set("storage", api.get("/api/statistics/storage"));
        answer.set("minutes", api.get("/api/statistics/minutes?minutes=5").path("items"));
        answer.set("queues", api.get("/api/queues").path("items"));
        var workers = api.get("/api/workers");
        answer.set("workers", workers.path("items"));
        answer.set("unserved", workers.path("unserved"));
        return answer;
    }

    private static void print(JsonNode answer, PrintWriter out, boolean clears) {
        if (clears) {
            out.print(CLEAR);
        }
        var states = answer.path("statistics").path("by_state");
        var storage = answer.path("storage");
        out.println("%d queued, %d started, %d finished, %d failed; %d finished in the last minute".formatted(
                states.path("queued").asLong(), states.path("started").asLong(), states.path("finished").asLong(),
                states.path("failed").asLong(), answer.path("statistics").path("finished_last_minute").asLong()));
        out.println("live tasks %s (%,d dead rows), history %s, oldest transaction %s".formatted(
                bytes(storage.path("table_bytes").asLong() + storage.path("index_bytes").asLong()),
                storage.path("dead_rows").asLong(), bytes(storage.path("history_bytes").asLong()),
                seconds(storage.path("oldest_snapshot_ms").asLong())));
        out.println();
        var queues = new Table("QUEUE", "QUEUED", "STARTED", "OLDEST WAIT", "STATE");
        answer.path("queues").forEach(queue -> queues.add(queue.path("name").asString(),
                queue.path("queued").asString(), queue.path("started").asString(),
                queue.path("oldest_wait_ms").isNull() ? "-" : seconds(queue.path("oldest_wait_ms").asLong()),
                queue.path("paused_at").isString()
                        ? "paused"
                        : queue.path("draining_at").isString() ? "draining" : "open"));
        queues.print(out);
        out.println();
        var minutes = new Table("MINUTE", "FINISHED", "FAILED", "RETRIED", "WAITED", "RAN", "LONGEST");
        answer.path("minutes").forEach(minute -> minutes.add(minute.path("minute").asString(),
                minute.path("finished").asString(), minute.path("failed").asString(),
                minute.path("retried").asString(), millis(minute.path("wait_ms")), millis(minute.path("run_ms")),
                millis(minute.path("run_max_ms"))));
        minutes.print(out);
        out.println();
        workers(answer.path("workers"), out);
        answer.path("unserved")
                .forEach(type -> out.println("no worker is known to take \"" + type.path("type").asString()
                        + "\", which waits in " + type.path("queue").asString() + " for " + seconds(type.path("wait_ms")
                                .asLong())));
    }

    private static void workers(JsonNode items, PrintWriter out) {
        var workers = new Table("WORKER", "RUNNING", "SLOTS", "SEEN");
        var tasks = new Table("TASK", "TYPE", "QUEUE", "WORKER", "RUNS FOR", "PROGRESS");
        int[] shown = {0};
        items.forEach(worker -> {
            var name = worker.path("id").asString();
            workers.add(name, worker.path("running").asString(), worker.path("concurrency").asString("-"),
                    seen(worker.path("seen_at")));
            worker.path("tasks").forEach(task -> {
                if (shown[0]++ < TASKS_SHOWN) {
                    tasks.add(task.path("id").asString(), task.path("type").asString(),
                            task.path("queue").asString(), name, since(task.path("started_at").asString()),
                            task.path("progress").path("percent").asString("-"));
                }
            });
        });
        workers.print(out);
        if (shown[0] > 0) {
            out.println();
            tasks.print(out);
        }
    }

    private static String seen(JsonNode time) {
        if (!time.isString()) {
            return "by its claims only";
        }
        var ago = Duration.between(Instant.parse(time.asString()), Instant.now());
        return ago.compareTo(SILENT) > 0 ? "silent for " + seconds(ago.toMillis()) : "just now";
    }

    private static String since(String time) {
        return seconds(Math.max(0, Duration.between(Instant.parse(time), Instant.now()).toMillis()));
    }

    private static String millis(JsonNode value) {
        return value.isNumber() ? value.asLong() + " ms" : "-";
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.1f s", millis / 1e3);
    }

    private static String bytes(long count) {
        return String.format(Locale.ROOT, "%.1f MiB", count / 1048576.0);
    }
}
