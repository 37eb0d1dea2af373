package dev.howdah.queue;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Gives tasks away to another store and takes them from one; see {@link MovableTasks}. */
final class Mover {
    static final String MOVABLE = """
        SELECT tasks.id
          FROM tasks
          LEFT JOIN claims ON claims.id = tasks.claim_id
         WHERE tasks.id > COALESCE(:after::uuid, '00000000-0000-0000-0000-000000000000')
           AND waits_for = 0 AND NOT has_dependents
           AND (state = 'queued' OR claims.worker = :mover)
         ORDER BY tasks.id
         LIMIT :limit
           FOR UPDATE OF tasks
        """;

    /** The attempt rises, so that whoever had the task before cannot end it; it gets one more instead. */
    static final String HOLD = """
        WITH held AS (
          UPDATE tasks
             SET state = 'started', claim_id = :claim, started_at = now(), attempt = attempt + 1,
                 attempts_end = attempts_end + 1
           WHERE id = ANY (:ids::uuid[]) AND state = 'queued'
          RETURNING id)
        INSERT INTO claims (id, worker, lease_until, tasks)
        SELECT :claim, :mover, now() + interval '100 years', array_agg(held.id)
          FROM held
        HAVING count(*) > 0
        """;

    static final String READ_HELD = """
        SELECT id, type, queue, priority, payload, created_at, run_at, attempt, attempts_end, max_attempts, key,
               timeout_ms, result_ttl_ms, partition, error
          FROM tasks
         WHERE id = ANY (:ids::uuid[])
         ORDER BY id
        """;

    /** Those that are live here cannot end before this transaction; of the others the next statement sees the end. */
    static final String LOCK_PRESENT = """
        SELECT id
          FROM tasks
         WHERE id = ANY (:ids::uuid[])
         ORDER BY id
           FOR UPDATE
        """;

    static final String STORE = """
        INSERT INTO tasks (id, type, queue, priority, payload, created_at, run_at, ready, attempt, attempts_end,
                           max_attempts, key, timeout_ms, result_ttl_ms, partition, error)
        SELECT given.id, type, queue, priority, payload::jsonb, created_at, run_at, run_at <= now(), attempt, attempts_end,
               max_attempts, key, timeout_ms, result_ttl_ms, partition, error
          FROM unnest(:ids::uuid[], :types::text[], :queues::text[], :priorities::int[], :payloads::text[],
                      :createdAts::timestamptz[], :runAts::timestamptz[], :attempts::int[], :attemptsEnds::int[],
                      :maxAttempts::int[], :keys::text[], :timeouts::bigint[], :resultTtls::bigint[],
                      :partitions::text[], :errors::text[])
               AS given (id, type, queue, priority, payload, created_at, run_at, attempt, attempts_end, max_attempts,
                         key, timeout_ms, result_ttl_ms, partition, error)
         WHERE NOT EXISTS (SELECT FROM task_history WHERE task_history.id = given.id)
         ORDER BY run_at, given.id
            ON CONFLICT DO NOTHING
        """;

    static final String PRESENT = """
        SELECT id
          FROM all_tasks
         WHERE id = ANY (:ids::uuid[])
        """;

    static final String FORGET = """
        WITH gone AS (
          DELETE FROM tasks
           USING claims
           WHERE tasks.id = ANY (:ids::uuid[]) AND claims.id = tasks.claim_id AND claims.worker = :mover
          RETURNING tasks.id),
        attempts AS (DELETE FROM task_attempts USING gone WHERE task_id = gone.id)
        DELETE FROM task_log
         USING gone
         WHERE task_id = gone.id
        """;

    static final String GIVE_BACK = """
        UPDATE tasks
           SET state = 'queued', claim_id = NULL
          FROM claims
         WHERE tasks.id = ANY (:ids::uuid[]) AND claims.id = tasks.claim_id AND claims.worker = :mover
        """;

    static final String FORGET_CLAIMS = """
        DELETE FROM claims
         WHERE worker = :mover
           AND NOT EXISTS (SELECT FROM tasks WHERE tasks.id = ANY (claims.tasks) AND tasks.claim_id = claims.id)
        """;

    static final String LEFT = """
        SELECT count(*) FILTER (WHERE state = 'started' AND claims.worker IS DISTINCT FROM :mover) AS started,
               count(*) FILTER (WHERE state = 'queued' AND (waits_for > 0 OR has_dependents)) AS bound
          FROM tasks
          LEFT JOIN claims ON claims.id = tasks.claim_id
        """;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Database database;
    private final PayloadCodec codec;

    Mover(Database database, PayloadCodec codec) {
        this.database = database;
        this.codec = codec;
    }

