package dev.howdah.workflow;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.Uuids;
import dev.howdah.queue.Claim;
import dev.howdah.queue.ClaimedTask;
import dev.howdah.queue.Completion;
import dev.howdah.postgres.GroupCommit;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.NewTask.OnConflict;
import dev.howdah.queue.PostgresTaskQueue;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What programs store: those that run at the same time share statements and commits.
 *
 * <p>The end of an execution's events is the lock on it. A runner appends at the sequence that it knows to be next, others at
 * the greatest plus one; of two the second is refused and has to read what the first one did. Since everybody appends before
 * touching the execution's row, nobody waits in a circle.
 */
final class ProgramStore {
    static final String QUEUE = "workflows";
    static final String TYPE_PREFIX = "workflow.program.";
    /** Larger input is read from the execution when it begins to run. */
    private static final int INLINE_INPUT_MAX = 2000;
    private static final int BATCH_MAX = 1000;
    private static final int TASK_ATTEMPTS = 100;
    private static final int APPEND_TRIES_MAX = 10_000;
    private static final int PAGE = 1000;
    private static final JsonNode DONE = JsonMapper.shared().createObjectNode();
    private static final Duration LEASE = Duration.ofSeconds(15);

    private final Database database;
    private final PostgresTaskQueue queue;
    private final EventWakes wakes;
    private final GroupCommit<Start, UUID> starts = new GroupCommit<>(BATCH_MAX, this::storeStarts);
    private final GroupCommit<Row, Boolean> appends = new GroupCommit<>(BATCH_MAX, this::storeRows);
    private final GroupCommit<Change, Boolean> changes = new GroupCommit<>(BATCH_MAX, this::apply);

    ProgramStore(Database database, PostgresTaskQueue queue) {
        this.database = database;
        this.queue = queue;
        this.wakes = new EventWakes(database.notifications());
    }

    /** An execution to be. */
    private record Start(UUID id, String program, String input, NewTask task) {}

    /** An event of a runner, at the place that it knows to be next. */
    record Row(UUID execution, long sequence, String type, @Nullable String node, @Nullable String data) {}

    /**
     * An event of a runner with what it does to the execution's row.
     *
     * @param status the final one; null if it has not ended
     * @param taskId who runs it from now on; null if nobody does
     * @param ends the claim whose task ends with it
     * @param next a task that goes on later
     */
    record Change(Row row, @Nullable String status, @Nullable String output, @Nullable String error,
            @Nullable UUID taskId, Optional<ClaimedTask> ends, Optional<NewTask> next) {}

    /** An execution as it is stored. */
    record Execution(String program, int version, String status, JsonNode input, Optional<UUID> taskId,
            Instant startedAt, Instant readAt) {
        boolean hasEnded() {
            return switch (status) {
                case "completed", "failed", "cancelled" -> true;
                default -> false;
            };
        }
    }

    /** An event as a runner reads it. */
    record Event(long sequence, String type, @Nullable String node, JsonNode data, Instant at) {}

    Database database() {
        return database;
    }

    EventWakes wakes() {
        return wakes;
    }

    /** The observer is told the id before anything can happen to the execution. */
    UUID start(String program, JsonNode input, Consumer<UUID> observer) {
        var id = Uuids.next();
        var json = input.toString();
        observer.accept(id);
        return starts.write(List.of(new Start(id, program, json, task(program, id, input, json)))).getFirst();
    }

    private List<UUID> storeStarts(List<Start> batch) {
        queue.enqueue(batch.stream().map(Start::task).toList(), (tx, tasks) -> insert(tx, batch, tasks));
        return batch.stream().map(Start::id).toList();
    }

    UUID start(Transaction tx, String program, JsonNode input) {
        var id = Uuids.next();
        var json = input.toString();
        var start = new Start(id, program, json, task(program, id, input, json));
        insert(tx, List.of(start), queue.enqueue(tx, List.of(start.task)));
        return id;
    }

