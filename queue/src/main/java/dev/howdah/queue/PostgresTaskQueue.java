package dev.howdah.queue;

import static dev.howdah.queue.PostgresTaskQueueSql.ANY_LIMITED;
import static dev.howdah.queue.PostgresTaskQueueSql.ATTEMPTS;
import static dev.howdah.queue.PostgresTaskQueueSql.CANCEL;
import static dev.howdah.queue.PostgresTaskQueueSql.CANCEL_ALL;
import static dev.howdah.queue.PostgresTaskQueueSql.CLAIM;
import static dev.howdah.queue.PostgresTaskQueueSql.COMPLETE;
import static dev.howdah.queue.PostgresTaskQueueSql.COPY;
import static dev.howdah.queue.PostgresTaskQueueSql.COUNT_BY_STATE;
import static dev.howdah.queue.PostgresTaskQueueSql.COUNT_BY_TYPE;
import static dev.howdah.queue.PostgresTaskQueueSql.COUNT_MATCHING;
import static dev.howdah.queue.PostgresTaskQueueSql.COUNT_STARTED;
import static dev.howdah.queue.PostgresTaskQueueSql.DELETE_ENDED;
import static dev.howdah.queue.PostgresTaskQueueSql.DISCARD_ALL;
import static dev.howdah.queue.PostgresTaskQueueSql.ENQUEUE;
import static dev.howdah.queue.PostgresTaskQueueSql.FIND;
import static dev.howdah.queue.PostgresTaskQueueSql.HEARTBEAT;
import static dev.howdah.queue.PostgresTaskQueueSql.KEY_HOLDERS;
import static dev.howdah.queue.PostgresTaskQueueSql.LIST;
import static dev.howdah.queue.PostgresTaskQueueSql.LOCK_LIMITED;
import static dev.howdah.queue.PostgresTaskQueueSql.LOG;
import static dev.howdah.queue.PostgresTaskQueueSql.RECOVER_LOST;
import static dev.howdah.queue.PostgresTaskQueueSql.REGISTER_QUEUES;
import static dev.howdah.queue.PostgresTaskQueueSql.REPORT_LINES;
import static dev.howdah.queue.PostgresTaskQueueSql.REPORT_PROGRESS;
import static dev.howdah.queue.PostgresTaskQueueSql.RETRY;
import static dev.howdah.queue.PostgresTaskQueueSql.RETRY_ALL;
import static dev.howdah.queue.PostgresTaskQueueSql.TAKE_TOKENS;
import static dev.howdah.queue.PostgresTaskQueueSql.TIMES;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.Uuids;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The task queue on PostgreSQL: one table, claimed with {@code SKIP LOCKED}, fenced by the attempt. */
public final class PostgresTaskQueue implements TaskQueue {
    /** What a wake-up of {@link dev.howdah.postgres.Notifications} for new tasks is called. */
    public static final String TOPIC = "tasks";
    /** The same for new limits. */
    static final String LIMITS_TOPIC = "queue-limits";

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int BATCH_MAX = 1000;
    private static final int COPY_MIN = 100;
    private static final int BULK_MAX = 10_000;
    private static final Duration LIMITS_AGE_MAX = Duration.ofSeconds(5);
    private static final String LOST = "the worker stopped sending heartbeats; its process or connection died";
    private static final String UNIQUE_VIOLATION = "23505";
    private static final double JITTER = 0.2;
    /** U+0000 as JSON writes it, not behind an escaped backslash; PostgreSQL's jsonb cannot hold it. */
    private static final Pattern NUL = Pattern.compile("(?<!\\\\)(?:\\\\\\\\)*\\\\u0000");

    private final Database database;
    private final QueueSettings settings;
    private final GroupCommit<NewTask, UUID> commits = new GroupCommit<>(BATCH_MAX, this::store);
    private final Set<String> knownQueues = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean watchesLimits = new AtomicBoolean();
    private volatile boolean anyLimited = true;
    private volatile long limitsReadAt = System.nanoTime();

    public PostgresTaskQueue(Database database, QueueSettings settings) {
        this.database = database;
        this.settings = settings;
    }

    @Override
    public List<UUID> enqueue(List<NewTask> tasks) {
        tasks.forEach(PostgresTaskQueue::refuseNul);
        return tasks.isEmpty() ? List.of() : commits.write(tasks);
    }

