package dev.howdah.queue;

import static dev.howdah.queue.PostgresTaskQueueSql.ANY_LOST;
import static dev.howdah.queue.PostgresTaskQueueSql.CANCEL;
import static dev.howdah.queue.PostgresTaskQueueSql.CANCELLABLE;
import static dev.howdah.queue.PostgresTaskQueueSql.COUNT_MATCHING;
import static dev.howdah.queue.PostgresTaskQueueSql.DELETE_ENDED;
import static dev.howdah.queue.PostgresTaskQueueSql.DISCARD_ALL;
import static dev.howdah.queue.PostgresTaskQueueSql.HEARTBEAT;
import static dev.howdah.queue.PostgresTaskQueueSql.RECOVER_LOST;
import static dev.howdah.queue.PostgresTaskQueueSql.REPORT_LINES;
import static dev.howdah.queue.PostgresTaskQueueSql.REPORT_PROGRESS;
import static dev.howdah.queue.PostgresTaskQueueSql.RETRY;
import static dev.howdah.queue.PostgresTaskQueueSql.RETRYABLE;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Notifications.Subscription;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.Uuids;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/**
 * The task queue on PostgreSQL: live tasks in one table, claimed with {@code SKIP LOCKED} and fenced by the attempt; ended
 * ones in a history that is only appended to. See the module's README for why.
 */
public final class PostgresTaskQueue implements TaskQueue, MovableTasks {
    /** What a wake-up of {@link dev.howdah.postgres.Notifications} for new tasks is called. */
    static final String TOPIC = "tasks";

    private static final int CLAIM_MAX = 1000;
    private static final int BULK_MAX = 10_000;
    private static final String LOST = "the worker stopped sending heartbeats; its process or connection died";
    /** As the database orders them. */
    private static final Comparator<UUID> BY_ID = Comparator.comparing(UUID::toString);
    private static final UUID FIRST_ID = new UUID(0, 0);
    private static final UUID LAST_ID = new UUID(-1, -1);
    private static final String UNIQUE_VIOLATION = "23505";

    private final Database database;
    private final QueueSettings settings;
    private final OpenClaims openClaims = new OpenClaims();
    private final Enqueuer enqueuer;
    private final Claimer claimer;
    private final Completer completer;
    private final TaskReader reader;
    private final TaskRates rates;
    private final Workers workers;
    private final Maintenance maintenance;
    private final Mover mover;

    public PostgresTaskQueue(Database database, QueueSettings settings) {
        this(database, settings, Uuids::next);
    }

    /** A queue whose ids are made by somebody else, such as a clock that is wrong. */
    PostgresTaskQueue(Database database, QueueSettings settings, Supplier<UUID> nextId) {
        this.database = database;
        this.settings = settings;
        var codec = settings.codec();
        var rules = new QueueRules(database);
        this.rates = new TaskRates(database);
        this.claimer = new Claimer(database, rules, codec, nextId);
        this.enqueuer = new Enqueuer(database, settings, rules, codec, claimer, openClaims, nextId);
        this.completer = new Completer(database, settings, codec, openClaims, claimer, rates);
        this.reader = new TaskReader(database, codec);
        this.workers = new Workers(database);
        this.maintenance = new Maintenance(database, settings, rates, workers);
        this.mover = new Mover(database, codec);
    }

    /** What is enqueued here while these slots are free is stored as claimed and runs at once. */
    void handOverTo(LocalSlots slots) {
        enqueuer.handOverTo(slots);
        claimer.serves(slots.worker());
    }

    /** Throughput and latency over time. */
    public TaskRates rates() {
        return rates;
    }

    @Override
    public List<UUID> enqueue(List<NewTask> tasks) {
        return enqueuer.enqueue(tasks);
    }

    @Override
    public List<UUID> enqueue(Transaction tx, List<NewTask> tasks) {
        return enqueuer.enqueue(tx, tasks);
    }

    /**
     * Stores tasks together with rows of the caller, in one transaction of our own, so that an idle worker of this process
     * gets them at once.
     *
     * @param companion writes those rows, and is told the ids of the tasks
     */
    public List<UUID> enqueue(List<NewTask> tasks, BiConsumer<Transaction, List<UUID>> companion) {
        return enqueuer.enqueue(tasks, companion);
    }

