package dev.howdah.agent.task;

import dev.howdah.agent.a2a.Artifact;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.agent.task.TaskStore.Change;
import dev.howdah.agent.task.TaskStore.RunLostException;
import dev.howdah.queue.TaskRun;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A run under way. Whatever it tells is written under its fence; the first of it says as well that the task is being worked
 * on, so that a run that ends at once is one event only.
 */
final class RunningTask implements AgentRun {
    private final TaskStore store;
    private final TaskRun run;
    private final TaskRow row;
    private final List<Message> messages;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean hasTold;
    private boolean hasEnded;

    RunningTask(TaskStore store, TaskRun run, TaskStore.Opened opened) {
        this.store = store;
        this.run = run;
        this.row = opened.row();
        this.messages = opened.messages();
        this.hasTold = row.state() == TaskState.WORKING;
    }

    @Override
    public UUID taskId() {
        return row.id();
    }

    @Override
    public String contextId() {
        return row.contextId();
    }

    @Override
    public String owner() {
        return row.owner();
    }

    @Override
    public Optional<String> skill() {
        return row.skill();
    }

    @Override
    public List<Message> messages() {
        return messages;
    }

    @Override
    public Optional<JsonNode> continuation() {
        return row.continuation();
    }

    @Override
    public int attempt() {
        return run.attempt();
    }

    @Override
    public void status(TaskState state, Optional<Message> message) {
        if (state.isTerminal() || state == TaskState.SUBMITTED) {
            throw new IllegalArgumentException(state + " is for the outcome to say");
        }
        tell(edit -> edit.status(state, message, Optional.empty()));
    }

    @Override
    public void progress(int percent, String message) {
        run.progress(percent, message);
        ObjectNode metadata = JsonMapper.shared().createObjectNode().put("progress", percent);
        tell(edit -> edit.status(TaskState.WORKING, message.isEmpty()
                ? Optional.empty()
                : Optional.of(Message.ofAgent(message)), Optional.of(metadata)));
    }

    @Override
    public void log(String line) {
        run.log(line);
    }

    @Override
    public void artifact(Artifact artifact, boolean append, boolean lastChunk) {
        working();
        write(edit -> edit.made(artifact, append, lastChunk));
    }

    /** Says that the task is being worked on, unless that is known. */
    void working() {
        lock.lock();
        try {
            if (!hasTold && !hasEnded) {
                hasTold = true;
                write(edit -> edit.status(TaskState.WORKING, Optional.empty(), Optional.empty()));
            }
        } finally {
            lock.unlock();
        }
    }

    /** One after the other, so that nothing is said behind what is newer. */
    private void tell(Consumer<TaskEdit> status) {
        lock.lock();
        try {
            hasTold = true;
            write(status);
        } finally {
            lock.unlock();
        }
    }

    /** From now on nothing is written by itself. */
    void end() {
        lock.lock();
        try {
            hasEnded = true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isStopped() {
        return Thread.currentThread().isInterrupted();
    }

    /** Begins an attempt that is not the first one: no earlier one may write from then on. */
    void takeOver() {
        write(edit -> {});
    }

    private void write(Consumer<TaskEdit> edit) {
        store.change(new Change(row.id(), fenced(edit)));
    }

    /** The edit, if this attempt of this run may write. */
    Consumer<TaskEdit> fenced(Consumer<TaskEdit> edit) {
        return held -> {
            if (!held.isHeldBy(run.id(), run.attempt())) {
                throw new RunLostException();
            }
            edit.accept(held);
        };
    }
}