    /** One statement that commits by itself where that is enough. */
    private List<UUID> store(List<NewTask> tasks) {
        if (tasks.size() > BATCH_MAX || tasks.stream().anyMatch(task -> !knownQueues.contains(task.queue()))) {
            return database.inTransaction(tx -> enqueue(tx, tasks));
        }
        var ids = database.withHandle(handle -> insert(handle, tasks));
        database.notifications().wake(TOPIC);
        return ids;
    }

    @Override
    public List<UUID> enqueue(Transaction tx, List<NewTask> tasks) {
        tasks.forEach(PostgresTaskQueue::refuseNul);
        registerQueues(tx, tasks);
        var ids = new ArrayList<UUID>(tasks.size());
        for (int from = 0; from < tasks.size(); from += BATCH_MAX) {
            ids.addAll(insert(tx.handle(), tasks.subList(from, Math.min(from + BATCH_MAX, tasks.size()))));
        }
        if (!tasks.isEmpty()) {
            tx.afterCommit(() -> database.notifications().wake(TOPIC));
        }
        return ids;
    }

    @Override
    public List<ClaimedTask> claim(String worker, Set<String> types, int limit, Duration lease) {
        if (limit < 1 || limit > BATCH_MAX) {
            throw new InvalidInputException("claim-invalid", "limit", limit + " is out of range",
                    "use 1 to " + BATCH_MAX);
        }
        var request = new ClaimRequest(worker, types, limit, lease);
        var claimed = areLimitsToBeRead()
                ? claimWithLimits(request)
                : database.withHandle(handle -> claim(handle, request, List.of()));
        // UPDATE returns rows in no order.
        return claimed.stream().sorted(Claimed.ORDER).map(Claimed::task).toList();
    }

    private record ClaimRequest(String worker, Set<String> types, int limit, Duration lease) {}

    /**
     * Whether there may be limited queues. New limits are told by a wake-up; should that get lost, the queue is not claimed
     * from for a few seconds, because the claim itself leaves limited queues out.
     */
    private boolean areLimitsToBeRead() {
        if (watchesLimits.compareAndSet(false, true)) {
            database.notifications().subscribe(LIMITS_TOPIC, () -> anyLimited = true);
        }
        return anyLimited || System.nanoTime() - limitsReadAt > LIMITS_AGE_MAX.toNanos();
    }

    private List<Claimed> claimWithLimits(ClaimRequest request) {
        return database.inTransaction(tx -> {
            limitsReadAt = System.nanoTime();
            anyLimited = false; // before the look: a wake-up meanwhile must not be lost
            boolean any = tx.handle().createQuery(ANY_LIMITED).mapTo(Boolean.class).one();
            if (any) {
                anyLimited = true;
            }
            var limited = any ? rooms(tx.handle(), request.limit) : List.<Room>of();
            var rows = claim(tx.handle(), request, limited);
            takeTokens(tx.handle(), limited, rows);
            return rows;
        });
    }

    private static List<Claimed> claim(Handle handle, ClaimRequest request, List<Room> limited) {
        return handle.createQuery(CLAIM)
                .bind("worker", request.worker)
                .bind("types", request.types.toArray(String[]::new))
                .bind("limit", request.limit)
                .bind("limitedNames", limited.stream().map(Room::queue).toArray(String[]::new))
                .bind("rooms", limited.stream().map(Room::tasks).toArray(Integer[]::new))
                .bind("leaseMillis", request.lease.toMillis())
                .map(Claimed::read)
                .list();
    }

    /**
     * How many tasks a limited queue may still be claimed from, which this transaction has locked.
     *
     * @param tokens in the bucket; absent without a rate
     */
    private record Room(String queue, int tasks, Optional<Double> tokens) {}

    /** Locked first and counted by a later statement, whose snapshot sees what the holder before us has claimed. */
    private static List<Room> rooms(Handle handle, int limit) {
        record Limited(String name, Optional<Integer> concurrency, Optional<Double> tokens) {}
        var locked = handle.createQuery(LOCK_LIMITED).map((row, context) -> new Limited(row.getString("name"),
                Optional.ofNullable(row.getObject("concurrency", Integer.class)),
                row.getObject("rate") == null ? Optional.<Double>empty() : Optional.of(row.getDouble("tokens"))))
                .list();
        if (locked.isEmpty()) {
            return List.of();
        }
        var started = new HashMap<String, Integer>();
        handle.createQuery(COUNT_STARTED)
                .bind("names", locked.stream().filter(queue -> queue.concurrency.isPresent()).map(Limited::name)
                        .toArray(String[]::new))
                .map((row, context) -> started.put(row.getString("queue"), row.getInt("tasks"))).list();
        return locked.stream().map(queue -> {
            int room = Math.min(limit, queue.concurrency.map(max -> max - started.getOrDefault(queue.name, 0))
                    .orElse(limit));
            return new Room(queue.name, Math.max(0, Math.min(room, queue.tokens.map(Double::intValue).orElse(limit))),
                    queue.tokens);
        }).toList();
    }

