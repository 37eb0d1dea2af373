package dev.howdah.testing;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A place in the code under test where its process dies, as far as Howdah can tell: the attempt of the task ends there, nothing
 * that it would have stored afterwards is stored, and it runs again. For tests that what happened before is not harmed by
 * happening twice.
 *
 * <pre>{@code
 * var crash = new CrashPoint();
 * programs.register("checkout", Order.class, (workflow, order) -> {
 *     workflow.run("charge", () -> {
 *         payments.charge(order);
 *         crash.reach(); // charged, and nobody knows
 *     });
 *     …
 * });
 * crash.arm();
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class CrashPoint {
    private final AtomicInteger armed = new AtomicInteger();

    /** It dies the next time. */
    public void arm() {
        armed.incrementAndGet();
    }

    /** Whether it would die now. */
    public boolean isArmed() {
        return armed.get() > 0;
    }

    /**
     * Dies if armed, once for each time that it was. The thread is interrupted as well, so that code which catches the exception
     * does not get much further.
     */
    public void reach() throws InterruptedException {
        if (armed.getAndUpdate(times -> Math.max(times - 1, 0)) > 0) {
            Thread.currentThread().interrupt();
            throw new InterruptedException("crash point");
        }
    }
}
