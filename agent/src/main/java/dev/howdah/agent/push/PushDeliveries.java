package dev.howdah.agent.push;

import static dev.howdah.agent.push.PushDeliveriesSql.*;

import dev.howdah.agent.task.TaskEvent;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.Uuids;
import dev.howdah.queue.TaskQueue;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What is posted to the places that clients named: a row per event and place, written in the event's own transaction
 * together with the task that sends it, so that nothing is lost whatever is killed. Receivers get the events of a task in
 * order, each at least once, and know a repetition by its id. Thread-safe.
 */
public final class PushDeliveries {
    /** Deliveries that are retried or discarded at once. */
    public static final int IDS_MAX = 1000;
    /** Endpoints of one answer. */
    public static final int ENDPOINTS_MAX = 500;

    private static final int LANES_MAX = 1000;
    private static final UUID LEAST = new UUID(0, 0);

    private final Database database;
    private final TaskQueue queue;

    PushDeliveries(Database database, TaskQueue queue) {
        this.database = database;
        this.queue = queue;
    }

    /** See {@link Push#stored}. */
    void add(Transaction tx, List<TaskEvent> given) {
        var events = given.stream().filter(TaskEvent::isForClients).toList();
        if (events.isEmpty()) {
            return;
        }
        var lanes = PushLane.hold(tx, events.stream().map(TaskEvent::taskId).toList());
        if (!lanes.isEmpty()) {
            insert(tx, lanes, events);
            queue.enqueue(tx, lanes.stream().map(PushLane::task).toList());
        }
    }

    /** Deliveries, newest first. */
    public List<PushDelivery> list(PushDeliveryFilter filter) {
        return database.read(handle -> handle.createQuery(LIST)
                .bind("owner", filter.owner().orElse(null))
                .bind("task", filter.taskId().orElse(null))
                .bind("state", filter.state().map(PushDelivery.State::label).orElse(null))
                .bind("before", filter.before().orElse(null))
                .bind("limit", filter.limit())
                .map((row, context) -> delivery(row)).list());
    }

    /**
     * Sends dead deliveries again, with a fresh set of attempts.
     *
     * @param ids at most {@link #IDS_MAX}
     * @return those that are sent again: dead, of the owner's tasks, to places that are still there
     */
    public Set<UUID> retry(String owner, Collection<UUID> ids) {
        checkCount(ids);
        var given = ids.toArray(UUID[]::new);
        return database.inTransaction(tx -> {
            var held = PushLane.hold(tx, tx.handle().createQuery(TASKS_OF).bind("ids", given).bind("owner", owner)
                    .mapTo(UUID.class).list());
            var lanes = new HashSet<PushLane>();
            var retried = tx.handle().createQuery(RETRY).bind("ids", given).bind("owner", owner)
                    .map((row, context) -> {
                        lanes.add(PushLane.of(row));
                        return row.getObject("id", UUID.class);
                    }).set();
            held.retainAll(lanes);
            queue.enqueue(tx, held.stream().map(PushLane::taskNow).toList());
            return retried;
        });
    }

    /**
     * Gives up deliveries that are pending or dead; one that is just being sent may arrive nevertheless.
     *
     * @param ids at most {@link #IDS_MAX}
     * @return those that were given up
     */
    public Set<UUID> discard(String owner, Collection<UUID> ids) {
        checkCount(ids);
        return database.inTransaction(tx -> tx.handle().createQuery(DISCARD).bind("ids", ids.toArray(UUID[]::new))
                .bind("owner", owner).mapTo(UUID.class).set());
    }

    /**
     * How the endpoints are that tasks post to, by name.
     *
     * @param owner only those of this caller's tasks
     * @param after the last one of the page before; empty for the first page
     * @param limit 1 to {@link #ENDPOINTS_MAX}
     */
    public List<PushEndpoint> endpoints(Optional<String> owner, String after, int limit) {
        if (limit < 1 || limit > ENDPOINTS_MAX) {
            throw new InvalidInputException("push-filter-invalid", "limit", limit + " is out of range",
                    "use 1 to " + ENDPOINTS_MAX);
        }
        return database
                .read(handle -> handle.createQuery(ENDPOINTS).bind("owner", owner.orElse(null)).bind("after", after)
                        .bind("limit", limit).map((row, context) -> endpoint(row)).list());
    }

