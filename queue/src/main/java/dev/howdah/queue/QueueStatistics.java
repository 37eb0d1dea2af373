package dev.howdah.queue;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How the queue stands.
 *
 * @param byState all tasks that are kept; every state is present
 * @param byType tasks created in the last 24 hours
 * @param averageDuration of those that finished among the thousand tasks that ended last
 * @param oldestWait how long the oldest task that may run now has been waiting since it could
 * @param finishedLastMinute attempts finished in the last minute
 * @param waits of those same, from when they could run to their start; absent if the store does not keep it
 * @param runs of their last attempts
 */
public record QueueStatistics(Map<TaskState, Long> byState, Map<String, Long> byType,
        Optional<Duration> averageDuration, Optional<Duration> oldestWait, long finishedLastMinute,
        Optional<Percentiles> waits, Optional<Percentiles> runs) {
    /** Times that half, 95 % and 99 % of them do not exceed. */
    public record Percentiles(Duration p50, Duration p95, Duration p99) {}

    public QueueStatistics {
        byState = Map.copyOf(byState);
        byType = Map.copyOf(byType);
    }
}
