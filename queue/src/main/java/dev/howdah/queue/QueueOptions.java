package dev.howdah.queue;

import dev.howdah.postgres.InvalidInputException;
import java.time.Duration;
import java.util.Optional;

/**
 * What holds for a queue.
 *
 * @param limits of the queue as a whole
 * @param partitionLimits of each of its partitions
 * @param ageing a task that waits gains one priority each time, 1 s to 30 days; absent means never
 * @param durable whether enqueueing waits for the disk; without, a crash of the database server may lose what was enqueued
 *        in the second before
 */
public record QueueOptions(QueueLimits limits, QueueLimits partitionLimits, Optional<Duration> ageing,
        boolean durable) {
    /** As a queue is from its first task on. */
    public static final QueueOptions NONE = new QueueOptions(QueueLimits.NONE, QueueLimits.NONE, Optional.empty(),
            true);

    public QueueOptions {
        if (ageing.filter(each -> each.compareTo(Duration.ofSeconds(1)) < 0 || each.compareTo(Duration.ofDays(30)) > 0)
                .isPresent()) {
            throw new InvalidInputException("queue-options-invalid", "ageing", ageing.get() + " is out of range",
                    "use 1s to 30d");
        }
    }

    public QueueOptions withLimits(QueueLimits value) {
        return new QueueOptions(value, partitionLimits, ageing, durable);
    }

    public QueueOptions withPartitionLimits(QueueLimits value) {
        return new QueueOptions(limits, value, ageing, durable);
    }

    public QueueOptions withAgeing(Duration value) {
        return new QueueOptions(limits, partitionLimits, Optional.of(value), durable);
    }

    /** Enqueueing does not wait for the disk. */
    public QueueOptions withoutDurability() {
        return new QueueOptions(limits, partitionLimits, ageing, false);
    }
}
