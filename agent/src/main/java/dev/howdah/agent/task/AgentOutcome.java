package dev.howdah.agent.task;

import dev.howdah.agent.a2a.Message;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** What a run has come to. */
public sealed interface AgentOutcome {
    /** Done. */
    record Completed(Optional<Message> message) implements AgentOutcome {}

    /** It did not work, and trying again would not help. */
    record Failed(Message message) implements AgentOutcome {}

    /** The agent will not do it. */
    record Rejected(Message message) implements AgentOutcome {}

    /**
     * The client has to say something first.
     *
     * @param forAuthorization whether what is missing is a permission
     * @param continuation given back with the answer
     */
    record Asking(Message message, boolean forAuthorization, JsonNode continuation) implements AgentOutcome {}

    /**
     * A task of the queue goes on with the work; the agent is run again when it has ended. Nothing waits meanwhile.
     *
     * @param continuation given back then
     */
    record Waiting(UUID queueTask, JsonNode continuation) implements AgentOutcome {}

    /** Done, with nothing to say besides what was made. */
    static AgentOutcome completed() {
        return new Completed(Optional.empty());
    }
}
