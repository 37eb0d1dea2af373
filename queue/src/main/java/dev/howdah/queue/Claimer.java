package dev.howdah.queue;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.QueryMetrics;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes tasks for workers.
 *
 * <p>A claim begins in each lane at the last position that this process has claimed there, its <em>watermark</em>: what
 * lies before has been claimed, and the entries it left in the index are not walked over again, which matters most while an
 * old transaction keeps them from being removed. A task may turn up behind the watermark all the same: its transaction took
 * long, or its worker died. So from time to time a claim begins at the start; never for more than a twentieth of the time,
 * however much lies there. Into a fair queue tasks come at the turn that was told last, which lies a little behind; there
 * a claim begins at that turn many times a second.
 *
 * <p>Limited queues are claimed one by one under the lock of their row, so that what is counted stays true.
 */
final class Claimer {
    /** In one statement: takes the tasks and notes the claim. */
    static final String CLAIM = """
        WITH open AS MATERIALIZED (
          SELECT lanes.queue, lanes.priority, COALESCE(seen.position, -9223372036854775808) AS position
            FROM lanes
            JOIN queues ON queues.name = lanes.queue
            LEFT JOIN unnest(?::text[], ?::int[], ?::bigint[]) AS seen (queue, priority, position)
                   ON seen.queue = lanes.queue AND seen.priority = lanes.priority
           WHERE paused_at IS NULL
             AND concurrency IS NULL AND rate IS NULL AND partition_concurrency IS NULL AND partition_rate IS NULL
             AND (?::boolean -- holds the lock on the limit of all queues together
                  OR NOT EXISTS (SELECT
                                   FROM queues all_of_them
                                  WHERE all_of_them.name = '*'
                                    AND (all_of_them.concurrency IS NOT NULL OR all_of_them.rate IS NOT NULL
                                         OR all_of_them.paused_at IS NOT NULL)))
           ORDER BY lanes.priority DESC, hashtextextended(lanes.queue, ?)), -- queues take turns by chance
        due AS MATERIALIZED ( -- once: as a plain subselect the planner may repeat it and exceed the limit
          SELECT best.place
            FROM open
           CROSS JOIN LATERAL (
             SELECT ctid AS place
               FROM tasks
              WHERE queue = open.queue AND priority = open.priority AND ready AND tasks.position >= open.position
                AND state = 'queued' AND type = ANY (?)
              ORDER BY tasks.position
              LIMIT ?
                FOR UPDATE SKIP LOCKED) AS best
           LIMIT ?),
        taken AS (
          UPDATE tasks
             SET state = 'started', claim_id = ?, started_at = now(), attempt = attempt + 1
           WHERE ctid = ANY (ARRAY (SELECT due.place FROM due))
          RETURNING id, type, queue, priority, position, payload, attempt, attempts_end, created_at, timeout_ms,
                    partition, traceparent),
        held AS (
          INSERT INTO claims (id, worker, lease_until, tasks)
          SELECT ?, ?, now() + ? * interval '1 ms', array_agg(taken.id)
            FROM taken
          HAVING count(*) > 0)
        SELECT id, type, queue, priority, position, payload, attempt, attempts_end, created_at, timeout_ms, partition,
               now() AS claimed_at, traceparent
          FROM taken
        """;

    /** Claims of a limited queue take turns: who finds its row locked leaves that queue out this time. */
    static final String LOCK_LIMITED = """
        SELECT name, concurrency, rate, partition_concurrency, partition_rate, partition_burst,
               LEAST(burst, tokens + GREATEST(date_part('epoch', now() - refilled_at), 0) * rate) AS tokens
          FROM queues
         WHERE paused_at IS NULL
           AND (concurrency IS NOT NULL OR rate IS NOT NULL OR partition_concurrency IS NOT NULL
                OR partition_rate IS NOT NULL)
         ORDER BY name
           FOR UPDATE SKIP LOCKED
        """;

    /** Claims tell what is running; a task that has ended or was cancelled is not among the live ones any more. */
    static final String COUNT_STARTED = """
        SELECT queue, count(*) AS tasks
          FROM tasks
         WHERE id = ANY (ARRAY (SELECT unnest(claims.tasks) FROM claims))
           AND state = 'started'
         GROUP BY queue
        """;

    static final String TAKE_TOKENS = """
        UPDATE queues
           SET tokens = given.tokens, refilled_at = GREATEST(refilled_at, now())
          FROM unnest(:names::text[], :tokens::float8[]) AS given (name, tokens)
         WHERE queues.name = given.name
        """;

