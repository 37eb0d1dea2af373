package dev.howdah.agent.dependencies;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.Uuids;
import dev.howdah.queue.TaskRun;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.PermanentFailure;
import dev.howdah.queue.TaskQueue;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is to be done outside: stored in the transaction that decides it, then carried out by a task, at most once per
 * key. A kind without a sender is recorded only. At most once means: the state {@code sending} is committed before the
 * other side is asked, and who finds it there after a crash does not ask again. Thread-safe.
 */
public final class Outbox {
    /** The type of the task that carries out an action. */
    public static final String TASK_TYPE = "deliver_action";

    private static final JsonMapper JSON = JsonMapper.shared();

    static final String ADD = """
        INSERT INTO actions (id, key, kind, target_repo, urgency, title, body, labels, state, task_id)
        SELECT id, key, kind, target_repo, urgency, title, body, labels, state, task_id
          FROM jsonb_to_recordset(:actions::jsonb) AS given (id uuid, key text, kind text, target_repo text,
               urgency text, title text, body text, labels jsonb, state text, task_id uuid)
         ORDER BY key
            ON CONFLICT (key) DO NOTHING
        RETURNING id, state
        """;

    /** Names the state before, so that only one process moves an action on. */
    static final String MOVE = """
        UPDATE actions
           SET state = :to, error = :error, sent_at = CASE WHEN :to = 'sent' THEN now() END
         WHERE id = :id
           AND state = :from
        """;

    static final String FIND = """
        SELECT id, key, kind, target_repo, urgency, title, body, labels, state, error, task_id, created_at, sent_at
          FROM actions
         WHERE id = :id
        """;

    static final String LIST = """
        SELECT id, key, kind, target_repo, urgency, title, body, labels, state, error, task_id, created_at, sent_at
          FROM actions
         WHERE (:before::uuid IS NULL
                OR (created_at, id) < (SELECT created_at, id FROM actions WHERE id = :before::uuid))
           AND (:kind::text IS NULL OR kind = :kind::text)
           AND created_at >= COALESCE(:since::timestamptz, '-infinity')
         ORDER BY created_at DESC, id DESC
         LIMIT :limit
        """;

    private final Database database;
    private final TaskQueue queue;
    private final Map<ActionKind, ActionSender> senders;

    Outbox(Database database, TaskQueue queue, Map<ActionKind, ActionSender> senders) {
        this.database = database;
        this.queue = queue;
        this.senders = Map.copyOf(senders);
    }

    /**
     * An action to be stored.
     *
     * @param key at most one action per key ever happens
     */
    record NewAction(String key, ActionKind kind, String targetRepo, String urgency, String title, String body,
            List<String> labels, UUID taskId) {}

    /** Stores the actions whose key is new, and enqueues those that can be carried out, in the caller's transaction. */
    void add(Transaction tx, List<NewAction> actions) {
        var rows = actions.stream().map(this::row).toList();
        var pending = new ArrayList<UUID>();
        tx.handle().createQuery(ADD).bind("actions", JSON.writeValueAsString(rows)).map((row, context) -> {
            if (row.getString("state").equals(label(ActionState.PENDING))) {
                pending.add(row.getObject("id", UUID.class));
            }
            return true;
        }).list();
        if (!pending.isEmpty()) {
            queue.enqueue(tx, pending.stream().map(id -> NewTask.of(TASK_TYPE,
                    JSON.createObjectNode().put("action_id", id.toString()))).toList());
        }
    }

