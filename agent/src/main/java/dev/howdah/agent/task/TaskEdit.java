package dev.howdah.agent.task;

import dev.howdah.agent.a2a.Artifact;
import dev.howdah.agent.a2a.ArtifactUpdate;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.StatusUpdate;
import dev.howdah.agent.a2a.StreamItem;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.agent.a2a.TaskStatus;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.queue.NewTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A task whose row is held, as it is being changed; what is done to it is checked here. */
final class TaskEdit {
    private final TaskRow before;
    private final int eventsMax;
    private final List<TaskEvent> events = new ArrayList<>();
    private TaskState state;
    private @Nullable Message statusMessage;
    private boolean hasStatus;
    private @Nullable UUID runId;
    private int fence;
    private @Nullable JsonNode continuation;
    private @Nullable String skill;
    private @Nullable NewTask nextRun;

    TaskEdit(TaskRow before, int eventsMax) {
        this.before = before;
        this.eventsMax = eventsMax;
        this.state = before.state();
        this.statusMessage = before.statusMessage().orElse(null);
        this.runId = before.runId().orElse(null);
        this.fence = before.fence();
        this.continuation = before.continuation().orElse(null);
    }

    TaskRow before() {
        return before;
    }

    TaskState state() {
        return state;
    }

    long lastSequence() {
        return before.lastSequence() + events.size();
    }

    List<TaskEvent> events() {
        return events;
    }

    Optional<Message> statusMessage() {
        return Optional.ofNullable(statusMessage);
    }

    boolean hasStatus() {
        return hasStatus;
    }

    Optional<UUID> runId() {
        return Optional.ofNullable(runId);
    }

    int fence() {
        return fence;
    }

    Optional<JsonNode> continuation() {
        return Optional.ofNullable(continuation);
    }

    Optional<String> skill() {
        return Optional.ofNullable(skill);
    }

    /** A task of the queue that is to be enqueued in the same transaction and to run this task from then on. */
    Optional<NewTask> nextRun() {
        return Optional.ofNullable(nextRun);
    }

    /** Whether this attempt of this run may write; from then on no earlier one may. */
    boolean isHeldBy(UUID run, int attempt) {
        if (state.isTerminal() || !run.equals(runId) || attempt < fence) {
            return false;
        }
        fence = attempt;
        return true;
    }

    void said(Message message) {
        add(message.in(before.contextId(), before.id().toString()));
    }

    void status(TaskState next, Optional<Message> message, Optional<ObjectNode> metadata) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException("a task that is " + state.label() + " does not become " + next.label());
        }
        state = next;
        hasStatus = true;
        statusMessage = message.map(said -> said.in(before.contextId(), before.id().toString())).orElse(null);
        add(new StatusUpdate(before.id().toString(), before.contextId(), new TaskStatus(next, statusMessage(),
                before.readAt()), metadata));
    }

    void made(Artifact artifact, boolean append, boolean lastChunk) {
        if (state.isTerminal()) {
            throw new IllegalStateException("a task that is " + state.label() + " makes nothing more");
        }
        add(new ArtifactUpdate(before.id().toString(), before.contextId(), artifact, append, lastChunk,
                Optional.empty()));
    }

    void keep(JsonNode given) {
        continuation = given;
    }

    void skill(String name) {
        skill = name;
    }

    void runBy(NewTask next) {
        nextRun = next;
    }

    /** What was enqueued for {@link #nextRun}. */
    void enqueued(UUID id) {
        runId = id;
        fence = 0;
    }

    /** The row as it is stored. */
    TaskRow after() {
        return new TaskRow(before.id(), before.owner(), before.contextId(), skill().or(before::skill), state,
                statusMessage(), hasStatus ? before.readAt() : before.statusAt(), lastSequence(), runId(), fence,
                continuation(), before.metadata(), before.readAt());
    }

    private void add(StreamItem item) {
        // The end of a task is always stored.
        boolean isEnd = item instanceof StatusUpdate update && update.status().state().isTerminal();
        if (lastSequence() >= eventsMax && !isEnd) {
            throw new LimitExceededException("agent-events-too-many", "task " + before.id() + " has " + eventsMax
                    + " events, which is the limit", "hand out larger pieces, or raise howdah.agent.events-max");
        }
        events.add(new TaskEvent(before.id(), lastSequence() + 1, item));
    }
}
