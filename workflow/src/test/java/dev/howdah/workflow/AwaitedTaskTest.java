package dev.howdah.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.queue.Completion;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.PermanentFailure;
import dev.howdah.queue.TaskState;
import dev.howdah.workflow.definition.NodeType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Nodes whose handlers leave the work to a task: they wait for it without holding anything. */
class AwaitedTaskTest {
    private static final String FAR = "far.away";
    private static final String ASKING = """
        id: asking
        nodes:
          - {id: ask, type: agent, config: {agent: helper, message: "Hello ${input.name}"}}
          - {id: after, executor: echo, dependencies: [ask], config: {heard: "${outputs.ask.text}"}}
        """;

    private final Running running = new Running(Running.migrated(),
            Map.of("known", this::known, "fail", AwaitedTaskTest::fail),
            WorkflowSettings.defaults(), Map.of(NodeType.AGENT, new Agents()));

    /** Leaves the work to a task that nobody here runs. */
    private static final class Agents implements NodeHandler {
        @Override
        public boolean takes(String name) {
            return name.equals("helper");
        }

        @Override
        public NodeAnswer handle(NodeRun run) {
            return new NodeAnswer.UntilNewTask(NewTask.of(FAR, run.config()));
        }
    }

    private NodeAnswer known(NodeRun run) {
        return new NodeAnswer.UntilTask(UUID.fromString(run.config().path("task").asString()),
                Running.json("{'status': 'enqueued'}"));
    }

    private static NodeAnswer fail(NodeRun run) {
        throw new PermanentFailure("no");
    }

    @AfterEach
    void close() {
        running.close();
    }

    private UUID waiting(String workflow, String input, String node) {
        var id = running.start(workflow, input);
        running.awaitNode(id, node, NodeStatus.WAITING);
        return id;
    }

    private void finishFar(String result) {
        var claimed = running.queue.claim("far", Set.of(FAR), 1, Duration.ofMinutes(1)).getFirst();
        running.queue.complete(List.of(new Completion.Finished(claimed, Running.json(result))));
    }

    @Test
    void theResultOfTheTaskIsTheOutputOfTheNode() {
        running.apply(ASKING);
        var id = waiting("asking", "{'name': 'Ada'}", "ask");
        var task = running.queue.find(running.node(id, "ask").taskId().orElseThrow()).orElseThrow();
        assertThat(task.type()).isEqualTo(FAR);
        finishFar("{'text': 'Good day'}");
        assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.COMPLETED);
        assertThat(running.node(id, "after").outputs().map(JsonNode::toString))
                .contains("{\"heard\":\"Good day\"}");
    }

    @Test
    void cancellingTheExecutionCancelsTheTaskOfTheNode() {
        running.apply(ASKING);
        var id = waiting("asking", "{'name': 'Ada'}", "ask");
        var task = running.node(id, "ask").taskId().orElseThrow();
        running.workflows.cancel(id, "enough");
        assertThat(running.queue.find(task).orElseThrow().state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void anExecutionThatFailsElsewhereCancelsTheTaskToo() {
        running.apply("""
            id: two
            nodes:
              - {id: ask, type: agent, config: {agent: helper, message: hi}}
              - {id: go, type: signal, config: {name: go}}
              - {id: fails, executor: fail, dependencies: [go]}
              - {id: join, executor: echo, dependencies: [ask, fails]}
            """);
        var id = waiting("two", "{}", "ask");
        running.awaitNode(id, "go", NodeStatus.WAITING);
        var task = running.node(id, "ask").taskId().orElseThrow();
        running.workflows.signal(id, "go", Running.json("{}"));
        assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.FAILED);
        assertThat(running.queue.find(task).orElseThrow().state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void aTaskThatWasThereBeforeIsWaitedForAndGoesOnWithoutTheNode() {
        running.apply("{id: known, nodes: [{id: wait, executor: known, config: {task: \"${input.task}\"}}]}");
        var first = running.queue.enqueue(NewTask.of(FAR, Running.json("{}")));
        var id = waiting("known", "{'task': '" + first + "'}", "wait");
        finishFar("{'n': 1}");
        assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.COMPLETED);
        assertThat(running.node(id, "wait").outputs())
                .contains(Running.json("{'answer': {'status': 'enqueued'}, 'result': {'n': 1}}"));

        var second = running.queue.enqueue(NewTask.of(FAR, Running.json("{}")));
        var cancelled = waiting("known", "{'task': '" + second + "'}", "wait");
        running.workflows.cancel(cancelled, "");
        assertThat(running.queue.find(second).orElseThrow().state()).isEqualTo(TaskState.QUEUED);
    }

    @Test
    void whatAnEarlierAttemptWaitedForDoesNotEndALaterOne() {
        running.apply(ASKING);
        var id = waiting("asking", "{'name': 'Ada'}", "ask");
        var first = running.node(id, "ask").taskId().orElseThrow();
        running.workflows.cancel(id, "");
        running.workflows.retry(id);
        running.awaitNode(id, "ask", NodeStatus.WAITING);
        assertThat(running.node(id, "ask").taskId()).isNotEqualTo(Optional.of(first));
        finishFar("{'text': 'second'}");
        assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.COMPLETED);
        assertThat(running.node(id, "ask").outputs().orElseThrow().path("text").asString()).isEqualTo("second");
    }

    @Test
    void aTaskThatFailsOrBreaksTheContractFailsTheNode() {
        running.apply("""
            id: strict
            nodes:
              - {id: ask, type: agent, config: {agent: helper, message: hi},
                 output_contract: {type: object, required: [total]}}
            """);
        var broken = waiting("strict", "{}", "ask");
        finishFar("{'text': 'no total'}");
        assertThat(running.end(broken).status()).isEqualTo(ExecutionStatus.FAILED);
        assertThat(running.node(broken, "ask").error().orElseThrow()).contains("/total is missing");
        var failed = waiting("strict", "{}", "ask");
        var claimed = running.queue.claim("far", Set.of(FAR), 1, Duration.ofMinutes(1)).getFirst();
        running.queue.complete(List.of(new Completion.Failed(claimed, "the agent says no", false)));
        assertThat(running.end(failed).error().orElseThrow()).contains("the agent says no");
    }

    @Test
    void anAgentThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> running.apply(ASKING.replace("agent: helper", "agent: nobody")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("nodes[0].config.agent: there is no agent \"nobody\"");
    }

    @Test
    void publishedSkillsAreThoseOfTheNewestVersionsAndHaveANameOfTheirOwn() {
        running.apply(published("greeting", "greet"));
        assertThat(running.workflows.definitions().published()).extracting(version -> version.definition().id())
                .containsExactly("greeting");
        var revision = running.workflows.definitions().revision();
        assertThatThrownBy(() -> running.apply(published("other", "greet")))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("greeting is published as \"greet\"");
        assertThat(running.workflows.definitions().revision()).isEqualTo(revision);
        running.apply("{id: greeting, nodes: [{id: a, executor: echo}]}");
        assertThat(running.workflows.definitions().published()).isEmpty();
        assertThat(running.workflows.definitions().revision()).isNotEqualTo(revision);
        running.apply(published("other", "greet"));
    }

    private static String published(String id, String skill) {
        return "{id: " + id + ", skill: {name: " + skill + ", description: Greets.}, nodes: [{id: a, executor: echo}]}";
    }
}