    /**
     * From the first so many tasks, of each partition as many as it has room for. Where that is less than what is asked for,
     * one claim takes half of what may run at once, so that the next one, here or elsewhere, goes on while the results of the
     * first half are being stored.
     */
    static final String CLAIM_LIMITED = """
        WITH started AS MATERIALIZED (
          SELECT COALESCE(partition, '') COLLATE "C" AS partition, count(*) AS tasks
            FROM tasks
           WHERE id = ANY (ARRAY (SELECT unnest(claims.tasks)
                                    FROM claims
                                   WHERE :partitionConcurrency::int IS NOT NULL))
             AND state = 'started' AND queue = :queue
           GROUP BY 1),
        first_ones AS MATERIALIZED (
          SELECT best.place, lane.priority, best.position, best.partition
            FROM (SELECT lanes.priority, COALESCE(seen.position, -9223372036854775808) AS position
                    FROM lanes
                    LEFT JOIN unnest(:priorities::int[], :positions::bigint[]) AS seen (priority, position)
                           ON seen.priority = lanes.priority
                   WHERE queue = :queue
                   ORDER BY lanes.priority DESC) AS lane
           CROSS JOIN LATERAL (
             SELECT ctid AS place, position, COALESCE(partition, '') COLLATE "C" AS partition
               FROM tasks
              WHERE queue = :queue AND priority = lane.priority AND ready AND state = 'queued'
                AND type = ANY (:types::text[]) AND tasks.position >= lane.position
              ORDER BY position
              LIMIT :window) AS best
           LIMIT :window),
        rooms AS (
          SELECT first_ones.place, first_ones.priority, first_ones.position,
                 row_number() OVER (PARTITION BY first_ones.partition
                                        ORDER BY first_ones.priority DESC, first_ones.position) AS turn,
                 LEAST(:partitionConcurrency::int - COALESCE(started.tasks, 0),
                       CASE WHEN :partitionRate::float8 IS NOT NULL
                            THEN floor(LEAST(:partitionBurst::int,
                                   COALESCE(partitions.tokens
                                            + GREATEST(date_part('epoch', now() - partitions.refilled_at), 0)
                                              * :partitionRate::float8, :partitionBurst::int))) END) AS room
            FROM first_ones
            FULL JOIN started ON started.partition = first_ones.partition -- always hashed, unlike a plain one
            LEFT JOIN partitions ON :partitionRate::float8 IS NOT NULL AND partitions.queue = :queue
                                    AND partitions.name = first_ones.partition
           WHERE COALESCE(started.tasks < :partitionConcurrency::int, true)), -- the full ones need no turn
        free AS MATERIALIZED (
          SELECT place, priority, position
            FROM rooms
           WHERE place IS NOT NULL AND (room IS NULL OR turn <= room)),
        due AS MATERIALIZED (
          SELECT place, priority, position
            FROM free
           ORDER BY priority DESC, position
           LIMIT CASE WHEN :partitionConcurrency::int IS NULL OR (SELECT count(*) FROM free) >= :limit
                      THEN :limit::bigint
                      ELSE GREATEST(:shareMin, ((SELECT count(*) FROM free)
                                                + (SELECT COALESCE(sum(tasks), 0) FROM started))::bigint / 2) END),
        taken AS (
          UPDATE tasks
             SET state = 'started', claim_id = :claim, started_at = now(), attempt = attempt + 1
           WHERE ctid = ANY (ARRAY (SELECT due.place FROM due)) AND state = 'queued' AND ready
          RETURNING id, type, queue, priority, position, payload, attempt, attempts_end, created_at, timeout_ms,
                    partition, traceparent),
        held AS (
          INSERT INTO claims (id, worker, lease_until, tasks)
          SELECT :claim, :worker, now() + :leaseMillis * interval '1 ms', array_agg(taken.id)
            FROM taken
          HAVING count(*) > 0)
        SELECT id, type, queue, priority, position, payload, attempt, attempts_end, created_at, timeout_ms, partition,
               now() AS claimed_at, traceparent,
               (SELECT count(*)
                  FROM first_ones
                  JOIN (SELECT due.priority, due.position FROM due ORDER BY priority, position DESC LIMIT 1) AS last
                       ON first_ones.priority > last.priority
                          OR (first_ones.priority = last.priority AND first_ones.position <= last.position)) AS reach,
               (SELECT array_agg(ARRAY[lane.priority, lane.position])
                  FROM (SELECT first_ones.priority, min(first_ones.position) AS position
                          FROM first_ones
                         GROUP BY first_ones.priority) AS lane) AS lanes
          FROM taken
        """;

    static final String TAKE_PARTITION_TOKENS = """
        INSERT INTO partitions (queue, name, tokens)
        SELECT :queue, given.name, :burst::int - given.tasks
          FROM unnest(:names::text[], :counts::bigint[]) AS given (name, tasks)
         ORDER BY given.name
            ON CONFLICT (queue, name) DO UPDATE
           SET tokens = LEAST(:burst::int, COALESCE(partitions.tokens, :burst::int)
                              + GREATEST(date_part('epoch', now() - partitions.refilled_at), 0) * :rate::float8)
                        - (:burst::int - EXCLUDED.tokens),
               refilled_at = now()
        """;

