package dev.howdah.agent.mcp;

import static dev.howdah.agent.mcp.Requests.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.agent.SkillRegistry;
import dev.howdah.agent.conformance.ConformanceFeatures;
import dev.howdah.agent.conformance.ConformanceSkills;
import dev.howdah.agent.task.AgentTasks;
import dev.howdah.agent.task.SkillAgent;
import dev.howdah.agent.task.TaskSettings;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Worker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class McpTasksTest {
    private final Database database = TestDatabase.create();
    private final PostgresTaskQueue queue = new PostgresTaskQueue(database, QueueSettings.defaults());
    private final SkillRegistry skills = new SkillRegistry(ConformanceSkills.all());
    private final AgentTasks engine = new AgentTasks(database, queue, new SkillAgent(skills, queue),
            TaskSettings.defaults(), Optional.empty());
    private final Worker worker = new Worker(queue, QueueSettings.defaults(), engine.handlers());
    private final Requests client = client();

    /** As another instance would have it. */
    private Requests client() {
        var tasks = Optional.of(new McpTasks(database, engine, Duration.ofDays(30)));
        var features = new McpFeatures(new SkillTools(skills, false, tasks, ConformanceSkills::support)::all, List::of,
                List.of()).and(new ConformanceFeatures(tasks).all());
        var changes = new McpChanges(features, tasks.get()::versions);
        return new Requests(
                new McpServer(new McpIdentity("howdah", "Howdah", "1", ""), features, changes, new McpMethods(
                        features, changes), tasks, new McpKeys(database)));
    }

    @BeforeEach
    void start() {
        new Migrator(database, Migrations.ofModules("queue", "knowledge", "agent")).up();
    }

    @AfterEach
    void stop() {
        engine.close();
        worker.stop(Duration.ZERO);
    }

    private String begin(String tool) {
        var begun = client.callTool(tool, "{}").result();
        assertThat(begun.path("resultType").asString()).isEqualTo("task");
        return begun.path("taskId").asString();
    }

    private JsonNode get(String id) {
        return client.send("tasks/get", "{'taskId': '" + id + "'}").result();
    }

    private JsonNode await(String id, String status) {
        return Awaitility.await().until(() -> get(id), task -> task.path("status").asString().equals(status));
    }

    private JsonNode update(String id, String answers) {
        return client.send("tasks/update", "{'taskId': '" + id + "', 'inputResponses': " + answers + "}").result();
    }

    @Test
    void aTaskIsStoredBeforeItIsAnsweredAndRunsWhenAWorkerComes() {
        var begun = client.callTool("slow_compute", "{'seconds': 0}").result();
        assertThat(begun.path("status").asString()).isEqualTo("working");
        assertThat(begun.path("ttlMs").asLong()).isEqualTo(Duration.ofDays(30).toMillis());
        assertThat(begun.path("pollIntervalMs").isIntegralNumber()).isTrue();
        assertThat(Instant.parse(begun.path("createdAt").asString()))
                .isBeforeOrEqualTo(Instant.parse(begun.path("lastUpdatedAt").asString()));
        var id = begun.path("taskId").asString();
        assertThat(get(id).path("status").asString()).isEqualTo("working");
        worker.start();
        var done = await(id, "completed");
        assertThat(done.at("/result/content/0/text").asString()).startsWith("Computed");
        assertThat(done.path("resultType").asString()).isEqualTo("complete");
    }

    @Test
    void whatAToolRefusesIsItsResultAndWhatBreaksIsAnError() {
        worker.start();
        var refused = await(begin("failing_job"), "completed");
        assertThat(refused.at("/result/isError").asBoolean()).isTrue();
        assertThat(refused.at("/result/content/0/text").asString()).contains("always fails");
        var broken = await(begin("protocol_error_job"), "failed");
        assertThat(broken.at("/error/code").asInt()).isEqualTo(-32603);
        assertThat(broken.has("result")).isFalse();
    }

    @Test
    void answersMayComeOneByOneAndByAnyInstance() {
        worker.start();
        var id = begin("multi_input");
        var asked = await(id, "input_required").path("inputRequests");
        assertThat(asked.propertyNames()).containsExactlyInAnyOrder("first", "second");
        assertThat(update(id, "{'first': {'action': 'accept', 'content': {'confirm': true}}, 'else': {}}")
                .path("resultType").asString()).isEqualTo("complete");
        assertThat(get(id).path("inputRequests").propertyNames()).containsExactly("second");
        update(id, "{'first': {'action': 'accept', 'content': {'confirm': false}}}");
        client().send("tasks/update", "{'taskId': '" + id + "', 'inputResponses': {'second': {'action': 'accept', "
                + "'content': {'confirm': false}}}}");
        assertThat(await(id, "completed").at("/result/content/0/text").asString())
                .as("the first answer to a question counts")
                .contains("\"first\":{\"confirm\":true}", "\"second\":{\"confirm\":false}");
        assertThat(update(id, "{'first': {'action': 'accept', 'content': {}}}").has("resultType")).isTrue();
    }

    @Test
    void aTaskGoesOnThoughWhoTookTheLastAnswerDied() {
        worker.start();
        var id = begin("confirm_delete");
        await(id, "input_required");
        var question = engineQuestion(id);
        new McpAnswers(database, Duration.ofDays(1)).put(UUID.fromString(id), question,
                json("{'confirm': {'confirm': true}}"));
        assertThat(await(id, "completed").at("/result/content/0/text").asString()).contains("Deleted");
    }

    private String engineQuestion(String id) {
        return engine.get(dev.howdah.agent.a2a.Caller.of("ada"), new dev.howdah.agent.a2a.GetTaskRequest(id,
                java.util.OptionalInt.empty())).status().message().orElseThrow().messageId();
    }

    @Test
    void answersThatWereNeverUsedAreForgotten() {
        var answers = new McpAnswers(database, Duration.ofDays(1));
        var old = UUID.randomUUID();
        answers.put(old, "q", json("{'a': 1}"));
        database.withHandle(handle -> handle.execute("UPDATE mcp_answers SET created_at = now() - interval '2 days'"));
        var fresh = UUID.randomUUID();
        assertThat(answers.put(fresh, "q", json("{'a': 2}"))).hasSize(1);
        assertThat(answers.find(old, "q")).isEmpty();
        answers.delete(fresh);
        assertThat(answers.find(fresh, "q")).isEmpty();
    }

    @Test
    void whoeverListensHearsHowATaskGoesOn() throws Exception {
        var id = begin("confirm_delete");
        var foreign = begin("slow_compute");
        var heard = new LinkedBlockingQueue<ObjectNode>();
        var message = client.message("subscriptions/listen", json("{'notifications': {'taskIds': ['" + id + "', 'x', '"
                + UUID.randomUUID() + "']}}"));
        var listening = Thread.ofVirtual().start(() -> client.send(message, Requests.headers(message), heard));
        assertThat(heard.take().at("/params/notifications/taskIds")).hasSize(1);
        worker.start();
        JsonNode told;
        do {
            told = heard.take();
            assertThat(told.path("method").asString()).isEqualTo("notifications/tasks");
            assertThat(told.at("/params/taskId").asString()).isEqualTo(id).isNotEqualTo(foreign);
        } while (!told.at("/params/status").asString().equals("input_required"));
        client.send("tasks/cancel", "{'taskId': '" + id + "'}");
        assertThat(heard.take().at("/params/status").asString()).isEqualTo("cancelled");
        listening.interrupt();
        listening.join();
    }

    @Test
    void cancellingEndsATaskAndDoesNothingTwice() {
        worker.start();
        var id = begin("confirm_delete");
        await(id, "input_required");
        for (int i = 0; i < 2; i++) {
            assertThat(client.send("tasks/cancel", "{'taskId': '" + id + "'}").result().path("resultType").asString())
                    .isEqualTo("complete");
        }
        assertThat(get(id).path("status").asString()).isEqualTo("cancelled");
        var declined = begin("confirm_delete");
        await(declined, "input_required");
        update(declined, "{'confirm': {'action': 'decline'}}");
        assertThat(get(declined).path("status").asString()).isEqualTo("cancelled");
    }

    @Test
    void tasksOfOthersLookAsIfTheyWereNotThere() {
        var id = begin("confirm_delete");
        var bob = client.with("{'extensions': {'io.modelcontextprotocol/tasks': {}}}", new McpCaller("bob", true));
        for (var method : List.of("tasks/get", "tasks/update", "tasks/cancel")) {
            var foreign = bob.send(method, "{'taskId': '" + id + "'}");
            var unknown = bob.send(method, "{'taskId': '" + UUID.randomUUID() + "'}");
            var nonsense = bob.send(method, "{'taskId': 'x'}");
            assertThat(List.of(foreign.code(), unknown.code(), nonsense.code())).containsOnly(-32602);
            assertThat(foreign.error().path("message").asString().replace(id, "")).isEqualTo(nonsense.error()
                    .path("message").asString().replace("\"x\"", "\"\""));
            assertThat(bob.send(method, "{}").code()).isEqualTo(-32602);
        }
        assertThat(get(id).path("status").asString()).isEqualTo("working");
    }

    @Test
    void whoeverDoesNotKnowTasksGetsNone() {
        var plain = client.with("{}", Requests.ADA);
        assertThat(plain.callTool("slow_compute", "{'seconds': 0}").result().at("/content/0/text").asString())
                .startsWith("Computed");
        var required = plain.callTool("failing_job", "{}");
        assertThat(required.code()).isEqualTo(-32021);
        assertThat(required.error().at("/data/requiredCapabilities/extensions/io.modelcontextprotocol~1tasks")
                .isObject()).isTrue();
        assertThat(plain.send("tasks/get", "{'taskId': 'x'}").code()).isEqualTo(-32021);
    }
}
