package dev.howdah.agent.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.agent.a2a.TaskState;
import dev.howdah.agent.http.OutboundHttpSettings;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Worker;
import dev.howdah.workflow.Execution;
import dev.howdah.workflow.ExecutionStatus;
import dev.howdah.workflow.NewExecution;
import dev.howdah.workflow.WorkflowSettings;
import dev.howdah.workflow.Workflows;
import dev.howdah.workflow.definition.NodeType;
import dev.howdah.workflow.definition.WorkflowDefinition;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Nodes that have a remote agent do something, whatever happens meanwhile. */
class RemoteTasksTest {
    private static final String QUICKLY = "20ms";

    private final Database database = TestDatabase.create();
    private final StubAgent stub = new StubAgent("JSONRPC");
    private final QueueSettings settings = QueueSettings.defaults().withPollInterval(Duration.ofMillis(50))
            .withRetry(Duration.ZERO, Duration.ZERO).withLease(Duration.ofSeconds(15), Duration.ofMillis(200));
    private final PostgresTaskQueue queue = new PostgresTaskQueue(database, settings);
    private RemoteAgents agents = agents(QUICKLY);
    private RemoteTasks tasks = new RemoteTasks(database, queue, agents, Optional.empty());
    private Workflows workflows = open();
    private Worker worker = worker();

    @BeforeEach
    void migrate() {
        new Migrator(database, Migrations.ofModules("queue", "workflow", "knowledge", "agent")).up();
        stub.begins = request -> TaskState.WORKING;
        worker.start();
    }

    @AfterEach
    void close() {
        worker.stop(Duration.ofSeconds(1));
        agents.close();
        stub.close();
    }

    private RemoteAgents agents(String pause) {
        var configuration = Configuration.of(Map.of("howdah.agent.remote", "helper=" + stub.root(),
                "howdah.agent.remote-poll-min", pause, "howdah.agent.remote-poll-max", pause,
                "howdah.agent.remote-timeout", "5s"));
        return new RemoteAgents(RemoteAgentSettings.from(configuration), OutboundHttpSettings.from(configuration),
                java.util.List.of());
    }

    private Workflows open() {
        return Workflows.open(database, queue, WorkflowSettings.defaults(), Map.of(), Map.of(),
                Map.of(NodeType.AGENT, tasks.nodes()));
    }

    private Worker worker() {
        var handlers = new HashMap<>(workflows.handlers());
        handlers.putAll(tasks.handlers());
        return new Worker(queue, settings, handlers);
    }

    /** As another process would be. */
    private void restart(String pause, Optional<URI> root) {
        worker.stop(Duration.ofSeconds(1));
        agents.close();
        agents = agents(pause);
        tasks = new RemoteTasks(database, queue, agents, root);
        workflows = open();
        worker = worker();
        worker.start();
    }

    private UUID start(String config) {
        workflows.definitions()
                .apply(WorkflowDefinition.parse("---\n{id: asking, nodes: [{id: ask, type: agent, config: "
                        + config + "}]}"));
        return workflows.start(NewExecution.of("asking", JsonMapper.shared().createObjectNode().put("name", "Ada")));
    }

