package dev.howdah.queue;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.CopyBuffer;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.GroupCommit;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Puts tasks into their queues: those of many callers in one statement and one commit, large sets by COPY.
 *
 * <p>A task of a fair queue gets the turn of its partition, its virtual time: one more than the partition's task before it,
 * but never less than how far the queue has been claimed. A tenant with a million tasks thus stands behind the next one of
 * every other tenant, and a claim need not know of partitions at all (start-time fair queueing; Goyal, Vin, Cheng 1996).
 * The position of the task is the turn times 2^20, plus a number by which those of one turn are told apart, so that a claim
 * can go on where the last one ended.
 */
final class Enqueuer {
    /** A key that is taken inserts nothing; {@link #KEY_HOLDERS} then finds who holds it. */
    static final String ENQUEUE = """
        INSERT INTO tasks (id, position, type, queue, priority, payload, key, max_attempts, attempts_end, timeout_ms,
                           result_ttl_ms, partition, waits_for, run_at, ready, traceparent)
        SELECT id, CASE WHEN turn IS NULL THEN nextval('tasks_position_seq')
                        ELSE (turn << 20) | (nextval('tasks_position_seq') & 1048575) END, type, queue, priority, payload::jsonb, key,
               max_attempts, max_attempts, timeout_ms, result_ttl_ms, partition, waits_for, start.at,
               waits_for = 0 AND start.at <= now(), traceparent
          FROM unnest(:ids::uuid[], :turns::bigint[], :types::text[], :queues::text[], :priorities::int[],
                      :payloads::text[], :keys::text[], :maxAttempts::int[], :timeouts::bigint[], :resultTtls::bigint[],
                      :partitions::text[], :waitsFor::int[], :delays::bigint[], :runAts::timestamptz[],
                      :traceparents::text[])
               AS given (id, turn, type, queue, priority, payload, key, max_attempts, timeout_ms, result_ttl_ms,
                         partition, waits_for, delay_ms, run_at, traceparent)
         CROSS JOIN LATERAL (SELECT COALESCE(run_at, now() + delay_ms * interval '1 ms') AS at) AS start
            ON CONFLICT (key) WHERE key IS NOT NULL DO NOTHING
        RETURNING id
        """;

    /** For a few tasks that are due at once and have nothing special; wakes others once, if it is given their channel. */
    static final String ENQUEUE_PLAIN = """
        INSERT INTO tasks (id, type, queue, priority, payload, max_attempts, attempts_end)
        SELECT id, type, queue, priority, payload::jsonb, max_attempts, max_attempts
          FROM unnest(?::uuid[], ?::text[], ?::text[], ?::int[], ?::text[], ?::int[])
               AS given (id, type, queue, priority, payload, max_attempts)
        RETURNING (SELECT pg_notify(channel, ?)::text FROM unnest(?::text[]) AS channel)
        """;

    /** For more than a few that are due at once and have nothing special. */
    static final String COPY_PLAIN = """
        COPY tasks (id, type, queue, priority, payload, max_attempts, attempts_end) FROM STDIN (FORMAT binary)
        """;

    /** Stores tasks as claimed by a worker of this process, unless somebody holds one of their queues back. */
    static final String HAND_OVER = """
        WITH fresh AS (
          INSERT INTO tasks (id, type, queue, priority, payload, max_attempts, attempts_end, state, attempt, started_at,
                             claim_id)
          SELECT id, type, queue, priority, payload::jsonb, max_attempts, max_attempts, 'started', 1, now(), ?
            FROM unnest(?::uuid[], ?::text[], ?::text[], ?::int[], ?::text[], ?::int[])
                 AS given (id, type, queue, priority, payload, max_attempts)
           WHERE NOT EXISTS (SELECT
                               FROM queues
                              WHERE (name = ANY (?::text[]) OR name = '*')
                                AND (paused_at IS NOT NULL OR concurrency IS NOT NULL OR rate IS NOT NULL
                                     OR partition_concurrency IS NOT NULL OR partition_rate IS NOT NULL))
          RETURNING id, created_at),
        held AS (
          INSERT INTO claims (id, worker, lease_until, tasks)
          SELECT ?, ?, now() + ? * interval '1 ms', array_agg(fresh.id)
            FROM fresh
          HAVING count(*) > 0)
        SELECT created_at
          FROM fresh
         LIMIT 1
        """;

