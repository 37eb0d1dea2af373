package dev.howdah.queue;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import java.util.ArrayList;
import java.util.Optional;

/**
 * What holds a queue back, over all workers together. Exact: claims of a limited queue take turns.
 *
 * @param concurrency tasks started at once, 1 to 100,000; absent means no limit
 * @param rate tasks claimed per second on average, above 0 to 100,000; absent means no limit
 * @param burst tasks that may be claimed at once after a pause, 1 to 100,000; goes with the rate
 */
public record QueueLimits(Optional<Integer> concurrency, Optional<Double> rate, Optional<Integer> burst) {
    /** No limit at all. */
    public static final QueueLimits NONE = new QueueLimits(Optional.empty(), Optional.empty(), Optional.empty());

    private static final int MAX = 100_000;

    public QueueLimits {
        var faults = new ArrayList<Fault>();
        if (concurrency.filter(value -> value < 1 || value > MAX).isPresent()) {
            faults.add(new Fault("concurrency", concurrency.get() + " is out of range", "use 1 to " + MAX));
        }
        if (rate.filter(value -> !(value > 0 && value <= MAX)).isPresent()) {
            faults.add(new Fault("rate", rate.get() + " is out of range", "use more than 0, up to " + MAX));
        }
        if (burst.filter(value -> value < 1 || value > MAX).isPresent()) {
            faults.add(new Fault("burst", burst.get() + " is out of range", "use 1 to " + MAX));
        }
        if (burst.isPresent() && rate.isEmpty()) {
            faults.add(new Fault("burst", "is given without a rate", "give the rate too"));
        }
        if (!faults.isEmpty()) {
            throw new InvalidInputException("queue-limits-invalid", faults);
        }
        if (rate.isPresent() && burst.isEmpty()) {
            burst = Optional.of(Math.max(1, (int) Math.ceil(rate.get())));
        }
    }
}
