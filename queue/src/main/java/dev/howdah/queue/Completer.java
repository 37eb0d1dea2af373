package dev.howdah.queue;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Ends attempts under their fence, and lets go what waits for the tasks that ended with them. */
final class Completer {
    /** Tasks of one attempt number: the fence is then a plain comparison, and the lookup by id stays a lookup. */
    static final String FINISH = """
        WITH ended AS (
          DELETE FROM tasks
           WHERE id = ANY (:ids::uuid[]) AND attempt = :attempt AND state = 'started'
          RETURNING id, queue, type, priority, attempt, max_attempts, payload, created_at, run_at, started_at, claim_id,
                    timeout_ms, result_ttl_ms, partition, key, progress, has_dependents),
        matched AS MATERIALIZED ( -- a full join is always hashed; the planner takes ten for a thousand rows, and loops
          SELECT given.id AS given_id, given.result, ended.id, queue, type, priority, attempt, max_attempts, payload,
                 created_at, run_at, started_at, claim_id, timeout_ms, result_ttl_ms, partition, key, progress,
                 has_dependents
            FROM ended
            FULL JOIN unnest(:ids::uuid[], :results::text[]) AS given (id, result) ON given.id = ended.id),
        kept AS (
          INSERT INTO task_history (id, queue, type, state, priority, attempt, max_attempts, payload, created_at, run_at,
                                    started_at, worker, timeout_ms, result_ttl_ms, partition, key, progress, result)
          SELECT matched.id, queue, type, 'finished', priority, attempt, max_attempts, payload, created_at, run_at,
                 started_at, claims.worker, timeout_ms, result_ttl_ms, partition, key, progress, result::jsonb
            FROM matched
            LEFT JOIN claims ON claims.id = matched.claim_id
           WHERE matched.id IS NOT NULL),
        over AS (DELETE FROM claims WHERE id = ANY (:claims::uuid[]))
        SELECT COALESCE(queue, '') AS queue, count(id) AS tasks,
               sum(date_part('epoch', started_at - GREATEST(run_at, created_at)) * 1000)::bigint AS wait_ms,
               sum(date_part('epoch', now() - started_at) * 1000)::bigint AS run_ms,
               max(date_part('epoch', now() - started_at) * 1000)::bigint AS run_ms_max,
               array_agg(id) FILTER (WHERE has_dependents) AS parents,
               array_agg(given_id) FILTER (WHERE id IS NULL) AS refused
          FROM matched
         GROUP BY queue
        """;

    /**
     * Attempts that did not finish. A released or snoozed one does not count: its number is not used again, because it is
     * the fence; the task gets one more instead.
     */
    static final String GIVE_BACK = """
        WITH given AS MATERIALIZED (
          SELECT id, attempt, outcome, error, retryable, delay_ms
            FROM unnest(:ids::uuid[], :attempts::int[], :outcomes::text[], :errors::text[], :retryables::boolean[],
                        :delays::bigint[]) AS given (id, attempt, outcome, error, retryable, delay_ms)),
        held AS MATERIALIZED (
          SELECT tasks.id, given.outcome, given.error, given.delay_ms, claims.worker, tasks.attempt, tasks.started_at,
                 given.outcome = 'failed' AND (tasks.attempt >= tasks.attempts_end OR NOT given.retryable) AS is_final
            FROM tasks
            JOIN given ON given.id = tasks.id AND given.attempt = tasks.attempt
            LEFT JOIN claims ON claims.id = tasks.claim_id
           WHERE tasks.id = ANY (:ids::uuid[]) AND state = 'started'
           ORDER BY tasks.id
             FOR UPDATE OF tasks),
        back AS (
          UPDATE tasks
             SET state = 'queued', claim_id = NULL,
                 ready = held.outcome = 'released' OR held.delay_ms = 0,
                 run_at = CASE WHEN held.outcome = 'released' THEN run_at
                               ELSE now() + held.delay_ms * interval '1 ms' END,
                 attempts_end = attempts_end + CASE WHEN held.outcome IN ('released', 'snoozed') THEN 1 ELSE 0 END,
                 error = CASE WHEN held.outcome = 'failed' THEN held.error ELSE tasks.error END
            FROM held
           WHERE tasks.id = held.id AND NOT held.is_final),
        went_on AS (
          INSERT INTO task_attempts (task_id, attempt, outcome, worker, started_at, error)
          SELECT id, attempt, outcome, worker, started_at, error
            FROM held
           WHERE NOT is_final),
        ended AS (
          DELETE FROM tasks
           USING held
           WHERE tasks.id = held.id AND held.is_final
          RETURNING tasks.id, queue, type, priority, tasks.attempt, max_attempts, payload, created_at, run_at,
                    tasks.started_at, held.worker, timeout_ms, result_ttl_ms, partition, key, progress, held.error,
                    has_dependents),
        kept AS (
          INSERT INTO task_history (id, queue, type, state, priority, attempt, max_attempts, payload, created_at, run_at,
                                    started_at, worker, timeout_ms, result_ttl_ms, partition, key, progress, error)
          SELECT id, queue, type, 'failed', priority, attempt, max_attempts, payload, created_at, run_at, started_at,
                 worker, timeout_ms, result_ttl_ms, partition, key, progress, error
            FROM ended),
        over AS (DELETE FROM claims WHERE id = ANY (:claims::uuid[]))
        SELECT held.id, tasks.queue, held.is_final, held.outcome, COALESCE(tasks.has_dependents, false) AS has_dependents
          FROM held
          JOIN tasks ON tasks.id = held.id -- as the statement found it
        """;

