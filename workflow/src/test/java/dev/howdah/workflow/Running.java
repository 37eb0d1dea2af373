package dev.howdah.workflow;

import dev.howdah.workflow.definition.NodeType;
import dev.howdah.workflow.definition.WorkflowDefinition;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Worker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.core.ConditionFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Workflows with a worker on a fresh schema, for tests. */
final class Running implements AutoCloseable {
    static final QueueSettings QUEUE = QueueSettings.defaults().withConcurrency(32)
            .withLease(Duration.ofSeconds(15), Duration.ofMillis(200)).withRetry(Duration.ZERO, Duration.ZERO)
            .withPollInterval(Duration.ofMillis(100));

    final Database database;
    final PostgresTaskQueue queue;
    final Map<String, NodeHandler> handlers = new ConcurrentHashMap<>();
    final List<String> calls = new CopyOnWriteArrayList<>();
    final Workflows workflows;
    final Worker worker;

    Running(Map<String, NodeHandler> given) {
        this(given, WorkflowSettings.defaults());
    }

    Running(Map<String, NodeHandler> given, WorkflowSettings settings) {
        this(migrated(), given, settings);
    }

    Running(Database database, Map<String, NodeHandler> given, WorkflowSettings settings) {
        this(database, given, settings, Map.of());
    }

    Running(Database database, Map<String, NodeHandler> given, WorkflowSettings settings,
            Map<NodeType, NodeHandler> served) {
        this.database = database;
        this.queue = new PostgresTaskQueue(database, QUEUE);
        handlers.put("echo", run -> {
            calls.add(run.nodeId());
            return NodeResult.of(run.item().orElse(run.config()));
        });
        handlers.putAll(given);
        this.workflows = Workflows.open(database, queue, settings, handlers, Map.of(), served);
        this.worker = new Worker(queue, QUEUE, workflows.handlers());
        worker.start();
    }

    static Database migrated() {
        var database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("queue", "workflow")).up();
        return database;
    }

    static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    /** YAML, also in its flow style, which would be taken for JSON without the line before it. */
    void apply(String yaml) {
        workflows.definitions().apply(WorkflowDefinition.parse("---\n" + yaml));
    }

    UUID start(String workflow, String input) {
        return workflows.start(NewExecution.of(workflow, json(input)));
    }

    Execution find(UUID id) {
        return workflows.executions().find(id).orElseThrow();
    }

    NodeState node(UUID id, String node) {
        return workflows.executions().node(id, node).orElseThrow();
    }

    private static ConditionFactory quickly() {
        return await().atMost(Duration.ofSeconds(30)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20));
    }

    /** Waits for the end. */
    Execution end(UUID id) {
        quickly().until(() -> find(id).status().isEnded());
        return find(id);
    }

    void awaitNode(UUID id, String node, NodeStatus status) {
        quickly().until(() -> node(id, node).status() == status);
    }

    /** Types of the events in their order; with the node's id behind a colon. */
    List<String> events(UUID id) {
        return database.withHandle(handle -> handle.createQuery("""
            SELECT event_type || COALESCE(':' || node_id, '')
              FROM execution_events
             WHERE execution_id = :id
             ORDER BY sequence
            """).bind("id", id).mapTo(String.class).list());
    }

    /** How many executions have a sequence of events with a gap, or one that does not end where the row says. */
    long gaps() {
        return number("""
            SELECT count(*)
              FROM workflow_executions e
              LEFT JOIN LATERAL (SELECT count(*) AS n, min(sequence) AS first, max(sequence) AS last
                                   FROM execution_events WHERE execution_id = e.id) AS s ON true
             WHERE s.n <> e.last_sequence OR s.first <> 1 OR s.last <> e.last_sequence
            """);
    }

    long number(String sql) {
        return database.withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }

    @Override
    public void close() {
        worker.stop(Duration.ofSeconds(1));
    }
}