    private static void takeTokens(Handle handle, List<Room> limited, List<Claimed> claimed) {
        var rated = limited.stream().filter(room -> room.tokens.isPresent()).toList();
        if (!rated.isEmpty()) {
            handle.createUpdate(TAKE_TOKENS)
                    .bind("names", rated.stream().map(Room::queue).toArray(String[]::new))
                    .bind("tokens", rated.stream().map(room -> room.tokens.orElseThrow() - claimed.stream()
                            .filter(row -> row.task.queue().equals(room.queue)).count()).toArray(Double[]::new))
                    .execute();
        }
    }

    /** A queue is known once a transaction that named it has committed; until then its name is stored again. */
    private void registerQueues(Transaction tx, List<NewTask> tasks) {
        var names = tasks.stream().map(NewTask::queue).filter(name -> !knownQueues.contains(name)).distinct().toList();
        if (!names.isEmpty()) {
            tx.handle().createUpdate(REGISTER_QUEUES).bind("names", names.toArray(String[]::new)).execute();
            tx.afterCommit(() -> knownQueues.addAll(names));
        }
    }

    @Override
    public Set<UUID> heartbeat(Collection<? extends Claim> claims, Duration lease) {
        var sorted = claims.stream().sorted(Comparator.comparing(Claim::id)).toList();
        return Set.copyOf(database.withHandle(handle -> handle.createQuery(HEARTBEAT)
                .bind("ids", sorted.stream().map(Claim::id).toArray(UUID[]::new))
                .bind("attempts", sorted.stream().map(Claim::attempt).toArray(Integer[]::new))
                .bind("leaseMillis", lease.toMillis())
                .mapTo(UUID.class)
                .list()));
    }

    @Override
    public Set<UUID> complete(List<Completion> completions) {
        return database.inTransaction(tx -> complete(tx, completions));
    }

    @Override
    public Set<UUID> complete(Transaction tx, List<Completion> completions) {
        var sorted = completions.stream().sorted(Comparator.comparing(c -> c.claim().id())).map(this::ending).toList();
        var accepted = Set.copyOf(tx.handle().createQuery(COMPLETE)
                .bind("ids", sorted.stream().map(Ending::id).toArray(UUID[]::new))
                .bind("attempts", sorted.stream().map(Ending::attempt).toArray(Integer[]::new))
                .bind("outcomes", sorted.stream().map(e -> label(e.outcome)).toArray(String[]::new))
                .bind("results", sorted.stream().map(Ending::result).toArray(String[]::new))
                .bind("errors", sorted.stream().map(Ending::error).toArray(String[]::new))
                .bind("retryables", sorted.stream().map(Ending::retryable).toArray(Boolean[]::new))
                .bind("delays", sorted.stream().map(Ending::delayMillis).toArray(Long[]::new))
                .mapTo(UUID.class)
                .list());
        if (sorted.stream().anyMatch(ending -> ending.outcome == TaskAttempt.Outcome.RELEASED)) {
            tx.afterCommit(() -> database.notifications().wake(TOPIC));
        }
        return accepted;
    }

    @Override
    public void report(List<TaskReport> reports) {
        var progress = reports.stream().filter(report -> report.progress().isPresent())
                .sorted(Comparator.comparing(report -> report.claim().id())).toList();
        var lines = reports.stream().flatMap(report -> report.lines().stream().map(line -> Map.entry(report.claim(),
                line))).toList();
        database.useTransaction(tx -> {
            if (!progress.isEmpty()) {
                tx.handle().createUpdate(REPORT_PROGRESS)
                        .bind("ids", progress.stream().map(report -> report.claim().id()).toArray(UUID[]::new))
                        .bind("attempts", progress.stream().map(report -> report.claim().attempt())
                                .toArray(Integer[]::new))
                        .bind("progress", progress.stream().map(report -> report.progress().orElseThrow().toString())
                                .toArray(String[]::new))
                        .execute();
            }
            if (!lines.isEmpty()) {
                tx.handle().createUpdate(REPORT_LINES)
                        .bind("ids", lines.stream().map(line -> line.getKey().id()).toArray(UUID[]::new))
                        .bind("attempts", lines.stream().map(line -> line.getKey().attempt()).toArray(Integer[]::new))
                        .bind("lines", lines.stream().map(Map.Entry::getValue).toArray(String[]::new))
                        .execute();
            }
        });
    }

