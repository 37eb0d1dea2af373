package dev.howdah.agent.task;

import dev.howdah.agent.a2a.A2aError;
import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.A2aOperations;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.GetTaskRequest;
import dev.howdah.agent.a2a.ListTasksRequest;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.ProtoJson;
import dev.howdah.agent.a2a.PushConfig;
import dev.howdah.agent.a2a.PushConfigPage;
import dev.howdah.agent.a2a.SendMessageRequest;
import dev.howdah.agent.a2a.StreamItem;
import dev.howdah.agent.a2a.Task;
import dev.howdah.agent.a2a.TaskPage;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.agent.a2a.TaskStream;
import dev.howdah.agent.task.TaskStore.Change;
import dev.howdah.agent.task.TaskStore.NewAgentTask;
import dev.howdah.agent.task.TaskStore.RepeatedRequestException;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.GroupCommit;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Uuids;
import dev.howdah.queue.PayloadCodec;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.TaskHandler;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tasks of one agent over one database: the operations of A2A, and whatever else hands work to the agent. What a caller was
 * told is stored; a task runs in any process whose worker has {@link #handlers}, goes on elsewhere when that process dies,
 * and is followed from any process. Thread-safe.
 *
 * <pre>{@code
 * var tasks = new AgentTasks(database, queue, new SkillAgent(skills, queue), TaskSettings.defaults(), Optional.empty());
 * var worker = new Worker(queue, queueSettings, tasks.handlers());
 * var task = tasks.send(Caller.of("me"), SendMessageRequest.of(Message.ofUser(List.of(Part.text("hello")))));
 * }</pre>
 */
public final class AgentTasks implements A2aOperations, AutoCloseable {
    private static final int HISTORY_DEFAULT = 100;
    private static final int LIST_HISTORY_DEFAULT = 10;
    /** Tasks that are read together for those who ask at the same time. */
    private static final int READS_MAX = 32;

    private final Database database;
    private final PostgresTaskQueue queue;
    private final Agent agent;
    private final TaskSettings settings;
    private final Optional<PushNotifications> push;
    private final EventHub hub;
    private final TaskStore store;
    private final TaskLists lists;
    private final TaskUpkeep upkeep;
    private final GroupCommit<Wanted, Optional<Seen>> reads = new GroupCommit<>(READS_MAX, this::readTogether);

    /**
     * Tasks of an agent.
     *
     * @param push absent if there are no push notifications
     */
    public AgentTasks(Database database, PostgresTaskQueue queue, Agent agent, TaskSettings settings,
            Optional<PushNotifications> push) {
        this.database = database;
        this.queue = queue;
        this.agent = agent;
        this.settings = settings;
        this.push = push;
        this.hub = new EventHub(database);
        this.store = new TaskStore(database, queue, settings, push, hub);
        this.lists = new TaskLists(database);
        this.upkeep = new TaskUpkeep(database, settings, store);
    }

    /** What runs the tasks, by the types of the queue's tasks. */
    public Map<String, TaskHandler> handlers() {
        return Map.of(TaskStore.RUN, new TaskRunner(store, agent));
    }

    /** What has to be done now and then. */
    public TaskUpkeep upkeep() {
        return upkeep;
    }

    /** Streams that are open in this process. */
    public int openStreams() {
        return hub.size();
    }

    @Override
    public StreamItem send(Caller caller, SendMessageRequest request) throws InterruptedException {
        var answer = agent.answer(caller, request);
        if (answer.isPresent()) {
            return answer.get();
        }
        try (var begun = begin(caller, request)) {
            int history = request.configuration().historyLength().orElse(HISTORY_DEFAULT);
            return (request.configuration().returnImmediately() ? begun.task() : outcome(begun)).withHistory(history);
        }
    }

    @Override
    public TaskStream stream(Caller caller, SendMessageRequest request) {
        var answer = agent.answer(caller, request);
        if (answer.isPresent()) {
            return new SingleMessage(answer.get());
        }
        var begun = begin(caller, request);
        int history = request.configuration().historyLength().orElse(HISTORY_DEFAULT);
        return begun.follower().beginningWith(begun.task().withHistory(history));
    }

    @Override
    public TaskStream subscribe(Caller caller, String taskId) {
        var row = visible(caller, taskId);
        if (caller.resumeAfter().isPresent() && caller.wantsReplay()) {
            long known = caller.resumeAfter().getAsLong();
            if (known < 0 || known > row.lastSequence()) {
                throw new InvalidInputException("a2a-invalid", "Last-Event-ID", known + " is no event of task "
                        + taskId + ", which has " + row.lastSequence(), "use the id of the last event that arrived");
            }
            return row.state().isTerminal() && known == row.lastSequence()
                    ? Follower.ofEnded(hub, row.id(), row.contextId(), known)
                    : Follower.after(hub, row.id(), row.contextId(), known);
        }
        if (row.state().isTerminal()) {
            throw new A2aException(A2aError.UNSUPPORTED_OPERATION, "task " + taskId + " is " + row.state().label()
                    + ", and nothing more happens in it", "ask for it with GetTask");
        }
        return follow(row);
    }

    @Override
    public Task get(Caller caller, GetTaskRequest request) {
        int history = request.historyLength().orElse(HISTORY_DEFAULT);
        var seen = history > HISTORY_DEFAULT
                ? store.find(id(request.id())).map(row -> new Seen(row, read(row, history)))
                : reads.write(List.of(new Wanted(id(request.id()), history))).getFirst();
        return seen.filter(found -> isOf(caller, found.row)).map(Seen::task)
                .orElseThrow(() -> A2aException.taskNotFound(request.id()));
    }

    /** What one caller asks for, among others. */
    private record Wanted(UUID id, int history) {}

    private record Seen(TaskRow row, Task task) {}

    private List<Optional<Seen>> readTogether(List<Wanted> wanted) {
        return database.withHandle(handle -> {
            var rows = TaskStore.find(handle, wanted.stream().map(Wanted::id).collect(Collectors.toSet()));
            int history = wanted.stream().mapToInt(Wanted::history).max().orElse(0);
            var tasks = TaskReader.tasks(handle, rows, history, true);
            var seen = new HashMap<UUID, Seen>();
            for (int i = 0; i < rows.size(); i++) {
                seen.put(rows.get(i).id(), new Seen(rows.get(i), tasks.get(i)));
            }
            return wanted.stream().map(one -> Optional.ofNullable(seen.get(one.id))
                    .map(found -> new Seen(found.row, found.task.withHistory(one.history)))).toList();
        });
    }

    @Override
    public TaskPage list(Caller caller, ListTasksRequest request) {
        return lists.list(caller.owner(), request, request.historyLength().orElse(LIST_HISTORY_DEFAULT));
    }

    @Override
    public Task cancel(Caller caller, String taskId) {
        var row = visible(caller, taskId);
        var done = store.change(new Change(row.id(), edit -> {
            if (edit.state().isTerminal()) {
                throw new A2aException(A2aError.TASK_NOT_CANCELABLE, "task " + taskId + " is "
                        + edit.state().label() + " already", "begin another one");
            }
            edit.status(TaskState.CANCELED, Optional.empty(), Optional.empty());
        }));
        done.row().runId().ifPresent(this::stopRun);
        return read(done.row(), HISTORY_DEFAULT);
    }

    /** Interrupts the handler, wherever it runs; what it writes meanwhile is refused. */
    private void stopRun(UUID run) {
        try {
            queue.cancel(run);
        } catch (ConflictException | NotFoundException e) {
            // it has just ended
        }
    }

    /**
     * Tells how far the work has come that a task waits for; what was told last is not told again.
     *
     * @param percent 0 to 100
     * @return whether the task still waits for anything
     */
    public boolean progress(UUID taskId, int percent, String message) {
        var row = store.find(taskId);
        if (row.isEmpty() || row.get().state().isTerminal()) {
            return false;
        }
        if (row.get().state() == TaskState.WORKING && row.get().statusMessage().map(Message::text)
                .filter(message::equals).isEmpty()) {
            store.change(new Change(taskId, edit -> {
                if (edit.state() == TaskState.WORKING) {
                    edit.status(TaskState.WORKING, Optional.of(Message.ofAgent(message)),
                            Optional.of(JsonMapper.shared().createObjectNode().put("progress", percent)));
                }
            }));
        }
        return true;
    }

    @Override
    public PushConfig createPushConfig(Caller caller, PushConfig config) {
        var row = visible(caller, config.taskId());
        return database.inTransaction(tx -> push().put(tx, row.id(), config));
    }

    @Override
    public PushConfig getPushConfig(Caller caller, String taskId, String id) {
        var row = visible(caller, taskId);
        return push().find(row.id(), id).orElseThrow(() -> new A2aException(A2aError.TASK_NOT_FOUND,
                "task " + taskId + " has no push notification config \"" + id + "\"",
                "list them with ListTaskPushNotificationConfigs"));
    }

    @Override
    public PushConfigPage listPushConfigs(Caller caller, String taskId, int pageSize, String pageToken) {
        return push().list(visible(caller, taskId).id(), pageSize, pageToken);
    }

    @Override
    public void deletePushConfig(Caller caller, String taskId, String id) {
        push().delete(visible(caller, taskId).id(), id);
    }

    /** Ends the streams of this process and its upkeep. */
    @Override
    public void close() {
        upkeep.close();
        hub.close();
    }

    private PushNotifications push() {
        return push.orElseThrow(() -> new A2aException(A2aError.PUSH_NOTIFICATION_NOT_SUPPORTED,
                "push notifications are switched off", "follow the task by a stream, or ask for it"));
    }

    /** A task that has taken a message, and what follows it from there. */
    private record Begun(Task task, Follower follower) implements AutoCloseable {
        @Override
        public void close() {
            follower.close();
        }
    }

    private Begun begin(Caller caller, SendMessageRequest request) {
        var asked = new TaskStore.Request(caller.owner(), key(caller, request), hash(checked(request.message()),
                request));
        if (request.configuration().push().isPresent()) {
            push();
        }
        return request.message().taskId().isPresent() ? goOn(caller, request, asked) : create(caller, request, asked);
    }

    /** The message as JSON, if it can be stored. */
    private String checked(Message message) {
        var json = ProtoJson.message(message).toString();
        if (json.length() > settings.messageMax()) {
            throw new InvalidInputException("a2a-invalid", "message", "has " + json.length()
                    + " characters as JSON, and the limit is " + settings.messageMax(),
                    "send large content by its url, or raise howdah.agent.message-max");
        }
        if (PayloadCodec.holdsNul(json)) {
            throw new InvalidInputException("a2a-invalid", "message", "holds the character U+0000, which cannot be "
                    + "stored", "leave it out, or send it as raw");
        }
        return json;
    }

    private Begun create(Caller caller, SendMessageRequest request, TaskStore.Request asked) {
        var id = Uuids.next();
        var context = request.message().contextId().orElseGet(() -> Uuids.next().toString());
        var follower = Follower.ofNew(hub, id, context);
        try {
            var message = request.message().in(context, id.toString());
            var row = store.create(new NewAgentTask(id, caller.owner(), message, agent.skillOf(request),
                    request.metadata(), request.configuration().push(), asked.key(), asked.hash()));
            return new Begun(row.bare().after(message), follower);
        } catch (RepeatedRequestException e) {
            follower.close();
            return repeated(caller, request, asked);
        } catch (RuntimeException e) {
            follower.close();
            throw e;
        }
    }

    /** A further message for a task that has asked for it. */
    private Begun goOn(Caller caller, SendMessageRequest request, TaskStore.Request asked) {
        var message = request.message();
        var taskId = message.taskId().orElseThrow();
        var row = visible(caller, taskId);
        if (message.contextId().filter(context -> !context.equals(row.contextId())).isPresent()) {
            throw new InvalidInputException("a2a-invalid", "message.contextId", "\"" + message.contextId().get()
                    + "\" is not the context of task " + taskId, "leave it out, or send that of the task");
        }
        try {
            var done = store.change(new Change(row.id(), edit -> take(edit, message), Optional.empty(),
                    Optional.of(asked)));
            request.configuration().push().ifPresent(config -> database.useTransaction(tx -> push().put(tx, row.id(),
                    config)));
            return new Begun(read(done.row(), HISTORY_DEFAULT), Follower.after(hub, row.id(), row.contextId(),
                    done.row().lastSequence()));
        } catch (RepeatedRequestException e) {
            return repeated(caller, request, asked);
        }
    }

    private static void take(TaskEdit edit, Message message) {
        var id = edit.before().id();
        if (edit.state().isTerminal()) {
            throw new A2aException(A2aError.UNSUPPORTED_OPERATION, "task " + id + " is " + edit.state().label()
                    + " and takes no more messages", "begin another one: leave taskId out");
        }
        if (!edit.state().isInterrupted()) {
            throw new A2aException(A2aError.UNSUPPORTED_OPERATION, "task " + id + " is " + edit.state().label()
                    + " and has not asked for anything", "wait until it asks, or cancel it");
        }
        edit.said(message);
        edit.status(TaskState.WORKING, Optional.empty(), Optional.empty());
        edit.runBy(TaskStore.run(id));
    }

    /** The same request again: the same task, as it stands now. */
    private Begun repeated(Caller caller, SendMessageRequest request, TaskStore.Request asked) {
        record Known(String hash, UUID task) {}
        var known = database.withHandle(handle -> handle.createQuery(TaskSql.FIND_REQUEST)
                .bind("owner", asked.owner()).bind("key", asked.key())
                .map((row, context) -> new Known(row.getString("request_hash"), row.getObject("task_id", UUID.class)))
                .findOne());
        if (known.isEmpty() || !known.get().hash().equals(asked.hash())) {
            throw new InvalidInputException("a2a-invalid", "message.messageId", "\"" + request.message().messageId()
                    + "\" came with another message before", "give each message an id of its own");
        }
        var row = visible(caller, known.get().task().toString());
        return new Begun(read(row, HISTORY_DEFAULT), follow(row));
    }

    private static String key(Caller caller, SendMessageRequest request) {
        return caller.idempotencyKey().map(key -> "request:" + key)
                .orElseGet(() -> "message:" + request.message().messageId());
    }

    private static String hash(String message, SendMessageRequest request) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(message.getBytes(StandardCharsets.UTF_8));
            digest.update(request.metadata().map(Object::toString).orElse("").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /** The task once it has come to an end or to a question, or as it stands when the wait is over. */
    private Task outcome(Begun begun) throws InterruptedException {
        var task = begun.task();
        long deadline = System.nanoTime() + settings.waitMax().toNanos();
        while (!task.status().state().isSettled() && !begun.follower().isOver()) {
            var next = begun.follower().next(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            if (next.isEmpty()) {
                return task;
            }
            task = task.after(next.get().item());
        }
        return task;
    }

    private Follower follow(TaskRow row) {
        var task = read(row, HISTORY_DEFAULT);
        return Follower.from(hub, task, row.lastSequence());
    }

    /** From the primary, as its row: a replica that is behind the one that gave the row would lack events that the row counts. */
    private Task read(TaskRow row, int history) {
        return database.withHandle(handle -> TaskReader.tasks(handle, List.of(row), history, true)).getFirst();
    }

    /** What belongs to somebody else looks as if it were not there. */
    private TaskRow visible(Caller caller, String taskId) {
        return store.find(id(taskId)).filter(row -> isOf(caller, row))
                .orElseThrow(() -> A2aException.taskNotFound(taskId));
    }

    private static boolean isOf(Caller caller, TaskRow row) {
        return row.owner().equals(caller.owner());
    }

    private static UUID id(String taskId) {
        try {
            return UUID.fromString(taskId);
        } catch (IllegalArgumentException e) {
            throw A2aException.taskNotFound(taskId);
        }
    }
}
