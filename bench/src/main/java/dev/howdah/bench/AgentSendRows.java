package dev.howdah.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Messages sent to an agent that does nothing, over JSON-RPC, against a server made with the protocol's own SDK. */
final class AgentSendRows {
    private static final String BENCH = "agents";
    private static final String SDK = "@a2a-js/sdk";
    private static final List<Integer> CALLERS = List.of(16, 64);
    private static final double RATE_GOAL = 3;
    private static final double P99_GOAL = 0.5;
    private static final double BACKLOG_GOAL = 1.0 / 3;
    private static final int BACKLOG = 10_000;
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration BACKLOG_LIMIT = Duration.ofMinutes(5);

    private final BenchDatabase database;
    private final BenchOptions options;
    private final Supplier<AgentServer> ours;
    private final Optional<Supplier<AgentServer>> sdk;
    private final Consumer<String> notes;
    /** Latencies that were measured with the rates, by who was measured, for the rows that come next. */
    private final Map<String, Queue<double[]>> latencies = new HashMap<>();

    AgentSendRows(BenchDatabase database, BenchOptions options, Supplier<AgentServer> ours,
            Optional<Supplier<AgentServer>> sdk, Consumer<String> notes) {
        this.database = database;
        this.options = options;
        this.ours = ours;
        this.sdk = sdk;
        this.notes = notes;
    }

    List<Section> sections() {
        var rates = names("SendMessage, %d callers");
        var latenciesOf = names("SendMessage p99, %d callers");
        return List.of(
                Section.of(() -> contest("sends/s", false, RATE_GOAL, this::rates, rates), rates),
                Section.of(() -> contest("ms", true, P99_GOAL, this::latencies, latenciesOf), latenciesOf),
                Section.expensive(
                        () -> contest("/s", false, RATE_GOAL, this::others, "SendStreamingMessage, 16 callers",
                                "GetTask, 16 callers"),
                        "SendStreamingMessage, 16 callers", "GetTask, 16 callers"),
                Section.expensive(() -> contest("s", true, BACKLOG_GOAL, this::backlog,
                        "10,000 sends without waiting, until all are completed"),
                        "10,000 sends without waiting, until all are completed"));
    }

    private static String[] names(String pattern) {
        return CALLERS.stream().map(callers -> String.format(Locale.ROOT, pattern, callers)).toArray(String[]::new);
    }

    /** What is measured of a server, by its name. */
    private interface Measure {
        double[] of(String name, Supplier<AgentServer> start);
    }

    private Contest contest(String unit, boolean lowerIsBetter, double goal, Measure measure, String... rows) {
        var contest = new Contest(unit, lowerIsBetter, rows).in(BENCH).ours(() -> measure.of("howdah", ours));
        sdk.ifPresent(start -> contest.against(SDK, goal, () -> measure.of(SDK, start)));
        return contest;
    }

    private double[] rates(String name, Supplier<AgentServer> start) {
        var loads = sends(name, start);
        latencies.computeIfAbsent(name, key -> new ArrayDeque<>()).add(each(loads, AgentLoad.Outcome::p99Millis));
        return each(loads, AgentLoad.Outcome::rate);
    }

    private double[] latencies(String name, Supplier<AgentServer> start) {
        var known = latencies.computeIfAbsent(name, key -> new ArrayDeque<>()).poll();
        return known != null ? known : each(sends(name, start), AgentLoad.Outcome::p99Millis);
    }

    private static double[] each(List<AgentLoad.Outcome> loads, ToDoubleFunction<AgentLoad.Outcome> value) {
        return loads.stream().mapToDouble(value).toArray();
    }

    private Duration time() {
        return Duration.ofSeconds(options.size(10, 3));
    }

    /** Of each number of callers, in one process that was warmed up. */
    private List<AgentLoad.Outcome> sends(String name, Supplier<AgentServer> start) {
        try (var server = start.get()) {
            var warmUps = new ArrayList<AgentLoad.Outcome>();
            Load.warmUp(() -> {
                warmUps.add(AgentLoad.run(server, CALLERS.getLast(), time().dividedBy(2), AgentSendRows::send));
                return warmUps.getLast().rate();
            });
            var loads = CALLERS.stream().map(callers -> told(name, server, callers)).toList();
            checkStored(server,
                    Stream.concat(warmUps.stream(), loads.stream()).mapToInt(AgentLoad.Outcome::calls).sum());
            return loads;
        }
    }

    /** Tells what it took besides: a client that takes much of the processors would be what is measured. */
    private AgentLoad.Outcome told(String name, AgentServer server, int callers) {
        var machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long client = machine.getProcessCpuTime();
        var process = server.processorTime();
        var load = AgentLoad.run(server, callers, time(), AgentSendRows::send);
        notes.accept(String.format(Locale.ROOT, "SendMessage, %d callers, %s: %,d sends; processor time of each: "
                + "client %,d µs, server %,d µs (without PostgreSQL's)", callers, name, load.calls(),
                (machine.getProcessCpuTime() - client) / 1000 / load.calls(),
                server.processorTime().minus(process).toNanos() / 1000 / load.calls()));
        return load;
    }

    private double[] others(String name, Supplier<AgentServer> start) {
        try (var server = start.get()) {
            AgentLoad.run(server, CALLERS.getFirst(), time(), AgentSendRows::stream);
            double streams = AgentLoad.run(server, CALLERS.getFirst(), time(), AgentSendRows::stream).rate();
            var task = A2aAnswers.taskId(ask(server, A2aRequests.send()));
            AgentLoad.Call get = connection -> A2aAnswers.checkCompleted(connection.post(A2aRequests.get(task)));
            AgentLoad.run(server, CALLERS.getFirst(), time(), get);
            return new double[]{streams, AgentLoad.run(server, CALLERS.getFirst(), time(), get).rate()};
        }
    }

    private double[] backlog(String name, Supplier<AgentServer> start) {
        int callers = CALLERS.getFirst();
        try (var server = start.get()) {
            int warm = AgentLoad.run(server, callers, time(), AgentSendRows::send).calls();
            long begin = System.nanoTime();
            AgentLoad.run(server, callers, BACKLOG / callers, connection -> A2aAnswers.taskId(
                    connection.post(A2aRequests.sendWithoutWaiting())));
            for (long left = BACKLOG_LIMIT.dividedBy(LOOK); completed(server) < warm + BACKLOG; left--) {
                if (left == 0) {
                    throw new IllegalStateException(name + " has not completed " + BACKLOG + " tasks");
                }
                JavaPeer.sleep(LOOK);
            }
            return new double[]{(System.nanoTime() - begin) / 1e9};
        }
    }

    private static String ask(AgentServer server, String request) {
        try (var connection = new HttpConnection(server.port(), "/a2a")) {
            return connection.post(request);
        }
    }

    private static void send(HttpConnection connection) {
        A2aAnswers.checkCompleted(connection.post(A2aRequests.send()));
    }

    /** To the end of the stream. */
    private static void stream(HttpConnection connection) {
        connection.open(A2aRequests.stream());
        var last = "";
        for (var event = connection.event(); event.isPresent(); event = connection.event()) {
            last = event.get();
        }
        A2aAnswers.checkCompleted(last);
    }

    private void checkStored(AgentServer server, int sent) {
        int stored = (int) completed(server);
        if (stored != sent) {
            throw new IllegalStateException(sent + " tasks were answered as completed, and " + stored + " are stored");
        }
    }

    private double completed(AgentServer server) {
        return database.number(server.countCompleted());
    }
}
