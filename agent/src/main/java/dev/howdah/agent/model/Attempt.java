package dev.howdah.agent.model;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;

/**
 * One request to a provider: how long it may take, and what was seen of the answer, which the library above the wire does not
 * hand on. Belongs to the thread that asks; {@link ProviderHttp} finds it there.
 */
final class Attempt {
    private static final ScopedValue<Attempt> CURRENT = ScopedValue.newInstance();

    private final Duration limit;
    private final long deadline;
    private OptionalInt status = OptionalInt.empty();
    private String refusal = "";
    private Optional<Duration> retryAfter = Optional.empty();
    private boolean delivered;
    private Closeable body = () -> {};

    Attempt(Duration limit) {
        this.limit = limit;
        this.deadline = System.nanoTime() + limit.toNanos();
    }

    static Attempt current() {
        return CURRENT.get();
    }

    /** Does the work as this attempt. */
    <T> T call(Callable<T> work) throws Exception {
        return ScopedValue.where(CURRENT, this).call(work::call);
    }

    Duration limit() {
        return limit;
    }

    /** Nanoseconds until the time is over; not positive once it is. */
    long left() {
        return deadline - System.nanoTime();
    }

    /** The provider has answered. */
    void answered(int code, Optional<Duration> after) {
        status = OptionalInt.of(code);
        retryAfter = after;
    }

    /** The provider has said no; why. */
    void refused(String text) {
        refusal = text;
    }

    OptionalInt status() {
        return status;
    }

    String refusal() {
        return refusal;
    }

    Optional<Duration> retryAfter() {
        return retryAfter;
    }

    /** A piece of the answer was handed over, so the request must not be sent again. */
    void deliver() {
        delivered = true;
    }

    boolean isDelivered() {
        return delivered;
    }

    /** What is read until somebody has enough. */
    void onStop(Closeable reading) {
        body = reading;
    }

    /** Ends the reading: whoever takes the answer does not want the rest. */
    void stop() {
        try {
            body.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