    static final String KEY_HOLDERS = """
        SELECT key, id
          FROM tasks
         WHERE key = ANY (:keys::text[])
        """;

    /** One that is queued takes on what the new one has; one that runs is left alone. */
    static final String REPLACE = """
        UPDATE tasks
           SET payload = given.payload::jsonb, priority = given.priority, max_attempts = given.max_attempts,
               attempts_end = attempt + given.max_attempts, timeout_ms = given.timeout_ms,
               result_ttl_ms = given.result_ttl_ms, run_at = start.at, ready = waits_for = 0 AND start.at <= now()
          FROM unnest(:keys::text[], :payloads::text[], :priorities::int[], :maxAttempts::int[], :timeouts::bigint[],
                      :resultTtls::bigint[], :delays::bigint[], :runAts::timestamptz[])
               AS given (key, payload, priority, max_attempts, timeout_ms, result_ttl_ms, delay_ms, run_at)
         CROSS JOIN LATERAL (SELECT COALESCE(given.run_at, now() + delay_ms * interval '1 ms') AS at) AS start
         WHERE tasks.key = given.key
           AND state = 'queued'
        """;

    static final String RESCHEDULE = """
        UPDATE tasks
           SET run_at = start.at, ready = waits_for = 0 AND start.at <= now()
          FROM unnest(:keys::text[], :delays::bigint[], :runAts::timestamptz[]) AS given (key, delay_ms, run_at)
         CROSS JOIN LATERAL (SELECT COALESCE(given.run_at, now() + delay_ms * interval '1 ms') AS at) AS start
         WHERE tasks.key = given.key
           AND state = 'queued'
        """;

    /** Takes the keys that are free for their period; of the others nothing comes back. */
    static final String TAKE_PERIODS = """
        INSERT INTO task_periods (key, task_id, until)
        SELECT key, id, now() + for_ms * interval '1 ms'
          FROM unnest(:keys::text[], :ids::uuid[], :periods::bigint[]) AS given (key, id, for_ms)
         ORDER BY key
            ON CONFLICT (key) DO UPDATE
           SET task_id = EXCLUDED.task_id, until = EXCLUDED.until
         WHERE task_periods.until <= now()
        RETURNING task_id
        """;

    static final String PERIOD_HOLDERS = """
        SELECT key, task_id
          FROM task_periods
         WHERE key = ANY (:keys::text[])
        """;

    static final String REGISTER_QUEUES = """
        INSERT INTO queues (name)
        SELECT name
          FROM unnest(:names::text[]) AS name
         ORDER BY name
            ON CONFLICT DO NOTHING
        """;

    static final String REGISTER_LANES = """
        INSERT INTO lanes (queue, priority)
        SELECT queue, priority
          FROM unnest(:queues::text[], :priorities::int[]) AS given (queue, priority)
         ORDER BY queue, priority
            ON CONFLICT DO NOTHING
        """;

    /** What was enqueued before keeps its place ahead. */
    static final String MAKE_FAIR = """
        UPDATE queues
           SET fair = true, position = (SELECT last_value FROM tasks_position_seq)
         WHERE name = ANY (:names::text[])
           AND NOT fair
        """;

    /** Moves each partition on by what it gets, and answers where it stands then. */
    static final String ADVANCE_PARTITIONS = """
        INSERT INTO partitions (queue, name, position)
        SELECT given.queue, given.name, (queues.position >> 20) + given.tasks
          FROM unnest(:queues::text[], :names::text[], :counts::bigint[]) AS given (queue, name, tasks)
          JOIN queues ON queues.name = given.queue
         ORDER BY given.queue, given.name
            ON CONFLICT (queue, name) DO UPDATE
           SET position = GREATEST(EXCLUDED.position,
                                   partitions.position + EXCLUDED.position
                                   - (SELECT queues.position >> 20 FROM queues WHERE queues.name = EXCLUDED.queue))
        RETURNING queue, name, position
        """;

    /** Locks them against ending meanwhile. */
    static final String MARK_PARENTS = """
        UPDATE tasks
           SET has_dependents = true
         WHERE id = ANY (:ids::uuid[])
        RETURNING id
        """;

