package dev.howdah.workflow;

import java.util.UUID;

final class ExecutionEvents {
    static String topic(UUID id) {
        return "executions-" + Math.floorMod(id.hashCode(), 64);
    }
}
