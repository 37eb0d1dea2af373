package dev.howdah.agent.task;

import dev.howdah.agent.a2a.PushConfig;
import dev.howdah.agent.a2a.PushConfigPage;
import dev.howdah.postgres.Transaction;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Who posts events of tasks to where clients want them. Callers have checked whom the task belongs to. Thread-safe. */
public interface PushNotifications {
    /**
     * Stores where events are to go, in the caller's transaction; one with the same id is replaced.
     *
     * @param config its id may be empty: one is made then
     * @throws dev.howdah.postgres.InvalidInputException if nothing may be posted to that address
     */
    PushConfig put(Transaction tx, UUID taskId, PushConfig config);

    Optional<PushConfig> find(UUID taskId, String id);

    /** By pages; 0 for the usual size. */
    PushConfigPage list(UUID taskId, int pageSize, String pageToken);

    void delete(UUID taskId, String id);

    /**
     * To be called in the transaction that stores events: whatever is to be posted is noted in it.
     *
     * @param events of any number of tasks
     */
    void stored(Transaction tx, List<TaskEvent> events);
}
