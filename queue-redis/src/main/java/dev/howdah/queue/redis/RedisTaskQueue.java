package dev.howdah.queue.redis;

import dev.howdah.postgres.ConfigurationException;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Notifications.Subscription;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.queue.BulkAction;
import dev.howdah.queue.Claim;
import dev.howdah.queue.ClaimedTask;
import dev.howdah.queue.Completion;
import dev.howdah.queue.LiveTask;
import dev.howdah.queue.MovableTasks;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.PayloadCodec;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.QueueStatistics;
import dev.howdah.queue.Task;
import dev.howdah.queue.TaskAttempt;
import dev.howdah.queue.TaskFilter;
import dev.howdah.queue.TaskPage;
import dev.howdah.queue.TaskQueue;
import dev.howdah.queue.TaskReport;
import dev.howdah.queue.WorkerInfo;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import redis.clients.jedis.UnifiedJedis;

/**
 * The task queue on Redis: every step is a Lua script, so it happens as a whole or not at all, under the server's clock.
 * The contract is that of {@link TaskQueue}; what Redis cannot give (the caller's transaction, partitions, dependencies)
 * is refused with the code {@code queue-redis-unsupported}. How durable a stored task is, the server's settings decide:
 * {@link #open} refuses those under which tasks would be thrown away, and warns of those under which a crash may lose some.
 *
 * <pre>{@code
 * try (var queue = RedisTaskQueue.open("redis://localhost:6379", QueueSettings.defaults())) {
 *     queue.enqueue(NewTask.of("send-invoice", payload));
 * }
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class RedisTaskQueue implements TaskQueue, MovableTasks, AutoCloseable {
    /** With what the keys of a queue begin unless told otherwise. */
    public static final String DEFAULT_PREFIX = "howdah:";

    private static final int CLAIM_MAX = 1000;
    private static final int PREFIX_MAX = 100;

    private final RedisServer server;
    private final QueueSettings settings;
    private final Enqueuer enqueuer;
    private final Runs runs;
    private final TaskReader reader;
    private final WakeUps wakeUps;
    private final Mover mover;

    private RedisTaskQueue(RedisServer server, String prefix, QueueSettings settings) {
        this.server = server;
        this.settings = settings;
        var keys = "{" + prefix + "}";
        PayloadCodec codec = settings.codec();
        this.enqueuer = new Enqueuer(server, keys, settings, codec);
        this.runs = new Runs(server, keys, settings, codec);
        this.reader = new TaskReader(server, keys, codec);
        this.wakeUps = new WakeUps(server, keys + "look");
        this.mover = new Mover(server, keys, codec);
    }

    /**
     * Connects, and checks that the server can hold a queue.
     *
     * @param url such as {@code redis://user:password@host:6379/0}; {@code rediss} is TLS
     * @throws ConfigurationException if it cannot: too old, or set to evict keys
     * @throws UnavailableException if it cannot be reached
     */
    public static RedisTaskQueue open(String url, QueueSettings settings) {
        return open(url, DEFAULT_PREFIX, settings);
    }

    /**
     * The same for one of several queues of a server.
     *
     * @param prefix with what its keys begin, 1 to 100 characters without braces
     */
    public static RedisTaskQueue open(String url, String prefix, QueueSettings settings) {
        if (!prefix.matches("[^{}\\s]{1," + PREFIX_MAX + "}")) {
            throw new ConfigurationException(List.of("the prefix \"" + prefix
                    + "\" of Redis keys is not valid; use 1 to " + PREFIX_MAX + " characters, no braces or blanks"));
        }
        var server = RedisServer.at(url);
        try {
            ServerCheck.check(server);
            return new RedisTaskQueue(server, prefix, settings);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    @Override
    public List<UUID> enqueue(List<NewTask> tasks) {
        return enqueuer.enqueue(tasks);
    }

    @Override
    public List<UUID> enqueue(Transaction tx, List<NewTask> tasks) {
        throw noTransactions();
    }

    @Override
    public List<ClaimedTask> claim(String worker, Set<String> types, int limit, Duration lease) {
        if (limit < 1 || limit > CLAIM_MAX) {
            throw new InvalidInputException("claim-invalid", "limit", limit + " is out of range",
                    "use 1 to " + CLAIM_MAX);
        }
        return runs.claim(worker, types, limit, lease);
    }

    @Override
    public Optional<Duration> untilNext() {
        return runs.untilNext();
    }

    @Override
    public Set<UUID> heartbeat(Collection<? extends Claim> claims, Duration lease) {
        return runs.heartbeat(claims, lease);
    }

    @Override
    public Set<UUID> complete(List<Completion> completions) {
        return runs.complete(completions);
    }

    @Override
    public Set<UUID> complete(Transaction tx, List<Completion> completions) {
        throw noTransactions();
    }

    private static InvalidInputException noTransactions() {
        return RedisErrors.unsupported("transaction", "tasks in Redis cannot commit together with rows in PostgreSQL");
    }

    @Override
    public void report(List<TaskReport> reports) {
        runs.report(reports);
    }

    @Override
    public List<TaskReport.Line> log(UUID id, long after, int limit) {
        return reader.log(id, after, limit);
    }

    @Override
    public int recoverLost(int limit) {
        return runs.recoverLost(limit);
    }

    @Override
    public void cancel(UUID id) {
        act(id, BulkAction.CANCEL, "cannot be cancelled", "only queued and started tasks can be");
    }

    @Override
    public void retry(UUID id) {
        act(id, BulkAction.RETRY, "cannot be retried", "only failed and cancelled tasks can be");
    }

    private void act(UUID id, BulkAction action, String refusal, String remedy) {
        var answer = reader.act(action, id);
        switch (answer) {
            case "ok" -> {
            }
            case "" -> throw new NotFoundException("task-not-found", "there is no task " + id,
                    "tasks are kept for " + settings.retention().toDays() + " days after their end");
            case "key" -> throw new ConflictException("task-key-taken", "task " + id + " " + refusal
                    + ": another task with its key is queued or started", "wait for that one, or cancel it");
            default -> throw new ConflictException("task-state-conflict", "task " + id + " " + refusal + ": it is "
                    + answer, remedy);
        }
    }

    @Override
    public int apply(BulkAction action, TaskFilter filter, int limit) {
        return reader.apply(action, filter, limit);
    }

    @Override
    public int count(BulkAction action, TaskFilter filter, int max) {
        return reader.count(action, filter, max);
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
        return runs.deleteEnded(olderThan, limit);
    }

    @Override
    public Subscription subscribe(Runnable look) {
        return wakeUps.subscribe(look);
    }

    /**
     * Asks whether it is there.
     *
     * @throws UnavailableException if not
     */
    public void ping() {
        server.call(UnifiedJedis::ping);
    }

    @Override
    public boolean isWoken() {
        return wakeUps.isListening();
    }

    @Override
    public void maintain(WorkerInfo worker) {
        runs.forgetResults();
    }

    @Override
    public List<LiveTask> hold(Optional<UUID> after, int limit) {
        return mover.hold(after, limit);
    }

    @Override
    public Set<UUID> store(List<LiveTask> tasks) {
        return mover.store(tasks);
    }

    @Override
    public void forget(Collection<UUID> held) {
        mover.forget(held);
    }

    @Override
    public void giveBack(Collection<UUID> held) {
        mover.giveBack(held);
    }

    @Override
    public Left left() {
        return mover.left();
    }

    @Override
    public void close() {
        wakeUps.close();
        server.close();
    }
}