    @Override
    public List<ClaimedTask> claim(String worker, Set<String> types, int limit, Duration lease) {
        if (limit < 1 || limit > CLAIM_MAX) {
            throw new InvalidInputException("claim-invalid", "limit", limit + " is out of range",
                    "use 1 to " + CLAIM_MAX);
        }
        var claims = claimer.claim(new Claimer.Request(worker, types, limit, lease));
        claims.forEach(claim -> openClaims.add(claim.id(), claim.tasks()));
        return claims.size() == 1
                ? claims.getFirst().tasks()
                : claims.stream().flatMap(claim -> claim.tasks().stream()).toList();
    }

    @Override
    public Optional<Duration> untilNext() {
        return claimer.untilPromotion();
    }

    @Override
    public Set<UUID> heartbeat(Collection<? extends Claim> claims, Duration lease) {
        var byAttempt = claims.stream().collect(Collectors.groupingBy(Claim::attempt));
        var held = new HashSet<UUID>();
        byAttempt.forEach((attempt, group) -> held.addAll(database.withHandle(handle -> handle.createQuery(HEARTBEAT)
                .bind("ids", group.stream().map(Claim::id).toArray(UUID[]::new))
                .bind("attempt", attempt)
                .bind("leaseMillis", lease.toMillis())
                .mapTo(UUID.class).list())));
        return held;
    }

    @Override
    public Set<UUID> complete(List<Completion> completions) {
        return database.inTransaction(tx -> completer.complete(tx, completions));
    }

    @Override
    public Set<UUID> complete(Transaction tx, List<Completion> completions) {
        return completer.complete(tx, completions);
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
        return reader.log(id, after, limit);
    }

    @Override
    public int apply(BulkAction action, TaskFilter filter, int limit) {
        if (limit < 1 || limit > BULK_MAX) {
            throw new InvalidInputException("task-bulk-invalid", "limit", limit + " is out of range",
                    "use 1 to " + BULK_MAX);
        }
        return database.inTransaction(tx -> switch (action) {
            case CANCEL -> cancel(tx, bind(tx.handle().createQuery(CANCELLABLE), action, filter)
                    .bind("limit", limit).mapTo(UUID.class).list());
            case RETRY -> retry(tx, bind(tx.handle().createQuery(RETRYABLE), action, filter)
                    .bind("limit", limit).mapTo(UUID.class).list());
            case DISCARD -> bind(tx.handle().createUpdate(DISCARD_ALL), action, filter).bind("limit", limit).execute();
        });
    }

    @Override
    public int count(BulkAction action, TaskFilter filter, int max) {
        return database.withHandle(handle -> bind(handle.createQuery(COUNT_MATCHING), action, filter)
                .bind("max", max)
                .mapTo(Integer.class)
                .one());
    }

