package dev.howdah.agent.task;

import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.ProtoJson;
import dev.howdah.agent.a2a.PushConfig;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.Transaction;
import dev.howdah.queue.Completion;
import dev.howdah.postgres.GroupCommit;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.TaskRun;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes tasks: those of many callers in one transaction each, with what belongs together in it: the row, its events, what
 * is to be posted, the run's end, and the run that is next. Who follows a task is told after the commit. Thread-safe.
 */
final class TaskStore {
    /** The type of the queue's tasks that run agents. */
    static final String RUN = "agent.run";

    /** What the queue keeps of a run that has ended; the outcome is in the task. */
    static final JsonNode NOTHING = JsonMapper.shared().createObjectNode();

    private static final int BATCH_MAX = 200;
    private static final int FRESH_MAX = 1000;

    private final Database database;
    private final PostgresTaskQueue queue;
    private final TaskSettings settings;
    private final Optional<PushNotifications> push;
    private final EventHub hub;
    private final GroupCommit<NewAgentTask, TaskRow> creations = new GroupCommit<>(BATCH_MAX, this::createAll);
    private final GroupCommit<Change, Done> changes = new GroupCommit<>(BATCH_MAX, this::changeAll);
    /** Tasks by the runs that this process has just enqueued: most run here, and need not be read again. */
    private final Map<UUID, Opened> fresh = new ConcurrentHashMap<>();

    TaskStore(Database database, PostgresTaskQueue queue, TaskSettings settings, Optional<PushNotifications> push,
            EventHub hub) {
        this.database = database;
        this.queue = queue;
        this.settings = settings;
        this.push = push;
        this.hub = hub;
    }

    /**
     * A task to be.
     *
     * @param key what makes the request known when it comes again
     * @param requestHash of what was asked for
     */
    record NewAgentTask(UUID id, String owner, Message message, Optional<String> skill, Optional<ObjectNode> metadata,
            Optional<PushConfig> push, String key, String requestHash) {
        String contextId() {
            return message.contextId().orElseThrow();
        }
    }

    /** What a run begins with. */
    record Opened(TaskRow row, List<Message> messages) {}

    /**
     * Something to be done to a task.
     *
     * @param edit decides, seeing the row; a {@link HowdahException} means that nothing of this change is done
     * @param endOf the run that ends in the same transaction; if that is refused, so is the change
     */
    record Change(UUID id, Consumer<TaskEdit> edit, Optional<TaskRun> endOf, Optional<Request> request) {
        Change(UUID id, Consumer<TaskEdit> edit) {
            this(id, edit, Optional.empty(), Optional.empty());
        }
    }

    /** A message of the client that must not be taken twice. */
    record Request(String owner, String key, String hash) {}

    /** What became of a task by a change. */
    record Done(TaskRow row, List<TaskEvent> events) {}

    /** The request was taken before; nothing was stored. */
    static final class RepeatedRequestException extends HowdahException {
        RepeatedRequestException() {
            super("agent-request-repeated", "the request was taken before", "ask for the task that it began", null);
        }
    }

    /**
     * Stores a task and enqueues its first run.
     *
     * @throws RepeatedRequestException if a request with this key was taken before
     */
    TaskRow create(NewAgentTask task) {
        return creations.write(List.of(task)).getFirst();
    }

    /**
     * Changes a task.
     *
     * @throws A2aException if it is not there
     * @throws RunLostException if the run has lost it
     * @throws RepeatedRequestException if the request was taken before
     * @throws HowdahException what the edit threw; nothing of the change was done then
     */
    Done change(Change change) {
        return changes.write(List.of(change)).getFirst();
    }

    /** What a run needs to know; absent if the task is gone. */
    Optional<Opened> open(UUID task, UUID run) {
        var known = fresh.remove(run);
        return known != null
                ? Optional.of(known)
                : database.withHandle(handle -> find(handle, task).map(
                        row -> new Opened(row, userMessages(handle, row))));
    }

    Optional<TaskRow> find(UUID id) {
        return database.withHandle(handle -> find(handle, id));
    }

    static Optional<TaskRow> find(Handle handle, UUID id) {
        return find(handle, Set.of(id)).stream().findFirst();
    }

    static List<TaskRow> find(Handle handle, Set<UUID> ids) {
        return handle.createQuery(TaskSql.FIND).bind("ids", ids.toArray(UUID[]::new))
                .map((row, context) -> TaskRow.of(row)).list();
    }