    private void insert(Transaction tx, List<Start> batch, List<UUID> tasks) {
        sql(START, tx.handle().getConnection(), connection -> {
            try (var statement = connection.prepareStatement(START)) {
                statement.setArray(1, array(connection, "uuid", batch, Start::id));
                statement.setArray(2, array(connection, "text", batch, Start::program));
                statement.setArray(3, array(connection, "text", batch, Start::input));
                statement.setArray(4, connection.createArrayOf("uuid", tasks.toArray()));
                return statement.executeUpdate();
            }
        });
        tx.afterCommit(() -> batch.forEach(start -> wakes.changed(start.id)));
    }

    /** With a key: the execution that holds it, or a new one. */
    UUID start(Transaction tx, String program, JsonNode input, String key) {
        var id = Uuids.next();
        var json = input.toString();
        for (int i = 0; i < APPEND_TRIES_MAX; i++) {
            boolean isNew = tx.handle().createQuery(ProgramSql.START_KEYED).bind("id", id).bind("program", program)
                    .bind("input", json).bind("key", key).mapTo(UUID.class).findOne().isPresent();
            if (isNew) {
                appendAtEndOf(tx, id);
                var task = queue.enqueue(tx, task(program, id, input, json));
                tx.handle().createUpdate(ProgramSql.SET_TASK).bind("id", id).bind("task", task).execute();
                return id;
            }
            var holder = tx.handle().createQuery(ProgramSql.KEY_HOLDER).bind("key", key).mapTo(UUID.class).findOne();
            if (holder.isPresent()) {
                return holder.get();
            }
        }
        throw new ConflictException("workflow-key-busy", "the key \"" + key + "\" changed hands "
                + APPEND_TRIES_MAX + " times while this was tried", "try again");
    }

    private NewTask task(String program, UUID id, JsonNode input, String json) {
        var payload = payload(id).put("new", true);
        if (json.length() <= INLINE_INPUT_MAX) {
            payload.set("input", input);
        }
        return task(program, payload);
    }

    private static ObjectNode payload(UUID id) {
        return JsonMapper.shared().createObjectNode().put("execution", id.toString());
    }

    private static NewTask task(String program, JsonNode payload) {
        return NewTask.of(TYPE_PREFIX + program, payload).withQueue(QUEUE).withMaxAttempts(TASK_ATTEMPTS);
    }

    /** A task that goes on with an execution; one that is queued is brought forward, one that runs left alone. */
    static NewTask goOn(String program, UUID id) {
        return task(program, payload(id)).withKey("workflow.program/" + id).withOnConflict(OnConflict.RESCHEDULE);
    }

    /** Whether they are stored; of an execution either all or none. */
    boolean append(List<Row> rows) {
        return !appends.write(rows).contains(false);
    }

    private List<Boolean> storeRows(List<Row> rows) {
        long executions = rows.stream().map(Row::execution).distinct().count();
        var stored = executions == rows.size()
                ? database.withHandle(handle -> insert(handle.getConnection(), rows))
                : database.inTransaction(tx -> allOrNone(tx, rows));
        for (var row : rows) {
            if (stored.contains(row.execution)) {
                wakes.changed(row.execution);
            }
        }
        return rows.stream().map(row -> stored.contains(row.execution)).toList();
    }

    /** Several rows of an execution: a later one may have found a place where an earlier one did not. */
    private Set<UUID> allOrNone(Transaction tx, List<Row> rows) {
        var firsts = new HashMap<UUID, Row>();
        rows.forEach(row -> firsts.putIfAbsent(row.execution, row));
        var stored = insert(tx.handle().getConnection(), List.copyOf(firsts.values()));
        // Nobody else can append behind a first row that has not been committed.
        var others = rows.stream()
                .filter(row -> stored.contains(row.execution) && !row.equals(firsts.get(row.execution)))
                .toList();
        insert(tx.handle().getConnection(), others);
        return stored;
    }

    /** Which executions' rows were stored, at least one. */
    Set<UUID> insert(Connection connection, List<Row> given) {
        if (given.isEmpty()) {
            return Set.of();
        }
        var rows = given.size() == 1
                ? given
                : given.stream().sorted(Comparator.comparing(Row::execution).thenComparingLong(Row::sequence)).toList();
        return sql(APPEND, connection, open -> {
            try (var statement = open.prepareStatement(APPEND)) {
                bind(statement, open, rows);
                statement.setLong(6, rows.size());
                try (var result = statement.executeQuery()) {
                    result.next();
                    return result.getLong(1) == rows.size()
                            ? rows.stream().map(Row::execution).collect(java.util.stream.Collectors.toSet())
                            : Set.of((UUID[]) result.getArray(2).getArray());
                }
            }
        });
    }

