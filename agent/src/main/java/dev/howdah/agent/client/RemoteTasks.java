package dev.howdah.agent.client;

import dev.howdah.agent.a2a.A2aError;
import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.GetTaskRequest;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.ProtoReader;
import dev.howdah.agent.a2a.PushConfig;
import dev.howdah.agent.a2a.SendMessageRequest;
import dev.howdah.agent.a2a.StreamItem;
import dev.howdah.agent.a2a.Task;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.agent.http.OutboundHttp;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.PermanentFailure;
import dev.howdah.queue.Snooze;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskQueue;
import dev.howdah.queue.TaskRun;
import dev.howdah.workflow.NodeHandler;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Has remote agents do something and waits for it durably: a task of the queue sends the message, notes what the agent calls
 * its task, and looks at it now and then until it has ended. Between two looks nothing is held. Where callers reach this
 * server, the agent is asked to say when there is something to see; that only makes the next look come sooner.
 *
 * <p>That a message is about to be sent is stored before, so that a process that is killed in between leaves the question
 * whether it arrived. Then the agent's tasks are searched for the message; if they do not have it, it is sent with the same
 * id. However the waiting ends, a further task follows, which cancels what the agent still does. Thread-safe.
 */
public final class RemoteTasks {
    /** The type of the tasks that wait. */
    public static final String TYPE = "agent.remote";
    /** Where agents say that there is something to see, under the root of this server; a token follows. */
    public static final String CALLBACKS = "/a2a/callbacks/";

    static final String END_TYPE = "agent.remote-end";
    static final String AGENT = "agent";
    static final String MESSAGE = "message";
    static final String TIMEOUT = "timeout_ms";
    /** A process may die while it looks. */
    static final int ATTEMPTS_MAX = 100;
    static final int END_ATTEMPTS_MAX = 20;
    /** Answers in a row that cannot be read. */
    private static final int UNREADABLE_MAX = 5;
    private static final int HISTORY = 0;
    private static final int TOKEN_BYTES = 32;
    /** Pauses grow with the age of the task: so much of it is added at most to how long it takes. */
    private static final int AGE_PART = 8;
    private static final String WAKE = "wake";
    private static final JsonNode NOTHING = JsonMapper.shared().createObjectNode();
    private static final SecureRandom RANDOM = new SecureRandom();

    private final TaskQueue queue;
    private final RemoteAgents agents;
    private final Optional<URI> root;
    private final RemoteTaskStore store;

    /**
     * Tasks of these agents.
     *
     * @param root under which agents reach this server; absent has it look by itself only
     */
    public RemoteTasks(Database database, TaskQueue queue, RemoteAgents agents, Optional<URI> root) {
        this.queue = queue;
        this.agents = agents;
        this.root = root;
        this.store = new RemoteTaskStore(database, queue);
    }

    /** To be given to a {@link dev.howdah.queue.Worker}. */
    public Map<String, TaskHandler> handlers() {
        return Map.of(TYPE, this::look, END_TYPE, this::end);
    }

    /** What runs the nodes of workflows that ask an agent. */
    public NodeHandler nodes() {
        return new AgentNode(agents);
    }

    /**
     * An agent says that there is something to see; what it sends besides is not looked at.
     *
     * @throws NotFoundException if nothing waits by this token, or no longer
     */
    public void wake(String token) {
        var messageId = store.wake(token).orElseThrow(() -> new NotFoundException("callback-not-found",
                "nothing is waited for here", "a callback ends with its task"));
        // One that has just ended leaves the key to this task, which then does nothing.
        queue.enqueue(NewTask.of(TYPE, JsonMapper.shared().createObjectNode().put(WAKE, true)).withKey(key(messageId))
                .withOnConflict(NewTask.OnConflict.RESCHEDULE));
    }

    static String key(String messageId) {
        return TYPE + ":" + messageId;
    }

    private JsonNode look(TaskRun run) {
        if (run.payload().has(WAKE)) {
            return NOTHING;
        }
        var message = ProtoReader.message(run.payload().path(MESSAGE));
        var row = store.open(run.id(), run.payload().path(AGENT).asString(), message.messageId(), END_TYPE);
        var limit = limit(run);
        if (row.age().compareTo(limit) > 0) {
            throw new PermanentFailure("the task of " + row.agent() + " did not end within " + limit
                    + row.state().map(state -> "; it is " + state.label()).orElse("; it never began"));
        }
        try {
            return judged(run, row, now(row, message));
        } catch (UnavailableException e) {
            throw e.code().equals(OutboundHttp.REDIRECTED) ? failure(e) : later(run, row, e.problem());
        } catch (A2aException e) {
            if (e.error() == A2aError.INVALID_AGENT_RESPONSE && run.attempt() < UNREADABLE_MAX) {
                throw e; // something in between may have answered; the queue tries again
            }
            throw failure(e);
        } catch (HowdahException e) {
            throw failure(e);
        }
    }

