package dev.howdah.workflow;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Setting;
import java.time.Duration;
import java.util.Map;

/**
 * How much executions may hold and how long they are kept.
 *
 * @param inputMax characters of an execution's input, as text
 * @param outputMax characters of a node's output, as text
 * @param mapItemsMax items of one map
 * @param artifactMax bytes of one artifact
 * @param retention how long ended executions are kept
 * @param keep how many ended executions of one workflow are kept, the newest; 0 for all
 */
public record WorkflowSettings(int inputMax, int outputMax, int mapItemsMax, long artifactMax, Duration retention,
        int keep) {
    public static final Setting<Integer> INPUT_MAX = Setting.integer("howdah.workflow.input-max", 5 << 20, 1, 64 << 20,
            "Characters of an execution's input, as text.");
    public static final Setting<Integer> OUTPUT_MAX = Setting.integer("howdah.workflow.output-max", 1 << 20, 1,
            64 << 20,
            "Characters of a node's output, as text; a node that makes more fails.");
    public static final Setting<Integer> MAP_ITEMS_MAX = Setting.integer("howdah.workflow.map-items-max", 100_000, 1,
            1_000_000, "Items of one map.");
    public static final Setting<Integer> ARTIFACT_MAX = Setting.integer("howdah.workflow.artifact-max", 100 << 20, 1,
            1 << 30, "Bytes of one artifact.");
    public static final Setting<Duration> RETENTION = Setting.duration("howdah.workflow.retention", "30d",
            "How long ended executions are kept, with their nodes, events and artifacts.");
    public static final Setting<Integer> KEEP = Setting.integer("howdah.workflow.keep", 0, 0, Integer.MAX_VALUE,
            "How many ended executions of one workflow are kept, the newest; 0 for all.");

    /** The defaults. */
    public static WorkflowSettings defaults() {
        return from(Configuration.of(Map.of()));
    }

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static WorkflowSettings from(Configuration configuration) {
        return new WorkflowSettings(configuration.get(INPUT_MAX), configuration.get(OUTPUT_MAX),
                configuration.get(MAP_ITEMS_MAX), configuration.get(ARTIFACT_MAX), configuration.get(RETENTION),
                configuration.get(KEEP));
    }

    public WorkflowSettings withOutputMax(int value) {
        return new WorkflowSettings(inputMax, value, mapItemsMax, artifactMax, retention, keep);
    }

    public WorkflowSettings withInputMax(int value) {
        return new WorkflowSettings(value, outputMax, mapItemsMax, artifactMax, retention, keep);
    }

    public WorkflowSettings withRetention(Duration age, int count) {
        return new WorkflowSettings(inputMax, outputMax, mapItemsMax, artifactMax, age, count);
    }
}
