package dev.howdah.agent.a2a;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What happens in a task, as it happens: first the task as it stands (unless the client resumes), then every event behind
 * it in order and without a gap, up to the end of the task. Memory is bounded however slowly it is read: events wait in the
 * database. Used by one thread; closing it affects nothing else.
 */
public interface TaskStream extends AutoCloseable {
    /**
     * One element of a stream.
     *
     * @param sequence of the event; absent for a message that belongs to no task
     */
    record Element(OptionalLong sequence, StreamItem item) {}

    /**
     * The next element.
     *
     * @return absent if nothing has happened for so long, or if the stream {@linkplain #isOver() is over}
     */
    Optional<Element> next(Duration limit) throws InterruptedException;

    /** Whether nothing more will come. */
    boolean isOver();

    @Override
    void close();
}
