package dev.howdah.queue;

import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Notifications.Subscription;
import dev.howdah.postgres.UnavailableException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks: claims as many as it has free slots for, runs each on a virtual thread, and stores the results in sets.
 *
 * <pre>{@code
 * var worker = new Worker(queue, settings, Map.of("send-invoice", task -> send(task)));
 * worker.start();
 * …
 * worker.stop(Duration.ofSeconds(10));
 * }</pre>
 *
 * <p>Five loops, one connection each while it works: <em>claiming</em>, woken by notifications and by slots that get
 * free, polling behind that; <em>completing</em>, which stores whatever has ended since its last statement, and keeps it
 * through an outage; <em>heartbeats</em> for all claims at once, which interrupt the handler of a claim that was
 * cancelled or lost; <em>reports</em> of progress and log lines; <em>housekeeping</em>, which brings back the tasks of
 * dead workers and deletes old ones. A slot is free as soon as its handler has ended, so that claiming and completing go on
 * side by side; no more is claimed while too many results wait to be stored. Trouble with the database is never taken for an empty queue: it shows in {@link #health} and is retried with
 * growing pauses.
 *
 * <p>Thread-safe; started once.
 */
public final class Worker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final int CLAIM_BATCH_MAX = 1000;
    private static final int COMPLETION_BATCH_MAX = 1000;
    private static final int UNSTORED_MAX = 4000;
    private static final int HOUSEKEEPING_BATCH = 500;
    private static final int ERROR_FRAMES = 5;
    private static final Duration MAINTENANCE_INTERVAL = Duration.ofSeconds(15);
    private static final Duration RETENTION_INTERVAL = Duration.ofMinutes(10);
    private static final Duration REPORT_INTERVAL = Duration.ofMillis(500);
    private static final Duration GATHER = Duration.ofMillis(2);
    private static final Duration GATHER_ENDED = Duration.ofMillis(1);
    private static final int GATHER_MIN = 64;
    /** After a claim that left slots free, a limit may let more through soon; the pauses double up to the poll. */
    private static final Duration FIRST_LOOK = Duration.ofMillis(10);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);
    /** For a claim under way when the worker is stopped at once. */
    private static final Duration LAST_CLAIM_LIMIT = Duration.ofSeconds(1);

    private final TaskQueue queue;
    private final QueueSettings settings;
    private final Map<String, TaskHandler> handlers;
    private final String id;
    private final WorkerInfo info;

    /** From the claim until the result is stored. */
    private final Map<UUID, Running> running = new ConcurrentHashMap<>();
    /** Slots with a handler in them. */
    private final AtomicInteger busy = new AtomicInteger();
    private final BlockingQueue<Completion> ended = new LinkedBlockingQueue<>();
    private final Semaphore look = new Semaphore(0);
    private final CountDownLatch stopping = new CountDownLatch(1);
    /** Heartbeats and completions touch the same rows: one at a time, so that they cannot deadlock. */
    private final ReentrantLock rows = new ReentrantLock();
    private final Trouble claiming = new Trouble("Claiming tasks");
    private final Trouble completing = new Trouble("Storing results");
    private final Trouble beating = new Trouble("Extending leases");
    private final LongAdder recovered = new LongAdder();
    private final List<Thread> loops = new ArrayList<>();
    /** Whether the last claim left nothing behind that it could have taken. */
    private volatile boolean caughtUp;
    /** When the end of a task that its handler has ended last made it look for others. */
    private volatile long leftAt = System.nanoTime();
    private volatile State state = State.NEW;
    private @Nullable Subscription subscription;

    private enum State {
        NEW, RUNNING, STOPPING, STOPPED
    }

    /** A task under way; {@code released} once its result does not count any more. */
    private static final class Running {
        private final ClaimedTask claim;
        private final TaskRun run;
        /** Without a claim, in this process: its queue has no limits. */
        private final boolean isHandedOver;
        private @Nullable Thread thread;
        private @Nullable Thread watch;
        private boolean released;

        Running(ClaimedTask claim, boolean isHandedOver, Consumer<Running> onEnded) {
            this.claim = claim;
            this.isHandedOver = isHandedOver;
            this.run = new TaskRun(claim, () -> onEnded.accept(this));
        }

        /** Wakes after the time, unless the task has ended. */
        synchronized void watch(Duration timeout, Runnable onTimeout) {
            watch = Thread.ofVirtual().name("howdah-timeout").start(() -> {
                if (sleep(timeout)) {
                    onTimeout.run();
                }
            });
        }

        synchronized void start(Runnable work) {
            thread = Thread.ofVirtual().name("howdah-" + claim.type()).start(work);
        }

        synchronized void interrupt() {
            if (thread != null) {
                thread.interrupt();
            }
        }

        /** From now on its handler's result does not count; false if that was so already. */
        synchronized boolean release() {
            boolean first = !released;
            released = true;
            interrupt();
            return first;
        }

        /** The handler has come to its end; false if its result does not count any more. */
        synchronized boolean end() {
            if (watch != null) {
                watch.interrupt();
            }
            boolean counts = !released;
            released = true;
            return counts;
        }

    }

    /**
     * A worker that does not run yet.
     *
     * @param handlers by task type; tasks of other types are left to other workers
     */
    public Worker(TaskQueue queue, QueueSettings settings, Map<String, TaskHandler> handlers) {
        this(queue, settings, handlers, List.of());
    }

    /**
     * The same with something around every handler.
     *
     * @param middleware the first is the outermost
     */
    public Worker(TaskQueue queue, QueueSettings settings, Map<String, TaskHandler> handlers,
            List<TaskMiddleware> middleware) {
        this.queue = queue;
        this.settings = settings;
        this.handlers = wrap(handlers, middleware);
        this.id = settings.workerId().isEmpty() ? inventId() : settings.workerId();
        this.info = new WorkerInfo(id, handlers.keySet(), settings.concurrency());
    }

    private static Map<String, TaskHandler> wrap(Map<String, TaskHandler> handlers, List<TaskMiddleware> middleware) {
        return handlers.entrySet().stream().collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> {
            var handler = entry.getValue();
            for (var around : middleware.reversed()) {
                handler = around.wrap(handler);
            }
            return handler;
        }));
    }

    /** Begins to take tasks. */
    public synchronized void start() {
        if (state != State.NEW) {
            throw new IllegalStateException("a worker is started once");
        }
        state = State.RUNNING;
        if (queue instanceof PostgresTaskQueue local) {
            local.handOverTo(new FreeSlots());
        }
        subscription = queue.subscribe(() -> {
            caughtUp = false; // what waits comes before what is enqueued next
            wake();
        });
        LOG.info("Worker {} takes {} with {} slots", id, handlers.keySet(), settings.concurrency());
        // A virtual thread is woken by way of a poller and of its carrier: these two made a drain a seventh slower on them.
        loops.add(Thread.ofPlatform().daemon().name("howdah-claim").start(this::claimLoop));
        loops.add(Thread.ofPlatform().daemon().name("howdah-complete").start(this::completeLoop));
        loops.add(Thread.ofVirtual().name("howdah-heartbeat").start(this::heartbeatLoop));
        loops.add(Thread.ofVirtual().name("howdah-report").start(this::reportLoop));
        loops.add(Thread.ofVirtual().name("howdah-housekeeping").start(this::housekeepingLoop));
    }

    /** How it is. */
    public WorkerHealth health() {
        var worst = Stream.of(claiming, completing, beating).filter(trouble -> trouble.since().isPresent())
                .min(Comparator.comparing(trouble -> trouble.since().orElse(Instant.MAX)));
        return new WorkerHealth(state == State.RUNNING, busy.get(), settings.concurrency(),
                worst.flatMap(Trouble::since), worst.flatMap(Trouble::lastError));
    }

    /** How many tasks whose lease had run out this worker has given back since it started. */
    public long recoveredTasks() {
        return recovered.sum();
    }

    /** The name under which it claims. */
    public String id() {
        return id;
    }

    /**
     * Stops gracefully: takes nothing new, lets what runs end, and after the limit interrupts it and gives it back
     * without counting the attempt.
     */
    public void stop(Duration limit) {
        synchronized (this) {
            if (state != State.RUNNING) {
                return;
            }
            state = State.STOPPING;
        }
        if (subscription != null) {
            subscription.close();
        }
        stopping.countDown();
        look.release();
        var deadline = Instant.now().plus(limit);
        awaitLastClaim(limit);
        if (!drained(deadline)) {
            var left = running.values().stream().toList();
            LOG.warn("Giving back {} tasks that did not end in {} s", left.size(), limit.toSeconds());
            left.stream().filter(Running::release).forEach(task -> settle(new Completion.Released(task.claim)));
            drained(Instant.now().plus(settings.heartbeat()));
        }
        state = State.STOPPED;
        loops.forEach(Thread::interrupt);
        sayGoodbye();
        LOG.info("Worker {} stopped", id);
    }

    /** Interrupted, it would lose what it has taken, which then waited for its lease to run out. */
    private void awaitLastClaim(Duration limit) {
        try {
            loops.getFirst().join(limit.compareTo(LAST_CLAIM_LIMIT) > 0 ? limit : LAST_CLAIM_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever stops it is in a hurry
        }
    }

    private void sayGoodbye() {
        try {
            queue.leave(info);
        } catch (RuntimeException e) {
            LOG.debug("The others were not told that worker {} stopped", id, e);
        }
    }

    /** Stops with ten seconds for what runs. */
    @Override
    public void close() {
        stop(CLOSE_LIMIT);
    }

    private boolean drained(Instant deadline) {
        while (!isEmpty() && Instant.now().isBefore(deadline)) {
            if (!sleep(Duration.ofMillis(10))) {
                return false;
            }
        }
        return isEmpty();
    }

    private boolean isEmpty() {
        return busy.get() <= 0 && running.isEmpty(); // slots may be reserved for what is being stored
    }

    private void claimLoop() {
        var pause = settings.pollInterval();
        while (state == State.RUNNING) {
            try {
                if (busy.get() > settings.concurrency() * 3L / 4) {
                    Thread.sleep(GATHER); // slots get free one by one: a few milliseconds make one claim of many
                }
                int unstored = running.size() - busy.get();
                int free = unstored > UNSTORED_MAX ? 0 : Math.min(settings.concurrency() - busy.get(), CLAIM_BATCH_MAX);
                int claimed = free > 0 ? claim(free) : 0;
                caughtUp = claimed < free;
                claiming.succeeded();
                pause = claimed > 0 ? FIRST_LOOK : longer(pause);
                if (claimed == 0 || claimed < free) {
                    awaitLook(pause);
                }
            } catch (RuntimeException e) {
                if (!sleepUnlessStopping(claiming.failed(e))) {
                    return;
                }
            } catch (InterruptedException e) {
                return; // stopped
            }
        }
    }

    /** False once it is to stop, which nothing interrupts. */
    private boolean sleepUnlessStopping(Duration time) {
        try {
            return !stopping.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Fills free slots. */
    private int claim(int free) {
        var claims = queue.claim(id, handlers.keySet(), free, settings.lease());
        busy.addAndGet(claims.size());
        run(claims, false);
        return claims.size();
    }

    /** Those for which slots are taken. */
    private void run(List<ClaimedTask> claims, boolean areHandedOver) {
        for (var claim : claims) {
            var task = new Running(claim, areHandedOver, this::leave);
            running.put(claim.id(), task);
            claim.timeout().ifPresent(timeout -> task.watch(timeout, () -> timeOut(task, timeout)));
            task.start(() -> run(task));
        }
    }

    /** Slots for what is enqueued in this process while nothing else waits. */
    private final class FreeSlots implements LocalSlots {
        @Override
        public String worker() {
            return id;
        }

        @Override
        public Set<String> types() {
            return handlers.keySet();
        }

        @Override
        public Duration lease() {
            return settings.lease();
        }

        @Override
        public boolean reserve(int tasks) {
            // Taken before the look at the state, so that a stop sees the slots or the slots the stop.
            if (busy.addAndGet(tasks) <= settings.concurrency() && caughtUp && state == State.RUNNING) {
                return true;
            }
            busy.addAndGet(-tasks);
            return false;
        }

        @Override
        public void release(int tasks) {
            busy.addAndGet(-tasks);
            wake();
        }

        @Override
        public void run(List<ClaimedTask> tasks) {
            Worker.this.run(tasks, true);
        }
    }

    private Duration longer(Duration pause) {
        var doubled = pause.multipliedBy(2);
        var poll = settings.pollInterval().multipliedBy(queue.isWoken() ? 2 : 1);
        var longest = queue.untilNext().filter(next -> next.compareTo(poll) < 0).orElse(poll);
        return doubled.compareTo(longest) < 0 ? doubled : longest;
    }

    /** Until a wake-up, a slot gets free, or it is time to poll; at different times in different workers. */
    private void awaitLook(Duration most) throws InterruptedException {
        long poll = Math.max(most.toMillis(), 1);
        if (look.tryAcquire(ThreadLocalRandom.current().nextLong(poll / 2, poll + 1), TimeUnit.MILLISECONDS)) {
            look.drainPermits();
        }
    }

    private void run(Running task) {
        var claim = task.claim;
        Completion completion;
        try {
            var handler = handlers.get(claim.type());
            if (handler == null) {
                throw new IllegalStateException("claimed a type without handler: " + claim.type());
            }
            completion = new Completion.Finished(claim, handler.handle(task.run));
        } catch (Snooze e) {
            completion = new Completion.Snoozed(claim, e.delay());
        } catch (InterruptedException e) {
            completion = new Completion.Failed(claim, "interrupted", true);
        } catch (PermanentFailure | InvalidInputException e) {
            completion = new Completion.Failed(claim, describe(e), false);
        } catch (Exception e) {
            completion = new Completion.Failed(claim, describe(e), true);
        } catch (Throwable e) {
            // An Error of one handler must not take the slot with it.
            LOG.error("Task {} ended in an error", claim.id(), e);
            completion = new Completion.Failed(claim, describe(e), true);
        }
        if (task.run.hasEnded()) {
            running.remove(claim.id());
        } else if (task.end()) {
            settle(completion);
        }
    }

    /** Frees the slot of a task that its handler has ended, and is about to leave. */
    private void leave(Running task) {
        if (!task.end()) {
            return;
        }
        busy.decrementAndGet();
        long now = System.nanoTime();
        if (!caughtUp || (!task.isHandedOver && now - leftAt > FIRST_LOOK.toNanos())) {
            leftAt = now;
            wake(); // otherwise nothing waits: not for a slot, and behind what was handed over not for a limit either
        }
    }

    /** Frees the slot and leaves the result to be stored; once for each task. */
    private void settle(Completion completion) {
        ended.add(completion);
        busy.decrementAndGet();
        if (!caughtUp) {
            wake(); // otherwise nothing waits for a slot; what waits for a limit is looked for once the result is stored
        }
    }

    private void wake() {
        if (look.availablePermits() == 0) {
            look.release();
        }
    }

    /** Does not wait for the handler, which may never end: its result no longer counts. */
    private void timeOut(Running task, Duration timeout) {
        if (task.release()) {
            settle(new Completion.Failed(task.claim, "timed out after " + timeout, true));
        }
    }

    private void completeLoop() {
        var batch = new ArrayList<Completion>();
        while (state != State.STOPPED) {
            try {
                batch.clear();
                batch.add(ended.take());
                if (running.size() >= GATHER_MIN && ended.size() < running.size() / 4) {
                    Thread.sleep(GATHER_ENDED); // what was claimed together ends together
                }
                ended.drainTo(batch, COMPLETION_BATCH_MAX - 1);
                storeUntilDone(batch);
            } catch (InterruptedException e) {
                return; // stopped
            }
        }
    }

    private void storeUntilDone(List<Completion> batch) throws InterruptedException {
        while (true) {
            try {
                store(batch);
                completing.succeeded();
                return;
            } catch (UnavailableException e) {
                Thread.sleep(completing.failed(e));
            } catch (RuntimeException e) {
                if (batch.size() > 1) {
                    // One of them cannot be stored: the others must not suffer.
                    for (var completion : batch) {
                        storeUntilDone(List.of(completion));
                    }
                    return;
                }
                var completion = batch.getFirst();
                LOG.error("The result of task {} cannot be stored", completion.claim().id(), e);
                if (completion instanceof Completion.Failed(var _, var _, var retryable) && !retryable) {
                    forget(completion); // its lease runs out, and it is recorded as lost
                    return;
                }
                batch = List.of(new Completion.Failed(completion.claim(), "the result cannot be stored: "
                        + e.getMessage(), false));
            }
        }
    }

    private void store(List<Completion> batch) {
        rows.lock();
        try {
            report(batch.stream().flatMap(completion -> Optional.ofNullable(running.get(completion.claim().id()))
                    .stream()).toList());
            var accepted = queue.complete(batch);
            for (var completion : batch) {
                if (!accepted.contains(completion.claim().id())) {
                    LOG.info("Task {} was cancelled or lost meanwhile; its late result was dropped",
                            completion.claim().id());
                }
                forget(completion);
            }
        } finally {
            rows.unlock();
        }
    }

    private void forget(Completion completion) {
        running.remove(completion.claim().id());
        wake();
    }

    /** Stores what the handlers have told; the caller holds the lock on rows. */
    private void report(Collection<Running> tasks) {
        var reports = tasks.stream().flatMap(task -> task.run.drain().stream()).toList();
        if (!reports.isEmpty()) {
            queue.report(reports);
        }
    }

    private void reportLoop() {
        while (state != State.STOPPED && sleep(REPORT_INTERVAL)) {
            rows.lock();
            try {
                report(List.copyOf(running.values()));
            } catch (RuntimeException e) {
                LOG.warn("Progress and log lines of running tasks were not stored: {}", e.getMessage());
            } finally {
                rows.unlock();
            }
        }
    }

    private void heartbeatLoop() {
        while (state != State.STOPPED) {
            if (!sleep(settings.heartbeat())) {
                return;
            }
            try {
                heartbeatOnce();
                beating.succeeded();
            } catch (RuntimeException e) {
                beating.failed(e); // the next one is due soon anyway
            }
        }
    }

    private void heartbeatOnce() {
        if (running.isEmpty()) {
            return;
        }
        rows.lock();
        try {
            var tasks = List.copyOf(running.values());
            var held = queue.heartbeat(tasks.stream().map(task -> task.claim).toList(), settings.lease());
            tasks.stream().filter(task -> !held.contains(task.claim.id())).forEach(Running::interrupt);
        } finally {
            rows.unlock();
        }
    }

    private void housekeepingLoop() {
        var nextRetention = Instant.now();
        var nextMaintenance = Instant.now();
        while (state == State.RUNNING) {
            try {
                if (!Instant.now().isBefore(nextMaintenance)) {
                    queue.maintain(info);
                    nextMaintenance = Instant.now().plus(MAINTENANCE_INTERVAL);
                }
                int lost = queue.recoverLost(HOUSEKEEPING_BATCH);
                if (lost > 0) {
                    recovered.add(lost);
                    LOG.warn("{} tasks of dead workers run again", lost);
                }
                if (Instant.now().isAfter(nextRetention)) {
                    boolean more = queue.deleteEnded(settings.retention(), HOUSEKEEPING_BATCH) == HOUSEKEEPING_BATCH;
                    nextRetention = more ? Instant.now() : Instant.now().plus(RETENTION_INTERVAL);
                }
            } catch (RuntimeException e) {
                LOG.debug("Housekeeping failed; the next round is due soon", e);
            }
            long pause = settings.lease().toMillis() / 2;
            if (!sleep(Duration.ofMillis(ThreadLocalRandom.current().nextLong(pause / 2, pause + 1)))) {
                return;
            }
        }
    }

    private static boolean sleep(Duration time) {
        try {
            Thread.sleep(time);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** For people who look at the task: what happened, and where if we did not foresee it. */
    private static String describe(Throwable e) {
        if (e instanceof HowdahException || e instanceof PermanentFailure) {
            return String.valueOf(e.getMessage());
        }
        return e + Arrays.stream(e.getStackTrace()).limit(ERROR_FRAMES).map(frame -> "\n  at " + frame)
                .collect(Collectors.joining());
    }

    private static String inventId() {
        return ManagementFactory.getRuntimeMXBean().getName().replaceFirst("^(\\d+)@(.*)$", "$2-$1") + "-"
                + Integer.toHexString(ThreadLocalRandom.current().nextInt(0x1000, 0x10000));
    }
}