    /** Whether the time of any task has come, and when the next one's will. */
    static final String LOOK_AT_TIME = """
        SELECT EXISTS (SELECT
                         FROM tasks
                        WHERE NOT ready AND waits_for = 0 AND run_at <= now()) AS due,
               (SELECT date_part('epoch', min(run_at) - now()) * 1000
                  FROM tasks
                 WHERE NOT ready AND waits_for = 0 AND run_at > now()) AS next_ms
        """;

    /** Tasks whose time has come line up at the end. */
    static final String PROMOTE = """
        WITH due AS MATERIALIZED (
          SELECT tasks.id, GREATEST(CASE WHEN queues.fair THEN GREATEST(tasks.position, queues.position + 1) END,
                                    CASE WHEN NOT queues.fair
                                         THEN (SELECT last_value FROM tasks_position_seq) END) AS position
            FROM tasks
            LEFT JOIN queues ON queues.name = tasks.queue
           WHERE NOT ready AND waits_for = 0 AND run_at <= now()
           ORDER BY run_at
           LIMIT :limit
             FOR UPDATE OF tasks SKIP LOCKED),
        promoted AS (
          UPDATE tasks
             SET ready = true, position = COALESCE(due.position, tasks.position)
            FROM due
           WHERE tasks.id = due.id
          RETURNING tasks.id)
        SELECT (SELECT count(*) FROM promoted) AS promoted,
               (SELECT date_part('epoch', min(run_at) - now()) * 1000
                  FROM tasks
                 WHERE NOT ready AND waits_for = 0 AND run_at > now()) AS next_ms
        """;

    static final String PUBLISH_POSITION = """
        UPDATE queues
           SET position = GREATEST(queues.position, given.position)
          FROM unnest(:names::text[], :positions::bigint[]) AS given (name, position)
         WHERE queues.name = given.name
           AND queues.name = ANY (ARRAY (SELECT queues.name
                                           FROM queues
                                          WHERE queues.name = ANY (:names::text[]) AND fair
                                          ORDER BY queues.name
                                            FOR UPDATE SKIP LOCKED))
        RETURNING queues.name
        """;

    private static final int WINDOW_MIN = 1000;
    private static final int WINDOW_MAX = 128_000;
    /** Claims of fewer tasks cost more than going on side by side brings. */
    private static final int SHARE_MIN = 64;
    /** Another one's claim takes about as long as ours: half of that is waited before the next try. */
    private static final long TURN_MIN_NANOS = Duration.ofMillis(1).toNanos();
    private static final long TURN_MAX_NANOS = Duration.ofMillis(5).toNanos();
    private static final long ELSEWHERE_NANOS = Duration.ofMillis(5).toNanos();
    /** A few tasks that have ended are not worth a look at limits at once: more of those taken with them are about to. */
    private static final long GATHER_NANOS = Duration.ofMillis(2).toNanos();
    private static final long EMPTY_NANOS = Duration.ofMillis(100).toNanos();
    private static final int PROMOTE_MAX = 1000;
    private static final int TYPE_SETS_MAX = 100;
    private static final long LOOK_AT_TIME_NANOS = Duration.ofSeconds(1).toNanos();
    /** Where wake-ups tell of tasks of other processes. */
    private static final long LOOK_AT_TIME_LISTENING_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long LOOK_AT_TIME_WOKEN_NANOS = Duration.ofMillis(250).toNanos();
    private static final long FULL_PASS_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long FULL_PASS_SHARE = 20;
    private static final long PUBLISH_NANOS = Duration.ofMillis(50).toNanos();
    private static final long BACK_PASS_NANOS = Duration.ofMillis(50).toNanos();

    private final Database database;
    private final QueueRules rules;
    private final PayloadCodec codec;
    private final Supplier<UUID> nextId;
    private final Map<Set<String>, Watermarks> watermarks = new ConcurrentHashMap<>();
    private final Map<Aim, Floor> floors = new ConcurrentHashMap<>();
    private final Map<String, Integer> windows = new ConcurrentHashMap<>();
    private final Map<String, Long> emptySince = new ConcurrentHashMap<>();
    private final Map<String, Long> claimedTo = new ConcurrentHashMap<>();
    /** Positions of fair queues as they were told to those who enqueue, and those before. */
    private final Map<String, Long> told = new ConcurrentHashMap<>();
    private final Map<String, Long> toldBefore = new ConcurrentHashMap<>();
    private volatile long publishedAt = System.nanoTime();
    private volatile long lookedAt = System.nanoTime() - LOOK_AT_TIME_LISTENING_NANOS;
    private volatile @Nullable Long expected;
    private volatile boolean woken;
    /** Whether a limited queue was left out of the last look because somebody else was claiming from it. */
    private volatile boolean isTurnOfAnother;
    private volatile String localWorker = "";
    /** Tasks that have ended here since the last look at limits. */
    private final AtomicInteger ended = new AtomicInteger(1);
    private volatile int takenUnderLimits;
    private volatile long turnNanos = TURN_MAX_NANOS;
    private volatile boolean isFreeEmpty;
    private volatile long freeLookedAt = System.nanoTime();
    private volatile long roomLookedAt = System.nanoTime();

