package dev.howdah.agent.task;

import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.SendMessageRequest;
import java.util.Optional;

/** Who does the work of tasks. Thread-safe. */
public interface Agent {
    /**
     * Answers at once and without a task, which is neither stored nor seen by anybody else; most agents never do.
     *
     * @throws dev.howdah.postgres.HowdahException if the message cannot be for this agent; no task is made then
     */
    default Optional<Message> answer(Caller caller, SendMessageRequest request) {
        return Optional.empty();
    }

    /** What is going to work on a message, as far as it is known before; for lists. */
    default Optional<String> skillOf(SendMessageRequest request) {
        return Optional.empty();
    }

    /**
     * Works on a task. It may be called again for the same message after a crash. A thrown
     * {@link dev.howdah.postgres.InvalidInputException} rejects the task, an
     * {@link dev.howdah.postgres.UnavailableException} has it tried again, anything else fails it.
     *
     * @throws InterruptedException if the task was cancelled, or belongs to another process now
     */
    AgentOutcome run(AgentRun run) throws InterruptedException;
}
