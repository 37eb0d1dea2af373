package dev.howdah.agent.push;

import dev.howdah.agent.a2a.ProtoJson;
import dev.howdah.agent.http.OutboundAddress;
import dev.howdah.agent.http.OutboundHttp;
import dev.howdah.agent.http.OutboundRequest;
import dev.howdah.agent.task.TaskEvent;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.queue.Completion;
import dev.howdah.queue.Snooze;
import dev.howdah.queue.TaskQueue;
import dev.howdah.queue.TaskRun;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends the deliveries of a lane, one after the other, until there is none or the next one may not be sent yet. The task
 * that does it ends, or goes to sleep, in a transaction that has seen the lane so; a failure of the receiver is noted in
 * the delivery, not in the task. Thread-safe.
 */
final class PushSender {
    /** Tells receivers which deliveries are the same. */
    static final String DELIVERY_HEADER = "X-Howdah-Delivery";
    static final String TOKEN_HEADER = "X-A2A-Notification-Token";
    /** Deliveries after which others get their turn. */
    private static final int TURN_MAX = 50;
    private static final Duration BUSY_PAUSE = Duration.ofSeconds(1);
    private static final int ERROR_CHARACTERS_MAX = 500;
    private static final Set<String> ENDPOINTS_FAULTS = Set.of(OutboundHttp.UNREACHABLE, OutboundHttp.TIMEOUT,
            OutboundHttp.BROKEN);
    private static final JsonMapper JSON = JsonMapper.shared();

    static final String NEXT = """
        SELECT d.id, d.sequence, d.attempts, (EXTRACT(EPOCH FROM d.due_at - now()) * 1000)::bigint AS wait_millis,
               d.created_at < now() - :ageMillis * interval '1 ms' AS is_old, c.url, c.endpoint, c.token::text AS token,
               c.scheme, c.credentials::text AS credentials, d.task_id, t.context_id, e.kind, e.payload::text AS payload,
               e.created_at
          FROM push_deliveries d
          JOIN agent_tasks t ON t.id = d.task_id
          JOIN push_configs c ON c.task_id = d.task_id AND c.id = d.config_id
          JOIN agent_events e ON e.task_id = d.task_id AND e.sequence = d.sequence
         WHERE d.task_id = :task AND d.config_id = :config AND d.sequence > :after AND d.state = 'pending'
         ORDER BY d.sequence
         LIMIT 1
        """;

    static final String HOLD_ALONE = """
        SELECT id
          FROM push_configs
         WHERE task_id = :task AND id = :config
           FOR UPDATE
        """;

    static final String DELIVERED = """
        UPDATE push_deliveries
           SET state = 'delivered', attempts = attempts + 1, last_status = :status, last_error = NULL, ended_at = now()
         WHERE id = :id AND state = 'pending'
        """;

    static final String NOT_DELIVERED = """
        UPDATE push_deliveries
           SET state = :state, attempts = attempts + 1, last_status = :status, last_error = :error,
               due_at = now() + :pauseMillis * interval '1 ms', ended_at = CASE WHEN :state = 'dead' THEN now() END
         WHERE id = :id AND state = 'pending'
        """;

    static final String WAITING = """
        SELECT DISTINCT d.task_id, d.config_id
          FROM push_deliveries d
          JOIN push_configs c ON c.task_id = d.task_id AND c.id = d.config_id
         WHERE c.endpoint = :endpoint AND d.state = 'pending'
         LIMIT 1000
        """;

    /** What waits for an endpoint that is well again; those that are just being noted find out by themselves. */
    static final String WAKE = """
        UPDATE push_deliveries
           SET due_at = now()
         WHERE id IN (SELECT d.id
                        FROM push_deliveries d
                        JOIN push_configs c ON c.task_id = d.task_id AND c.id = d.config_id
                       WHERE c.endpoint = :endpoint AND d.state = 'pending' AND d.due_at > now()
                       ORDER BY d.id
                       LIMIT 1000
                         FOR UPDATE OF d SKIP LOCKED)
        """;

