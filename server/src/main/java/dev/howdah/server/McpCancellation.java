package dev.howdah.server;

/** Interrupts the thread of a call while it works, and never while it writes the answer, which would cut the connection. */
final class McpCancellation {
    private final Thread thread = Thread.currentThread();
    private boolean isOver;

    synchronized void cancel() {
        if (!isOver) {
            thread.interrupt();
        }
    }

    /** The work is over; called by the thread itself. */
    synchronized void end() {
        isOver = true;
        Thread.interrupted(); // whoever cancelled was heard
    }
}
