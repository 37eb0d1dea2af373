package dev.howdah.workflow;

import dev.howdah.workflow.definition.NodeType;
import dev.howdah.queue.NewTask;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** What an attempt of a node has come to; the engine makes it so in one transaction. */
sealed interface Outcome {
    /**
     * It is done.
     *
     * @param output as it is to be stored
     * @param uploads its artifacts, ready to be stored
     */
    record Done(NodeResult result, String output, List<Artifacts.Upload> uploads) implements Outcome {}

    /** The attempt failed. */
    record Failed(String type, String message, boolean retryable) implements Outcome {}

    /** It was not to be run. */
    record Skipped(String why) implements Outcome {}

    /** It goes on at a time. */
    record UntilTime(Instant due) implements Outcome {}

    /** It goes on after a while. */
    record UntilPassed(Duration time) implements Outcome {}

    /** It goes on with a message from outside. */
    record UntilSignal(String name, Optional<Duration> timeout) implements Outcome {}

    /** It goes on when a person has decided. */
    record UntilReviewed(String prompt, Optional<Duration> due) implements Outcome {}

    /** It goes on when another execution has ended. */
    record UntilExecution(String workflow, Optional<Integer> version, JsonNode input) implements Outcome {}

    /** It goes on when a task has ended, which is enqueued with this outcome and cancelled with the node. */
    record UntilNewTask(NewTask task) implements Outcome {}

    /**
     * It goes on when a task has ended that is there already.
     *
     * @param answer becomes part of the output
     */
    record UntilTask(UUID task, JsonNode answer) implements Outcome {}

    /**
     * Its children run, at most so many at a time.
     */
    record Expanded(List<Child> children, int concurrency) implements Outcome {
        record Child(String id, NodeType type, Optional<JsonNode> item) {}
    }
}
