package dev.howdah.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One attempt of a task, as its handler sees it. Progress and log lines are stored by the worker within a second, many in
 * one statement. Thread-safe.
 */
public final class TaskRun {
    /** Lines of one attempt that are kept; the last one says that more were dropped. */
    public static final int LINES_MAX = 10_000;

    private final ClaimedTask task;
    private final Runnable onEnded;
    private @Nullable JsonNode progress;
    private List<String> lines = new ArrayList<>();
    private int lineCount;
    private volatile boolean ended;

    /**
     * A run that begins.
     *
     * @param onEnded what the worker does once the handler has ended the attempt itself
     */
    TaskRun(ClaimedTask task, Runnable onEnded) {
        this.task = task;
        this.onEnded = onEnded;
    }

    /** What is known of the task. */
    public ClaimedTask task() {
        return task;
    }

    public UUID id() {
        return task.id();
    }

    public JsonNode payload() {
        return task.payload();
    }

    /** The number of this attempt, from 1. */
    public int attempt() {
        return task.attempt();
    }

    /** Whether a failure of this attempt is final. */
    public boolean isLastAttempt() {
        return task.attempt() >= task.maxAttempts();
    }

    /**
     * Tells how far the work has come.
     *
     * @param percent 0 to 100
     */
    public synchronized void progress(int percent, String message) {
        progress = TaskReport.progress(percent, message);
    }

    /** Adds a line to the task's log. */
    public synchronized void log(String line) {
        lineCount++;
        if (lineCount < LINES_MAX) {
            lines.add(line);
        } else if (lineCount == LINES_MAX) {
            lines.add("… more lines were dropped; the limit is " + LINES_MAX);
        }
    }

    /** Whether the handler should stop: the task was cancelled, timed out or lost. Its thread is interrupted as well. */
    public boolean isStopped() {
        return Thread.currentThread().isInterrupted();
    }

    /**
     * To be called by a handler that has ended this attempt itself, in a transaction of its own with
     * {@link TaskQueue#complete(dev.howdah.postgres.Transaction, List)}: the worker then frees the slot at once and stores
     * nothing, whatever the handler returns or throws. What {@link #drain} holds by then is dropped: store it first.
     */
    public void markEnded() {
        ended = true;
        onEnded.run();
    }

    boolean hasEnded() {
        return ended;
    }

    /**
     * What was reported since the last call. The worker stores it with {@link TaskQueue#report} every now and then, and before
     * it ends the task; a handler that ends its task itself does so before.
     */
    public synchronized Optional<TaskReport> drain() {
        if (progress == null && lines.isEmpty()) {
            return Optional.empty();
        }
        var report = new TaskReport(task, Optional.ofNullable(progress), lines);
        progress = null;
        lines = new ArrayList<>();
        return Optional.of(report);
    }
}
