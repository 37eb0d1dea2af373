package dev.howdah.agent;

import dev.howdah.agent.a2a.Artifact;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** One run of a skill, as its handler sees it. What it tells is stored before anybody sees it. Thread-safe. */
public interface SkillRun {
    /**
     * Tells how far the work has come.
     *
     * @param percent 0 to 100
     */
    void progress(int percent, String message);

    /** Adds a line to the task's log. */
    void log(String line);

    /**
     * Hands out something that was made, or a further piece of it.
     *
     * @param append whether its parts go behind those of the artifact with the same id
     * @param lastChunk whether nothing more comes for this artifact
     */
    void artifact(Artifact artifact, boolean append, boolean lastChunk);

    /** Whether the handler should stop; its thread is interrupted as well. */
    boolean isStopped();

    /** The agent's task that it is part of, which is the same if it runs again after a crash; absent outside of one. */
    default Optional<UUID> taskId() {
        return Optional.empty();
    }

    /** The answers to what {@link SkillResult#asking} asked for; absent in the first run. */
    Optional<Answers> answers();

    /**
     * What was answered.
     *
     * @param values by the keys of the questions
     * @param state what the handler gave with them
     */
    record Answers(JsonNode values, JsonNode state) {}

    /** A run that nobody watches: what it tells is dropped. */
    static SkillRun detached() {
        return DetachedRun.INSTANCE;
    }
}