    static final String RELEASE_DEPENDENTS = "SELECT release_dependents(:ids::uuid[])";

    private final Database database;
    private final QueueSettings settings;
    private final PayloadCodec codec;
    private final OpenClaims openClaims;
    private final Claimer claimer;
    private final TaskRates rates;

    Completer(Database database, QueueSettings settings, PayloadCodec codec, OpenClaims openClaims, Claimer claimer,
            TaskRates rates) {
        this.database = database;
        this.settings = settings;
        this.codec = codec;
        this.openClaims = openClaims;
        this.claimer = claimer;
        this.rates = rates;
    }

    /** A completion as the statements take it. */
    private record Ending(UUID id, int attempt, TaskAttempt.Outcome outcome, @Nullable String result,
            @Nullable String error, boolean retryable, long delayMillis) {}

    Set<UUID> complete(Transaction tx, List<Completion> completions) {
        var endings = completions.stream().sorted(Comparator.comparing(c -> c.claim().id())).map(this::ending).toList();
        var accepted = endings.stream().map(Ending::id).collect(Collectors.toCollection(HashSet::new));
        var claims = completions.stream().map(Completion::claim).toList();
        var over = openClaims.without(claims);
        var parents = new ArrayList<UUID>();
        var finished = endings.stream().filter(ending -> ending.outcome == TaskAttempt.Outcome.FINISHED)
                .collect(Collectors.groupingBy(Ending::attempt, TreeMap::new, Collectors.toList()));
        for (var group : finished.entrySet()) {
            finish(tx, group.getKey(), group.getValue(), over.toArray(UUID[]::new), accepted, parents);
        }
        var others = endings.stream().filter(ending -> ending.outcome != TaskAttempt.Outcome.FINISHED).toList();
        if (!others.isEmpty()) {
            giveBack(tx, others, over.toArray(UUID[]::new), accepted, parents);
        }
        if (releaseDependents(tx.handle(), parents) > 0) {
            tx.afterCommit(() -> {
                claimer.released();
                wake();
            });
        }
        tx.afterCommit(() -> {
            openClaims.remove(claims);
            claimer.roomMade(claims.size());
        });
        return accepted;
    }

    private void finish(Transaction tx, int attempt, List<Ending> endings, UUID[] over, Set<UUID> accepted,
            List<UUID> parents) {
        tx.handle().createQuery(FINISH)
                .bind("ids", endings.stream().map(Ending::id).toArray(UUID[]::new))
                .bind("attempt", attempt)
                .bind("results", endings.stream().map(Ending::result).toArray(String[]::new))
                .bind("claims", over)
                .map((row, context) -> {
                    accepted.removeAll(ids(row.getArray("refused")));
                    parents.addAll(ids(row.getArray("parents")));
                    var rate = new TaskRates.Rate(row.getLong("tasks"), 0, 0, row.getLong("wait_ms"),
                            row.getLong("run_ms"), row.getLong("run_ms_max"));
                    var queue = row.getString("queue");
                    if (rate.finished() > 0) {
                        tx.afterCommit(() -> rates.add(queue, rate));
                    }
                    return rate;
                }).list();
    }

