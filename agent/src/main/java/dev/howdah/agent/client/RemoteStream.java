package dev.howdah.agent.client;

import dev.howdah.agent.a2a.A2aError;
import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.ArtifactUpdate;
import dev.howdah.agent.a2a.GetTaskRequest;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.ProtoReader;
import dev.howdah.agent.a2a.StatusUpdate;
import dev.howdah.agent.a2a.Task;
import dev.howdah.agent.a2a.TaskStream;
import dev.howdah.postgres.UnavailableException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a remote task tells. A connection that is lost is made again: behind the last event, where the agent numbers them;
 * otherwise with the task as it stands, in which everything is that was missed. A thread of its own reads ahead a little and
 * then waits for the reader.
 */
final class RemoteStream implements TaskStream {
    private static final int AHEAD_MAX = 64;
    /** Connections in a row that bring nothing. */
    private static final int FRUITLESS_MAX = 5;
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final RemoteAgent agent;
    private final BlockingQueue<Told> told = new ArrayBlockingQueue<>(AHEAD_MAX);
    private final Thread reader;
    private volatile RemoteEvents events;
    private volatile boolean closed;
    private String taskId;
    private OptionalLong last = OptionalLong.empty();
    private boolean isOver;

    /** An element, or the end: well or with an error. */
    private record Told(@Nullable Element element, @Nullable RuntimeException error) {}

    /**
     * Reads on.
     *
     * @param taskId empty if the stream will say
     */
    RemoteStream(RemoteAgent agent, RemoteEvents events, String taskId) {
        this.agent = agent;
        this.events = events;
        this.taskId = taskId;
        this.reader = Thread.ofVirtual().name("howdah-remote-stream").unstarted(this::read);
        reader.start();
    }

    @Override
    public Optional<Element> next(Duration limit) throws InterruptedException {
        if (isOver) {
            return Optional.empty();
        }
        var next = told.poll(Math.max(0, limit.toNanos()), TimeUnit.NANOSECONDS);
        if (next == null) {
            return Optional.empty();
        }
        if (next.element == null) {
            isOver = true;
            if (next.error != null) {
                throw next.error;
            }
        }
        return Optional.ofNullable(next.element);
    }

    @Override
    public boolean isOver() {
        return isOver;
    }

    @Override
    public void close() {
        closed = true;
        isOver = true;
        reader.interrupt();
        events.close();
    }

    private void read() {
        try {
            try {
                readAll();
                told.put(new Told(null, null));
            } catch (RuntimeException e) {
                told.put(new Told(null, e));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        } finally {
            events.close();
        }
    }

    private void readAll() throws InterruptedException {
        int fruitless = 0;
        while (!closed) {
            try {
                var event = events.next();
                if (event.isPresent()) {
                    fruitless = 0;
                    if (tell(event.get())) {
                        return;
                    }
                    continue;
                }
            } catch (UnavailableException e) {
                if (taskId.isEmpty() || ++fruitless > FRUITLESS_MAX) {
                    throw e;
                }
            }
            if (taskId.isEmpty() || closed) {
                return;
            }
            if (++fruitless > FRUITLESS_MAX) {
                throw RemoteErrors.invalid(agent.name(), "a stream that ends before the task");
            }
            Thread.sleep(PAUSE);
            if (connect()) {
                return;
            }
        }
    }

    /** Whether the task has ended meanwhile. What cannot be reached now is tried again by the caller. */
    private boolean connect() throws InterruptedException {
        try {
            return connectOnce();
        } catch (UnavailableException e) {
            return false; // the next event of the closed connection fails as well, and counts
        }
    }

    /** Whether that was the last one. */
    private boolean tell(RemoteEvents.Event event) throws InterruptedException {
        var item = agent.read(event.item(), ProtoReader::item);
        if (event.sequence().isPresent()) {
            last = event.sequence();
        }
        told.put(new Told(new Element(event.sequence(), item), null));
        return switch (item) {
            case Task task -> {
                taskId = task.id();
                yield task.status().state().isTerminal();
            }
            case StatusUpdate update -> {
                taskId = update.taskId();
                yield update.status().state().isTerminal();
            }
            case ArtifactUpdate update -> {
                taskId = update.taskId();
                yield false;
            }
            case Message message -> taskId.isEmpty(); // an answer without a task is all there is
        };
    }

    /** An ended task is told as it stands. */
    private boolean connectOnce() throws InterruptedException {
        events.close();
        try {
            events = agent.openTask(taskId, last);
            return false;
        } catch (A2aException e) {
            if (e.error() != A2aError.UNSUPPORTED_OPERATION) {
                throw e;
            }
            var task = agent.get(new GetTaskRequest(taskId, OptionalInt.empty()));
            told.put(new Told(new Element(OptionalLong.empty(), task), null));
            return true;
        }
    }
}