    @Override
    public List<TaskReport.Line> log(UUID id, long after, int limit) {
        if (limit < 1 || limit > BATCH_MAX) {
            throw new InvalidInputException("task-log-invalid", "limit", limit + " is out of range",
                    "use 1 to " + BATCH_MAX);
        }
        return database.withHandle(handle -> handle.createQuery(LOG).bind("id", id).bind("after", after)
                .bind("limit", limit).map((row, context) -> new TaskReport.Line(row.getLong("id"),
                        row.getInt("attempt"), instant(row, "at").orElseThrow(), row.getString("line")))
                .list());
    }

    @Override
    public int apply(BulkAction action, TaskFilter filter, int limit) {
        checkBulk(limit);
        var sql = switch (action) {
            case CANCEL -> CANCEL_ALL;
            case RETRY -> RETRY_ALL;
            case DISCARD -> DISCARD_ALL;
        };
        int count = database.withHandle(handle -> handle.createUpdate(sql)
                .bind("states", states(action, filter))
                .bind("type", filter.type().orElse(null))
                .bind("queue", filter.queue().orElse(null))
                .bind("limit", limit)
                .execute());
        if (action == BulkAction.RETRY && count > 0) {
            database.notifications().wake(TOPIC);
        }
        return count;
    }

    @Override
    public int count(BulkAction action, TaskFilter filter, int max) {
        return database.withHandle(handle -> handle.createQuery(COUNT_MATCHING)
                .bind("states", states(action, filter))
                .bind("type", filter.type().orElse(null))
                .bind("queue", filter.queue().orElse(null))
                .bind("max", max)
                .mapTo(Integer.class)
                .one());
    }

    private static void checkBulk(int limit) {
        if (limit < 1 || limit > BULK_MAX) {
            throw new InvalidInputException("task-bulk-invalid", "limit", limit + " is out of range",
                    "use 1 to " + BULK_MAX);
        }
    }

    /** Those of the filter's states in which the action can be done. */
    private static String[] states(BulkAction action, TaskFilter filter) {
        var possible = switch (action) {
            case CANCEL -> Set.of(TaskState.QUEUED, TaskState.STARTED);
            case RETRY -> Set.of(TaskState.FAILED, TaskState.CANCELLED);
            case DISCARD -> Set.of(TaskState.FINISHED, TaskState.FAILED, TaskState.CANCELLED);
        };
        return possible.stream().filter(state -> filter.states().isEmpty() || filter.states().contains(state))
                .map(PostgresTaskQueue::label).toArray(String[]::new);
    }

    @Override
    public int recoverLost(int limit) {
        int count = database.withHandle(handle -> handle.createQuery(RECOVER_LOST)
                .bind("limit", limit)
                .bind("error", LOST)
                .mapTo(UUID.class)
                .list()).size();
        if (count > 0) {
            database.notifications().wake(TOPIC);
        }
        return count;
    }

    @Override
    public void cancel(UUID id) {
        var cancelled = database.withHandle(handle -> handle.createQuery(CANCEL).bind("id", id).mapTo(UUID.class)
                .findOne());
        if (cancelled.isEmpty()) {
            throw refused(id, "cannot be cancelled", "only queued and started tasks can be");
        }
    }

    @Override
    public void retry(UUID id) {
        if (requeue(id).isEmpty()) {
            throw refused(id, "cannot be retried", "only failed and cancelled tasks can be");
        }
        database.notifications().wake(TOPIC);
    }

    @Override
    public Optional<Task> find(UUID id) {
        return find(List.of(id)).stream().findFirst();
    }

    @Override
    public List<Task> find(Collection<UUID> ids) {
        return database.withHandle(handle -> handle.createQuery(FIND)
                .bind("ids", ids.toArray(UUID[]::new))
                .map(PostgresTaskQueue::task)
                .list());
    }