    static final String ENDED_PARENTS = """
        SELECT id, state
          FROM task_history
         WHERE id = ANY (:ids::uuid[])
        """;

    static final String DEPEND = """
        INSERT INTO task_dependencies (depends_on, task_id, whatever)
        SELECT depends_on, task_id, whatever
          FROM unnest(:parents::uuid[], :children::uuid[], :whatever::boolean[])
               AS given (depends_on, task_id, whatever)
        """;

    static final String COMMIT_WITHOUT_WAITING = "SET LOCAL synchronous_commit = off";

    private static final int BATCH_MAX = 1000;
    private static final int COPY_MIN = 24;
    private static final int HAND_OVER_MAX = 20;
    /** More, because there is no COPY to be gained on where a companion has to be in the same transaction. */
    private static final int HAND_OVER_WITH_COMPANION_MAX = 500;

    private final Database database;
    private final QueueRules rules;
    private final PayloadCodec codec;
    private final Claimer claimer;
    private final OpenClaims openClaims;
    private final int payloadMax;
    private volatile @Nullable LocalSlots localSlots;
    private final GroupCommit<Row, UUID> durable = new GroupCommit<>(BATCH_MAX, rows -> store(rows, true));
    private final GroupCommit<Row, UUID> relaxed = new GroupCommit<>(BATCH_MAX, rows -> store(rows, false));
    private final Supplier<UUID> nextId;
    private final Set<Lane> knownLanes = ConcurrentHashMap.newKeySet();

    Enqueuer(Database database, QueueSettings settings, QueueRules rules, PayloadCodec codec,
            Claimer claimer, OpenClaims openClaims, Supplier<UUID> nextId) {
        this.database = database;
        this.rules = rules;
        this.codec = codec;
        this.claimer = claimer;
        this.openClaims = openClaims;
        this.nextId = nextId;
        this.payloadMax = settings.payloadMax();
    }

    /** A task with what is written of it and what holds for its queue. */
    private record Row(NewTask task, String json, QueueRules.Rule rule) {}

    /** From now on tasks go to these slots at once when they are free. */
    void handOverTo(LocalSlots slots) {
        localSlots = slots;
    }

    List<UUID> enqueue(List<NewTask> tasks) {
        if (tasks.isEmpty()) {
            return List.of();
        }
        var rows = rows(tasks);
        boolean waits = rows.stream().anyMatch(row -> row.rule.syncCommit());
        return (waits ? durable : relaxed).write(rows);
    }

    List<UUID> enqueue(Transaction tx, List<NewTask> tasks) {
        return tasks.isEmpty() ? List.of() : store(tx, rows(tasks));
    }

    /** Together with what the companion writes, which is told the ids. */
    List<UUID> enqueue(List<NewTask> tasks, BiConsumer<Transaction, List<UUID>> companion) {
        var rows = rows(tasks);
        if (rows.stream().allMatch(Enqueuer::isPlain)
                && rows.stream().allMatch(row -> knownLanes.contains(Lane.of(row.task)))) {
            var ids = handOver(rows, HAND_OVER_WITH_COMPANION_MAX, work -> database.inTransaction(tx -> {
                var started = work.apply(tx.handle());
                if (!started.isEmpty()) {
                    companion.accept(tx, started.stream().map(ClaimedTask::id).toList());
                }
                return started;
            }));
            if (!ids.isEmpty()) {
                return ids;
            }
        }
        return database.inTransaction(tx -> {
            var ids = store(tx, rows);
            companion.accept(tx, ids);
            return ids;
        });
    }

    /** Checks all of them before anything is stored. */
    private List<Row> rows(List<NewTask> tasks) {
        var rows = new ArrayList<Row>(tasks.size());
        var faults = new ArrayList<Fault>();
        for (var task : tasks) {
            var json = task.payload().toString();
            faults.addAll(task.faultsInStore(json, payloadMax));
            var rule = rules.of(task.queue());
            refuseDraining(task.queue(), rule);
            rows.add(new Row(task, codec.encode(json), rule));
        }
        if (!faults.isEmpty()) {
            throw new InvalidInputException("task-invalid", faults);
        }
        return rows;
    }

    private static void refuseDraining(String queue, QueueRules.Rule rule) {
        rule.drainingAt().ifPresent(since -> {
            throw new ConflictException("queue-draining", "queue \"" + queue + "\" is draining since " + since
                    + " and takes no new tasks", "resume it with: howdah queue resume " + queue);
        });
    }

