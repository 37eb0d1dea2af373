package dev.howdah.workflow;

/**
 * One of several things that a workflow does side by side. Its steps are kept under its name.
 *
 * @param name unique among the branches; like the name of a step
 */
public record Branch<T>(String name, Work<T> work) {
    /** What a branch does. */
    @FunctionalInterface
    public interface Work<T> {
        /** Runs on a thread of its own, with a context of its own. */
        T run(WorkflowContext context) throws Exception;
    }

    public static <T> Branch<T> of(String name, Work<T> work) {
        return new Branch<>(name, work);
    }
}
