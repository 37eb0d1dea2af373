package dev.howdah.bench;

import dev.howdah.postgres.DatabaseSettings;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Many who follow tasks: what a thousand of them cost one instance, and how soon events come to another instance. */
final class AgentStreamRows {
    private static final String BENCH = "agents";
    private static final double MEMORY_GOAL_MB = 512;
    private static final int CALLERS = 20;
    private static final int CALLS_OF_EACH = 1000 / CALLERS;
    private static final double P50_GOAL_MILLIS = 10;
    private static final double P99_GOAL_MILLIS = 50;
    private static final double LIST_GOAL = 1.5;
    private static final int TASKS_MANY = 1_000_000;
    private static final int TASKS_FEW = 1_000;
    private static final int LISTS = 200;

    private final BenchDatabase database;
    private final BenchOptions options;
    private final Function<DatabaseSettings, AgentServer> start;

    AgentStreamRows(BenchDatabase database, BenchOptions options, Function<DatabaseSettings, AgentServer> start) {
        this.database = database;
        this.options = options;
        this.start = start;
    }

    List<Section> sections() {
        return List.of(
                Section.of(() -> new Contest("MB", true, "1,000 open streams, peak memory").in(BENCH)
                        .ours(this::memoryOfStreams).against("goal", 1, () -> new double[]{MEMORY_GOAL_MB}),
                        "1,000 open streams, peak memory"),
                Section.of(() -> new Contest("ms", true, "event at another instance, p50",
                        "event at another instance, p99").in(BENCH).ours(this::delays)
                        .against("goal", 1, () -> new double[]{P50_GOAL_MILLIS, P99_GOAL_MILLIS}),
                        "event at another instance, p50", "event at another instance, p99"),
                Section.expensive(this::lists, "ListTasks, a page of 50 of a million"));
    }

    /** Of the server's process, while each of them waits and then gets its task's end. */
    private double[] memoryOfStreams() {
        try (var readers = Executors.newVirtualThreadPerTaskExecutor(); var server = start.apply(database.fresh())) {
            var tasks = new ConcurrentLinkedQueue<String>();
            AgentLoad.run(server, CALLERS, CALLS_OF_EACH, connection -> tasks.add(A2aAnswers.taskId(
                    connection.post(A2aRequests.beginWaiting()))));
            var ends = follow(server, List.copyOf(tasks), readers);
            AgentLoad.run(server, CALLERS, CALLS_OF_EACH, connection -> A2aAnswers.checkCompleted(
                    connection.post(A2aRequests.end(tasks.remove()))));
            ends.forEach(AgentStreamRows::get);
            return new double[]{ProcessRows.peakMegabytes(server.pid())};
        }
    }

    /** Opens a stream for each and reads how its task stands; answers what reads the rest of them. */
    private static List<Future<Boolean>> follow(AgentServer server, List<String> tasks, ExecutorService readers) {
        try (var openers = Executors.newFixedThreadPool(CALLERS)) {
            var opened = tasks.stream().map(task -> openers.submit(() -> open(server, task))).toList();
            return opened.stream().map(AgentStreamRows::get).map(connection -> readers.submit(() -> {
                try (connection) {
                    return readToEnd(connection);
                }
            })).toList();
        }
    }

    private static HttpConnection open(AgentServer server, String task) {
        var connection = new HttpConnection(server.port(), "/a2a");
        connection.open(A2aRequests.subscribe(task));
        A2aAnswers.taskId(connection.event().orElseThrow());
        return connection;
    }

    private static boolean readToEnd(HttpConnection connection) {
        var last = "";
        for (var event = connection.event(); event.isPresent(); event = connection.event()) {
            last = event.get();
        }
        A2aAnswers.checkCompleted(last);
        return true;
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From before an event is written to its arrival in a stream of another instance. */
    private double[] delays() {
        try (var pair = new AgentPair(database.fresh())) {
            pair.delays(options.size(5, 1)); // warm
            var millis = pair.delays(options.size(30, 4));
            Arrays.sort(millis);
            return new double[]{millis[millis.length / 2], millis[(int) (millis.length * 0.99)]};
        }
    }

    private Contest lists() {
        var many = new ListedTasks(database.aside("listed"), options.size(TASKS_MANY, TASKS_MANY / 10));
        var few = new ListedTasks(database, TASKS_FEW);
        return new Contest("ms", true, "ListTasks, a page of 50 of a million").in(BENCH).ours(() -> lists(many))
                .against("itself, of a thousand", LIST_GOAL, () -> lists(few)).afterwards(many::drop);
    }

    /** The median of the second half: the first one warms up. */
    private static double[] lists(ListedTasks listed) {
        try (var agents = listed.open()) {
            var millis = IntStream.range(0, 2 * LISTS).mapToDouble(i -> listed.list(agents.tasks())).toArray();
            return new double[]{Arrays.stream(millis).skip(LISTS).sorted().toArray()[LISTS / 2]};
        }
    }
}