    private final Database database;
    private final TaskQueue queue;
    private final OutboundHttp http;
    private final PushSettings settings;
    private final PushSecrets secrets;
    private final EndpointBreaker breaker;

    PushSender(Database database, TaskQueue queue, OutboundHttp http, PushSettings settings, PushSecrets secrets) {
        this.database = database;
        this.queue = queue;
        this.http = http;
        this.settings = settings;
        this.secrets = secrets;
        this.breaker = new EndpointBreaker(database, settings);
    }

    /** A delivery whose turn it is. */
    private record Next(UUID id, long sequence, int attempts, Duration delay, boolean isOld, String url,
            String endpoint, @Nullable String token, Optional<String> scheme, @Nullable String credentials,
            TaskEvent event) {}

    /** Sends what is due; the handler of {@link PushLane#TASK_TYPE}. */
    JsonNode handle(TaskRun run) {
        var lane = PushLane.of(run.payload());
        long after = 0;
        for (int turn = 0; turn < TURN_MAX; turn++) {
            long from = after;
            var due = database.<Optional<Next>>withHandle(handle -> next(handle, lane, from))
                    .filter(next -> !next.delay.isPositive());
            var admission = due.map(next -> breaker.admit(next.endpoint))
                    .filter(EndpointBreaker.Admission::isAdmitted);
            if (admission.isPresent()) {
                after = attempt(run, due.orElseThrow(), admission.get());
            } else if (hasRested(run, lane)) {
                return result();
            } else {
                after = 0; // something was added, retried or woken meanwhile
            }
        }
        throw new Snooze(Duration.ZERO);
    }

    /**
     * Sends it.
     *
     * @return the sequence behind which the next one is to be looked for
     */
    private long attempt(TaskRun run, Next next, EndpointBreaker.Admission admission) {
        var outcome = send(next);
        if (run.isStopped()) {
            throw new IllegalStateException("stopped while sending " + next.id);
        }
        note(next, admission, outcome);
        return outcome instanceof PushOutcome.Failed ? next.sequence - 1 : next.sequence;
    }

    private PushOutcome send(Next next) {
        try {
            return PushOutcome.of(http.status(request(next)));
        } catch (InvalidInputException e) {
            return new PushOutcome.Refused(Optional.empty(), text(e));
        } catch (UnavailableException e) {
            if (e.code().equals(OutboundHttp.BUSY)) {
                throw new Snooze(EndpointBreaker.jittered(BUSY_PAUSE));
            }
            return new PushOutcome.Failed(Optional.empty(), text(e), ENDPOINTS_FAULTS.contains(e.code()));
        }
    }

    private OutboundRequest request(Next next) {
        var request = OutboundRequest.post(OutboundAddress.of(next.url), ProtoJson.MEDIA_TYPE,
                ProtoJson.item(next.event.item()).toString())
                .withTimeout(settings.timeout()).withHeader(DELIVERY_HEADER, next.id.toString())
                .withHeader("A2A-Version", "1.0");
        var token = secrets.open(next.token);
        if (token.isPresent()) {
            request = request.withHeader(TOKEN_HEADER, token.get());
        }
        if (next.scheme.isPresent()) {
            var credentials = secrets.open(next.credentials);
            request = request.withHeader("Authorization", next.scheme.get() + credentials.map(text -> " " + text)
                    .orElse(""));
        }
        return request;
    }

    private void note(Next next, EndpointBreaker.Admission admission, PushOutcome outcome) {
        boolean isWell = outcome.isAnswered() && admission.probes();
        database.useTransaction(tx -> {
            switch (outcome) {
                case PushOutcome.Delivered(var status) ->
                    tx.handle().createUpdate(DELIVERED).bind("id", next.id).bind("status", status).execute();
                case PushOutcome.Refused(var status, var error) -> notDelivered(tx, next, status, error, true);
                case PushOutcome.Failed(var status, var error, var _) -> notDelivered(tx, next, status, error,
                        next.isOld || next.attempts + 1 >= settings.attemptsMax());
            }
            if (outcome instanceof PushOutcome.Failed(var _, var error, var isEndpoints) && isEndpoints) {
                breaker.failed(tx, next.endpoint, admission.probes(), error);
            } else if (isWell || (outcome instanceof PushOutcome.Delivered && admission.isNoteworthy())) {
                breaker.succeeded(tx, next.endpoint);
            }
        });
        if (isWell) {
            wake(next.endpoint);
        }
    }

