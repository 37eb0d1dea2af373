package dev.howdah.agent.push;

import dev.howdah.queue.NewTask;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Deliveries of one task to one place: they are sent in order, one at a time, by one task of the queue, which its key keeps
 * unique while it is queued or started.
 */
record PushLane(UUID taskId, String configId) {
    static final String TASK_TYPE = "agent.push";
    /** A queue of its own, so that it can be limited and paused. */
    private static final String QUEUE = "agent.push";
    /** Attempts that are lost with their process; failures of a receiver do not count here. */
    private static final int ATTEMPTS_MAX = 100;

    static PushLane of(JsonNode payload) {
        return new PushLane(UUID.fromString(payload.path("task_id").asString()),
                payload.path("config_id").asString());
    }

    /** What sends them. */
    NewTask task() {
        return NewTask.of(TASK_TYPE, JsonMapper.shared().createObjectNode().put("task_id", taskId.toString())
                .put("config_id", configId))
                .withQueue(QUEUE).withKey(TASK_TYPE + ":" + taskId + "/" + configId).withMaxAttempts(ATTEMPTS_MAX);
    }

    /** The same, also if it waits for a later time already. */
    NewTask taskNow() {
        return task().withOnConflict(NewTask.OnConflict.RESCHEDULE);
    }
}
