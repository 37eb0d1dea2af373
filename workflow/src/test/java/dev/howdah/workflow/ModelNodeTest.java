package dev.howdah.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.queue.CurrentTask;
import dev.howdah.workflow.definition.NodeType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Nodes of a type that one handler runs. */
class ModelNodeTest {
    private static final String RATING = """
        id: rating
        nodes: [{id: rate, type: model, config: {prompt: "Rate ${input.text}", system: Be fair.}}]
        """;

    private final Map<String, Boolean> hasTask = new ConcurrentHashMap<>();

    private NodeResult answer(NodeRun run) {
        hasTask.put(run.nodeId(), CurrentTask.id().isPresent());
        return NodeResult.of(Running.json("{'text': '" + run.config().path("prompt").asString() + "!'}"));
    }

    @Test
    void theHandlerOfTheTypeRunsThemWithTheirTask() {
        try (var running = new Running(Running.migrated(), Map.of(), WorkflowSettings.defaults(),
                Map.of(NodeType.MODEL, this::answer))) {
            running.apply(RATING);
            var id = running.start("rating", "{'text': 'this'}");
            assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.COMPLETED);
            assertThat(running.node(id, "rate").outputs().orElseThrow().path("text").asString())
                    .isEqualTo("Rate this!");
            assertThat(hasTask).containsEntry("rate", true);
        }
    }

    @Test
    void withoutOneTheyAreRefusedAndThoseThatAreThereFail() {
        var database = Running.migrated();
        try (var running = new Running(database, Map.of(), WorkflowSettings.defaults(),
                Map.of(NodeType.MODEL, this::answer))) {
            running.apply(RATING);
        }
        try (var running = new Running(database, Map.of(), WorkflowSettings.defaults())) {
            assertThatThrownBy(() -> running.apply(RATING.replace("rating", "other")))
                    .isInstanceOf(InvalidInputException.class).hasMessageContaining("no language model is configured");
            var id = running.start("rating", "{'text': 'this'}");
            assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.FAILED);
            assertThat(running.node(id, "rate").error().orElseThrow()).contains("no language model is configured");
        }
    }
}
