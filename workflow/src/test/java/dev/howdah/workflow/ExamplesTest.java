package dev.howdah.workflow;

import dev.howdah.workflow.example.BuiltInWorkflows;
import dev.howdah.workflow.example.PhaseHandlers;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The workflows that ship, run by the engine with the handlers that need no language model. */
class ExamplesTest {
    private final Running running = new Running(PhaseHandlers.all());

    @AfterEach
    void close() {
        running.close();
    }

    @Test
    void endInArtifactsThatAPersonCanRead() throws Exception {
        BuiltInWorkflows.all().forEach(running.workflows.definitions()::apply);
        for (var workflow : List.of("sdlc_linear", "sdlc_parallel")) {
            var id = running.workflows.start(NewExecution.of(workflow, Engine.object().put("requirement",
                    "Users can write notes with title and text. Users can search notes by title.")));
            var execution = running.end(id);
            assertThat(execution.status()).as(workflow + " " + execution.error()).isEqualTo(ExecutionStatus.COMPLETED);
            assertThat(running.workflows.executions().nodes(id)).as(workflow).hasSize(6);
            assertThat(names(id)).contains("requirements.md", "design.md", "review.md");
        }
        var definition = running.workflows.definitions().latest("dog-marketplace").orElseThrow().definition();
        var id = running.workflows
                .start(NewExecution.of("dog-marketplace", definition.metadata().path("example_input")));
        var execution = running.end(id);
        assertThat(execution.status()).as(execution.error().orElse("")).isEqualTo(ExecutionStatus.COMPLETED);
        assertThat(running.node(id, "sign_off").status()).isEqualTo(NodeStatus.SKIPPED);
        assertThat(running.node(id, "withdraw").status()).isEqualTo(NodeStatus.PENDING);
        assertThat(names(id)).contains("requirements.md", "design.md", "schema.sql", "index.html", "review.md");
        assertThat(running.gaps()).isZero();
    }

    @Test
    void waitsForASignOffAndWithdrawsWhatIsNotApproved() {
        BuiltInWorkflows.all().forEach(running.workflows.definitions()::apply);
        var definition = running.workflows.definitions().latest("dog-marketplace").orElseThrow().definition();
        var input = ((tools.jackson.databind.node.ObjectNode) definition.metadata().path("example_input").deepCopy())
                .put("sign_off", true);
        var id = running.workflows.start(NewExecution.of("dog-marketplace", input));
        running.awaitNode(id, "sign_off", NodeStatus.WAITING);
        running.workflows.review(id, "sign_off", new Review(false, "ada", "the photos are missing"));
        assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.FAILED);
        assertThat(running.node(id, "withdraw").status()).isEqualTo(NodeStatus.COMPLETED);
    }

    private List<String> names(UUID execution) {
        return running.workflows.artifacts().list(execution, Optional.empty(), 1000).stream().map(Artifact::name)
                .toList();
    }
}
