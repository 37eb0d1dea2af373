package dev.howdah.workflow.definition;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What shape a workflow's graph has. */
public enum WorkflowType {
    /** A chain: each node but the first depends on exactly the one before. */
    LINEAR,
    /** Any graph without cycles. */
    PARALLEL,
    /** Any graph without cycles. */
    CUSTOM;

    /** Its name in JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type with this name in JSON. */
    public static Optional<WorkflowType> of(String label) {
        return Arrays.stream(values()).filter(type -> type.label().equals(label.strip().toLowerCase(Locale.ROOT)))
                .findFirst();
    }
}
