package dev.howdah.workflow;

import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.postgres.GroupCommit;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.TaskRun;
import dev.howdah.workflow.definition.DurationText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One run of a program: from the top, or replayed, to its end or until it has to wait for long.
 *
 * <p>It counts the sequence of its execution's events and appends at the next one; nothing is read while all goes well. An
 * append that is refused says that others have appended: a signal, a pause, a cancellation, another runner. The run reads
 * what that was ({@link #absorb}) and appends behind it, or unwinds.
 *
 * <p>Branches work on threads of their own. One that has to wait does so in place while others work; once nobody works and
 * the wait is longer than {@link #HOLD_MAX}, the run is suspended: an event, the end of its task and, with a timer, a
 * new delayed task commit together, and every branch unwinds.
 */
final class ProgramRun {
    /** What is shorter is waited for in place. */
    static final Duration HOLD_MAX = Duration.ofSeconds(1);
    private static final int TOGETHER_MAX = 500;

    private final UUID id;
    private final String program;
    private final ProgramStore store;
    private final TaskRun task;
    /** Virtual threads write for its branches: they wait for the store's group, and each run has its own. */
    private final GroupCommit<Entry, Optional<Recorded>> together = new GroupCommit<>(TOGETHER_MAX, this::write,
            work -> Thread.ofVirtual().name("howdah-branches").start(work));
    private final AtomicReference<@Nullable Stop> stop = new AtomicReference<>();

    /** Held while events are appended; guards the sequence. */
    private final ReentrantLock appending = new ReentrantLock();
    private long sequence;
    /** Whether it has said that it goes on here, or is the first one: whoever says so afterwards has taken over. */
    private boolean isBegun;

    /** Guards what follows. */
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Deque<Recorded>> history = new HashMap<>();
    private final Map<String, Deque<JsonNode>> signals = new HashMap<>();
    private final Map<ProgramContext, Long> waits = new HashMap<>();
    private final Set<ProgramContext> open = new HashSet<>();
    private int working = 1;
    private volatile boolean paused;
    private volatile boolean hasBranches;
    /** When the execution has taken too long, by our clock; {@link Long#MAX_VALUE} if it may take for ever. */
    private volatile long deadline = Long.MAX_VALUE;
    /** Once the database has been asked. */
    private volatile @Nullable Clock clock;

    /** Why a run comes to its end before its program does. */
    sealed interface Stop {
        /** It goes on later, in another task; this one has ended. */
        record Suspended() implements Stop {}

        /** The execution has ended, by somebody else. */
        record Ended() implements Stop {}

        /** The execution is run by somebody else, or its thread was interrupted. */
        record Overtaken(String why) implements Stop {}

        /** The execution fails, whatever its code makes of it. */
        record Failed(HowdahException cause) implements Stop {}

        /** The database cannot be reached. */
        record Broken(UnavailableException cause) implements Stop {}
    }

    /** The database's time when ours was so many nanoseconds. */
    private record Clock(Instant at, long nanos) {}

    /**
     * Ends the run when the execution has taken too long: who waits unwinds, and the thread that runs the program, which makes
     * this, is interrupted; not any more once it is closed.
     */
    final class TimeLimit implements AutoCloseable {
        private final Thread programThread = Thread.currentThread();
        private final Duration limit;
        private final Thread timer;
        private boolean isClosed;
        private boolean hasInterrupted;

        TimeLimit(Duration limit, Instant startedAt) {
            this.limit = limit;
            var left = Duration.between(now(), startedAt.plus(limit));
            deadline = System.nanoTime() + left.toNanos();
            if (!left.isPositive()) {
                end(tooLong());
            }
            timer = Thread.ofVirtual().name("howdah-time-limit").start(() -> await(left));
        }

        private void await(Duration left) {
            try {
                Thread.sleep(left.isPositive() ? left : Duration.ZERO);
                expire();
            } catch (InterruptedException e) {
                // closed: the program has ended in time
            }
        }

        private synchronized void expire() {
            if (!isClosed) {
                end(tooLong());
                programThread.interrupt();
                hasInterrupted = true;
            }
        }

        private Stop tooLong() {
            return new Stop.Failed(new LimitExceededException("workflow-timed-out", "workflow \"" + program
                    + "\" did not end within " + DurationText.of(limit),
                    "see in its events what it waited for, or give it more time"));
        }

        /** What is stored of the end must not be interrupted. */
        @Override
        public synchronized void close() {
            isClosed = true;
            timer.interrupt();
            if (hasInterrupted) {
                Thread.interrupted();
            }
        }
    }

    /** An event to be. */
    record Entry(String type, String node, @Nullable String data) {}

    ProgramRun(UUID id, String program, ProgramStore store, TaskRun task) {
        this.id = id;
        this.program = program;
        this.store = store;
        this.task = task;
    }

    UUID id() {
        return id;
    }

    String program() {
        return program;
    }

    ProgramStore store() {
        return store;
    }

    Optional<Stop> stopped() {
        return Optional.ofNullable(stop.get());
    }

    /** For an execution that has its first event and nothing else. */
    void beginFresh() {
        sequence = 1;
        isBegun = true;
    }

    /** Reads what was done before and says that it goes on here. */
    void beginAgain(ProgramStore.Execution execution) {
        paused = execution.status().equals("paused");
        clock = new Clock(execution.readAt(), System.nanoTime());
        appending.lock();
        try {
            absorb();
            var mine = JsonMapper.shared().createObjectNode().put("task", task.id().toString())
                    .put("attempt", task.attempt());
            while (stop.get() == null
                    && !store.change(new ProgramStore.Change(row("run_resumed", null, mine.toString()),
                            null, null, null, task.id(), Optional.empty(), Optional.empty()))) {
                absorb();
            }
            sequence++;
            isBegun = true;
        } finally {
            appending.unlock();
        }
    }

    private ProgramStore.Row row(String type, @Nullable String node, @Nullable String data) {
        return new ProgramStore.Row(id, sequence + 1, type, node, data);
    }

    /** Unwinds if this run is over. */
    void check() {
        checkStop();
        if (Thread.currentThread().isInterrupted()) {
            throw end(new Stop.Overtaken("interrupted"));
        }
    }

    /** What was done is stored even by a thread that was interrupted. */
    private void checkStop() {
        var now = stop.get();
        if (now != null) {
            throw new Unwinding(now.toString());
        }
    }

    Unwinding end(Stop why) {
        stop.compareAndSet(null, why);
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        return new Unwinding(why.toString());
    }

    /** What the branch did next in an earlier run, which is then consumed by {@link #consume}; empty if it was not there. */
    Optional<Recorded> next(String branch) {
        lock.lock();
        try {
            var past = history.get(branch);
            return past == null ? Optional.empty() : Optional.ofNullable(past.peek());
        } finally {
            lock.unlock();
        }
    }

    void consume(String branch) {
        lock.lock();
        try {
            var past = history.get(branch);
            if (past != null) {
                past.poll();
                if (past.isEmpty()) {
                    history.remove(branch);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Something that an earlier run did and this one did not come to. */
    Optional<Recorded> leftOver() {
        lock.lock();
        try {
            return history.values().stream().map(Deque::peek).filter(past -> past.kind() != Recorded.Kind.RETRYING)
                    .findFirst();
        } finally {
            lock.unlock();
        }
    }

    /** Stores an event; if another run of the execution has stored one of this node before, that one counts. */
    Optional<Recorded> append(Entry entry) {
        checkStop();
        try {
            return hasBranches
                    ? together.write(List.of(entry)).getFirst()
                    : write(List.of(entry)).getFirst();
        } catch (UnavailableException e) {
            throw end(new Stop.Broken(e));
        }
    }

    private List<Optional<Recorded>> write(List<Entry> entries) {
        appending.lock();
        try {
            var answers = new ArrayList<Optional<Recorded>>();
            entries.forEach(entry -> answers.add(Optional.empty()));
            var left = new LinkedHashMap<Integer, Entry>();
            for (int i = 0; i < entries.size(); i++) {
                left.put(i, entries.get(i));
            }
            while (!left.isEmpty() && !storeAll(List.copyOf(left.values()))) {
                absorb();
                checkStop();
                for (int i = 0; i < entries.size(); i++) {
                    int index = i;
                    other(entries.get(i)).ifPresent(recorded -> {
                        answers.set(index, Optional.of(recorded));
                        left.remove(index);
                    });
                }
            }
            return answers;
        } finally {
            appending.unlock();
        }
    }

    private boolean storeAll(List<Entry> entries) {
        var rows = new ArrayList<ProgramStore.Row>(entries.size());
        for (var entry : entries) {
            rows.add(new ProgramStore.Row(id, sequence + 1 + rows.size(), entry.type, entry.node, entry.data));
        }
        boolean stored = store.append(rows);
        if (stored) {
            sequence += rows.size();
        }
        return stored;
    }

    /** What a run that was thought dead has stored of the same node meanwhile. */
    private Optional<Recorded> other(Entry entry) {
        var branch = Recorded.branchOf(entry.node);
        var late = next(branch).filter(past -> past.node().equals(entry.node));
        late.ifPresent(past -> consume(branch));
        return late;
    }

    /** An event together with writes of the user's, in one transaction; true if it was stored. */
    <T> T appendWith(Function<Transaction, T> work, Function<T, Entry> entry) {
        checkStop();
        try {
            return store.database().inTransaction(tx -> {
                var result = work.apply(tx);
                appending.lock(); // until the commit: the next event must not overtake it
                tx.afterCommit(() -> sequence++);
                var made = entry.apply(result);
                if (store.insert(tx.handle().getConnection(), List.of(row(made.type, made.node, made.data)))
                        .isEmpty()) {
                    throw new Refused(id);
                }
                return result;
            });
        } finally {
            if (appending.isHeldByCurrentThread()) {
                appending.unlock();
            }
        }
    }

    /** Rolls a transaction back because its event has no place; to be tried again after {@link #absorbNews}. */
    static final class Refused extends HowdahException {
        private static final long serialVersionUID = 1;

        Refused(UUID execution) {
            super("execution-changed", "execution " + execution + " was changed by others", "try again", null);
        }
    }

    void absorbNews() {
        appending.lock();
        try {
            absorb();
        } finally {
            appending.unlock();
        }
        checkStop();
    }

    /** Reads what others have appended; the caller holds {@link #appending}. */
    private void absorb() {
        for (var event : store.events(id, sequence)) {
            sequence = event.sequence();
            lock.lock();
            try {
                absorb(event);
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void absorb(ProgramStore.Event event) {
        var kind = Recorded.EVENTS.get(event.type());
        if (kind != null) {
            var node = String.valueOf(event.node());
            recordNotes(event);
            record(new Recorded(kind, node, event.data(), event.at()));
            return;
        }
        switch (event.type()) {
            case "workflow_suspended" -> recordNotes(event);
            case "signal_received" -> signals.computeIfAbsent(String.valueOf(event.node()), name -> new ArrayDeque<>())
                    .add(event.data().path("payload"));
            case "workflow_paused" -> paused = true;
            case "workflow_resumed" -> paused = false;
            case "run_resumed" -> {
                if (event.data().path("task").asString().equals(task.id().toString())
                        ? event.data().path("attempt").asInt() > task.attempt()
                        : isBegun) {
                    endByOthers(new Stop.Overtaken("it is run by another worker"));
                }
            }
            case "workflow_completed", "workflow_failed", "workflow_cancelled" -> endByOthers(new Stop.Ended());
            default -> {
                /* Nothing to a run. */ }
        }
    }

    /** What others have stored counts, also for a run that is about to fail. */
    private void endByOthers(Stop why) {
        stop.updateAndGet(now -> now == null || now instanceof Stop.Failed ? why : now);
    }

    private void recordNotes(ProgramStore.Event event) {
        event.data().path("notes").forEach(note -> record(Recorded.ofNote(note, event.at())));
    }

    private void record(Recorded done) {
        history.computeIfAbsent(Recorded.branchOf(done.node()), branch -> new ArrayDeque<>()).add(done);
    }

    /** The database's time: asked once, if need be, and counted on from there. */
    Instant now() {
        var known = clock;
        if (known == null) {
            try {
                known = new Clock(store.now(), System.nanoTime());
            } catch (UnavailableException e) {
                throw end(new Stop.Broken(e));
            }
            clock = known;
        }
        return known.at.plusNanos(System.nanoTime() - known.nanos);
    }

    boolean isPaused() {
        return paused;
    }

    Optional<JsonNode> takeSignal(String name) {
        lock.lock();
        try {
            var queue = signals.get(name);
            return queue == null ? Optional.empty() : Optional.ofNullable(queue.poll());
        } finally {
            lock.unlock();
        }
    }

    boolean hasSignal(String name) {
        lock.lock();
        try {
            var queue = signals.get(name);
            return queue != null && !queue.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** One that was taken in an earlier run. */
    void dropSignal(String name, JsonNode payload) {
        lock.lock();
        try {
            var queue = signals.get(name);
            if (queue != null) {
                queue.removeFirstOccurrence(payload);
            }
        } finally {
            lock.unlock();
        }
    }

    boolean hasBranches() {
        return hasBranches;
    }

    /** Its notes are to be stored when the run is suspended. */
    void open(ProgramContext branch) {
        lock.lock();
        try {
            open.add(branch);
        } finally {
            lock.unlock();
        }
    }

    void close(ProgramContext branch) {
        lock.lock();
        try {
            open.remove(branch);
        } finally {
            lock.unlock();
        }
    }

    /** So many branches begin to work while the caller only waits for them; the last one to end works for it again. */
    void fork(int count) {
        lock.lock();
        try {
            hasBranches = true;
            working += count - 1;
        } finally {
            lock.unlock();
        }
    }

    /** A branch has ended, and it was not the last one of its parent. */
    void leave() {
        lock.lock();
        try {
            working--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns when the condition holds or the time has come, and the execution is not paused.
     *
     * @param remaining until the time; {@link Long#MAX_VALUE} for never
     */
    void await(ProgramContext branch, BooleanSupplier ready, long remaining) {
        long due = remaining == Long.MAX_VALUE ? Long.MAX_VALUE : System.nanoTime() + remaining;
        lock.lock();
        try {
            waits.put(branch, due);
            working--;
            changed.signalAll();
            while (!isOver(ready, due)) {
                check();
                long nearest = Math.min(nanosUntil(deadline), waits.values().stream().mapToLong(ProgramRun::nanosUntil)
                        .min().orElse(Long.MAX_VALUE));
                if (working > 0 || (nearest <= HOLD_MAX.toNanos() && !paused)) {
                    awaitChange(working > 0 ? nanosUntil(due) : Math.max(nearest, 1));
                } else {
                    suspend(nearest);
                }
            }
        } finally {
            waits.remove(branch);
            working++;
            lock.unlock();
        }
    }

    private boolean isOver(BooleanSupplier ready, long due) {
        return !paused && (ready.getAsBoolean() || nanosUntil(due) <= 0);
    }

    private static long nanosUntil(long due) {
        return due == Long.MAX_VALUE ? Long.MAX_VALUE : due - System.nanoTime();
    }

    @SuppressWarnings("WaitNotInLoop") // the caller loops
    private void awaitChange(long nanos) {
        try {
            if (nanos == Long.MAX_VALUE) {
                changed.await();
            } else {
                changed.await(nanos, TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // seen by check()
        }
    }

    /** Nobody works: all that is known goes to the database. The caller holds the lock. */
    private void suspend(long nearest) {
        var known = JsonMapper.shared().createObjectNode();
        known.set("notes", Recorded.notes(open.stream().flatMap(branch -> branch.notes().stream()).toList()));
        boolean hasTimer = nearest != Long.MAX_VALUE && !paused;
        Optional<NewTask> next = hasTimer
                ? Optional.of(ProgramStore.goOn(program, id).withDelay(Duration.ofNanos(nearest).plusMillis(1)))
                : Optional.empty();
        if (hasTimer) {
            known.put("milliseconds", TimeUnit.NANOSECONDS.toMillis(nearest));
        }
        appending.lock(); // nobody else wants it: a branch that appends works
        try {
            if (store.change(
                    new ProgramStore.Change(row("workflow_suspended", null, known.toString()), null, null, null, null,
                            Optional.of(task.task()), next))) {
                throw end(new Stop.Suspended());
            }
            absorb();
        } catch (UnavailableException e) {
            throw end(new Stop.Broken(e));
        } finally {
            appending.unlock();
        }
    }

    /**
     * Stores the end of the execution, and of its task.
     *
     * @return whether it counts; otherwise {@link #stopped} tells why
     */
    boolean finish(String type, String status, @Nullable String data, @Nullable String node, @Nullable String output,
            @Nullable String error) {
        appending.lock();
        try {
            while (stop.get() == null || stop.get() instanceof Stop.Failed) {
                if (store.change(new ProgramStore.Change(row(type, node, data), status, output, error, null,
                        Optional.of(task.task()),
                        Optional.empty()))) {
                    return true;
                }
                absorb();
            }
            return false;
        } finally {
            appending.unlock();
        }
    }
}