    /** One statement that commits by itself where that is enough. */
    private List<UUID> store(List<Row> rows, boolean waits) {
        if (waits && rows.size() <= BATCH_MAX && rows.stream().allMatch(Enqueuer::isPlain)
                && rows.stream().allMatch(row -> knownLanes.contains(Lane.of(row.task)))) {
            var ids = handOver(rows, HAND_OVER_MAX, database::withHandle);
            if (!ids.isEmpty()) {
                return ids;
            }
            var channel = rows.size() < COPY_MIN ? database.notifications().channelIfQuiet() : Optional.<String>empty();
            ids = database.withHandle(handle -> insertPlain(handle, rows, channel));
            if (channel.isPresent()) {
                database.notifications().wakeHere(PostgresTaskQueue.TOPIC);
            } else {
                database.notifications().wake(PostgresTaskQueue.TOPIC);
            }
            return ids;
        }
        return database.inTransaction(tx -> {
            if (!waits) {
                tx.handle().execute(COMMIT_WITHOUT_WAITING);
            }
            return store(tx, rows);
        });
    }

    /**
     * To a worker of this process that has nothing to do; empty if there is none.
     *
     * @param around runs the insert with a connection and commits
     */
    private List<UUID> handOver(List<Row> rows, int max,
            Function<Function<Handle, List<ClaimedTask>>, List<ClaimedTask>> around) {
        var slots = localSlots;
        if (slots == null || rows.size() > max
                || !rows.stream().allMatch(row -> slots.types().contains(row.task.type()))
                || !slots.reserve(rows.size())) {
            return List.of();
        }
        boolean isTaken = false;
        try {
            var claim = nextId.get();
            var tasks = around.apply(handle -> insertStarted(handle, slots, claim, rows));
            if (tasks.isEmpty()) {
                return List.of();
            }
            openClaims.add(claim, tasks);
            isTaken = true;
            slots.run(tasks);
            return tasks.stream().map(ClaimedTask::id).toList();
        } finally {
            if (!isTaken) {
                slots.release(rows.size());
            }
        }
    }

    private List<ClaimedTask> insertStarted(Handle handle, LocalSlots slots, UUID claim, List<Row> rows) {
        var ids = nextIds(rows.size());
        long begin = System.nanoTime();
        boolean failed = true;
        var connection = handle.getConnection();
        try (var statement = connection.prepareStatement(HAND_OVER)) {
            statement.setObject(1, claim);
            bindColumns(statement, 2, ids, rows);
            statement.setArray(8, connection.createArrayOf("text", column(rows, row -> row.task.queue())));
            statement.setObject(9, claim);
            statement.setString(10, slots.worker());
            statement.setLong(11, slots.lease().toMillis());
            var tasks = new ArrayList<ClaimedTask>(rows.size());
            try (var result = statement.executeQuery()) {
                if (result.next()) {
                    var now = result.getObject(1, OffsetDateTime.class).toInstant();
                    for (int i = 0; i < rows.size(); i++) {
                        var task = rows.get(i).task;
                        tasks.add(new ClaimedTask(ids.get(i), task.type(), task.queue(), task.payload(), 1,
                                task.maxAttempts(), slots.worker(), now, now.plus(slots.lease()), Optional.empty(),
                                Optional.empty(), Optional.empty()));
                    }
                }
            }
            failed = false;
            return tasks;
        } catch (SQLException e) {
            throw new ConnectionException(e); // translated with those of the other statements
        } finally {
            database.metrics().record(HAND_OVER, Duration.ofNanos(System.nanoTime() - begin), failed);
        }
    }

    private List<UUID> store(Transaction tx, List<Row> rows) {
        registerLanes(tx, rows);
        var ids = new ArrayList<UUID>(rows.size());
        for (int from = 0; from < rows.size(); from += BATCH_MAX) {
            var batch = rows.subList(from, Math.min(from + BATCH_MAX, rows.size()));
            ids.addAll(batch.stream().allMatch(Enqueuer::isPlain)
                    ? insertPlain(tx.handle(), batch, Optional.empty())
                    : insert(tx, batch));
        }
        tx.afterCommit(() -> {
            rows.stream().map(row -> row.task.delay()).filter(delay -> !delay.isZero()).forEach(claimer::expect);
            database.notifications().wake(PostgresTaskQueue.TOPIC);
        });
        return ids;
    }

