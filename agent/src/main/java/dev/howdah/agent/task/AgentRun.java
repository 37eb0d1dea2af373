package dev.howdah.agent.task;

import dev.howdah.agent.a2a.Artifact;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.TaskState;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** One run of an agent on a task. What it tells is durable when the method returns. Thread-safe. */
public interface AgentRun {
    UUID taskId();

    String contextId();

    /** Whom the task belongs to. */
    String owner();

    /** What {@link Agent#skillOf} said when the task began. */
    Optional<String> skill();

    /** What the client has sent to this task, oldest first; the last one is what is to be worked on. */
    List<Message> messages();

    /** The last of them. */
    default Message message() {
        return messages().getLast();
    }

    /** What the run before gave, when it asked or waited. */
    Optional<JsonNode> continuation();

    /** The number of this attempt, from 1. */
    int attempt();

    /**
     * Tells that the work goes on.
     *
     * @param state not a final one
     */
    void status(TaskState state, Optional<Message> message);

    /** Tells how far the work has come, 0 to 100. */
    void progress(int percent, String message);

    /** Adds a line to the log of the queue's task. */
    void log(String line);

    /**
     * Hands out something that was made, or a further piece of it.
     *
     * @param append whether its parts go behind those of the artifact with the same id
     * @param lastChunk whether nothing more comes for this artifact
     */
    void artifact(Artifact artifact, boolean append, boolean lastChunk);

    /** Whether to stop: the task was cancelled, or belongs to another process; its thread is interrupted as well. */
    boolean isStopped();
}