    private static List<Message> userMessages(Handle handle, TaskRow row) {
        return TaskReader.messages(handle, List.of(row), Integer.MAX_VALUE).getOrDefault(row.id(), List.of()).stream()
                .flatMap(event -> event.item() instanceof Message message
                        ? java.util.stream.Stream.of(message)
                        : java.util.stream.Stream.empty())
                .toList();
    }

    static NewTask run(UUID task) {
        return NewTask.of(RUN, JsonMapper.shared().createObjectNode().put("task", task.toString()));
    }

    private List<TaskRow> createAll(List<NewAgentTask> tasks) {
        var rows = new ArrayList<TaskRow>();
        try {
            queue.enqueue(tasks.stream().map(task -> run(task.id())).toList(), (tx, runs) -> {
                rows.clear();
                insert(tx, tasks, runs, rows);
            });
        } catch (RuntimeException e) {
            rows.forEach(row -> row.runId().ifPresent(fresh::remove));
            throw e;
        }
        return rows;
    }

    private void insert(Transaction tx, List<NewAgentTask> tasks, List<UUID> runs, List<TaskRow> rows) {
        record Stored(long requests, Instant now) {}
        var stored = tx.handle().createQuery(TaskSql.CREATE)
                .bind("ids", array(tasks, NewAgentTask::id, UUID[]::new))
                .bind("owners", array(tasks, NewAgentTask::owner, String[]::new))
                .bind("contexts", array(tasks, NewAgentTask::contextId, String[]::new))
                .bind("skills", array(tasks, task -> task.skill().orElse(null), String[]::new))
                .bind("runs", runs.toArray(UUID[]::new))
                .bind("metadata", array(tasks, task -> text(task.metadata()), String[]::new))
                .bind("messages", array(tasks, task -> ProtoJson.message(task.message()).toString(), String[]::new))
                .bind("keys", array(tasks, NewAgentTask::key, String[]::new))
                .bind("hashes", array(tasks, NewAgentTask::requestHash, String[]::new))
                .map((row, context) -> new Stored(row.getLong("requests"), TaskRow.time(row, "now"))).one();
        if (stored.requests() < tasks.size()) {
            throw new RepeatedRequestException();
        }
        for (int i = 0; i < tasks.size(); i++) {
            var task = tasks.get(i);
            task.push().ifPresent(config -> pushOrThrow().put(tx, task.id(), config));
            var row = new TaskRow(task.id(), task.owner(), task.contextId(), task.skill(),
                    dev.howdah.agent.a2a.TaskState.SUBMITTED, Optional.empty(), stored.now(), 1,
                    Optional.of(runs.get(i)), 0, Optional.empty(), task.metadata(), stored.now());
            rows.add(row);
            remember(runs.get(i), new Opened(row, List.of(task.message())));
        }
    }

    private PushNotifications pushOrThrow() {
        return push.orElseThrow(() -> new A2aException(
                dev.howdah.agent.a2a.A2aError.PUSH_NOTIFICATION_NOT_SUPPORTED,
                "push notifications are switched off", "follow the task by a stream, or ask for it"));
    }

    /** A run that another process takes leaves its entry behind; hence the limit. */
    private void remember(UUID run, Opened opened) {
        if (fresh.size() >= FRESH_MAX) {
            fresh.clear();
        }
        fresh.put(run, opened);
    }

    /** All or none; those that share a batch with one that fails are stored one by one. */
    private List<Done> changeAll(List<Change> given) {
        record Part(TaskEdit edit, int from, int to) {}
        var done = new ArrayList<Done>();
        var edits = new LinkedHashMap<UUID, TaskEdit>();
        database.useTransaction(tx -> {
            edits.putAll(lock(tx.handle(), given.stream().map(Change::id).distinct().toList()));
            complete(tx, given);
            var parts = new ArrayList<Part>();
            for (var change : given) {
                var edit = Optional.ofNullable(edits.get(change.id()))
                        .orElseThrow(() -> A2aException.taskNotFound(change.id().toString()));
                int from = edit.events().size();
                change.request().ifPresent(request -> take(tx, request, change.id()));
                change.edit().accept(edit);
                parts.add(new Part(edit, from, edit.events().size()));
            }
            enqueueNext(tx, edits.values());
            store(tx, List.copyOf(edits.values()));
            parts.forEach(part -> done.add(new Done(part.edit.after(), List.copyOf(part.edit.events().subList(part.from,
                    part.to)))));
        });
        hub.stored(edits.values().stream().flatMap(edit -> edit.events().stream()).toList());
        return done;
    }