    private static <S extends SqlStatement<S>> S bind(S statement, BulkAction action, TaskFilter filter) {
        return statement.bind("states", states(action, filter))
                .bind("type", filter.type().orElse(null))
                .bind("queue", filter.queue().orElse(null))
                .bind("partition", filter.partition().orElse(null))
                .bind("first", filter.ids().stream().min(BY_ID).orElse(FIRST_ID))
                .bind("last", filter.ids().stream().max(BY_ID).orElse(LAST_ID))
                .bind("ids", filter.ids().toArray(UUID[]::new));
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

    private record Ended(UUID id, boolean isParent) {}

    @Override
    public int recoverLost(int limit) {
        if (!database.<Boolean>withHandle(handle -> handle.createQuery(ANY_LOST).mapTo(Boolean.class).one())) {
            return 0;
        }
        int count = database.inTransaction(tx -> {
            var lost = tx.handle().createQuery(RECOVER_LOST)
                    .bind("limit", limit)
                    .bind("error", LOST)
                    .map((row, context) -> new Ended(row.getObject("id", UUID.class), row.getBoolean("is_parent")))
                    .list();
            releaseDependents(tx.handle(), lost);
            return lost.size();
        });
        if (count > 0) {
            lookAgain();
        }
        return count;
    }

    private static void releaseDependents(Handle handle, List<Ended> ended) {
        Completer.releaseDependents(handle, ended.stream().filter(Ended::isParent).map(Ended::id).toList());
    }

    @Override
    public void cancel(UUID id) {
        if (database.inTransaction(tx -> cancel(tx, List.of(id))) == 0) {
            throw refused(id, "cannot be cancelled", "only queued and started tasks can be");
        }
    }

    /**
     * Cancels those of the tasks that are queued or started, in the caller's transaction; the others are left as they are.
     *
     * @return how many
     */
    public int cancel(Transaction tx, Collection<UUID> ids) {
        var ended = tx.handle().createQuery(CANCEL).bind("ids", ids.toArray(UUID[]::new))
                .map((row, context) -> new Ended(row.getObject("id", UUID.class), row.getBoolean("is_parent"))).list();
        releaseDependents(tx.handle(), ended);
        if (ended.stream().anyMatch(Ended::isParent)) {
            tx.afterCommit(() -> database.notifications().wake(TOPIC));
        }
        return ended.size();
    }

    @Override
    public void retry(UUID id) {
        try {
            if (database.inTransaction(tx -> retry(tx, List.of(id))) == 0) {
                throw refused(id, "cannot be retried", "only failed and cancelled tasks can be");
            }
        } catch (UnableToExecuteStatementException e) {
            if (e.getCause() instanceof SQLException cause && UNIQUE_VIOLATION.equals(cause.getSQLState())) {
                throw new ConflictException("task-key-taken", "task " + id
                        + " cannot be retried: another task with its key is queued or started",
                        "wait for that one, or cancel it");
            }
            throw e;
        }
    }

    private int retry(Transaction tx, List<UUID> ids) {
        int count = tx.handle().createQuery(RETRY).bind("ids", ids.toArray(UUID[]::new)).mapTo(UUID.class).list()
                .size();
        if (count > 0) {
            tx.afterCommit(() -> database.notifications().wake(TOPIC));
        }
        return count;
    }

    @Override
    public Optional<Task> find(UUID id) {
        return find(List.of(id)).stream().findFirst();
    }

    @Override
    public List<Task> find(Collection<UUID> ids) {
        return reader.find(ids);
    }

    @Override
    public TaskPage list(TaskFilter filter) {
        return reader.list(filter);
    }

    @Override
    public List<TaskAttempt> attempts(UUID id) {
        return reader.attempts(id);
    }

    @Override
    public QueueStatistics statistics() {
        return reader.statistics();
    }

    @Override
    public int deleteEnded(Duration olderThan, int limit) {
        return database.withHandle(handle -> handle.createUpdate(DELETE_ENDED)
                .bind("ageMillis", olderThan.toMillis())
                .bind("limit", limit)
                .execute());
    }

    @Override
    public boolean isWoken() {
        return database.notifications().isListening();
    }

    @Override
    public Subscription subscribe(Runnable look) {
        return database.notifications().subscribe(TOPIC, () -> {
            claimer.woken();
            look.run();
        });
    }

    @Override
    public void maintain(WorkerInfo worker) {
        workers.seen(worker);
        maintenance.runOnce(worker.id());
    }

    @Override
    public void leave(WorkerInfo worker) {
        workers.left(worker.id());
    }

    @Override
    public List<LiveTask> hold(Optional<UUID> after, int limit) {
        if (limit < 1 || limit > MovableTasks.BATCH_MAX) {
            throw new InvalidInputException("task-move-invalid", "limit", limit + " is out of range",
                    "use 1 to " + MovableTasks.BATCH_MAX);
        }
        return mover.hold(after, limit);
    }

    @Override
    public Set<UUID> store(List<LiveTask> tasks) {
        return database.inTransaction(tx -> {
            tx.afterCommit(this::lookAgain);
            return mover.store(tx, tasks);
        });
    }

    @Override
    public void forget(Collection<UUID> held) {
        mover.forget(held);
    }

    @Override
    public void giveBack(Collection<UUID> held) {
        mover.giveBack(held);
        lookAgain();
    }

    @Override
    public Left left() {
        return mover.left();
    }

    private void lookAgain() {
        claimer.lookFromStart();
        database.notifications().wake(TOPIC);
    }

    private RuntimeException refused(UUID id, String what, String remedy) {
        return find(id).<RuntimeException>map(task -> new ConflictException("task-state-conflict",
                "task " + id + " " + what + ": it is " + label(task.state()), remedy))
                .orElseGet(() -> new NotFoundException("task-not-found", "there is no task " + id,
                        "tasks are kept for " + settings.retention().toDays() + " days after their end"));
    }

    static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