    /** Whether the columns of {@link #COPY_PLAIN} hold all of it. */
    private static boolean isPlain(Row row) {
        var task = row.task;
        return task.key().isEmpty() && task.runAt().isEmpty() && task.delay().isZero() && task.partition().isEmpty()
                && task.timeout().isEmpty() && task.resultTtl().isEmpty() && task.dependsOn().isEmpty()
                && task.trace().isEmpty() && !row.rule.fair();
    }

    private List<UUID> nextIds(int count) {
        return Stream.generate(nextId).limit(count).toList();
    }

    private List<UUID> insertPlain(Handle handle, List<Row> rows, Optional<String> channel) {
        var ids = nextIds(rows.size());
        boolean copies = rows.size() >= COPY_MIN;
        var sql = copies ? COPY_PLAIN : ENQUEUE_PLAIN;
        long begin = System.nanoTime();
        boolean failed = true;
        try {
            if (copies) {
                copy(handle, ids, rows);
            } else {
                insertArrays(handle, ids, rows, channel);
            }
            failed = false;
            return ids;
        } catch (SQLException e) {
            throw new ConnectionException(e); // translated with those of the other statements
        } finally {
            database.metrics().record(sql, Duration.ofNanos(System.nanoTime() - begin), failed);
        }
    }

    private static void copy(Handle handle, List<UUID> ids, List<Row> rows) throws SQLException {
        var copy = handle.getConnection().unwrap(PGConnection.class).getCopyAPI().copyIn(COPY_PLAIN);
        try (var buffer = new CopyBuffer(copy)) {
            for (int i = 0; i < rows.size(); i++) {
                var task = rows.get(i).task;
                buffer.row(7).uuid(ids.get(i)).text(task.type()).text(task.queue()).integer(task.priority())
                        .jsonb(rows.get(i).json).integer(task.maxAttempts()).integer(task.maxAttempts());
            }
            buffer.end();
        }
    }

    private static void insertArrays(Handle handle, List<UUID> ids, List<Row> rows, Optional<String> channel)
            throws SQLException {
        var connection = handle.getConnection();
        try (var statement = connection.prepareStatement(ENQUEUE_PLAIN)) {
            bindColumns(statement, 1, ids, rows);
            statement.setString(7, PostgresTaskQueue.TOPIC);
            statement.setArray(8, connection.createArrayOf("text", channel.stream().toArray()));
            statement.execute();
        }
    }

    private static void bindColumns(PreparedStatement statement, int from, List<UUID> ids, List<Row> rows)
            throws SQLException {
        var connection = statement.getConnection();
        statement.setArray(from, connection.createArrayOf("uuid", ids.toArray()));
        statement.setArray(from + 1, connection.createArrayOf("text", column(rows, row -> row.task.type())));
        statement.setArray(from + 2, connection.createArrayOf("text", column(rows, row -> row.task.queue())));
        statement.setArray(from + 3, connection.createArrayOf("int4", column(rows, row -> row.task.priority())));
        statement.setArray(from + 4, connection.createArrayOf("text", column(rows, row -> row.json)));
        statement.setArray(from + 5, connection.createArrayOf("int4", column(rows, row -> row.task.maxAttempts())));
    }

    private static Object[] column(List<Row> rows, Function<Row, Object> value) {
        var column = new Object[rows.size()];
        for (int i = 0; i < column.length; i++) {
            column[i] = value.apply(rows.get(i));
        }
        return column;
    }