    Claimer(Database database, QueueRules rules, PayloadCodec codec, Supplier<UUID> nextId) {
        this.database = database;
        this.rules = rules;
        this.codec = codec;
        this.nextId = nextId;
    }

    /**
     * Who wants what.
     *
     * @param limit tasks at most
     */
    record Request(String worker, Set<String> types, int limit, Duration lease) {
        Request withLimit(int value) {
            return new Request(worker, types, value, lease);
        }
    }

    /**
     * Tasks taken together.
     *
     * @param id of the row that holds their lease
     */
    record Claimed(UUID id, List<ClaimedTask> tasks) {}

    /** A task with what it was ordered by. */
    private record Row(ClaimedTask task, int priority, long position) {
        static final Comparator<Row> ORDER = Comparator.comparingInt((Row row) -> -row.priority)
                .thenComparingLong(row -> row.position);
    }

    /** Where claims for a set of types have come to. */
    private static final class Watermarks {
        private final Map<Lane, Long> positions = new ConcurrentHashMap<>();
        private volatile long fullPassAt = System.nanoTime() - FULL_PASS_NANOS;
        private volatile long fullPassTook;
        private volatile long backPassAt = System.nanoTime();
        private volatile long backPassTook;

        boolean isFullPassDue(long least) {
            return System.nanoTime() - fullPassAt >= Math.max(least, fullPassTook * FULL_PASS_SHARE);
        }

        void fullPassBegan(long at) {
            fullPassTook = System.nanoTime() - at;
            fullPassAt = System.nanoTime();
            backPassAt = fullPassAt;
        }

        boolean isBackPassDue() {
            return System.nanoTime() - backPassAt >= Math.max(BACK_PASS_NANOS, backPassTook * FULL_PASS_SHARE);
        }

        void backPassBegan(long at) {
            backPassTook = System.nanoTime() - at;
            backPassAt = System.nanoTime();
        }
    }

    /** Which tasks of a limited queue are claimed: those of other types before them are no reason to pass over ours. */
    private record Aim(String queue, Set<String> types) {}

    /**
     * Where the first tasks of a limited queue stood that were not running: what lies before has been claimed. Blocked ones
     * are claimed later, so it is not the last claimed position that counts.
     */
    private static final class Floor {
        private final Map<Integer, Long> positions = new ConcurrentHashMap<>();
        private volatile long fromStartAt = System.nanoTime() - BACK_PASS_NANOS;
        private volatile long fromStartTook;

        boolean isFromStartDue() {
            return System.nanoTime() - fromStartAt >= Math.max(BACK_PASS_NANOS, fromStartTook * FULL_PASS_SHARE);
        }

        void fromStartBegan(long at) {
            fromStartTook = System.nanoTime() - at;
            fromStartAt = System.nanoTime();
        }

        void moveTo(Long[][] lanes) {
            for (var lane : lanes) {
                positions.put(lane[0].intValue(), lane[1]);
            }
        }
    }

    List<Claimed> claim(Request request) {
        promoteIfDue();
        var claims = new ArrayList<Claimed>();
        int left = request.limit;
        isTurnOfAnother &= rules.anyLimited(); // nobody's, once the last limit was lifted
        if (rules.anyLimited() && (!request.worker.equals(localWorker) || mayHaveRoom())) {
            long begin = System.nanoTime();
            claims.addAll(database.inTransaction(tx -> claimLimited(tx.handle(), request)));
            left -= claims.stream().mapToInt(claim -> claim.tasks.size()).sum();
            if (left < request.limit) {
                takenUnderLimits = request.limit - left;
                turnNanos = Math.clamp((System.nanoTime() - begin) / 2, TURN_MIN_NANOS, TURN_MAX_NANOS);
            }
        }
        if (left > 0 && !rules.of(Queues.ALL).limited() && mayBeFree(request)) {
            int before = claims.size();
            isFreeEmpty = true; // before the look: who wakes us meanwhile is not to be forgotten
            claimFree(request.withLimit(left), claims);
            isFreeEmpty &= claims.size() == before;
        }
        if (rules.anyFair()) {
            publishPositions();
        }
        return claims;
    }