    /** Carries out one action; the handler of {@link #TASK_TYPE}. */
    JsonNode deliver(TaskRun run) {
        var id = UUID.fromString(run.payload().path("action_id").asString());
        var action = find(id).orElseThrow(() -> new PermanentFailure("there is no action " + id));
        var sender = senders.get(action.kind());
        if (sender == null) {
            throw new PermanentFailure("nothing is configured to send a " + label(action.kind()) + " with");
        }
        if (action.state() == ActionState.SENT) {
            return result(action.state());
        }
        if (!move(id, ActionState.PENDING, ActionState.SENDING, null)) {
            return interrupted(id);
        }
        try {
            sender.send(action);
            move(id, ActionState.SENDING, ActionState.SENT, null);
            return result(ActionState.SENT);
        } catch (ActionSender.NotSentException e) {
            boolean last = run.isLastAttempt();
            move(id, ActionState.SENDING, last ? ActionState.FAILED : ActionState.PENDING, e.getMessage());
            throw new IllegalStateException(e.getMessage(), e);
        } catch (ActionSender.RefusedException e) {
            move(id, ActionState.SENDING, ActionState.FAILED, e.getMessage());
            throw new PermanentFailure(String.valueOf(e.getMessage()), e);
        } catch (RuntimeException e) {
            move(id, ActionState.SENDING, ActionState.UNKNOWN, e.getMessage());
            throw new PermanentFailure("it may or may not have been sent, and is not sent again: " + e.getMessage(), e);
        }
    }

    Optional<Action> find(UUID id) {
        return database.read(handle -> handle.createQuery(FIND).bind("id", id).map(Outbox::read).findOne());
    }

    /**
     * Newest first, by pages.
     *
     * @param kind only these, if present
     * @param since only those created since then, if present
     * @param before the id of the last action of the page before
     * @param limit 1 to 500
     */
    public List<Action> list(Optional<ActionKind> kind, Optional<Instant> since, Optional<UUID> before, int limit) {
        if (limit < 1 || limit > 500) {
            throw new InvalidInputException("action-filter-invalid", "limit", limit + " is out of range",
                    "use 1 to 500");
        }
        return database.read(handle -> handle.createQuery(LIST)
                .bind("before", before.orElse(null))
                .bind("kind", kind.map(Outbox::label).orElse(null))
                .bind("since", since.map(time -> time.atOffset(java.time.ZoneOffset.UTC)).orElse(null))
                .bind("limit", limit)
                .map(Outbox::read)
                .list());
    }

    /** Somebody was sending when their process died. */
    private JsonNode interrupted(UUID id) {
        var why = "the process that was sending it died; it may or may not have been sent, and is not sent again";
        if (move(id, ActionState.SENDING, ActionState.UNKNOWN, why)) {
            throw new PermanentFailure(why);
        }
        return result(find(id).map(Action::state).orElse(ActionState.UNKNOWN));
    }

    private boolean move(UUID id, ActionState from, ActionState to, @Nullable String error) {
        return database.withHandle(handle -> handle.createUpdate(MOVE)
                .bind("id", id)
                .bind("from", label(from))
                .bind("to", label(to))
                .bind("error", error)
                .execute()) == 1;
    }

    private Map<String, Object> row(NewAction action) {
        var state = senders.containsKey(action.kind()) ? ActionState.PENDING : ActionState.RECORDED;
        return Map.of("id", Uuids.next(), "key", action.key(), "kind", label(action.kind()), "target_repo",
                action.targetRepo(), "urgency", action.urgency(), "title", action.title(), "body", action.body(),
                "labels", action.labels(), "state", label(state), "task_id", action.taskId());
    }

    private static JsonNode result(ActionState state) {
        return JSON.createObjectNode().put("state", label(state));
    }

    private static Action read(ResultSet row, StatementContext context) throws SQLException {
        return new Action(row.getObject("id", UUID.class), row.getString("key"),
                ActionKind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)), row.getString("target_repo"),
                row.getString("urgency"), row.getString("title"), row.getString("body"),
                JSON.readTree(row.getString("labels")).valueStream().map(JsonNode::asString).toList(),
                ActionState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                Optional.ofNullable(row.getString("error")), Optional.ofNullable(row.getObject("task_id", UUID.class)),
                row.getTimestamp("created_at").toInstant(),
                Optional.ofNullable(row.getTimestamp("sent_at")).map(java.sql.Timestamp::toInstant));
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