    @Override
    public TaskPage list(TaskFilter filter) {
        var tasks = database.withHandle(handle -> handle.createQuery(LIST)
                .bind("before", filter.cursor().map(PostgresTaskQueue::cursor).orElse(null))
                .bind("states", filter.states().stream().map(PostgresTaskQueue::label).toArray(String[]::new))
                .bind("type", filter.type().orElse(null))
                .bind("queue", filter.queue().orElse(null))
                .bind("limit", filter.limit() + 1) // one more tells whether there is a next page
                .map(PostgresTaskQueue::task)
                .list());
        if (tasks.size() <= filter.limit()) {
            return new TaskPage(tasks, Optional.empty());
        }
        var page = tasks.subList(0, filter.limit());
        return new TaskPage(page, Optional.of(page.getLast().id().toString()));
    }

    @Override
    public List<TaskAttempt> attempts(UUID id) {
        return database.withHandle(handle -> handle.createQuery(ATTEMPTS).bind("id", id)
                .map(PostgresTaskQueue::attempt).list());
    }

    @Override
    public QueueStatistics statistics() {
        return database.withHandle(handle -> {
            var byState = new EnumMap<TaskState, Long>(TaskState.class);
            for (var state : TaskState.values()) {
                byState.put(state, 0L);
            }
            handle.createQuery(COUNT_BY_STATE).map((row, context) -> byState.put(
                    state(row.getString("state")), row.getLong("tasks"))).list();
            var byType = new HashMap<String, Long>();
            handle.createQuery(COUNT_BY_TYPE).map((row, context) -> {
                byType.put(row.getString("type"), row.getLong("tasks"));
                return true;
            }).list();
            return handle.createQuery(TIMES).map((row, context) -> new QueueStatistics(byState, byType,
                    millis(row, "average_ms"), millis(row, "oldest_wait_ms"), row.getLong("finished_last_minute")))
                    .one();
        });
    }

    @Override
    public int deleteEnded(Duration olderThan, int limit) {
        return database.withHandle(handle -> handle.createUpdate(DELETE_ENDED)
                .bind("ageMillis", olderThan.toMillis())
                .bind("limit", limit)
                .execute());
    }

    private List<UUID> insert(Handle handle, List<NewTask> tasks) {
        var ids = new ArrayList<UUID>(tasks.size());
        tasks.forEach(task -> ids.add(Uuids.next()));
        if (tasks.size() >= COPY_MIN && tasks.stream().allMatch(PostgresTaskQueue::isPlain)) {
            copy(handle, ids, tasks);
            return ids;
        }
        var inserted = Set.copyOf(handle.createQuery(ENQUEUE)
                .bind("ids", ids.toArray(UUID[]::new))
                .bind("types", tasks.stream().map(NewTask::type).toArray(String[]::new))
                .bind("queues", tasks.stream().map(NewTask::queue).toArray(String[]::new))
                .bind("priorities", tasks.stream().map(NewTask::priority).toArray(Integer[]::new))
                .bind("payloads", tasks.stream().map(task -> task.payload().toString()).toArray(String[]::new))
                .bind("keys", tasks.stream().map(task -> task.key().orElse(null)).toArray(String[]::new))
                .bind("maxAttempts", tasks.stream().map(NewTask::maxAttempts).toArray(Integer[]::new))
                .bind("timeouts", tasks.stream().map(task -> task.timeout().map(Duration::toMillis).orElse(null))
                        .toArray(Long[]::new))
                .bind("delays", tasks.stream().map(task -> task.delay().toMillis()).toArray(Long[]::new))
                .bind("runAts", tasks.stream().map(task -> task.runAt().map(Instant::toString).orElse(null))
                        .toArray(String[]::new))
                .mapTo(UUID.class)
                .list());
        if (inserted.size() == tasks.size()) {
            return ids;
        }
        return withKeyHolders(handle, tasks, ids, inserted);
    }

    /** Whether COPY can take it: it is due at once, and no key may be taken. */
    private static boolean isPlain(NewTask task) {
        return task.key().isEmpty() && task.runAt().isEmpty() && task.delay().isZero();
    }