    /** How long until a task has waited for its time or a limited queue may be free to claim from, if that is known. */
    Optional<Duration> untilPromotion() {
        if (isTurnOfAnother) {
            return Optional.of(Duration.ofNanos(turnNanos));
        }
        if (ended.get() > 0 && rules.anyLimited()) {
            return Optional.of(Duration.ofNanos(GATHER_NANOS));
        }
        return Optional.ofNullable(expected).map(at -> Duration.ofNanos(Math.max(at - System.nanoTime(), 0)));
    }

    /** A task that was claimed before came back. */
    void lookFromStart() {
        isFreeEmpty = false;
        watermarks.clear();
        floors.clear();
    }

    /** Others may have stored tasks that wait for their time. */
    void woken() {
        woken = true;
        isFreeEmpty = false;
    }

    /** The worker of this process, which looks again by itself: it is spared looks at limits that cannot bring anything. */
    void serves(String worker) {
        localWorker = worker;
    }

    /** So many tasks have ended, so limits may let others through. */
    void roomMade(int tasks) {
        ended.addAndGet(tasks);
    }

    /** Whether limits may let more through than at the last look, by what ended here, or by now by what ended elsewhere. */
    private boolean mayHaveRoom() {
        long now = System.nanoTime();
        if (now - roomLookedAt < roomWait()) {
            return false;
        }
        ended.set(0);
        roomLookedAt = now;
        return true;
    }

    /** Whether queues without limits may hold something, so far as that is known: room under a limit is made often. */
    private boolean mayBeFree(Request request) {
        long now = System.nanoTime();
        if (isFreeEmpty && now - freeLookedAt < ELSEWHERE_NANOS && rules.anyLimited()
                && request.worker.equals(localWorker)) {
            return false;
        }
        freeLookedAt = now;
        return true;
    }

    private long roomWait() {
        if (isTurnOfAnother) {
            return turnNanos;
        }
        int room = ended.get();
        if (room == 0) {
            return ELSEWHERE_NANOS;
        }
        return room > takenUnderLimits / 2 ? 0 : GATHER_NANOS;
    }

    /** Tasks were let go by what they had waited for; in a fair queue they may stand behind the watermark. */
    void released() {
        if (rules.anyFair()) {
            lookFromStart();
        }
    }

    /** A task that becomes ready after so long was stored. */
    synchronized void expect(Duration delay) {
        long at = System.nanoTime() + Math.min(delay.toNanos(), Duration.ofDays(1).toNanos());
        var before = expected;
        if (before == null || at - before < 0) {
            expected = at;
        }
    }

    /** When its time has come, and now and then, since tasks of other processes are not told to us. */
    private void promoteIfDue() {
        var known = expected;
        long now = System.nanoTime();
        long interval = woken
                ? LOOK_AT_TIME_WOKEN_NANOS
                : database.notifications().isListening() ? LOOK_AT_TIME_LISTENING_NANOS : LOOK_AT_TIME_NANOS;
        boolean isExpected = known != null && now - known >= 0;
        if (now - lookedAt < interval && !isExpected) {
            return;
        }
        woken = false;
        lookedAt = now;
        expected = null; // before the look: one that is stored meanwhile must not be forgotten
        if (isExpected || isAnyDue()) {
            promote();
        }
    }

    /** Most looks of an idle process find nothing, and a statement that writes would be told as a change. */
    private boolean isAnyDue() {
        record Look(boolean due, Optional<Double> nextMillis) {}
        var look = database.withHandle(handle -> handle.createQuery(LOOK_AT_TIME).map((row, context) -> new Look(
                row.getBoolean("due"), Optional.ofNullable(row.getObject("next_ms", Double.class)))).one());
        if (!look.due) {
            look.nextMillis.ifPresent(this::expectMillis);
        }
        return look.due;
    }

    private void promote() {
        record Promotion(int promoted, Optional<Double> nextMillis) {}
        var promotion = database.withHandle(handle -> handle.createQuery(PROMOTE).bind("limit", PROMOTE_MAX)
                .map((row, context) -> new Promotion(row.getInt("promoted"),
                        Optional.ofNullable(row.getObject("next_ms", Double.class))))
                .one());
        if (promotion.promoted == PROMOTE_MAX) {
            expect(Duration.ZERO);
        }
        promotion.nextMillis.ifPresent(this::expectMillis);
    }

    private void expectMillis(double millis) {
        expect(Duration.ofMillis((long) Math.max(millis, 0) + 1));
    }

