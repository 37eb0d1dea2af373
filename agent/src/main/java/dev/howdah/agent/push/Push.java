package dev.howdah.agent.push;

import dev.howdah.agent.a2a.PushConfig;
import dev.howdah.agent.a2a.PushConfigPage;
import dev.howdah.agent.http.OutboundHttp;
import dev.howdah.agent.task.PushNotifications;
import dev.howdah.agent.task.TaskEvent;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.Transaction;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskQueue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Push notifications that survive: where they go, what is posted, and who posts it. Tokens and credentials are sealed where
 * they are stored, and credentials are never told again. Thread-safe.
 *
 * <pre>{@code
 * var push = new Push(database, queue, outbound, PushSettings.defaults(), queueSettings);
 * var tasks = new AgentTasks(database, queue, agent, TaskSettings.defaults(), Optional.of(push));
 * var worker = new Worker(queue, queueSettings, push.handlers());
 * }</pre>
 */
public final class Push implements PushNotifications {
    /** Places that events of one task are posted to. */
    public static final int CONFIGS_MAX = PushConfigs.CONFIGS_MAX;

    private final PushConfigs configs;
    private final PushDeliveries deliveries;
    private final PushSender sender;
    private final PushUpkeep upkeep;

    /**
     * Reads nothing yet.
     *
     * @param queue one whose tasks commit together with rows
     * @param http guards the addresses that clients give
     * @param keys with what tokens and credentials are sealed
     */
    public Push(Database database, TaskQueue queue, OutboundHttp http, PushSettings settings, QueueSettings keys) {
        var secrets = new PushSecrets(keys, settings.plainSecrets());
        this.configs = new PushConfigs(database, http, secrets);
        this.deliveries = new PushDeliveries(database, queue);
        this.sender = new PushSender(database, queue, http, settings, secrets);
        this.upkeep = new PushUpkeep(deliveries);
    }

    /** What is posted, and how far it has come. */
    public PushDeliveries deliveries() {
        return deliveries;
    }

    /** To be given to a {@link dev.howdah.queue.Worker}, by task type. */
    public Map<String, TaskHandler> handlers() {
        return Map.of(PushLane.TASK_TYPE, sender::handle);
    }

    /** What has to be done now and then. */
    public PushUpkeep upkeep() {
        return upkeep;
    }

    /**
     * Events that happen from now on are posted there. The address is checked as far as that is possible without a
     * connection; every connection checks it again.
     *
     * @throws LimitExceededException if the task has {@link #CONFIGS_MAX} others
     */
    @Override
    public PushConfig put(Transaction tx, UUID taskId, PushConfig config) {
        return configs.put(tx, taskId, config);
    }

    /** Without its credentials. */
    @Override
    public Optional<PushConfig> find(UUID taskId, String id) {
        return configs.find(taskId, id);
    }

    /** By id, without their credentials. */
    @Override
    public PushConfigPage list(UUID taskId, int pageSize, String pageToken) {
        return configs.list(taskId, pageSize, pageToken);
    }

    /** What was still to be posted there is discarded. One that is not there is no error. */
    @Override
    public void delete(UUID taskId, String id) {
        configs.delete(taskId, id);
    }

    /** Writes a delivery for each event and place of its task, and the tasks that send them. */
    @Override
    public void stored(Transaction tx, List<TaskEvent> events) {
        deliveries.add(tx, events);
    }
}