    private Map<UUID, TaskEdit> lock(Handle handle, List<UUID> ids) {
        var edits = new LinkedHashMap<UUID, TaskEdit>();
        handle.createQuery(TaskSql.LOCK).bind("ids", ids.toArray(UUID[]::new)).map((row, context) -> TaskRow.of(row))
                .forEach(row -> edits.put(row.id(), new TaskEdit(row, settings.eventsMax())));
        return edits;
    }

    private void complete(Transaction tx, List<Change> given) {
        var runs = given.stream().flatMap(change -> change.endOf().stream()).toList();
        if (runs.isEmpty()) {
            return;
        }
        var completions = runs.stream().<Completion>map(run -> new Completion.Finished(run.task(), NOTHING)).toList();
        if (queue.complete(tx, completions).size() < runs.size()) {
            throw new RunLostException();
        }
        // Before any client learns of it: what is sent next then finds the slots free, and is handed over.
        tx.afterCommit(() -> runs.forEach(TaskRun::markEnded));
    }

    private static void take(Transaction tx, Request request, UUID task) {
        if (tx.handle().createUpdate(TaskSql.TAKE_REQUEST).bind("owner", request.owner()).bind("key", request.key())
                .bind("hash", request.hash()).bind("task", task).execute() == 0) {
            throw new RepeatedRequestException();
        }
    }

    private void enqueueNext(Transaction tx, Collection<TaskEdit> edits) {
        var next = edits.stream().filter(edit -> edit.nextRun().isPresent()).toList();
        if (!next.isEmpty()) {
            var ids = queue.enqueue(tx, next.stream().map(edit -> edit.nextRun().orElseThrow()).toList());
            for (int i = 0; i < ids.size(); i++) {
                next.get(i).enqueued(ids.get(i));
            }
        }
    }

    private void store(Transaction tx, List<TaskEdit> list) {
        var events = list.stream().flatMap(edit -> edit.events().stream()).toList();
        tx.handle().createUpdate(TaskSql.STORE)
                .bind("eventTasks", array(events, TaskEvent::taskId, UUID[]::new))
                .bind("sequences", array(events, TaskEvent::sequence, Long[]::new))
                .bind("kinds", array(events, event -> event.kind().label(), String[]::new))
                .bind("payloads", array(events, event -> event.payload().toString(), String[]::new))
                .bind("ids", array(list, edit -> edit.before().id(), UUID[]::new))
                .bind("states", array(list, edit -> edit.state().label(), String[]::new))
                .bind("statusMessages", array(list, edit -> edit.statusMessage().map(message -> ProtoJson
                        .message(message).toString()).orElse(null), String[]::new))
                .bind("hasStatus", array(list, TaskEdit::hasStatus, Boolean[]::new))
                .bind("lastSequences", array(list, TaskEdit::lastSequence, Long[]::new))
                .bind("runs", array(list, edit -> edit.runId().orElse(null), UUID[]::new))
                .bind("fences", array(list, TaskEdit::fence, Integer[]::new))
                .bind("skills", array(list, edit -> edit.skill().orElse(null), String[]::new))
                .bind("continuations", array(list, edit -> text(edit.continuation()), String[]::new))
                .bind("over", array(list, edit -> edit.state().isTerminal(), Boolean[]::new)).execute();
        push.ifPresent(notifications -> notifications.stored(tx, events.stream().filter(TaskEvent::isForClients)
                .toList()));
    }

    private static @Nullable String text(Optional<? extends JsonNode> json) {
        return json.map(JsonNode::toString).orElse(null);
    }

    private static <T, R> @Nullable R[] array(List<T> elements, Function<T, @Nullable R> value,
            IntFunction<@Nullable R[]> make) {
        var array = make.apply(elements.size());
        for (int i = 0; i < array.length; i++) {
            array[i] = value.apply(elements.get(i));
        }
        return array;
    }

    /** The run that wants to write is not the one that may: the task was cancelled, or another process has taken it over. */
    static final class RunLostException extends HowdahException {
        RunLostException() {
            super("agent-run-lost", "the run was taken over or its task has ended",
                    "stop: what this run does no longer counts", null);
        }
    }
}