    private List<UUID> insert(Transaction tx, List<Row> rows) {
        var handle = tx.handle();
        var ids = nextIds(rows.size());
        var periodHolders = takePeriods(handle, rows, ids);
        var waitsFor = parents(handle, rows);
        var turns = turns(tx, rows);
        var given = new ArrayList<Integer>();
        for (int i = 0; i < rows.size(); i++) {
            if (!periodHolders.containsKey(ids.get(i))) {
                given.add(i);
            }
        }
        var inserted = Set.copyOf(handle.createQuery(ENQUEUE)
                .bind("ids", pick(given, ids::get).toArray(UUID[]::new))
                .bind("turns", pick(given, i -> turns[i]).toArray(Long[]::new))
                .bind("types", pick(given, i -> rows.get(i).task.type()).toArray(String[]::new))
                .bind("queues", pick(given, i -> rows.get(i).task.queue()).toArray(String[]::new))
                .bind("priorities", pick(given, i -> rows.get(i).task.priority()).toArray(Integer[]::new))
                .bind("payloads", pick(given, i -> rows.get(i).json).toArray(String[]::new))
                .bind("keys", pick(given, i -> rows.get(i).task.key().orElse(null)).toArray(String[]::new))
                .bind("maxAttempts", pick(given, i -> rows.get(i).task.maxAttempts()).toArray(Integer[]::new))
                .bind("timeouts", pick(given, i -> millis(rows.get(i).task.timeout().orElse(null)))
                        .toArray(Long[]::new))
                .bind("resultTtls", pick(given, i -> millis(rows.get(i).task.resultTtl().orElse(null)))
                        .toArray(Long[]::new))
                .bind("partitions", pick(given, i -> rows.get(i).task.partition().orElse(null)).toArray(String[]::new))
                .bind("waitsFor", pick(given, i -> waitsFor.getOrDefault(i, Set.of()).size()).toArray(Integer[]::new))
                .bind("delays", pick(given, i -> rows.get(i).task.delay().toMillis()).toArray(Long[]::new))
                .bind("runAts", pick(given, i -> rows.get(i).task.runAt().map(Instant::toString).orElse(null))
                        .toArray(String[]::new))
                .bind("traceparents", pick(given, i -> rows.get(i).task.trace().map(TraceContext::header).orElse(null))
                        .toArray(String[]::new))
                .mapTo(UUID.class)
                .list());
        depend(handle, rows, ids, inserted, waitsFor);
        var answer = new ArrayList<UUID>(ids);
        answer.replaceAll(id -> periodHolders.getOrDefault(id, id));
        if (inserted.size() == given.size()) {
            return answer;
        }
        return withKeyHolders(tx, rows, answer, given.stream().filter(i -> !inserted.contains(ids.get(i))).toList());
    }

    private static <T extends @Nullable Object> List<T> pick(List<Integer> indexes, Function<Integer, T> value) {
        var picked = new ArrayList<T>(indexes.size());
        indexes.forEach(i -> picked.add(value.apply(i)));
        return picked;
    }

    private static @Nullable Long millis(@Nullable Duration duration) {
        return duration == null ? null : duration.toMillis();
    }

