package dev.howdah.agent.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillCategory;
import dev.howdah.agent.SkillRegistry;
import dev.howdah.agent.SkillResult;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.GetTaskRequest;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.Part;
import dev.howdah.agent.a2a.SendMessageRequest;
import dev.howdah.agent.a2a.StatusUpdate;
import dev.howdah.agent.a2a.Task;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.agent.a2a.TaskStream;
import dev.howdah.agent.task.AgentTasks;
import dev.howdah.agent.task.SkillAgent;
import dev.howdah.agent.task.TaskSettings;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.queue.PermanentFailure;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Worker;
import dev.howdah.workflow.Execution;
import dev.howdah.workflow.ExecutionStatus;
import dev.howdah.workflow.Executions;
import dev.howdah.workflow.NodeResult;
import dev.howdah.workflow.WorkflowSettings;
import dev.howdah.workflow.Workflows;
import dev.howdah.workflow.definition.WorkflowDefinition;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Workflows that are called as skills. */
class WorkflowSkillsTest {
    private static final Caller ADA = Caller.of("ada");
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String GREETING = """
        id: greeting
        skill:
          name: greet
          description: Greets whom it is told, when it may.
          input_schema: {type: object, required: [name], properties: {name: {type: string}}}
        nodes:
          - {id: begin, executor: echo, config: {ok: true}}
          - {id: go, type: signal, config: {name: go}, dependencies: [begin]}
          - {id: greet, executor: echo, config: {text: "Hello ${input.name}"}, dependencies: [go]}
        """;

    private final Database database = migrated();
    private final QueueSettings settings = QueueSettings.defaults().withPollInterval(Duration.ofMillis(50))
            .withRetry(Duration.ZERO, Duration.ZERO).withLease(Duration.ofSeconds(15), Duration.ofMillis(200));
    private final PostgresTaskQueue queue = new PostgresTaskQueue(database, settings);
    private final Workflows workflows = Workflows.open(database, queue, WorkflowSettings.defaults(),
            Map.of("echo", run -> NodeResult.of(run.config()), "fail", run -> {
                throw new PermanentFailure("the printer is out of paper");
            }), Map.of());
    private final WorkflowSkills published = new WorkflowSkills(queue);
    private final SkillRegistry skills = new SkillRegistry(List.of(fixed()), published);
    private final AgentTasks tasks = new AgentTasks(database, queue, new SkillAgent(skills, queue),
            TaskSettings.defaults(), Optional.empty());
    private final Worker worker = worker();