    private void copy(Handle handle, List<UUID> ids, List<NewTask> tasks) {
        long begin = System.nanoTime();
        boolean failed = true;
        try {
            var rows = new StringBuilder(tasks.size() * 200);
            for (int i = 0; i < tasks.size(); i++) {
                var task = tasks.get(i);
                rows.append(ids.get(i)).append('\t').append(task.type()).append('\t').append(task.queue()).append('\t')
                        .append(task.priority()).append('\t');
                escape(rows, task.payload().toString());
                rows.append('\t').append(task.maxAttempts()).append('\t').append(task.maxAttempts()).append('\t')
                        .append(task.timeout().map(time -> Long.toString(time.toMillis())).orElse("\\N")).append('\n');
            }
            handle.getConnection().unwrap(PGConnection.class).getCopyAPI().copyIn(COPY,
                    new StringReader(rows.toString()));
            failed = false;
        } catch (SQLException e) {
            throw new ConnectionException(e); // translated with those of the other statements
        } catch (IOException e) {
            throw new UncheckedIOException("copying from memory", e);
        } finally {
            database.metrics().record(COPY, Duration.ofNanos(System.nanoTime() - begin), failed);
        }
    }

    /** As COPY's text format asks for. */
    private static void escape(StringBuilder into, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\' -> into.append("\\\\");
                case '\n' -> into.append("\\n");
                case '\r' -> into.append("\\r");
                case '\t' -> into.append("\\t");
                default -> into.append(c);
            }
        }
    }

    /** Puts the id of who holds the key in place of each task that was not inserted. */
    private List<UUID> withKeyHolders(Handle handle, List<NewTask> tasks, List<UUID> ids, Set<UUID> inserted) {
        var taken = new LinkedHashSet<String>();
        for (int i = 0; i < ids.size(); i++) {
            if (!inserted.contains(ids.get(i))) {
                tasks.get(i).key().ifPresent(taken::add);
            }
        }
        var holders = new HashMap<String, UUID>();
        handle.createQuery(KEY_HOLDERS).bind("keys", taken.toArray(String[]::new)).map((row, context) -> holders.put(
                row.getString("key"), row.getObject("id", UUID.class))).list();
        var freed = new HashSet<>(taken);
        freed.removeAll(holders.keySet());
        if (!freed.isEmpty()) {
            // Who held the key ended between the two statements: now it is free.
            var again = new ArrayList<NewTask>();
            tasks.stream().filter(task -> task.key().filter(freed::remove).isPresent()).forEach(again::add);
            var fresh = insert(handle, again);
            for (int i = 0; i < again.size(); i++) {
                holders.put(again.get(i).key().orElseThrow(), fresh.get(i));
            }
        }
        var result = new ArrayList<UUID>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            var id = ids.get(i);
            var key = tasks.get(i).key();
            result.add(inserted.contains(id) || key.isEmpty() ? id : holders.getOrDefault(key.get(), id));
        }
        return result;
    }

    private Optional<UUID> requeue(UUID id) {
        try {
            return database.withHandle(handle -> handle.createQuery(RETRY).bind("id", id).mapTo(UUID.class).findOne());
        } catch (UnableToExecuteStatementException e) {
            if (e.getCause() instanceof SQLException cause && UNIQUE_VIOLATION.equals(cause.getSQLState())) {
                throw new ConflictException("task-key-taken", "task " + id
                        + " cannot be retried: another task with its key is queued or started",
                        "wait for that one, or cancel it");
            }
            throw e;
        }
    }

    private RuntimeException refused(UUID id, String what, String remedy) {
        return find(id).<RuntimeException>map(task -> new ConflictException("task-state-conflict",
                "task " + id + " " + what + ": it is " + label(task.state()), remedy))
                .orElseGet(() -> new NotFoundException("task-not-found", "there is no task " + id,
                        "tasks are kept for " + settings.retention().toDays() + " days after their end"));
    }

    /** A completion as the statement takes it. */
    private record Ending(UUID id, int attempt, TaskAttempt.Outcome outcome, @Nullable String result,
            @Nullable String error, boolean retryable, long delayMillis) {}

    private Ending ending(Completion completion) {
        var claim = completion.claim();
        return switch (completion) {
            case Completion.Finished(var _, var result) -> {
                var text = result.toString();
                yield NUL.matcher(text).find()
                        ? new Ending(claim.id(), claim.attempt(), TaskAttempt.Outcome.FAILED, null,
                                "the result holds the character U+0000, which cannot be stored", false, 0)
                        : new Ending(claim.id(), claim.attempt(), TaskAttempt.Outcome.FINISHED, text, null, false, 0);
            }
            case Completion.Failed(var _, var error, var retryable) -> new Ending(claim.id(), claim.attempt(),
                    TaskAttempt.Outcome.FAILED, null, error.replace('\0', '\uFFFD'), retryable,
                    retryDelayMillis(claim.attempt()));
            case Completion.Snoozed(var _, var delay) -> new Ending(claim.id(), claim.attempt(),
                    TaskAttempt.Outcome.SNOOZED, null, null, true, delay.toMillis());
            case Completion.Released(var _) -> new Ending(claim.id(), claim.attempt(), TaskAttempt.Outcome.RELEASED,
                    null, null, true, 0);
        };
    }

    /** Doubles with each attempt up to the limit; jitter keeps tasks that failed together from coming back together. */
    private long retryDelayMillis(int attempt) {
        double delay = (double) settings.retryFirst().toMillis() * Math.pow(2, Math.min(attempt - 1, 40));
        double capped = Math.min(delay, (double) settings.retryMax().toMillis());
        return Math.round(capped * ThreadLocalRandom.current().nextDouble(1 - JITTER, 1 + JITTER));
    }

    private static void refuseNul(NewTask task) {
        if (NUL.matcher(task.payload().toString()).find() || task.key().orElse("").indexOf('\0') >= 0) {
            throw new InvalidInputException("task-invalid", "payload", "holds the character U+0000, which cannot be "
                    + "stored", "take it out, or encode the text in Base64");
        }
    }

    private static UUID cursor(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("task-filter-invalid", "cursor", "\"" + text + "\" is no cursor",
                    "use the value of \"next\" of the page before");
        }
    }

    /** A claimed task with what it was ordered by. */
    private record Claimed(ClaimedTask task, int priority, Instant runAt) {
        static final Comparator<Claimed> ORDER = Comparator.comparingInt((Claimed c) -> -c.priority)
                .thenComparing(Claimed::runAt).thenComparing(c -> c.task.id().toString());

        static Claimed read(ResultSet row, StatementContext context) throws SQLException {
            return new Claimed(new ClaimedTask(row.getObject("id", UUID.class), row.getString("type"),
                    row.getString("queue"), json(row.getString("payload")), row.getInt("attempt"),
                    row.getInt("attempts_end"), row.getString("worker"), instant(row, "created_at").orElseThrow(),
                    instant(row, "lease_until").orElseThrow(), timeout(row)), row.getInt("priority"),
                    instant(row, "run_at").orElseThrow());
        }
    }

    private static Task task(ResultSet row, StatementContext context) throws SQLException {
        return new Task(row.getObject("id", UUID.class), row.getString("type"), row.getString("queue"),
                state(row.getString("state")), row.getInt("priority"), json(row.getString("payload")),
                instant(row, "created_at").orElseThrow(), instant(row, "run_at").orElseThrow(),
                instant(row, "started_at"), instant(row, "ended_at"), Optional.ofNullable(row.getString("worker")),
                row.getInt("attempt"), row.getInt("max_attempts"), Optional.ofNullable(row.getString("key")),
                Optional.ofNullable(row.getString("result")).map(PostgresTaskQueue::json),
                Optional.ofNullable(row.getString("error")), timeout(row),
                Optional.ofNullable(row.getString("progress")).map(PostgresTaskQueue::json));
    }

    private static Optional<Duration> timeout(ResultSet row) throws SQLException {
        return Optional.ofNullable(row.getObject("timeout_ms", Long.class)).map(Duration::ofMillis);
    }

    private static TaskAttempt attempt(ResultSet row, StatementContext context) throws SQLException {
        var startedAt = instant(row, "started_at");
        var endedAt = instant(row, "ended_at").orElseThrow();
        return new TaskAttempt(row.getInt("attempt"),
                TaskAttempt.Outcome.valueOf(row.getString("outcome").toUpperCase(Locale.ROOT)),
                Optional.ofNullable(row.getString("worker")), startedAt, endedAt,
                startedAt.map(start -> Duration.between(start, endedAt)),
                Optional.ofNullable(row.getString("result")).map(PostgresTaskQueue::json),
                Optional.ofNullable(row.getString("error")));
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    private static Optional<Duration> millis(ResultSet row, String column) throws SQLException {
        double value = row.getDouble(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Duration.ofNanos((long) (Math.max(value, 0) * 1e6)));
    }

    private static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    private static TaskState state(String label) {
        return TaskState.valueOf(label.toUpperCase(Locale.ROOT));
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

}
