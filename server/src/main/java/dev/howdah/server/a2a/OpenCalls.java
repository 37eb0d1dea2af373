package dev.howdah.server.a2a;

import dev.howdah.agent.a2a.TaskStream;
import dev.howdah.postgres.UnavailableException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Calls that wait for a task: each has a thread that is interrupted when the server stops, since the end of a task may be
 * days away. Streams have places, of which there are so many. Thread-safe.
 */
final class OpenCalls implements ApplicationListener<ContextClosedEvent> {
    private final int streamsMax;
    private final Semaphore places;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    OpenCalls(int streamsMax) {
        this.streamsMax = streamsMax;
        this.places = new Semaphore(streamsMax);
    }

    /** What may wait. */
    @FunctionalInterface
    interface Call<T> {
        T make() throws InterruptedException;
    }

    /**
     * Carries out a call that may wait.
     *
     * @throws UnavailableException if the server stops meanwhile
     */
    <T> T call(Call<T> call) {
        var thread = Thread.currentThread();
        threads.add(thread);
        try {
            if (closed) {
                throw stopping();
            }
            return call.make();
        } catch (InterruptedException e) {
            throw stopping();
        } finally {
            threads.remove(thread);
        }
    }

    /**
     * Opens a stream in a place of its own, which is taken before anything is begun.
     *
     * @throws UnavailableException if there is no place, or the server stops meanwhile
     */
    void stream(Supplier<TaskStream> opening, Consumer<TaskStream> reader) {
        if (!places.tryAcquire()) {
            throw new UnavailableException("streams-exhausted", streamsMax + " streams are open here, as many as "
                    + "howdah.agent.streams-max allows",
                    "come again later, use another instance, or ask with GetTask", null);
        }
        try {
            call(() -> {
                try (var stream = opening.get()) {
                    reader.accept(stream);
                }
                return true;
            });
        } finally {
            places.release();
        }
    }

    private static UnavailableException stopping() {
        return new UnavailableException("server-stopping", "the server stops; the task goes on without it",
                "send the same message again, or subscribe to its task", null);
    }

    /** What waits would hold up the end of the server until its limit. */
    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        closed = true;
        threads.forEach(Thread::interrupt);
    }
}