    private static void bind(java.sql.PreparedStatement statement, Connection open, List<Row> rows)
            throws SQLException {
        statement.setArray(1, array(open, "uuid", rows, Row::execution));
        statement.setArray(2, array(open, "int8", rows, Row::sequence));
        statement.setArray(3, array(open, "text", rows, Row::type));
        statement.setArray(4, array(open, "text", rows, Row::node));
        statement.setArray(5, array(open, "text", rows, Row::data));
    }

    /** Whether it is stored. */
    boolean change(Change change) {
        return changes.write(List.of(change)).getFirst();
    }

    private List<Boolean> apply(List<Change> batch) {
        var changed = database.inTransaction(tx -> {
            var done = update(tx, batch.stream().sorted(Comparator.comparing(change -> change.row.execution)).toList());
            var accepted = batch.stream().filter(change -> done.contains(change.row.execution)).toList();
            var ends = accepted.stream().flatMap(change -> change.ends.stream())
                    .<Completion>map(task -> new Completion.Finished(task, DONE)).toList();
            if (!ends.isEmpty()) {
                queue.complete(tx, ends); // one whose claim was lost finds out when it runs again
            }
            queue.enqueue(tx, accepted.stream().flatMap(change -> change.next.stream()).toList());
            return done;
        });
        for (var change : batch) {
            if (changed.contains(change.row.execution)) {
                if (change.status == null) {
                    wakes.changed(change.row.execution);
                } else {
                    wakes.ended(change.row.execution);
                }
            }
        }
        return batch.stream().map(change -> changed.contains(change.row.execution)).toList();
    }

    private Set<UUID> update(Transaction tx, List<Change> batch) {
        return sql(CHANGE, tx.handle().getConnection(), connection -> {
            try (var statement = connection.prepareStatement(CHANGE)) {
                bind(statement, connection, batch.stream().map(Change::row).toList());
                statement.setArray(6, array(connection, "text", batch, Change::status));
                statement.setArray(7, array(connection, "text", batch, Change::output));
                statement.setArray(8, array(connection, "text", batch, Change::error));
                statement.setArray(9, array(connection, "uuid", batch, Change::taskId));
                var done = HashSet.<UUID>newHashSet(batch.size());
                try (var result = statement.executeQuery()) {
                    while (result.next()) {
                        done.add(result.getObject(1, UUID.class));
                    }
                }
                return done;
            }
        });
    }

    Optional<Execution> find(UUID id) {
        return database.withHandle(handle -> find(handle, id));
    }

    Optional<Execution> find(Transaction tx, UUID id) {
        return find(tx.handle(), id);
    }

    private static Optional<Execution> find(Handle handle, UUID id) {
        return handle.createQuery(ProgramSql.FIND).bind("id", id)
                .map((row, context) -> new Execution(row.getString("workflow_id"), row.getInt("workflow_version"),
                        row.getString("status"), JsonMapper.shared().readTree(row.getString("input")),
                        Optional.ofNullable(row.getObject("task_id", UUID.class)),
                        row.getObject("started_at", OffsetDateTime.class).toInstant(),
                        row.getObject("read_at", OffsetDateTime.class).toInstant()))
                .findOne();
    }

    Instant now() {
        return database.withHandle(handle -> handle.createQuery(ProgramSql.NOW).mapTo(OffsetDateTime.class).one()
                .toInstant());
    }

    /** All that happened after an event. */
    List<Event> events(UUID id, long after) {
        var events = new ArrayList<Event>();
        List<Event> page;
        do {
            long known = events.isEmpty() ? after : events.getLast().sequence;
            page = database.withHandle(handle -> handle.createQuery(ProgramSql.EVENTS).bind("id", id)
                    .bind("after", known).bind("limit", PAGE)
                    .map((row, context) -> {
                        var data = row.getString("data");
                        return new Event(row.getLong("sequence"), row.getString("event_type"), row.getString("node_id"),
                                data == null ? DONE : JsonMapper.shared().readTree(data),
                                row.getObject("created_at", OffsetDateTime.class).toInstant());
                    }).list());
            events.addAll(page);
        } while (page.size() == PAGE);
        return events;
    }

