package dev.howdah.agent.grpc;

import dev.howdah.postgres.LimitExceededException;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets a stream go on only while its client reads: otherwise gRPC would keep in memory what is not read. What waits behind
 * the gate stays in the database.
 */
final class ReaderGate {
    private final ServerCallStreamObserver<?> observer;
    private final Duration limit;
    private final ReentrantLock lock = new ReentrantLock();
    private final java.util.concurrent.locks.Condition changed = lock.newCondition();

    /** Must be made before the call's first method returns, as gRPC wants it of handlers. */
    ReaderGate(ServerCallStreamObserver<?> observer, Duration limit) {
        this.observer = observer;
        this.limit = limit;
        observer.setOnReadyHandler(this::look);
    }

    /**
     * Waits until what was sent is read, but for a little.
     *
     * @throws LimitExceededException if the client did not read in time
     */
    void pass() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = limit.toNanos();
            while (!observer.isReady()) {
                if (left <= 0) {
                    throw new LimitExceededException("a2a-reader-slow", "the stream was left unread for "
                            + limit.toSeconds() + " s (" + GrpcSettings.READER_TIMEOUT.name() + ")",
                            "subscribe to the task again; nothing that happened in it is lost");
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void look() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
