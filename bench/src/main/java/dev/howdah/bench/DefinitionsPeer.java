package dev.howdah.bench;

import dev.howdah.workflow.NewExecution;
import dev.howdah.workflow.NodeResult;
import dev.howdah.workflow.definition.WorkflowDefinition;
import dev.howdah.workflow.WorkflowSettings;
import dev.howdah.workflow.Workflows;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Worker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Our workflows of definitions, with nodes that do nothing. */
final class DefinitionsPeer implements AutoCloseable {
    private static final int SLOTS = 1000;
    private static final JsonNode NOTHING = JsonMapper.shared().createObjectNode();

    private final Database database;
    private final Workflows workflows;
    private final Worker worker;
    private volatile Consumer<String> onNode = node -> {};

    DefinitionsPeer(DatabaseSettings settings) {
        database = Database.open(settings.withPool(25, 10));
        new Migrator(database, Migrations.ofModules("queue", "workflow")).up();
        var queueSettings = QueueSettings.defaults().withConcurrency(SLOTS);
        var queue = new PostgresTaskQueue(database, queueSettings);
        workflows = Workflows.open(database, queue, WorkflowSettings.defaults(), Map.of("nothing", run -> {
            onNode.accept(run.nodeId());
            return NodeResult.of(NOTHING);
        }), Map.of());
        worker = new Worker(queue, queueSettings, workflows.handlers());
        worker.start();
    }

    /** Called with the id of each node that runs. */
    void onNode(Consumer<String> action) {
        onNode = action;
    }

    void apply(WorkflowDefinition definition) {
        workflows.definitions().apply(definition);
    }

    /** A node behind each other. */
    static WorkflowDefinition chain(String id, int nodes) {
        var builder = WorkflowDefinition.named(id);
        for (int i = 0; i < nodes; i++) {
            int node = i;
            builder.task("n" + i, n -> node == 0
                    ? n.executor("nothing")
                    : n.executor("nothing").after("n" + (node - 1)));
        }
        return builder.build();
    }

    /** One, then many side by side, then one behind them all. */
    static WorkflowDefinition fan(String id, int nodes) {
        var builder = WorkflowDefinition.named(id).task("first", n -> n.executor("nothing"));
        IntStream.range(0, nodes).forEach(i -> builder.task("n" + i, n -> n.executor("nothing").after("first")));
        return builder.task("join", n -> n.executor("nothing").after(IntStream.range(0, nodes).mapToObj(i -> "n" + i)
                .toArray(String[]::new))).build();
    }

    void start(String workflow, JsonNode input) {
        workflows.start(NewExecution.of(workflow, input));
    }

    void start(String workflow, int count) {
        workflows.start(IntStream.range(0, count).mapToObj(i -> NewExecution.of(workflow)).toList());
    }

    /** Executions that have not ended. */
    long left() {
        return database.withHandle(handle -> handle.createQuery("""
            SELECT count(*)
              FROM workflow_executions
             WHERE completed_at IS NULL
            """).mapTo(Long.class).one());
    }

    /** Executions that did not end well. */
    List<String> errors() {
        return database.withHandle(handle -> handle.createQuery("""
            SELECT COALESCE(error_message, status)
              FROM workflow_executions
             WHERE completed_at IS NOT NULL AND status <> 'completed'
             LIMIT 3
            """).mapTo(String.class).list());
    }

    @Override
    public void close() {
        worker.stop(Duration.ofSeconds(5));
        database.close();
    }
}
