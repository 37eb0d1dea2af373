package dev.howdah.postgres;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads that wait for a replica to have what their token asks for. They park; the threads that watch replicas ask often while
 * somebody waits, and the first replica that has it wakes them. Thread-safe.
 */
final class Waiters {
    private final Set<Waiter> waiting = ConcurrentHashMap.newKeySet();

    private static final class Waiter {
        private final ConsistencyToken token;
        private final Thread thread = Thread.currentThread();
        private volatile @Nullable Replica served;

        Waiter(ConsistencyToken token) {
            this.token = token;
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /**
     * Waits for the first replica that has it.
     *
     * @param hurry makes the replicas be asked at once
     * @return empty if none had it in time, or the thread was interrupted
     */
    Optional<Replica> await(ConsistencyToken token, Duration limit, Runnable hurry) {
        var waiter = new Waiter(token);
        long deadline = System.nanoTime() + limit.toNanos();
        waiting.add(waiter);
        try {
            hurry.run();
            while (waiter.served == null && !Thread.currentThread().isInterrupted()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                LockSupport.parkNanos(this, left);
            }
            return Optional.ofNullable(waiter.served);
        } finally {
            waiting.remove(waiter);
        }
    }

    /** Wakes those whom the replica can answer now. */
    void serve(Replica replica) {
        for (var waiter : waiting) {
            if (waiter.served == null && replica.has(waiter.token)) {
                waiter.served = replica;
                LockSupport.unpark(waiter.thread);
            }
        }
    }
}
