package dev.howdah.bench;

import dev.howdah.workflow.definition.WorkflowDefinition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/** Workflows of definitions: how fast they fan out and join, and how many at once. */
final class DefinitionRows {
    private static final String BENCH = "workflow";
    private static final Duration LOOK = Duration.ofMillis(2);
    private static final int START_BATCH = 500;
    private static final int CHAIN = 10;
    private static final int FINISHED = 1_000_000;
    private static final String LOAD_FINISHED = """
        INSERT INTO workflow_executions (id, workflow_id, workflow_version, status, output, total_nodes, completed_nodes,
                                         last_sequence, created_at, started_at, completed_at)
        SELECT (lpad(to_hex((extract(epoch FROM now() - interval '1 hour') * 1000)::bigint), 12, '0') || '70008'
                 || lpad(to_hex(n), 15, '0'))::uuid, 'chain', 1, 'completed', '{}', 2, 2, 6, now() - interval '1 hour',
               now() - interval '1 hour', now() - interval '1 hour'
          FROM generate_series(1, current_setting('bench.rows')::bigint) AS n;
        INSERT INTO node_states (execution_id, node_id, ordinal, node_type, status, attempt_count, outputs, started_at,
                                 completed_at)
        SELECT id, 'n' || node, node, 'task', 'completed', 1, '{}', created_at, created_at
          FROM workflow_executions
         CROSS JOIN generate_series(0, 1) AS node;
        INSERT INTO execution_events (execution_id, sequence, event_type, node_id, data)
        SELECT id, sequence, 'node_completed', 'n0', '{"output": {}}'
          FROM workflow_executions
         CROSS JOIN generate_series(1, 6) AS sequence
        """;

    private final BenchDatabase database;
    private final BenchOptions options;

    DefinitionRows(BenchDatabase database, BenchOptions options) {
        this.database = database;
        this.options = options;
    }

    List<Section> sections() {
        return List.of(
                Section.of(() -> bound("fan-out to 1,000 nodes and join", 1, this::fanOut),
                        "fan-out to 1,000 nodes and join"),
                Section.of(() -> bound("map of 10,000 items", 5, this::map), "map of 10,000 items"),
                Section.of(() -> bound("burst of 60,000 executions, all with their first node", 15, this::burst),
                        "burst of 60,000 executions, all with their first node"),
                Section.expensive(this::besideFinished, "executions of 10 nodes, beside 1 M finished"));
    }

    private static Contest bound(String row, double most, Supplier<double[]> measure) {
        return new Contest("s", true, row).in(BENCH).ours(measure).against("goal", 1, () -> new double[]{most});
    }

    private double[] fanOut() {
        return seconds(peer -> peer.apply(DefinitionsPeer.fan("fan", 1000)), peer -> peer.start("fan", 1));
    }

    private double[] map() {
        var input = JsonMapper.shared().readTree(IntStream.range(0, 10_000).mapToObj(Integer::toString)
                .collect(Collectors.joining(",", "{\"items\":[", "]}")));
        return seconds(peer -> peer.apply(WorkflowDefinition.parse("""
            id: map
            nodes:
              - id: each
                type: map
                config: {items: input.items, concurrency: 1000, node: {type: task, executor: nothing}}
            """)), peer -> peer.start("map", input));
    }

    /** From the start of one execution to its end, after another one that nobody timed. */
    private double[] seconds(Consumer<DefinitionsPeer> prepare, Consumer<DefinitionsPeer> start) {
        try (var peer = new DefinitionsPeer(database.fresh())) {
            prepare.accept(peer);
            start.accept(peer);
            awaitEnd(peer);
            database.vacuum();
            long begin = System.nanoTime();
            start.accept(peer);
            awaitEnd(peer);
            return new double[]{(System.nanoTime() - begin) / 1e9};
        }
    }

    private double[] burst() {
        int count = options.size(60_000, 6_000);
        try (var peer = new DefinitionsPeer(database.fresh())) {
            peer.apply(DefinitionsPeer.chain("pair", 2));
            peer.start("pair", START_BATCH);
            awaitEnd(peer);
            var first = new CountDownLatch(count);
            peer.onNode(node -> {
                if (node.equals("n1")) {
                    first.countDown(); // the second begins: the first is durable
                }
            });
            long begin = System.nanoTime();
            for (int i = 0; i < count; i += START_BATCH) {
                peer.start("pair", START_BATCH);
            }
            first.await();
            return new double[]{(System.nanoTime() - begin) / 1e9 * 60_000 / count};
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Contest besideFinished() {
        var aside = database.aside("finished_definitions");
        var loaded = new boolean[1];
        return new Contest("nodes/s", false, "executions of 10 nodes, beside 1 M finished").in(BENCH)
                .ours(() -> {
                    if (!loaded[0]) {
                        new DefinitionsPeer(aside.fresh()).close(); // makes the tables
                        aside.execute(LOAD_FINISHED, Map.of("rows", options.size(FINISHED, FINISHED / 10)));
                        aside.vacuum();
                        aside.checkpoint();
                        loaded[0] = true;
                    }
                    return rate(new DefinitionsPeer(aside.settings()));
                })
                .against("itself, without", 0.8, () -> rate(new DefinitionsPeer(database.fresh())))
                .afterwards(aside::drop);
    }

    private double[] rate(DefinitionsPeer opened) {
        int count = options.size(2000, 500);
        try (var peer = opened) {
            peer.apply(DefinitionsPeer.chain("chain", CHAIN));
            peer.start("chain", count / 2);
            awaitEnd(peer);
            long begin = System.nanoTime();
            peer.start("chain", count);
            awaitEnd(peer);
            return new double[]{count * CHAIN / ((System.nanoTime() - begin) / 1e9)};
        }
    }

    private static void awaitEnd(DefinitionsPeer peer) {
        while (peer.left() > 0) {
            JavaPeer.sleep(LOOK);
        }
        var errors = peer.errors();
        if (!errors.isEmpty()) {
            throw new IllegalStateException("executions failed: " + errors);
        }
    }
}