    private static Database migrated() {
        var database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("queue", "workflow", "knowledge", "agent")).up();
        return database;
    }

    private static Skill fixed() {
        var any = JsonMapper.shared().createObjectNode().put("type", "object");
        return new Skill("fixed", "Fixed", "Is always there.", SkillCategory.QUERY, any, any, Map.of(), false, false,
                input -> SkillResult.of(input));
    }

    private Worker worker() {
        var handlers = new HashMap<>(workflows.handlers());
        handlers.putAll(tasks.handlers());
        handlers.putAll(new SkillExecutions(database, queue, workflows, tasks).handlers());
        var started = new Worker(queue, settings, handlers);
        started.start();
        return started;
    }

    @AfterEach
    void close() {
        worker.stop(Duration.ofSeconds(1));
        tasks.close();
    }

    private void apply(String yaml) {
        published.open(workflows.definitions());
        workflows.definitions().apply(WorkflowDefinition.parse(yaml));
    }

    private static ConditionFactory soon() {
        return await().atMost(LONG).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20));
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    private static SendMessageRequest call(String skill, String input) {
        return SendMessageRequest.of(SkillAgent.message(skill, json(input)));
    }

    private Execution execution() {
        soon().until(() -> workflows.executions().list(Executions.Filter.newest(10)).size() == 1);
        return workflows.executions().list(Executions.Filter.newest(10)).getFirst();
    }

    private Task get(String id) {
        return tasks.get(ADA, new GetTaskRequest(id, OptionalInt.empty()));
    }

    @Test
    void theTaskShowsTheProgressOfTheExecutionAndEndsWithItsOutput() throws Exception {
        apply(GREETING);
        assertThat(skills.find("greet").orElseThrow().async()).isTrue();
        try (var stream = tasks.stream(ADA, call("greet", "{'name': 'Ada'}"))) {
            var id = ((Task) stream.next(LONG).orElseThrow().item()).id();
            until(stream, "1 of 3 nodes of greeting are done");
            workflows.signal(execution().id(), "go", json("{}"));
            soon().until(() -> get(id).status().state().isTerminal());
            var task = get(id);
            assertThat(task.status().state()).isEqualTo(TaskState.COMPLETED);
            assertThat(((Part.Content.Data) task.artifacts().getFirst().parts().getFirst().content()).data()
                    .path("result").path("greet").path("text").asString()).isEqualTo("Hello Ada");
        }
        soon().until(() -> number("SELECT count(*) FROM skill_executions") == 0);
    }

    private static void until(TaskStream stream, String said) throws InterruptedException {
        while (!(stream.next(LONG).orElseThrow().item() instanceof StatusUpdate update
                && update.status().message().map(Message::text).filter(said::equals).isPresent())) {
            assertThat(stream.isOver()).isFalse();
        }
    }

    private long number(String sql) {
        return database.withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }

    @Test
    void anExecutionThatFailsFailsTheTaskWithItsError() throws Exception {
        apply("""
            id: printing
            skill: {name: print, description: Prints.}
            nodes: [{id: paper, executor: fail}]
            """);
        var task = (Task) tasks.send(ADA, call("print", "{}"));
        assertThat(task.status().state()).isEqualTo(TaskState.FAILED);
        assertThat(task.status().message().orElseThrow().text()).contains("the printer is out of paper");
    }

    @Test
    void aTaskThatIsCancelledTakesTheExecutionWithIt() throws Exception {
        apply(GREETING);
        try (var stream = tasks.stream(ADA, call("greet", "{'name': 'Ada'}"))) {
            var id = ((Task) stream.next(LONG).orElseThrow().item()).id();
            until(stream, "1 of 3 nodes of greeting are done");
            tasks.cancel(ADA, id);
        }
        soon().until(() -> execution().status() == ExecutionStatus.CANCELLED);
    }

    @Test
    void inputThatDoesNotFitIsRejectedAndNothingStarts() throws Exception {
        apply(GREETING);
        var task = (Task) tasks.send(ADA, call("greet", "{'nome': 'Ada'}"));
        assertThat(task.status().state()).isEqualTo(TaskState.REJECTED);
        assertThat(workflows.executions().list(Executions.Filter.newest(10))).isEmpty();
        apply(GREETING.replace("[name]", "[nome]"));
        tasks.send(ADA, new SendMessageRequest(SkillAgent.message("greet", json("{'nome': 'Ada'}")),
                new SendMessageRequest.Configuration(List.of(), Optional.empty(), OptionalInt.empty(), true),
                Optional.empty()));
        assertThat(execution().workflowVersion()).isEqualTo(2);
    }

    @Test
    void aCallThatComesAgainAfterACrashIsTheSameExecution() throws Exception {
        apply(GREETING);
        var handler = skills.find("greet").orElseThrow().handler();
        var id = UUID.randomUUID();
        var run = new dev.howdah.agent.SkillRun() {
            @Override
            public Optional<UUID> taskId() {
                return Optional.of(id);
            }

            @Override
            public void progress(int percent, String message) {}

            @Override
            public void log(String line) {}

            @Override
            public void artifact(dev.howdah.agent.a2a.Artifact artifact, boolean append, boolean lastChunk) {}

            @Override
            public boolean isStopped() {
                return false;
            }

            @Override
            public Optional<Answers> answers() {
                return Optional.empty();
            }
        };
        var first = handler.handle(json("{'name': 'Ada'}"), run).taskId();
        assertThat(handler.handle(json("{'name': 'Ada'}"), run).taskId()).isEqualTo(first);
        soon().until(() -> queue.find(first.orElseThrow()).orElseThrow().state() == dev.howdah.queue.TaskState.FAILED); // no task of an agent has called it
        assertThat(workflows.executions().list(Executions.Filter.newest(10))).hasSize(1);
        assertThat(tasks.progress(id, 1, "no such task")).isFalse();
    }

    @Test
    void calledDirectlyItAnswersWithTheTaskThatWaits() {
        apply(GREETING);
        var result = skills.execute("greet", json("{'name': 'Ada'}"));
        workflows.signal(execution().id(), "go", json("{}"));
        soon().until(() -> queue.find(result.taskId().orElseThrow()).orElseThrow()
                .state() == dev.howdah.queue.TaskState.FINISHED);
        assertThat(queue.find(result.taskId().orElseThrow()).orElseThrow().result().map(JsonNode::toString).orElse(""))
                .contains("Hello Ada");
    }

    @Test
    void whatAnotherInstanceAppliesIsSeenAndFixedSkillsStay() {
        assertThat(skills.all()).extracting(Skill::name).containsExactly("fixed");
        published.open(workflows.definitions());
        var elsewhere = Workflows.open(database, queue, WorkflowSettings.defaults(),
                Map.of("echo", run -> NodeResult.of(run.config())), Map.of()).definitions();
        elsewhere.apply(WorkflowDefinition.parse(GREETING));
        elsewhere.apply(WorkflowDefinition.parse(GREETING.replace("greeting", "other")
                .replace("name: greet\n", "name: fixed\n")));
        soon().until(() -> skills.all().size() == 2);
        assertThat(skills.all()).extracting(Skill::name).containsExactly("fixed", "greet");
        assertThat(skills.find("fixed").orElseThrow().displayName()).isEqualTo("Fixed");
        workflows.definitions().apply(WorkflowDefinition.parse("{\"id\": \"greeting\", \"nodes\": [{\"id\": \"a\", "
                + "\"executor\": \"echo\"}]}"));
        assertThat(skills.find("greet")).as("at once in the process that has applied it").isEmpty();
    }
}