    private void claimFree(Request request, List<Claimed> claims) {
        if (watermarks.size() > TYPE_SETS_MAX) {
            watermarks.clear();
        }
        var marks = watermarks.computeIfAbsent(request.types, key -> new Watermarks());
        if (marks.isFullPassDue(FULL_PASS_NANOS)) {
            claimFromStart(request, marks, claims);
            return;
        }
        boolean isBackPass = rules.anyFair() && marks.isBackPassDue();
        long begin = System.nanoTime();
        var rows = claim(request, isBackPass ? behind(marks.positions) : marks.positions);
        if (isBackPass) {
            marks.backPassBegan(begin);
        }
        // Only if there was nothing: what has been found is to run before we look for more.
        if (keep(marks, rows, claims) == 0 && marks.isFullPassDue(0)) {
            claimFromStart(request, marks, claims);
        }
    }

    /** The positions, in fair queues not beyond what had been told before the last telling. */
    private Map<Lane, Long> behind(Map<Lane, Long> positions) {
        var behind = new HashMap<>(positions);
        behind.replaceAll((lane, position) -> rules.of(lane.queue()).fair()
                ? Math.min(position, toldBefore.getOrDefault(lane.queue(), Long.MIN_VALUE))
                : position);
        return behind;
    }

    private void claimFromStart(Request request, Watermarks marks, List<Claimed> claims) {
        long begin = System.nanoTime();
        var rows = claim(request, Map.of());
        marks.fullPassBegan(begin);
        keep(marks, rows, claims);
    }

    private int keep(Watermarks marks, Batch batch, List<Claimed> claims) {
        for (var row : batch.rows) {
            marks.positions.merge(new Lane(row.task.queue(), row.priority), row.position, Math::max);
            if (rules.of(row.task.queue()).fair()) {
                claimedTo.merge(row.task.queue(), row.position, Math::max);
            }
        }
        add(batch, claims);
        return batch.rows.size();
    }

    private static void add(Batch batch, List<Claimed> claims) {
        if (!batch.rows.isEmpty()) {
            // UPDATE returns rows in no order.
            batch.rows.sort(Row.ORDER);
            claims.add(new Claimed(batch.claim, batch.rows.stream().map(Row::task).toList()));
        }
    }

    private record Batch(UUID claim, List<Row> rows) {}

    private Batch claim(Request request, Map<Lane, Long> after) {
        return database.withHandle(handle -> claim(handle, request, after, false));
    }

    private Batch claim(Handle handle, Request request, Map<Lane, Long> after, boolean holdsLimitOfAll) {
        var claim = nextId.get();
        var lanes = List.copyOf(after.entrySet());
        long begin = System.nanoTime();
        boolean failed = true;
        var taken = OptionalLong.empty();
        var connection = handle.getConnection();
        try (var statement = connection.prepareStatement(CLAIM)) {
            statement.setArray(1, connection.createArrayOf("text",
                    lanes.stream().map(lane -> lane.getKey().queue()).toArray()));
            statement.setArray(2, connection.createArrayOf("int4",
                    lanes.stream().map(lane -> lane.getKey().priority()).toArray()));
            statement.setArray(3, connection.createArrayOf("int8", lanes.stream().map(Map.Entry::getValue).toArray()));
            statement.setBoolean(4, holdsLimitOfAll);
            statement.setLong(5, ThreadLocalRandom.current().nextLong());
            statement.setArray(6, connection.createArrayOf("text", request.types.toArray()));
            statement.setInt(7, request.limit);
            statement.setInt(8, request.limit);
            statement.setObject(9, claim);
            statement.setObject(10, claim);
            statement.setString(11, request.worker);
            statement.setLong(12, request.lease.toMillis());
            var rows = read(statement, request);
            failed = false;
            taken = OptionalLong.of(rows.size());
            return new Batch(claim, rows);
        } catch (SQLException e) {
            throw new ConnectionException(e); // translated with those of the other statements
        } finally {
            database.metrics().record(CLAIM, Duration.ofNanos(System.nanoTime() - begin), failed, taken);
        }
    }

    private List<Row> read(PreparedStatement statement, Request request) throws SQLException {
        var rows = new ArrayList<Row>();
        try (var result = statement.executeQuery()) {
            @Nullable
            Instant leaseUntil = null;
            while (result.next()) {
                if (leaseUntil == null) {
                    leaseUntil = instant(result, 12).plus(request.lease);
                }
                rows.add(row(result, request.worker, leaseUntil));
            }
        }
        return rows;
    }