    /** Whether the claim still holds; if so, for as long as a lease from now on. */
    boolean holds(Claim claim) {
        return queue.heartbeat(List.of(claim), LEASE).contains(claim.id());
    }

    /** By somebody who does not run the execution. Nothing if there is no such execution. */
    void appendAtEnd(Transaction tx, UUID id, String type, Optional<String> node, Optional<JsonNode> data) {
        if (find(tx, id).isEmpty()) {
            return;
        }
        for (int i = 0; i < APPEND_TRIES_MAX; i++) {
            boolean appended = tx.handle().createQuery(ProgramSql.APPEND_AT_END).bind("id", id).bind("type", type)
                    .bind("node", node.orElse(null)).bind("data", data.map(JsonNode::toString).orElse(null))
                    .mapTo(Long.class).findOne().isPresent();
            if (appended) {
                tx.afterCommit(() -> wakes.changed(id));
                return;
            }
        }
        throw new ConflictException("execution-busy", "execution " + id + " changed " + APPEND_TRIES_MAX
                + " times while this was tried", "try again");
    }

    private void appendAtEndOf(Transaction tx, UUID id) {
        insert(tx.handle().getConnection(), List.of(new Row(id, 1, "workflow_started", null, null)));
        tx.afterCommit(() -> wakes.changed(id));
    }

    boolean setStatus(Transaction tx, UUID id, String status, String... from) {
        return tx.handle().createUpdate(ProgramSql.SET_STATUS).bind("id", id).bind("status", status).bind("from", from)
                .execute() == 1;
    }

    /**
     * Lets a run go on, unless there is one that will see what was appended.
     *
     * @param task that runs it; empty while it is suspended
     */
    void wake(Transaction tx, String program, UUID id, Optional<UUID> task) {
        if (task.isEmpty()) {
            queue.enqueue(tx, goOn(program, id));
        }
    }

    static Optional<Long> firstOfStep(Transaction tx, UUID id, String step) {
        return tx.handle().createQuery(ProgramSql.FIRST_OF_STEP).bind("id", id).bind("step", step)
                .map((row, context) -> Optional.ofNullable(row.getObject(1, Long.class))).one();
    }

    UUID fork(Transaction tx, UUID from, long before, String program, Optional<JsonNode> input) {
        var id = Uuids.next();
        // Its key holds back nothing here, and tells the run that there is a history.
        var task = queue.enqueue(tx, goOn(program, id));
        tx.handle().createUpdate(ProgramSql.FORK).bind("id", id).bind("from", from).bind("task", task)
                .bind("input", input.map(JsonNode::toString).orElse(null)).execute();
        tx.handle().createUpdate(ProgramSql.FORK_EVENTS).bind("id", id).bind("from", from).bind("before", before)
                .execute();
        tx.afterCommit(() -> wakes.changed(id));
        return id;
    }

    private static final String START = ProgramSql.START;
    private static final String APPEND = ProgramSql.APPEND;
    private static final String CHANGE = ProgramSql.CHANGE;

    /** What may throw an SQLException, which is translated with those of the other statements. */
    @FunctionalInterface
    private interface Sql<T> {
        T run(Connection connection) throws SQLException;
    }

    private <T> T sql(String statement, Connection connection, Sql<T> work) {
        long begin = System.nanoTime();
        boolean failed = true;
        try {
            T result = work.run(connection);
            failed = false;
            return result;
        } catch (SQLException e) {
            throw new ConnectionException(e);
        } finally {
            database.metrics().record(statement, Duration.ofNanos(System.nanoTime() - begin), failed);
        }
    }

    private static <T> java.sql.Array array(Connection connection, String type, List<T> rows,
            Function<T, @Nullable Object> column) throws SQLException {
        var values = new @Nullable Object[rows.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = column.apply(rows.get(i));
        }
        return connection.createArrayOf(type, values);
    }
}
