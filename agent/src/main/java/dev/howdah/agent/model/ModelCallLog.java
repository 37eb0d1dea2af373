package dev.howdah.agent.model;

import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.UnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down calls of language models without holding them up: they are gathered in memory and written many at a time, within
 * a second and when this is closed. What a process that is killed had not written yet is lost, and so is what does not fit
 * into memory while the database is away; the log says how much. Also forgets calls that are old enough. Thread-safe.
 */
public final class ModelCallLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelCallLog.class);
    private static final int WAITING_MAX = 10_000;
    private static final int BATCH_MAX = 500;
    private static final int DELETE_MAX = 1_000;
    private static final Duration WRITE_EVERY = Duration.ofMillis(500);
    private static final Duration DELETE_EVERY = Duration.ofMinutes(10);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    private final ModelCalls calls;
    private final Duration retention;
    private final BlockingQueue<NewModelCall> waiting;
    private final AtomicLong dropped = new AtomicLong();
    private final CountDownLatch stopped = new CountDownLatch(1);
    /** What is on its way to the database; only who holds the monitor touches it. */
    private final List<NewModelCall> batch = new ArrayList<>();
    private long nextDelete = System.nanoTime();
    private @Nullable Thread loop;

    /**
     * A log that writes once it is started, or told to.
     *
     * @param retention how long calls are remembered
     */
    public ModelCallLog(ModelCalls calls, Duration retention) {
        this(calls, retention, WAITING_MAX);
    }

    ModelCallLog(ModelCalls calls, Duration retention, int waitingMax) {
        this.calls = calls;
        this.retention = retention;
        this.waiting = new ArrayBlockingQueue<>(waitingMax);
    }

    /** Begins to write and to forget now and then; the tables must be there. Once. */
    public synchronized void start() {
        loop = Thread.ofPlatform().daemon().name("howdah-model-calls").start(this::run);
    }

    /** Takes a call; never waits. */
    void add(NewModelCall call) {
        if (!waiting.offer(call) && dropped.getAndIncrement() == 0) {
            LOG.warn("Calls of language models are not written down: {} wait for the database already", waiting.size());
        }
    }

    /** Calls that found no room since the start. */
    public long dropped() {
        return dropped.get();
    }

    /** Writes what has gathered, and forgets some of what is old enough if it is time to. */
    public void runOnce() {
        write();
        if (nextDelete - System.nanoTime() <= 0) {
            int deleted = deleteOld();
            nextDelete = System.nanoTime() + (deleted == DELETE_MAX ? WRITE_EVERY : DELETE_EVERY).toNanos();
        }
    }

    /**
     * Writes all that has gathered.
     *
     * @throws UnavailableException if the database cannot be reached; nothing is lost then
     */
    public synchronized void write() {
        while (true) {
            if (batch.isEmpty() && waiting.drainTo(batch, BATCH_MAX) == 0) {
                return;
            }
            try {
                calls.database().useTransaction(tx -> calls.write(tx, batch));
            } catch (UnavailableException e) {
                throw e; // the batch stays for the next time; its ids make sure that nothing is there twice
            } catch (RuntimeException e) {
                LOG.error("{} calls of language models cannot be written down", batch.size(), e);
                dropped.addAndGet(batch.size());
            }
            batch.clear();
        }
    }

    /** Forgets some of the calls that are old enough; how many. */
    public int deleteOld() {
        return calls.database().inTransaction(tx -> calls.deleteOld(tx, retention, DELETE_MAX));
    }

    private void run() {
        try {
            while (!stopped.await(WRITE_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    runOnce();
                } catch (RuntimeException e) {
                    LOG.warn("Calls of language models are not written down yet: {}", e.getMessage());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does; the thread ends
        }
    }

    /** Writes what has gathered, if the database is there. */
    @Override
    public void close() {
        stopped.countDown();
        try {
            var running = loop;
            if (running != null) {
                running.join(STOP_LIMIT);
            }
            write();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (HowdahException e) {
            LOG.warn("The last calls of language models are not written down: {}", e.getMessage());
        }
    }
}
