package dev.howdah.workflow;

import dev.howdah.workflow.definition.WorkflowDefinition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of executions whose processes are killed: they go on elsewhere, from where they were. */
class KillTest {
    private static final QueueSettings SETTINGS = QueueSettings.defaults().withConcurrency(50)
            .withLease(Duration.ofSeconds(2), Duration.ofMillis(400)).withPollInterval(Duration.ofMillis(200));
    /** Three levels with a fan-out, a map and a retry. */
    private static final String WORKFLOW = """
        id: killed
        nodes:
          - {id: first, type: task, executor: note}
          - {id: left, type: task, executor: note, dependencies: [first]}
          - {id: right, type: task, executor: flaky, dependencies: [first], retry: {attempts: 20, delay: 5ms}}
          - {id: each, type: map, dependencies: [first], config: {items: "[1, 2, 3]", concurrency: 2, node: {type: task, executor: note}}}
          - {id: join, type: task, executor: note, dependencies: [left, right, each]}
        """;
    private static final int NODES = 8; // with the items of the map

    private final Database database = Running.migrated();
    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void endProcesses() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void endsThousandExecutionsWhoeverIsKilledAndStoresEachResultOnce() throws Exception {
        database.withHandle(handle -> handle.execute("CREATE TABLE runs (execution_id text, node_id text)"));
        var workflows = workflows(database, new PostgresTaskQueue(database, SETTINGS));
        workflows.definitions().apply(WorkflowDefinition.parse(WORKFLOW));
        var ids = workflows.start(IntStream.range(0, 1000).mapToObj(i -> NewExecution.of("killed")).toList());
        var random = new Random(4711);
        processes.add(start());
        processes.add(start());
        long ended = 0;
        int kills = 0;
        while (ended < 900 && kills < 12) {
            long until = Math.min(900, ended + 50 + random.nextInt(100));
            await().atMost(Duration.ofMinutes(3)).until(() -> count("completed_at IS NOT NULL") >= until);
            processes.removeFirst().destroyForcibly().waitFor();
            processes.add(start());
            kills++;
            ended = count("completed_at IS NOT NULL");
        }
        assertThat(kills).isGreaterThan(3);
        await().atMost(Duration.ofMinutes(3)).until(() -> count("completed_at IS NULL") == 0);

        assertThat(count("status = 'completed'")).isEqualTo(ids.size());
        assertThat(number("SELECT count(*) FROM node_states WHERE status = 'completed'")).isEqualTo(1000L * NODES);
        assertThat(number("""
            SELECT count(*) FROM (SELECT execution_id, node_id FROM execution_events
                                   WHERE event_type = 'node_completed' GROUP BY 1, 2 HAVING count(*) > 1) AS twice
            """)).as("results stored twice").isZero();
        assertThat(number("SELECT count(*) FROM execution_events WHERE event_type = 'node_completed'"))
                .isEqualTo(1000L * NODES);
        assertThat(number("""
            SELECT count(*) FROM workflow_executions e
             WHERE e.last_sequence <> (SELECT count(*) FROM execution_events v WHERE v.execution_id = e.id)
                OR e.last_sequence <> (SELECT max(sequence) FROM execution_events v WHERE v.execution_id = e.id)
                OR e.active_nodes <> 0
            """)).as("sequences with a gap").isZero();
        assertThat(number("SELECT count(*) FROM node_states WHERE attempt_count > 1")).as("begun again").isPositive();
        assertThat(number("""
            SELECT count(*) FROM runs r JOIN node_states n ON n.execution_id = r.execution_id::uuid
               AND n.node_id = 'join' WHERE r.node_id = 'join' AND n.status <> 'completed'
            """)).isZero();
    }

    @Test
    void goesOnInTheMiddleOfALevelAndRunsNothingAgainThatHadEnded() throws Exception {
        database.withHandle(handle -> handle.execute("CREATE TABLE runs (execution_id text, node_id text)"));
        var workflows = workflows(database, new PostgresTaskQueue(database, SETTINGS));
        workflows.definitions().apply(WorkflowDefinition.parse("""
            id: level
            nodes:
              - {id: first, type: task, executor: note}
              - {id: quick, type: task, executor: note, dependencies: [first]}
              - {id: stuck, type: task, executor: stuck_once, dependencies: [first]}
              - {id: join, type: task, executor: note, dependencies: [quick, stuck]}
            """));
        var id = workflows.start(NewExecution.of("level"));
        processes.add(start());
        await().atMost(Duration.ofSeconds(60)).until(() -> runs(id, "stuck") == 1
                && workflows.executions().node(id, "quick").orElseThrow().status() == NodeStatus.COMPLETED
                && workflows.executions().node(id, "stuck").orElseThrow().heartbeat().isPresent());
        processes.removeFirst().destroyForcibly().waitFor();
        processes.add(start());
        await().atMost(Duration.ofSeconds(60))
                .until(() -> workflows.executions().find(id).orElseThrow().status() == ExecutionStatus.COMPLETED);
        assertThat(List.of(runs(id, "first"), runs(id, "quick"), runs(id, "stuck"), runs(id, "join")))
                .containsExactly(1L, 1L, 2L, 1L);
        assertThat(workflows.executions().node(id, "stuck").orElseThrow().heartbeat().orElseThrow().toString())
                .as("what the killed one had noted").isEqualTo("{\"page\":7}");
    }

    private long runs(UUID id, String node) {
        return database.withHandle(handle -> handle.createQuery("""
            SELECT count(*) FROM runs WHERE execution_id = :id AND node_id = :node
            """).bind("id", id.toString()).bind("node", node).mapTo(Long.class).one());
    }

    private long count(String condition) {
        return number("SELECT count(*) FROM workflow_executions WHERE " + condition);
    }

    private long number(String sql) {
        return database.withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }

    private Process start() throws Exception {
        var settings = database.settings();
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx200m",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                KillTest.class.getName(), settings.url(), settings.user(), settings.password(), settings.schema())
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    }

    private static Workflows workflows(Database database, PostgresTaskQueue queue) {
        var random = new Random();
        NodeHandler note = run -> {
            noteRun(database, run);
            return NodeResult.of(run.config());
        };
        NodeHandler flaky = run -> {
            noteRun(database, run);
            if (random.nextInt(10) < 3) {
                throw new IllegalStateException("not this time");
            }
            return NodeResult.of(run.config());
        };
        NodeHandler stuckOnce = run -> {
            noteRun(database, run);
            if (run.lastHeartbeat().isEmpty()) {
                run.heartbeat(Running.json("{'page': 7}"));
                TimeUnit.HOURS.sleep(1);
            }
            return NodeResult.of(run.lastHeartbeat().orElseThrow());
        };
        return Workflows.open(database, queue, WorkflowSettings.defaults(),
                Map.of("note", note, "flaky", flaky, "stuck_once", stuckOnce), Map.of());
    }

    private static void noteRun(Database database, NodeRun run) {
        database.withHandle(handle -> handle.createUpdate("INSERT INTO runs (execution_id, node_id) VALUES (:e, :n)")
                .bind("e", run.executionId().toString()).bind("n", run.nodeId()).execute());
    }

    /** A process with a worker, to be killed. */
    public static void main(String[] args) throws InterruptedException {
        var database = Database.open(DatabaseSettings.of(args[0], args[1], args[2], args[3]).withPool(8, 0));
        var queue = new PostgresTaskQueue(database, SETTINGS);
        var workflows = workflows(database, queue);
        var worker = new Worker(queue, SETTINGS, workflows.handlers());
        worker.start();
        workflows.upkeep().start();
        Thread.currentThread().join();
    }
}