    private UUID start() {
        return start("{agent: helper, message: \"Hello ${input.name}\"}");
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(30)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20));
    }

    private Execution end(UUID id) {
        soon().until(() -> workflows.executions().find(id).orElseThrow().status().isEnded());
        return workflows.executions().find(id).orElseThrow();
    }

    private String remoteTask() {
        soon().until(() -> stub.tasks.size() == 1);
        return stub.tasks.keySet().iterator().next();
    }

    private long waiting() {
        return database.withHandle(handle -> handle.createQuery("SELECT count(*) FROM remote_tasks").mapTo(Long.class)
                .one());
    }

    @Test
    void whatTheAgentMakesIsTheOutputOfTheNode() {
        var id = start();
        var remote = remoteTask();
        soon().until(() -> stub.count("GetTask") > 1);
        stub.end(remote, TaskState.COMPLETED, "Good day, Ada");
        var execution = end(id);
        assertThat(execution.status()).isEqualTo(ExecutionStatus.COMPLETED);
        var output = execution.output().orElseThrow().path("ask");
        assertThat(output.path("text").asString()).contains("Good day, Ada");
        assertThat(output.path("task_id").asString()).isEqualTo(remote);
        assertThat(output.path("artifacts").size()).isEqualTo(1);
        assertThat(stub.count("SendMessage")).isEqualTo(1);
        soon().until(() -> waiting() == 0);
        assertThat(stub.count("CancelTask")).isZero();
    }

    @Test
    void aSkillIsNamedInTheMetadataAndItsInputIsData() {
        start("{agent: helper, skill: greet, input: {who: \"${input.name}\"}}");
        remoteTask();
        var request = stub.messages.values().iterator().next();
        assertThat(request.message().metadata().orElseThrow().path("skill").asString()).isEqualTo("greet");
        assertThat(request.message().data().map(JsonNode::toString)).contains("{\"who\":\"Ada\"}");
        assertThat(request.configuration().returnImmediately()).isTrue();
    }

    @Test
    void aMessageIsSentOnceAlthoughTheProcessIsKilledBeforeThatIsStored() {
        var id = start();
        var remote = remoteTask();
        soon().until(() -> stub.count("GetTask") > 0);
        worker.stop(Duration.ofSeconds(1));
        // What is left behind when a process dies between the agent's answer and the commit.
        database.useTransaction(tx -> tx.handle().execute("UPDATE remote_tasks SET remote_id = NULL, state = NULL"));
        restart(QUICKLY, Optional.empty());
        soon().until(() -> stub.count("ListTasks") > 0);
        stub.end(remote, TaskState.COMPLETED, "done");
        assertThat(end(id).status()).isEqualTo(ExecutionStatus.COMPLETED);
        assertThat(stub.count("SendMessage")).isEqualTo(1);
        assertThat(stub.tasks).hasSize(1);
    }

    @Test
    void aMessageThatDidNotArriveIsSentAgainWithTheSameId() {
        stub.fault = exchange -> !exchange.getRequestURI().getPath().endsWith(".json"); // closed without an answer
        var id = start();
        soon().until(() -> stub.count("ListTasks") > RemoteAgent.ATTEMPTS_MAX);
        stub.fault = exchange -> false;
        stub.end(remoteTask(), TaskState.COMPLETED, "done");
        assertThat(end(id).status()).isEqualTo(ExecutionStatus.COMPLETED);
        assertThat(stub.messages).hasSize(1);
    }

    @Test
    void anAgentThatIsDownForAWhileIsWaitedFor() {
        stub.fault = StubAgent.answering(503, "down");
        var id = start();
        soon().until(() -> stub.count("ListTasks") > 2);
        stub.fault = exchange -> false;
        var remote = remoteTask();
        stub.fault = StubAgent.answering(502, "down again");
        long before = stub.count("GetTask");
        soon().until(() -> stub.count("GetTask") > before + 2);
        stub.fault = exchange -> false;
        stub.end(remote, TaskState.COMPLETED, "done");
        assertThat(end(id).status()).isEqualTo(ExecutionStatus.COMPLETED);
    }

    @Test
    void theAgentSaysThatThereIsSomethingToSee() {
        restart("1h", Optional.of(URI.create("https://here.example")));
        var id = start();
        var remote = remoteTask();
        var push = stub.messages.values().iterator().next().configuration().push().orElseThrow();
        assertThat(push.url()).startsWith("https://here.example" + RemoteTasks.CALLBACKS);
        soon().until(() -> queue.statistics().byState().getOrDefault(dev.howdah.queue.TaskState.STARTED, 0L) == 0);
        stub.end(remote, TaskState.COMPLETED, "done");
        var token = push.url().substring(push.url().lastIndexOf('/') + 1);
        assertThat(
                database.<String>withHandle(handle -> handle.createQuery("SELECT remote_tasks::text FROM remote_tasks")
                        .mapTo(String.class).one()))
                .as("nobody reads the token there").doesNotContain(token);
        tasks.wake(token);
        assertThat(end(id).status()).isEqualTo(ExecutionStatus.COMPLETED);
        assertThatThrownBy(() -> tasks.wake("guessed")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void cancellingTheExecutionCancelsTheRemoteTask() {
        var id = start();
        var remote = remoteTask();
        soon().until(() -> stub.count("GetTask") > 0);
        workflows.cancel(id, "enough");
        soon().until(() -> stub.task(remote).status().state() == TaskState.CANCELED);
        soon().until(() -> waiting() == 0);
    }

    @Test
    void aQuestionFailsTheNodeAndEndsTheRemoteTask() {
        stub.begins = request -> TaskState.INPUT_REQUIRED;
        var execution = end(start());
        assertThat(execution.status()).isEqualTo(ExecutionStatus.FAILED);
        assertThat(execution.error().orElseThrow()).contains("needs an answer, which a node cannot give");
        soon().until(() -> stub.tasks.values().iterator().next().status().state() == TaskState.CANCELED);
    }

    @Test
    void whatFailsThereFailsHereWithItsWords() {
        stub.begins = request -> TaskState.REJECTED;
        assertThat(end(start()).error().orElseThrow()).contains("is rejected: heard: Hello Ada");
        stub.fault = StubAgent.answering(401, "");
        assertThat(end(start()).error().orElseThrow()).contains("howdah.agent.remote-credentials");
        stub.fault = StubAgent.answering(200, "{broken");
        assertThat(end(start()).error().orElseThrow()).contains("no JSON");
    }

    @Test
    void aTaskThatTakesTooLongIsGivenUpAndCancelled() {
        var id = start("{agent: helper, message: hi, timeout: 500ms}");
        var remote = remoteTask();
        assertThat(end(id).error().orElseThrow()).contains("did not end within");
        soon().until(() -> stub.task(remote).status().state() == TaskState.CANCELED);
    }
}