    private static List<UUID> ids(java.sql.@Nullable Array array) throws java.sql.SQLException {
        return array == null ? List.of() : Arrays.asList((UUID[]) array.getArray());
    }

    private void giveBack(Transaction tx, List<Ending> endings, UUID[] over, Set<UUID> accepted, List<UUID> parents) {
        record Given(UUID id, String queue, boolean isFinal, String outcome, boolean hasDependents) {}
        var given = tx.handle().createQuery(GIVE_BACK)
                .bind("ids", endings.stream().map(Ending::id).toArray(UUID[]::new))
                .bind("attempts", endings.stream().map(Ending::attempt).toArray(Integer[]::new))
                .bind("outcomes", endings.stream().map(e -> e.outcome.name().toLowerCase(Locale.ROOT))
                        .toArray(String[]::new))
                .bind("errors", endings.stream().map(Ending::error).toArray(String[]::new))
                .bind("retryables", endings.stream().map(Ending::retryable).toArray(Boolean[]::new))
                .bind("delays", endings.stream().map(Ending::delayMillis).toArray(Long[]::new))
                .bind("claims", over)
                .map((row, context) -> new Given(row.getObject("id", UUID.class), row.getString("queue"),
                        row.getBoolean("is_final"), row.getString("outcome"), row.getBoolean("has_dependents")))
                .list();
        var found = given.stream().map(Given::id).collect(Collectors.toSet());
        endings.stream().map(Ending::id).filter(id -> !found.contains(id)).forEach(accepted::remove);
        given.stream().filter(task -> task.isFinal && task.hasDependents).map(Given::id).forEach(parents::add);
        tx.afterCommit(() -> {
            given.forEach(task -> rates.add(task.queue, task.isFinal
                    ? TaskRates.Rate.FAILED
                    : TaskRates.Rate.RETRIED));
            endings.stream().filter(ending -> ending.delayMillis > 0)
                    .forEach(ending -> claimer.expect(Duration.ofMillis(ending.delayMillis)));
            claimer.lookFromStart();
            wake(); // a released task may run elsewhere; a delayed one is to be looked for
        });
    }

    /** To be called in the transaction that ended the tasks; how many may be claimed now. */
    static long releaseDependents(Handle handle, List<UUID> ended) {
        return ended.isEmpty()
                ? 0
                : handle.createQuery(RELEASE_DEPENDENTS).bind("ids", ended.toArray(UUID[]::new))
                        .mapTo(Long.class).one();
    }

    private void wake() {
        database.notifications().wake(PostgresTaskQueue.TOPIC);
    }

    private Ending ending(Completion completion) {
        var claim = completion.claim();
        return switch (completion) {
            case Completion.Finished(var _, var result) -> {
                var text = result.toString();
                yield PayloadCodec.holdsNul(text)
                        ? new Ending(claim.id(), claim.attempt(), TaskAttempt.Outcome.FAILED, null,
                                "the result holds the character U+0000, which cannot be stored", false, 0)
                        : new Ending(claim.id(), claim.attempt(), TaskAttempt.Outcome.FINISHED, codec.encode(text),
                                null,
                                false, 0);
            }
            case Completion.Failed(var _, var error, var retryable) -> new Ending(claim.id(), claim.attempt(),
                    TaskAttempt.Outcome.FAILED, null, error.replace('\0', '\uFFFD'), retryable,
                    settings.retryPause(claim.attempt()).toMillis());
            case Completion.Snoozed(var _, var delay) -> new Ending(claim.id(), claim.attempt(),
                    TaskAttempt.Outcome.SNOOZED, null, null, true, delay.toMillis());
            case Completion.Released(var _) -> new Ending(claim.id(), claim.attempt(), TaskAttempt.Outcome.RELEASED,
                    null, null, true, 0);
        };
    }
}
