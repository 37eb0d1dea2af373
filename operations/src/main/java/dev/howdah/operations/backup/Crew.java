package dev.howdah.operations.backup;

import dev.howdah.postgres.Database;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Threads with a connection each, outside the pool, that do jobs in their order. The first failure stops all of them at their next
 * look, and is what the caller gets.
 */
final class Crew {
    private final Database database;
    private final int size;
    private final Preparation preparation;

    Crew(Database database, int size, Preparation preparation) {
        this.database = database;
        this.size = size;
        this.preparation = preparation;
    }

    /** Prepares a connection. */
    @FunctionalInterface
    interface Preparation {
        void run(Connection connection) throws SQLException;
    }

    /** Something to be done with a connection. */
    @FunctionalInterface
    interface Job {
        void run(Connection connection, Signal signal) throws SQLException, IOException;
    }

    /** Tells a job whether to go on. */
    static final class Signal {
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        /**
         * To be asked every now and then.
         *
         * @throws CancellationException if another job failed, or the caller gave up
         */
        void check() {
            if (failure.get() != null) {
                throw new CancellationException("another part failed");
            }
        }
    }

    /**
     * Does all jobs.
     *
     * @throws CancellationException if the caller's thread is interrupted; jobs have ended then
     */
    void run(List<Job> jobs) {
        var queue = new ConcurrentLinkedQueue<>(jobs);
        var signal = new Signal();
        try (var threads = Executors.newFixedThreadPool(Math.max(1, Math.min(size, jobs.size())), Thread.ofPlatform()
                .name("howdah-backup-", 1).daemon().factory())) {
            for (int i = 0; i < Math.min(size, jobs.size()); i++) {
                threads.execute(() -> work(queue, signal));
            }
            threads.shutdown();
            while (!threads.awaitTermination(1, TimeUnit.DAYS)) {
                signal.check();
            }
        } catch (InterruptedException e) {
            signal.failure.compareAndSet(null, e); // the executor's close has waited for the jobs
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
        var failure = signal.failure.get();
        if (failure != null) {
            throw Failures.of(failure);
        }
    }

    private void work(Queue<Job> queue, Signal signal) {
        try {
            database.useOwnConnection(connection -> {
                preparation.run(connection);
                try {
                    for (var job = queue.poll(); job != null; job = queue.poll()) {
                        signal.check();
                        job.run(connection, signal);
                    }
                } catch (IOException | RuntimeException | SQLException e) {
                    signal.failure.compareAndSet(null, e); // as it is, before others translate it
                }
            });
        } catch (RuntimeException e) {
            signal.failure.compareAndSet(null, e);
        }
    }
}
