package dev.howdah.workflow;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * What this process has committed to executions of definitions since it started, by type of event. Programs are not among
 * them. Thread-safe.
 */
public final class WorkflowCounts {
    /** The events that are counted. */
    public static final List<String> EVENTS = List.of("workflow_started", "workflow_completed", "workflow_failed",
            "workflow_cancelled", "node_completed", "node_failed");

    private final Map<String, LongAdder> counts = EVENTS.stream().collect(Collectors.toUnmodifiableMap(event -> event,
            event -> new LongAdder()));

    WorkflowCounts() {}

    /** How many events of a type there were; 0 for one that is not counted. */
    public long of(String event) {
        var count = counts.get(event);
        return count == null ? 0 : count.sum();
    }

    void add(String event) {
        var count = counts.get(event);
        if (count != null) {
            count.increment();
        }
    }
}
