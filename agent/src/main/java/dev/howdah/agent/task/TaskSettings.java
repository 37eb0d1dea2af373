package dev.howdah.agent.task;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Setting;
import java.time.Duration;

/**
 * Limits of agents' tasks.
 *
 * @param retention how long a task is kept after its end
 * @param waitMax how long a caller waits for the outcome until it gets the task as it stands
 * @param messageMax characters of a message, or of one piece of an artifact, as JSON
 * @param eventsMax events of one task
 */
public record TaskSettings(Duration retention, Duration waitMax, int messageMax, int eventsMax) {
    public static final Setting<Duration> RETENTION = Setting.duration("howdah.agent.task-retention", "30d",
            "How long agents' tasks are kept after their end.");
    public static final Setting<Duration> WAIT_MAX = Setting.duration("howdah.agent.wait-max", "10m",
            "How long SendMessage waits for the outcome until it answers with the task as it stands.");
    public static final Setting<Integer> MESSAGE_MAX = Setting.integer("howdah.agent.message-max", 1_000_000, 1_000,
            100_000_000, "Characters of a message, or of one piece of an artifact, as JSON.");
    public static final Setting<Integer> EVENTS_MAX = Setting.integer("howdah.agent.events-max", 100_000, 10,
            10_000_000, "Events of one task.");

    /** As set by default. */
    public static TaskSettings defaults() {
        return new TaskSettings(Duration.ofDays(30), Duration.ofMinutes(10), 1_000_000, 100_000);
    }

    public static TaskSettings from(Configuration configuration) {
        return new TaskSettings(configuration.get(RETENTION), configuration.get(WAIT_MAX),
                configuration.get(MESSAGE_MAX), configuration.get(EVENTS_MAX));
    }
}
