package dev.howdah.agent.grpc;

import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.UnavailableException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * The calls that are being answered. Those that may take their time run on a virtual thread of their own: gRPC calls a
 * service one event at a time, so that it would hear of a cancellation only after the answer. Thread-safe.
 */
final class OpenCalls {
    /** Calls at once, over all connections. */
    static final int MAX = 10_000;

    private final Semaphore free = new Semaphore(MAX);
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    /** What a call does until it has been answered. */
    @FunctionalInterface
    interface Work {
        void run() throws InterruptedException;
    }

    /** Answers on the present thread. */
    void answer(ServerCallStreamObserver<?> observer, Work work) {
        if (admit(observer)) {
            run(observer, work);
        }
    }

    /** Answers on a thread of its own, which is interrupted when the client cancels the call and when the server stops. */
    void answerInBackground(ServerCallStreamObserver<?> observer, Work work) {
        if (!admit(observer)) {
            return;
        }
        var thread = Thread.ofVirtual().name("a2a-grpc").unstarted(() -> {
            try {
                run(observer, work);
            } finally {
                threads.remove(Thread.currentThread());
            }
        });
        observer.setOnCancelHandler(thread::interrupt);
        threads.add(thread);
        thread.start();
        if (stopped) {
            thread.interrupt();
        }
    }

    /** Ends all that wait; their clients are told to come back. */
    void stop() {
        stopped = true;
        threads.forEach(Thread::interrupt);
    }

    private boolean admit(ServerCallStreamObserver<?> observer) {
        if (free.tryAcquire()) {
            return true;
        }
        observer.onError(GrpcErrors.of(new LimitExceededException("a2a-grpc-calls-max",
                MAX + " calls are open here, which is the most", "try again later, or at another instance")));
        return false;
    }

    private void run(ServerCallStreamObserver<?> observer, Work work) {
        try {
            work.run();
        } catch (InterruptedException e) {
            fail(observer, e);
        } catch (RuntimeException e) {
            fail(observer, e);
        } finally {
            free.release();
        }
    }

    private void fail(ServerCallStreamObserver<?> observer, Exception e) {
        if (!observer.isCancelled()) {
            observer.onError(GrpcErrors.of(stopped
                    ? new UnavailableException("a2a-grpc-stops", "the server stops; the task goes on",
                            "call again, with the same messageId or by subscribing to the task", e)
                    : e));
        }
    }
}