    List<LiveTask> hold(Optional<UUID> after, int limit) {
        return database.inTransaction(tx -> {
            var ids = tx.handle().createQuery(MOVABLE).bind("after", after.orElse(null))
                    .bind("mover", MovableTasks.MOVER).bind("limit", limit).mapTo(UUID.class).list()
                    .toArray(UUID[]::new);
            tx.handle().createUpdate(HOLD).bind("ids", ids).bind("claim", dev.howdah.postgres.Uuids.next())
                    .bind("mover", MovableTasks.MOVER).execute();
            return tx.handle().createQuery(READ_HELD).bind("ids", ids).map(this::task).list();
        });
    }

    Set<UUID> store(Transaction tx, List<LiveTask> tasks) {
        var ids = tasks.stream().map(LiveTask::id).toArray(UUID[]::new);
        tx.handle().createQuery(LOCK_PRESENT).bind("ids", ids).mapTo(UUID.class).list();
        registerLanes(tx, tasks);
        tx.handle().createUpdate(STORE)
                .bind("ids", ids)
                .bind("types", strings(tasks, LiveTask::type))
                .bind("queues", strings(tasks, LiveTask::queue))
                .bind("priorities", tasks.stream().map(LiveTask::priority).toArray(Integer[]::new))
                .bind("payloads", strings(tasks, task -> codec.encode(task.payload().toString())))
                .bind("createdAts", strings(tasks, task -> task.createdAt().toString()))
                .bind("runAts", strings(tasks, task -> task.runAt().toString()))
                .bind("attempts", tasks.stream().map(LiveTask::attempt).toArray(Integer[]::new))
                .bind("attemptsEnds", tasks.stream().map(LiveTask::attemptsEnd).toArray(Integer[]::new))
                .bind("maxAttempts", tasks.stream().map(LiveTask::maxAttempts).toArray(Integer[]::new))
                .bind("keys", strings(tasks, task -> task.key().orElse(null)))
                .bind("timeouts", millis(tasks, LiveTask::timeout))
                .bind("resultTtls", millis(tasks, LiveTask::resultTtl))
                .bind("partitions", strings(tasks, task -> task.partition().orElse(null)))
                .bind("errors", strings(tasks, task -> task.error().orElse(null)))
                .execute();
        return new HashSet<>(tx.handle().createQuery(PRESENT).bind("ids", ids).mapTo(UUID.class).list());
    }

    private static void registerLanes(Transaction tx, List<LiveTask> tasks) {
        var lanes = tasks.stream().map(task -> new Lane(task.queue(), task.priority())).distinct().toList();
        tx.handle().createUpdate(Enqueuer.REGISTER_QUEUES)
                .bind("names", lanes.stream().map(Lane::queue).distinct().toArray(String[]::new)).execute();
        tx.handle().createUpdate(Enqueuer.REGISTER_LANES)
                .bind("queues", lanes.stream().map(Lane::queue).toArray(String[]::new))
                .bind("priorities", lanes.stream().map(Lane::priority).toArray(Integer[]::new)).execute();
    }

    private static String[] strings(List<LiveTask> tasks, Function<LiveTask, @Nullable String> value) {
        var strings = new ArrayList<@Nullable String>(tasks.size());
        tasks.forEach(task -> strings.add(value.apply(task)));
        return strings.toArray(String[]::new);
    }

    private static Long[] millis(List<LiveTask> tasks, Function<LiveTask, Optional<Duration>> value) {
        return tasks.stream().map(task -> value.apply(task).map(Duration::toMillis).orElse(null)).toArray(Long[]::new);
    }

    void forget(Collection<UUID> held) {
        settle(FORGET, held);
    }

    void giveBack(Collection<UUID> held) {
        settle(GIVE_BACK, held);
    }

    private void settle(String sql, Collection<UUID> held) {
        database.useTransaction(tx -> {
            tx.handle().createUpdate(sql).bind("ids", held.toArray(UUID[]::new)).bind("mover", MovableTasks.MOVER)
                    .execute();
            tx.handle().createUpdate(FORGET_CLAIMS).bind("mover", MovableTasks.MOVER).execute();
        });
    }

    MovableTasks.Left left() {
        return database.withHandle(handle -> handle.createQuery(LEFT).bind("mover", MovableTasks.MOVER)
                .map((row, context) -> new MovableTasks.Left(row.getLong("started"), row.getLong("bound"))).one());
    }

    private LiveTask task(ResultSet row, StatementContext context) throws SQLException {
        return new LiveTask(row.getObject("id", UUID.class), row.getString("type"), row.getString("queue"),
                row.getInt("priority"), json(row.getString("payload")), instant(row, "created_at"),
                instant(row, "run_at"), row.getInt("attempt"), row.getInt("attempts_end"), row.getInt("max_attempts"),
                Optional.ofNullable(row.getString("key")), duration(row, "timeout_ms"), duration(row, "result_ttl_ms"),
                Optional.ofNullable(row.getString("partition")), Optional.ofNullable(row.getString("error")));
    }

    private JsonNode json(String stored) {
        return JSON.readTree(codec.decode(stored));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static Optional<Duration> duration(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, Long.class)).map(Duration::ofMillis);
    }
}
