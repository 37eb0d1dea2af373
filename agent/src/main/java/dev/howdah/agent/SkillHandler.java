package dev.howdah.agent;

import dev.howdah.postgres.UnavailableException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs a skill. One that only answers is a function of its input; one that takes its time, makes things on the way or asks
 * back is made by {@link #running}. It may be called again with the same input after a crash.
 */
@FunctionalInterface
public interface SkillHandler {
    /**
     * Runs on the caller's thread.
     *
     * @param input valid by the skill's input schema, with the documented names
     */
    SkillResult handle(ObjectNode input);

    /**
     * The same with something to tell on the way.
     *
     * @throws InterruptedException if the task was cancelled or belongs to another process now
     */
    default SkillResult handle(ObjectNode input, SkillRun run) throws InterruptedException {
        return handle(input);
    }

    /** What such a skill does. */
    @FunctionalInterface
    interface Work {
        SkillResult run(ObjectNode input, SkillRun run) throws InterruptedException;
    }

    /** A handler that needs its run; called directly, what it tells on the way is dropped. */
    static SkillHandler running(Work work) {
        return new SkillHandler() {
            @Override
            public SkillResult handle(ObjectNode input) {
                try {
                    return work.run(input, SkillRun.detached());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new UnavailableException("skill-interrupted",
                            "the skill was interrupted, since the server stops",
                            "call it again", e);
                }
            }

            @Override
            public SkillResult handle(ObjectNode input, SkillRun run) throws InterruptedException {
                return work.run(input, run);
            }
        };
    }
}