    private Row row(ResultSet result, String worker, Instant leaseUntil) throws SQLException {
        long timeout = result.getLong(10);
        var timeoutOrNone = result.wasNull() ? Optional.<Duration>empty() : Optional.of(Duration.ofMillis(timeout));
        return new Row(new ClaimedTask(result.getObject(1, UUID.class), result.getString(2), result.getString(3),
                JsonMapper.shared().readTree(codec.decode(result.getString(6))), result.getInt(7), result.getInt(8),
                worker, instant(result, 9), leaseUntil, timeoutOrNone, Optional.ofNullable(result.getString(11)),
                Optional.ofNullable(result.getString(13)).flatMap(TraceContext::parse)),
                result.getInt(4), result.getLong(5));
    }

    private static Instant instant(ResultSet result, int column) throws SQLException {
        return result.getObject(column, OffsetDateTime.class).toInstant();
    }

    /**
     * A limited queue whose row this transaction has locked.
     *
     * @param room tasks that may be claimed from it
     * @param tokens in the bucket; absent without a rate
     */
    private record Limited(String queue, int room, Optional<Double> tokens, Optional<Integer> partitionConcurrency,
            Optional<Double> partitionRate, Optional<Integer> partitionBurst) {}

    private List<Claimed> claimLimited(Handle handle, Request request) {
        var queues = lockLimited(handle, request.limit);
        isTurnOfAnother = queues.size() < rules.limitedCount();
        var everything = queues.stream().filter(queue -> queue.queue.equals(Queues.ALL)).findFirst();
        if (everything.isEmpty() && rules.of(Queues.ALL).limited()) {
            return List.of(); // it is another one's turn, or all queues are paused
        }
        int left = everything.map(Limited::room).orElse(request.limit);
        var claims = new ArrayList<Claimed>();
        var taken = new LinkedHashMap<String, Integer>();
        for (var queue : queues) {
            int most = Math.min(left, queue.room);
            if (most > 0 && !queue.queue.equals(Queues.ALL)) {
                var batch = claim(handle, request.withLimit(most), queue);
                add(batch, claims);
                taken.put(queue.queue, batch.rows.size());
                left -= batch.rows.size();
            }
        }
        if (everything.isPresent() && left > 0) {
            var batch = claim(handle, request.withLimit(left), Map.of(), true);
            add(batch, claims);
            taken.put(Queues.ALL, batch.rows.size());
        }
        takeTokens(handle, queues, taken);
        return claims;
    }

    /** Locked first and counted by a later statement, whose snapshot sees what the holder before us has claimed. */
    private static List<Limited> lockLimited(Handle handle, int limit) {
        record Locked(Limited limited, Optional<Integer> concurrency) {}
        var locked = handle.createQuery(LOCK_LIMITED).map((row, context) -> new Locked(new Limited(
                row.getString("name"), limit,
                row.getObject("rate") == null ? Optional.empty() : Optional.of(row.getDouble("tokens")),
                Optional.ofNullable(row.getObject("partition_concurrency", Integer.class)),
                Optional.ofNullable(row.getObject("partition_rate", Double.class)),
                Optional.ofNullable(row.getObject("partition_burst", Integer.class))),
                Optional.ofNullable(row.getObject("concurrency", Integer.class)))).list();
        if (locked.stream().noneMatch(queue -> queue.concurrency.isPresent() || queue.limited.tokens.isPresent())) {
            return locked.stream().map(Locked::limited).toList();
        }
        var started = new HashMap<String, Integer>();
        handle.createQuery(COUNT_STARTED).map((row, context) -> started.put(row.getString("queue"),
                row.getInt("tasks"))).list();
        int all = started.values().stream().mapToInt(Integer::intValue).sum();
        return locked.stream().map(queue -> {
            int running = queue.limited.queue.equals(Queues.ALL) ? all : started.getOrDefault(queue.limited.queue, 0);
            int room = Math.min(queue.concurrency.map(max -> max - running).orElse(limit),
                    queue.limited.tokens.map(Double::intValue).orElse(limit));
            return new Limited(queue.limited.queue, Math.max(0, Math.min(room, limit)), queue.limited.tokens,
                    queue.limited.partitionConcurrency, queue.limited.partitionRate, queue.limited.partitionBurst);
        }).toList();
    }

    /**
     * The next claim looks twice as far as this one had to go. If it found nothing, all that it saw may be running, as is
     * usual under a limit; only if that lasts, it looks further.
     *
     * @param reach the place of the last task that was claimed, from 1; 0 if there was none
     */
    private void adaptWindow(String queue, int window, int reach) {
        if (reach > 0) {
            emptySince.remove(queue);
            windows.put(queue, Math.clamp(2L * reach, WINDOW_MIN, WINDOW_MAX));
        } else if (System.nanoTime() - emptySince.computeIfAbsent(queue, key -> System.nanoTime()) > EMPTY_NANOS) {
            emptySince.remove(queue);
            windows.put(queue, Math.clamp(2L * window, WINDOW_MIN, WINDOW_MAX));
        }
    }

