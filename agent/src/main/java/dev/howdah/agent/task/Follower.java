package dev.howdah.agent.task;

import dev.howdah.agent.a2a.StreamItem;
import dev.howdah.agent.a2a.Task;
import dev.howdah.agent.a2a.TaskStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A stream of one task's events. A few of them wait in memory; a reader that falls behind reads the rest from the table, so
 * that it neither loses anything nor holds anybody up.
 */
final class Follower implements TaskStream {
    private static final int BUFFER_MAX = 64;
    private static final int PAGE = 100;

    private final EventHub hub;
    private final UUID taskId;
    private final String contextId;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<TaskEvent> buffer = new ArrayDeque<>();
    private @Nullable Task snapshot;
    private long snapshotSequence;
    /** The last event that is in the buffer or was. */
    private long known;
    /** Whether there are events in the table that have not come this way. */
    private boolean isBehind;
    private boolean hasEnded;
    private boolean isClosed;

    private Follower(EventHub hub, UUID taskId, String contextId, long known) {
        this.hub = hub;
        this.taskId = taskId;
        this.contextId = contextId;
        this.known = known;
    }

    /** Follows a task that is going to be made here, so that all of its events are offered. */
    static Follower ofNew(EventHub hub, UUID taskId, String contextId) {
        var follower = new Follower(hub, taskId, contextId, 1);
        hub.add(follower);
        return follower;
    }

    /** Follows a task from behind an event. */
    static Follower after(EventHub hub, UUID taskId, String contextId, long known) {
        var follower = new Follower(hub, taskId, contextId, known);
        follower.isBehind = true;
        hub.add(follower);
        return follower;
    }

    /** Follows a task behind its last event, so that there is nothing to come. */
    static Follower ofEnded(EventHub hub, UUID taskId, String contextId, long known) {
        var follower = new Follower(hub, taskId, contextId, known);
        follower.hasEnded = true;
        return follower;
    }

    /** Follows a task that has this many events now, and begins with how it stands. */
    static Follower from(EventHub hub, Task snapshot, long sequence) {
        var follower = after(hub, UUID.fromString(snapshot.id()), snapshot.contextId(), sequence);
        follower.snapshot = snapshot;
        follower.snapshotSequence = sequence;
        follower.hasEnded = snapshot.status().state().isTerminal();
        return follower;
    }

    /** Begins with how the task stands. */
    Follower beginningWith(Task task) {
        snapshot = task;
        snapshotSequence = 1;
        return this;
    }

    UUID taskId() {
        return taskId;
    }

    String contextId() {
        return contextId;
    }

    long known() {
        lock.lock();
        try {
            return known;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it would take an event now. */
    boolean isWaiting() {
        lock.lock();
        try {
            return !isBehind && !hasEnded && buffer.size() < BUFFER_MAX;
        } finally {
            lock.unlock();
        }
    }

    void offer(TaskEvent event) {
        lock.lock();
        try {
            if (event.sequence() <= known || hasEnded) {
                return;
            }
            if (!isBehind && event.sequence() == known + 1 && buffer.size() < BUFFER_MAX) {
                take(event);
            } else {
                isBehind = true;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void take(TaskEvent event) {
        buffer.add(event);
        known = event.sequence();
        hasEnded |= event.isTerminal();
    }

    @Override
    public Optional<Element> next(Duration limit) throws InterruptedException {
        var first = snapshot;
        if (first != null) {
            snapshot = null;
            return Optional.of(new Element(OptionalLong.of(snapshotSequence), first));
        }
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            var event = poll(deadline);
            if (event.isEmpty()) {
                return Optional.empty();
            }
            if (event.get().isForClients()) {
                StreamItem item = event.get().item();
                return Optional.of(new Element(OptionalLong.of(event.get().sequence()), item));
            }
        }
    }

    private Optional<TaskEvent> poll(long deadline) throws InterruptedException {
        while (true) {
            lock.lockInterruptibly();
            try {
                while (buffer.isEmpty() && !isBehind) {
                    long left = deadline - System.nanoTime();
                    if (hasEnded || isClosed || left <= 0) {
                        return Optional.empty();
                    }
                    changed.await(left, TimeUnit.NANOSECONDS);
                }
                if (!buffer.isEmpty()) {
                    return Optional.of(buffer.remove());
                }
                isBehind = false;
            } finally {
                lock.unlock();
            }
            catchUp();
        }
    }

    private void catchUp() {
        List<TaskEvent> page;
        try {
            page = hub.database().withHandle(handle -> TaskReader.events(handle, Map.of(taskId, contextId),
                    Map.of(taskId, known()), PAGE));
        } catch (RuntimeException e) {
            fallBehind();
            throw e;
        }
        lock.lock();
        try {
            // Offers went on meanwhile: each is known by its sequence.
            page.stream().filter(event -> event.sequence() == known + 1).forEach(this::take);
            isBehind = !hasEnded && (isBehind || page.size() == PAGE);
        } finally {
            lock.unlock();
        }
    }

    private void fallBehind() {
        lock.lock();
        try {
            isBehind = true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isOver() {
        lock.lock();
        try {
            return snapshot == null && buffer.isEmpty() && !isBehind && (hasEnded || isClosed);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        hub.remove(this);
        lock.lock();
        try {
            isClosed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