    private void notDelivered(Transaction tx, Next next, Optional<Integer> status, String error, boolean isDead) {
        tx.handle().createUpdate(NOT_DELIVERED).bind("id", next.id)
                .bind("state", isDead ? "dead" : "pending").bind("status", status.orElse(null)).bind("error", error)
                .bind("pauseMillis", pause(next.attempts).toMillis()).execute();
    }

    /** A transaction of its own: it touches rows of other lanes. */
    private void wake(String endpoint) {
        database.useTransaction(tx -> {
            var waiting = tx.handle().createQuery(WAITING).bind("endpoint", endpoint)
                    .map((row, context) -> PushLane.of(row)).set();
            var held = PushLane.hold(tx, waiting.stream().map(PushLane::taskId).toList());
            held.retainAll(waiting);
            tx.handle().createUpdate(WAKE).bind("endpoint", endpoint).execute();
            queue.enqueue(tx, held.stream().map(PushLane::taskNow).toList());
        });
    }

    /**
     * Ends the lane's task, or lets it sleep until something may be sent, unless that is the case now. Whoever adds to the
     * lane or wakes it holds its configuration, too: so either is seen here, or finds the task ended or asleep.
     */
    private boolean hasRested(TaskRun run, PushLane lane) {
        return database.inTransaction(tx -> {
            tx.handle().createQuery(HOLD_ALONE).bind("task", lane.taskId()).bind("config", lane.configId())
                    .mapTo(String.class).findOne();
            var pause = next(tx.handle(), lane, 0).map(next -> next.delay.isPositive()
                    ? next.delay
                    : breaker.pause(tx, next.endpoint));
            if (pause.isPresent() && !pause.get().isPositive()) {
                return false;
            }
            queue.complete(tx, List.of(pause.<Completion>map(delay -> new Completion.Snoozed(run.task(), delay))
                    .orElseGet(() -> new Completion.Finished(run.task(), result()))));
            tx.afterCommit(run::markEnded);
            return true;
        });
    }

    private Optional<Next> next(Handle handle, PushLane lane, long after) {
        return handle.createQuery(NEXT).bind("task", lane.taskId()).bind("config", lane.configId())
                .bind("after", after).bind("ageMillis", settings.ageMax().toMillis())
                .map((row, context) -> read(row)).findOne();
    }

    /** Doubles with each attempt. */
    private Duration pause(int attempts) {
        var pause = settings.retryFirst().multipliedBy(1L << Math.min(attempts, 20));
        return EndpointBreaker.jittered(pause.compareTo(settings.retryMax()) > 0 ? settings.retryMax() : pause);
    }

    private static JsonNode result() {
        return JSON.createObjectNode();
    }

    private static String text(HowdahException e) {
        var text = e instanceof InvalidInputException ? String.valueOf(e.getMessage()) : e.problem();
        return text.substring(0, Math.min(text.length(), ERROR_CHARACTERS_MAX));
    }

    private static Next read(ResultSet row) throws SQLException {
        return new Next(row.getObject("id", UUID.class), row.getLong("sequence"), row.getInt("attempts"),
                Duration.ofMillis(row.getLong("wait_millis")), row.getBoolean("is_old"), row.getString("url"),
                row.getString("endpoint"), row.getString("token"), Optional.ofNullable(row.getString("scheme")),
                row.getString("credentials"), TaskEvent.of(row.getObject("task_id", UUID.class),
                        row.getString("context_id"), row.getLong("sequence"), row.getString("kind"),
                        JSON.readTree(row.getString("payload")), row.getTimestamp("created_at").toInstant()));
    }
}
