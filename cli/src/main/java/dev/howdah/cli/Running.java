package dev.howdah.cli;

import java.util.concurrent.CountDownLatch;

/** Keeps a command running until the process is told to end, and closes what it holds, in order, before it does. */
final class Running {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "howdah-stop");

    /** From now on the end of the process waits for {@link #close}. */
    static Running start() {
        var running = new Running();
        Runtime.getRuntime().addShutdownHook(running.hook);
        return running;
    }

    /** Waits for SIGTERM or SIGINT. */
    void await() throws InterruptedException {
        asked.await();
    }

    /** Everything is closed: the process may end. */
    void close() {
        closed.countDown();
        if (asked.getCount() > 0) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    private void stop() {
        asked.countDown();
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