    private static Duration limit(TaskRun run) {
        return Duration.ofMillis(run.payload().path(TIMEOUT).asLong());
    }

    private static PermanentFailure failure(HowdahException e) {
        return new PermanentFailure(String.valueOf(e.getMessage()), e);
    }

    /** The agent's task as it stands; the message is sent if that is still to be done. */
    private StreamItem now(RemoteTaskRow row, Message message) {
        var agent = agents.find(row.agent());
        if (row.remoteId().isPresent()) {
            return noted(row, agent.get(new GetTaskRequest(row.remoteId().get(), OptionalInt.of(HISTORY))));
        }
        var arrived = row.sendingAt().isPresent()
                ? SentMessage.find(agent, message.messageId(), row.sendingAt().get())
                : Optional.<Task>empty();
        return noted(row, arrived.<StreamItem>map(task -> task).orElseGet(() -> send(row, agent, message)));
    }

    private StreamItem send(RemoteTaskRow row, RemoteAgent agent, Message message) {
        var token = root.filter(url -> agent.card().pushNotifications()).map(url -> token());
        store.sending(row.taskId(), token);
        return agent.sendOnce(new SendMessageRequest(message, new SendMessageRequest.Configuration(List.of(),
                token.map(this::pushConfig), OptionalInt.of(HISTORY), true), message.metadata()));
    }

    private PushConfig pushConfig(String token) {
        return new PushConfig("", "", root.orElseThrow() + CALLBACKS + token, Optional.empty(), Optional.empty());
    }

    private static String token() {
        var bytes = new byte[TOKEN_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private StreamItem noted(RemoteTaskRow row, StreamItem item) {
        if (item instanceof Task task) {
            store.sent(row.taskId(), task);
        }
        return item;
    }

    private JsonNode judged(TaskRun run, RemoteTaskRow row, StreamItem item) {
        if (!(item instanceof Task task)) {
            return RemoteResult.of(item);
        }
        var said = task.status().message().map(Message::text).map(RemoteErrors::text).filter(text -> !text.isEmpty())
                .map(text -> ": " + text).orElse("");
        var state = task.status().state();
        return switch (state) {
            case COMPLETED -> RemoteResult.of(task);
            case FAILED, CANCELED, REJECTED -> throw new PermanentFailure("task " + task.id() + " of " + row.agent()
                    + " is " + state.label() + said);
            case INPUT_REQUIRED, AUTH_REQUIRED -> throw new PermanentFailure("task " + task.id() + " of "
                    + row.agent() + " needs " + (state == TaskState.INPUT_REQUIRED ? "an answer" : "a permission")
                    + ", which a node cannot give" + said + "; give the node all that the agent needs");
            case SUBMITTED, WORKING -> throw later(run, row, "task " + task.id() + " of " + row.agent() + " is "
                    + state.label() + said);
        };
    }

    private Snooze later(TaskRun run, RemoteTaskRow row, String what) {
        run.log(what);
        var settings = agents.settings();
        var known = store.find(row.taskId()).orElse(row);
        if (known.wakes() > row.wakes()) {
            return new Snooze(settings.pollMin()); // it was said while this was looking
        }
        var pause = known.hasCallback() && known.remoteId().isPresent()
                ? settings.pollMax()
                : known.age().dividedBy(AGE_PART);
        var atMost = shorter(settings.pollMax(), limit(run).minus(known.age()));
        return new Snooze(shorter(pause, atMost).compareTo(settings.pollMin()) < 0
                ? settings.pollMin()
                : shorter(pause, atMost));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** The waiting is over: well, badly, or because nobody wants it any more. */
    private JsonNode end(TaskRun run) {
        var id = UUID.fromString(run.payload().path("task").asString());
        var row = store.find(id);
        boolean isFinished = queue.find(id).filter(task -> task.state() == dev.howdah.queue.TaskState.FINISHED)
                .isPresent();
        if (row.isPresent() && !isFinished && !row.get().state().map(TaskState::isTerminal).orElse(false)) {
            try {
                cancel(row.get());
            } catch (UnavailableException e) {
                if (!run.isLastAttempt()) {
                    throw e;
                }
                run.log("given up: " + e.problem());
            }
        }
        store.delete(id);
        return NOTHING;
    }

    private void cancel(RemoteTaskRow row) {
        try {
            var agent = agents.find(row.agent());
            var remoteId = row.remoteId().or(() -> row.sendingAt().flatMap(time -> SentMessage.find(agent,
                    row.messageId(), time)).map(Task::id));
            remoteId.ifPresent(agent::cancel);
        } catch (UnavailableException e) {
            throw e;
        } catch (HowdahException e) {
            // it has ended, or the agent does not cancel: nothing is left to be done
        }
    }
}
