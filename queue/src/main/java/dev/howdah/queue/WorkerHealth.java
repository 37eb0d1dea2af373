package dev.howdah.queue;

import java.time.Instant;
import java.util.Optional;

/**
 * How a worker is.
 *
 * @param running whether it takes tasks; false before start and after stop
 * @param active tasks that it holds now
 * @param capacity tasks that it may hold at once
 * @param failingSince since when the database has been refusing it; absent when all is well
 * @param lastError what the database said
 */
public record WorkerHealth(boolean running, int active, int capacity, Optional<Instant> failingSince,
        Optional<String> lastError) {
    public boolean isTroubled() {
        return failingSince.isPresent();
    }
}
