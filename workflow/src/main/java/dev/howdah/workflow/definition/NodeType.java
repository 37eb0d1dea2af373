package dev.howdah.workflow.definition;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a node does. */
public enum NodeType {
    /** A phase of software development: runs the handler that its executor names. */
    PHASE,
    /** Runs the handler that its executor names. */
    TASK("custom"),
    /** Sends an HTTP request: {@code url}, {@code method}, {@code query}, {@code headers}, {@code body}, {@code expect}. */
    HTTP,
    /** Runs the skill that its executor names. */
    SKILL,
    /** Asks a language model {@code prompt}, by the rules of {@code system}; with a {@code schema} for JSON that fits it. */
    MODEL,
    /**
     * Has {@code agent}, which is remote, do something: {@code message}, or {@code skill} with {@code input}; at most for
     * {@code timeout}.
     */
    AGENT,
    /** Evaluates {@code expression}; its output is {@code {"result": true}} or false. */
    CONDITION("conditional"),
    /** Runs {@code node} for each element that {@code items} gives, at most {@code concurrency} at a time. */
    MAP,
    /** Runs {@code nodes}, which do not depend on each other, at most {@code concurrency} at a time. */
    PARALLEL_GROUP,
    /** Starts an execution of {@code workflow}, maybe of a {@code version}, with {@code input}, and waits for its end. */
    SUB_WORKFLOW,
    /** Waits for a {@code duration} or {@code until} a point in time. */
    WAIT,
    /** Waits for the signal {@code name}, at most {@code timeout}. */
    SIGNAL,
    /** Waits for a person: {@code prompt}, {@code due}, {@code on_due}, {@code on_reject}. */
    HUMAN_REVIEW,
    /** Undoes node {@code of} by {@code run} when the execution has failed after that node completed. */
    COMPENSATE;

    private final String alias;

    NodeType() {
        this("");
    }

    NodeType(String alias) {
        this.alias = alias;
    }

    /** Its name in JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type with this name in JSON, or with an older one ({@code custom}, {@code conditional}). */
    public static Optional<NodeType> of(String label) {
        var wanted = label.strip().toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(type -> type.label().equals(wanted) || (!wanted.isEmpty() && type.alias.equals(wanted)))
                .findFirst();
    }

    /** Whether a handler or skill runs it, which its executor names. */
    public boolean hasExecutor() {
        return this == PHASE || this == TASK || this == SKILL;
    }
}