    private Batch claim(Handle handle, Request request, Limited queue) {
        boolean byPartition = queue.partitionConcurrency.isPresent() || queue.partitionRate.isPresent();
        int window = byPartition ? windows.getOrDefault(queue.queue, WINDOW_MIN) : request.limit;
        var claim = nextId.get();
        if (floors.size() > TYPE_SETS_MAX) {
            floors.clear();
        }
        var floor = floors.computeIfAbsent(new Aim(queue.queue, request.types), key -> new Floor());
        boolean isFromStart = floor.isFromStartDue();
        var seen = isFromStart ? Map.<Integer, Long>of() : Map.copyOf(floor.positions);
        var priorities = seen.keySet().toArray(Integer[]::new);
        var reach = new int[1];
        long begin = System.nanoTime();
        var rows = handle.createQuery(CLAIM_LIMITED).define(QueryMetrics.NO_ROWS_NO_CHANGE, true)
                .bind("queue", queue.queue)
                .bind("priorities", priorities)
                .bind("positions", Stream.of(priorities).map(seen::get).toArray(Long[]::new))
                .bind("types", request.types.toArray(String[]::new))
                .bind("window", window)
                .bind("partitionConcurrency", queue.partitionConcurrency.orElse(null))
                .bind("partitionRate", queue.partitionRate.orElse(null))
                .bind("partitionBurst", queue.partitionBurst.orElse(null))
                .bind("limit", request.limit)
                .bind("shareMin", SHARE_MIN)
                .bind("claim", claim)
                .bind("worker", request.worker)
                .bind("leaseMillis", request.lease.toMillis())
                .map((row, context) -> {
                    if (reach[0] == 0) {
                        reach[0] = row.getInt("reach");
                        floor.moveTo((Long[][]) row.getArray("lanes").getArray());
                    }
                    return row(row, request.worker, instant(row, 12).plus(request.lease));
                }).list();
        if (isFromStart) {
            floor.fromStartBegan(begin);
        }
        if (byPartition) {
            adaptWindow(queue.queue, window, reach[0]);
        }
        if (queue.partitionRate.isPresent() && !rows.isEmpty()) {
            var counts = new LinkedHashMap<String, Long>();
            rows.forEach(row -> counts.merge(row.task.partition().orElse(""), 1L, Long::sum));
            handle.createUpdate(TAKE_PARTITION_TOKENS)
                    .bind("queue", queue.queue)
                    .bind("burst", queue.partitionBurst.orElseThrow())
                    .bind("rate", queue.partitionRate.orElseThrow())
                    .bind("names", counts.keySet().toArray(String[]::new))
                    .bind("counts", counts.values().toArray(Long[]::new))
                    .execute();
        }
        for (var row : rows) {
            if (rules.of(queue.queue).fair()) {
                claimedTo.merge(queue.queue, row.position, Math::max);
            }
        }
        return new Batch(claim, new ArrayList<>(rows));
    }

    private static void takeTokens(Handle handle, List<Limited> queues, Map<String, Integer> taken) {
        int all = taken.values().stream().mapToInt(Integer::intValue).sum(); // free queues stand under their name
        var names = new ArrayList<String>();
        var tokens = new ArrayList<Double>();
        for (var queue : queues) {
            int from = queue.queue.equals(Queues.ALL) ? all : taken.getOrDefault(queue.queue, 0);
            if (from > 0 && queue.tokens.isPresent()) {
                names.add(queue.queue);
                tokens.add(queue.tokens.get() - from);
            }
        }
        if (!names.isEmpty()) {
            handle.createUpdate(TAKE_TOKENS).bind("names", names.toArray(String[]::new))
                    .bind("tokens", tokens.toArray(Double[]::new)).execute();
        }
    }

    /** So that new partitions of fair queues begin where the others are. */
    private void publishPositions() {
        if (claimedTo.isEmpty() || System.nanoTime() - publishedAt < PUBLISH_NANOS) {
            return;
        }
        publishedAt = System.nanoTime();
        var positions = new LinkedHashMap<String, Long>();
        for (var queue : List.copyOf(claimedTo.keySet())) {
            var position = claimedTo.remove(queue);
            if (position != null) {
                positions.put(queue, position);
            }
        }
        var published = database.withHandle(handle -> handle.createQuery(PUBLISH_POSITION)
                .bind("names", positions.keySet().toArray(String[]::new))
                .bind("positions", positions.values().toArray(Long[]::new))
                .mapTo(String.class).list());
        toldBefore.putAll(told);
        positions.forEach((queue, position) -> {
            if (published.contains(queue)) {
                told.put(queue, position);
            } else {
                claimedTo.merge(queue, position, Math::max); // somebody else is claiming from it: next time
            }
        });
    }
}