    /**
     * Gives every lane with something overdue its task again (one may have been cancelled, or have died too often), and
     * forgets endpoints that nobody has posted to for long. Run now and then by {@link PushUpkeep}.
     *
     * @return in how many lanes something is overdue
     */
    int upkeep() {
        database.useTransaction(tx -> tx.handle().createUpdate(FORGET_ENDPOINTS).execute());
        int count = 0;
        var last = new PushLane(LEAST, "");
        while (true) {
            var after = last;
            var lanes = database.<List<PushLane>>withHandle(handle -> overdue(handle, after));
            if (lanes.isEmpty()) {
                return count;
            }
            queue.enqueue(lanes.stream().map(PushLane::task).toList());
            count += lanes.size();
            last = lanes.getLast();
        }
    }

    private static List<PushLane> overdue(Handle handle, PushLane after) {
        return handle.createQuery(OVERDUE).bind("task", after.taskId()).bind("config", after.configId())
                .bind("limit", LANES_MAX).map((row, context) -> PushLane.of(row)).list();
    }

    private static void insert(Transaction tx, List<PushLane> lanes, List<TaskEvent> events) {
        var ids = new ArrayList<UUID>();
        var tasks = new ArrayList<UUID>();
        var configs = new ArrayList<String>();
        var sequences = new ArrayList<Long>();
        for (var event : events) {
            for (var lane : lanes) {
                if (lane.taskId().equals(event.taskId())) {
                    ids.add(Uuids.next());
                    tasks.add(lane.taskId());
                    configs.add(lane.configId());
                    sequences.add(event.sequence());
                }
            }
        }
        tx.handle().createUpdate(ADD).bind("ids", ids.toArray(UUID[]::new)).bind("tasks", tasks.toArray(UUID[]::new))
                .bind("configs", configs.toArray(String[]::new)).bind("sequences", sequences.toArray(Long[]::new))
                .execute();
    }

    private static void checkCount(Collection<UUID> ids) {
        if (ids.size() > IDS_MAX) {
            throw new InvalidInputException("push-filter-invalid", "ids", ids.size() + " are too many",
                    "use at most " + IDS_MAX);
        }
    }

    private static PushDelivery delivery(ResultSet row) throws SQLException {
        var state = PushDelivery.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT));
        int status = row.getInt("last_status");
        var lastStatus = row.wasNull() ? OptionalInt.empty() : OptionalInt.of(status);
        return new PushDelivery(row.getObject("id", UUID.class), row.getObject("task_id", UUID.class),
                row.getString("config_id"), row.getLong("sequence"), state,
                Optional.ofNullable(row.getString("endpoint")), row.getInt("attempts"),
                time(row, "due_at").filter(due -> state == PushDelivery.State.PENDING), lastStatus,
                Optional.ofNullable(row.getString("last_error")), time(row, "created_at").orElseThrow(),
                time(row, "ended_at"));
    }

    private static PushEndpoint endpoint(ResultSet row) throws SQLException {
        var openedAt = time(row, "opened_at");
        var halfOpen = row.getBoolean("is_half_open") ? PushEndpoint.State.HALF_OPEN : PushEndpoint.State.OPEN;
        return new PushEndpoint(row.getString("endpoint"),
                openedAt.isPresent() ? halfOpen : PushEndpoint.State.CLOSED, row.getInt("failures"), openedAt,
                time(row, "probe_at"), Optional.ofNullable(row.getString("last_error")), time(row, "last_success"),
                time(row, "last_failure"), row.getLong("pending"), row.getLong("dead"));
    }

    private static Optional<Instant> time(ResultSet row, String column) throws SQLException {
        @Nullable
        Timestamp time = row.getTimestamp(column);
        return Optional.ofNullable(time).map(Timestamp::toInstant);
    }
}
