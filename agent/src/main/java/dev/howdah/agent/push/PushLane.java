package dev.howdah.agent.push;

import dev.howdah.postgres.Transaction;
import dev.howdah.queue.NewTask;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
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

    /**
     * Against the end of a lane: who adds to it holds its configuration as long as its transaction lasts, and the lane's
     * task ends or goes to sleep only while it holds it alone. Otherwise what is added in between would wait for nobody.
     */
    static final String HOLD = """
        SELECT task_id, id AS config_id
          FROM push_configs
         WHERE task_id = ANY (:tasks)
         ORDER BY task_id, id
           FOR KEY SHARE
        """;

    /** Holds all lanes of these tasks. */
    static List<PushLane> hold(Transaction tx, Collection<UUID> tasks) {
        return tx.handle().createQuery(HOLD).bind("tasks", tasks.stream().distinct().toArray(UUID[]::new))
                .map((row, context) -> of(row)).stream().collect(Collectors.toCollection(ArrayList::new));
    }

    static PushLane of(ResultSet row) throws SQLException {
        return new PushLane(row.getObject("task_id", UUID.class), row.getString("config_id"));
    }

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