    /** The holder of the period for each new id that may not be enqueued now. */
    private static Map<UUID, UUID> takePeriods(Handle handle, List<Row> rows, List<UUID> ids) {
        var first = new LinkedHashMap<String, Integer>(); // of two in one call the first is meant
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).task.uniqueFor().isPresent()) {
                first.putIfAbsent(rows.get(i).task.key().orElseThrow(), i);
            }
        }
        if (first.isEmpty()) {
            return Map.of();
        }
        var taken = Set.copyOf(handle.createQuery(TAKE_PERIODS)
                .bind("keys", first.keySet().toArray(String[]::new))
                .bind("ids", first.values().stream().map(ids::get).toArray(UUID[]::new))
                .bind("periods", first.values().stream().map(i -> rows.get(i).task.uniqueFor().orElseThrow().toMillis())
                        .toArray(Long[]::new))
                .mapTo(UUID.class).list());
        var holders = new HashMap<String, UUID>();
        handle.createQuery(PERIOD_HOLDERS).bind("keys", first.keySet().toArray(String[]::new))
                .map((row, context) -> holders.put(row.getString("key"), row.getObject("task_id", UUID.class))).list();
        var held = new HashMap<UUID, UUID>();
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).task.uniqueFor().isPresent() && !taken.contains(ids.get(i))) {
                held.put(ids.get(i), holders.getOrDefault(rows.get(i).task.key().orElseThrow(), ids.get(i)));
            }
        }
        return held;
    }

    /** By index of the row, the tasks that it has to wait for still; they cannot end before this transaction. */
    private static Map<Integer, Set<UUID>> parents(Handle handle, List<Row> rows) {
        var all = new LinkedHashSet<UUID>();
        rows.forEach(row -> all.addAll(row.task.dependsOn()));
        if (all.isEmpty()) {
            return Map.of();
        }
        var sorted = all.stream().sorted().toArray(UUID[]::new);
        var live = new HashSet<>(handle.createQuery(MARK_PARENTS).bind("ids", sorted).mapTo(UUID.class).list());
        var ended = new HashMap<UUID, String>();
        handle.createQuery(ENDED_PARENTS).bind("ids", sorted).map((row, context) -> ended.put(
                row.getObject("id", UUID.class), row.getString("state"))).list();
        var waits = new HashMap<Integer, Set<UUID>>();
        for (int i = 0; i < rows.size(); i++) {
            var task = rows.get(i).task;
            for (var parent : task.dependsOn()) {
                if (live.contains(parent)) {
                    waits.computeIfAbsent(i, key -> new LinkedHashSet<>()).add(parent);
                } else if (!ended.containsKey(parent)) {
                    throw new NotFoundException("task-not-found", "there is no task " + parent + " to depend on",
                            "enqueue it first, or leave it out of dependsOn");
                } else if (!task.runsWhatever() && !"finished".equals(ended.get(parent))) {
                    throw new ConflictException("task-dependency-failed", "task " + parent + " is " + ended.get(parent)
                            + ", so a task that depends on it would never run",
                            "retry that one first, or let this one "
                                    + "run whatever the outcome");
                }
            }
        }
        return waits;
    }

    private static void depend(Handle handle, List<Row> rows, List<UUID> ids, Set<UUID> inserted,
            Map<Integer, Set<UUID>> waitsFor) {
        var parents = new ArrayList<UUID>();
        var children = new ArrayList<UUID>();
        var whatever = new ArrayList<Boolean>();
        waitsFor.forEach((i, all) -> {
            if (inserted.contains(ids.get(i))) {
                for (var parent : all) {
                    parents.add(parent);
                    children.add(ids.get(i));
                    whatever.add(rows.get(i).task.runsWhatever());
                }
            }
        });
        if (!parents.isEmpty()) {
            handle.createUpdate(DEPEND).bind("parents", parents.toArray(UUID[]::new))
                    .bind("children", children.toArray(UUID[]::new))
                    .bind("whatever", whatever.toArray(Boolean[]::new)).execute();
        }
    }

    /** The turns of the tasks in fair queues; null for the others. A queue is fair from its first partition on. */
    private @Nullable Long[] turns(Transaction tx, List<Row> rows) {
        var turns = new @Nullable Long[rows.size()];
        var newlyFair = rows.stream().map(Row::task).filter(task -> task.partition().isPresent())
                .map(NewTask::queue).filter(queue -> !rules.of(queue).fair()).distinct().sorted()
                .toArray(String[]::new);
        if (newlyFair.length > 0) {
            tx.handle().createUpdate(MAKE_FAIR).bind("names", newlyFair).execute();
            tx.afterCommit(rules::refresh);
        }
        record Place(String queue, String partition) {}
        var counts = new LinkedHashMap<Place, Long>();
        var places = new @Nullable Place[rows.size()];
        for (int i = 0; i < rows.size(); i++) {
            var task = rows.get(i).task;
            if (task.partition().isPresent() || rules.of(task.queue()).fair()) {
                var place = new Place(task.queue(), task.partition().orElse(""));
                places[i] = place;
                counts.merge(place, 1L, Long::sum);
            }
        }
        if (counts.isEmpty()) {
            return turns;
        }
        var next = new HashMap<Place, Long>();
        tx.handle().createQuery(ADVANCE_PARTITIONS)
                .bind("queues", counts.keySet().stream().map(Place::queue).toArray(String[]::new))
                .bind("names", counts.keySet().stream().map(Place::partition).toArray(String[]::new))
                .bind("counts", counts.values().toArray(Long[]::new))
                .map((row, context) -> {
                    var place = new Place(row.getString("queue"), row.getString("name"));
                    return next.put(place, row.getLong("position") - counts.getOrDefault(place, 0L) + 1);
                }).list();
        for (int i = 0; i < turns.length; i++) {
            var place = places[i];
            if (place != null) {
                long turn = next.getOrDefault(place, 0L);
                turns[i] = turn;
                next.put(place, turn + 1);
            }
        }
        return turns;
    }

    /** Puts the id of who holds the key in place of each task that was not inserted. */
    private List<UUID> withKeyHolders(Transaction tx, List<Row> rows, List<UUID> answer, List<Integer> refused) {
        var taken = new LinkedHashMap<String, Integer>();
        refused.forEach(i -> taken.putIfAbsent(rows.get(i).task.key().orElseThrow(), i));
        var holders = new HashMap<String, UUID>();
        tx.handle().createQuery(KEY_HOLDERS).bind("keys", taken.keySet().toArray(String[]::new)).map((row,
                context) -> holders.put(row.getString("key"), row.getObject("id", UUID.class))).list();
        var freed = new LinkedHashMap<>(taken);
        freed.keySet().removeAll(holders.keySet());
        if (!freed.isEmpty()) {
            // Who held the key ended between the two statements: now it is free.
            var again = freed.values().stream().map(rows::get).toList();
            var fresh = insert(tx, again);
            for (int i = 0; i < again.size(); i++) {
                holders.put(again.get(i).task.key().orElseThrow(), fresh.get(i));
            }
            taken.keySet().removeAll(freed.keySet());
        }
        settle(tx.handle(), taken.values().stream().map(rows::get).toList());
        refused.forEach(i -> answer.set(i, holders.getOrDefault(rows.get(i).task.key().orElseThrow(), answer.get(i))));
        return answer;
    }

    /** Does to the holders of the keys what the new tasks ask for. */
    private static void settle(Handle handle, List<Row> refused) {
        var replacing = refused.stream().filter(row -> row.task.onConflict() == NewTask.OnConflict.REPLACE).toList();
        if (!replacing.isEmpty()) {
            var tasks = replacing.stream().map(Row::task).toList();
            handle.createUpdate(REPLACE)
                    .bind("keys", tasks.stream().map(task -> task.key().orElseThrow()).toArray(String[]::new))
                    .bind("payloads", replacing.stream().map(Row::json).toArray(String[]::new))
                    .bind("priorities", tasks.stream().map(NewTask::priority).toArray(Integer[]::new))
                    .bind("maxAttempts", tasks.stream().map(NewTask::maxAttempts).toArray(Integer[]::new))
                    .bind("timeouts", tasks.stream().map(task -> millis(task.timeout().orElse(null)))
                            .toArray(Long[]::new))
                    .bind("resultTtls", tasks.stream().map(task -> millis(task.resultTtl().orElse(null)))
                            .toArray(Long[]::new))
                    .bind("delays", tasks.stream().map(task -> task.delay().toMillis()).toArray(Long[]::new))
                    .bind("runAts", tasks.stream().map(task -> task.runAt().map(Instant::toString).orElse(null))
                            .toArray(String[]::new))
                    .execute();
        }
        var later = refused.stream().map(Row::task)
                .filter(task -> task.onConflict() == NewTask.OnConflict.RESCHEDULE).toList();
        if (!later.isEmpty()) {
            handle.createUpdate(RESCHEDULE)
                    .bind("keys", later.stream().map(task -> task.key().orElseThrow()).toArray(String[]::new))
                    .bind("delays", later.stream().map(task -> task.delay().toMillis()).toArray(Long[]::new))
                    .bind("runAts", later.stream().map(task -> task.runAt().map(Instant::toString).orElse(null))
                            .toArray(String[]::new))
                    .execute();
        }
    }

    /** A lane is known once a transaction that named it has committed; until then it is stored again. */
    private void registerLanes(Transaction tx, List<Row> rows) {
        var lanes = rows.stream().map(row -> Lane.of(row.task)).filter(lane -> !knownLanes.contains(lane)).distinct()
                .toList();
        if (!lanes.isEmpty()) {
            tx.handle().createUpdate(REGISTER_QUEUES)
                    .bind("names", lanes.stream().map(Lane::queue).distinct().toArray(String[]::new)).execute();
            tx.handle().createUpdate(REGISTER_LANES)
                    .bind("queues", lanes.stream().map(Lane::queue).toArray(String[]::new))
                    .bind("priorities", lanes.stream().map(Lane::priority).toArray(Integer[]::new)).execute();
            tx.afterCommit(() -> knownLanes.addAll(lanes));
        }
    }
}
