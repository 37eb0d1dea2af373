package dev.howdah.workflow;

import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.queue.PayloadCodec;
import dev.howdah.queue.PermanentFailure;
import dev.howdah.workflow.ProgramRun.Entry;
import dev.howdah.workflow.ProgramRun.Stop;
import dev.howdah.workflow.Recorded.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A branch of a run: its main one, or one of several side by side. What it did in an earlier run comes back from the history
 * in the same order; where that ends, it does things anew and appends.
 */
final class ProgramContext implements WorkflowContext {
    static final int NAME_MAX = 200;
    static final int BRANCHES_MAX = 10_000;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final ProgramRun run;
    /** Empty, or ends with a slash. */
    private final String path;
    private final int outputMax;
    private final Map<String, Integer> occurrences = new HashMap<>();
    private final Map<String, Boolean> patches = new HashMap<>();
    private final List<ObjectNode> notes = new ArrayList<>();
    private volatile @Nullable Thread owner;
    /** The step that runs now. */
    private volatile @Nullable Running current;

    /** A step under its name and its unique one. */
    private record Running(String name, String node) {}

    ProgramContext(ProgramRun run, String path, int outputMax) {
        this.run = run;
        this.path = path;
        this.outputMax = outputMax;
    }

    /** The calling thread is the one that uses it. */
    void begin() {
        owner = Thread.currentThread();
        run.open(this);
    }

    /** What is to be stored with the next event. Read by others only while this branch waits. */
    List<ObjectNode> notes() {
        return notes;
    }

    @Override
    public UUID executionId() {
        return run.id();
    }

    @Override
    public <T> T step(String name, Callable<T> action, Class<T> result) {
        return step(name, StepOptions.once(), action, result);
    }

    @Override
    public <T> T step(String name, StepOptions options, Callable<T> action, Class<T> result) {
        return attempt(name, options, result, node -> {
            var value = call(action, options.timeout());
            return new Done<>(value, run.append(completed(node, value)));
        });
    }

    @Override
    @SuppressWarnings("NullAway") // there is no result
    public void run(String name, Action action) {
        step(name, StepOptions.once(), () -> {
            action.run();
            return null;
        }, Void.class);
    }

    @Override
    public <T> T transactionalStep(String name, Function<Transaction, T> action, Class<T> result) {
        return attempt(name, StepOptions.once(), result, node -> {
            while (true) {
                try {
                    var value = run.appendWith(action, made -> completed(node, made));
                    return new Done<>(value, Optional.empty());
                } catch (ProgramRun.Refused e) {
                    run.absorbNews();
                    var other = past("step", node);
                    if (other.isPresent()) {
                        return new Done<>(null, other);
                    }
                } catch (UnavailableException e) {
                    throw run.end(new Stop.Broken(e)); // it may have been stored: the history will tell
                }
            }
        });
    }

    /** One attempt of a step. */
    @FunctionalInterface
    private interface Attempt<T> {
        Done<T> run(String node) throws Exception;
    }

    /**
     * A step that was done.
     *
     * @param other what another run of the same execution has stored of it, which then counts
     */
    private record Done<T>(@Nullable T value, Optional<Recorded> other) {}

    private <T> T attempt(String name, StepOptions options, Class<T> result, Attempt<T> attempt) {
        var node = enter(name);
        int attempts = 0;
        for (var past = past("step", node); past.isPresent(); past = past("step", node)) {
            var recorded = past.get();
            if (recorded.kind() != Kind.RETRYING) {
                return value(recorded, result);
            }
            attempts = recorded.data().path("attempt").asInt();
            var due = recorded.at().plusMillis(recorded.data().path("delay").asLong());
            if (run.next(path).isEmpty()) {
                await(Duration.between(run.now(), due));
            }
        }
        live();
        current = new Running(name, node);
        try {
            while (true) {
                attempts++;
                try {
                    var done = attempt.run(node);
                    settle();
                    return done.other.isPresent() ? value(done.other.get(), result) : certain(done.value);
                } catch (Exception e) {
                    failed(node, options, attempts, e);
                }
            }
        } finally {
            current = null;
        }
    }

    @SuppressWarnings("NullAway") // what the step returned, null or not
    private static <T> T certain(@Nullable T value) {
        return value;
    }

    /** Stores it; returns if there is to be another attempt. */
    private void failed(String node, StepOptions options, int attempts, Exception e) {
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            throw run.end(new Stop.Overtaken("interrupted"));
        }
        var error = describe(e);
        boolean isLast = attempts >= options.attempts() || e instanceof PermanentFailure
                || e instanceof InvalidInputException || e instanceof LimitExceededException;
        var data = JSON.createObjectNode().put("attempt", attempts).put("error", error);
        if (isLast) {
            run.append(new Entry("step_failed", node, withNotes(data)));
            settle();
            throw new StepFailedException(node, error, e);
        }
        var delay = options.delayAfter(attempts);
        run.append(new Entry("step_retrying", node, withNotes(data.put("delay", delay.toMillis()))));
        notes.clear();
        await(delay);
    }

    private static String describe(Exception e) {
        var text = e instanceof HowdahException || e instanceof PermanentFailure
                ? String.valueOf(e.getMessage())
                : e.toString();
        var cut = text.length() <= NAME_MAX * 50 ? text : text.substring(0, NAME_MAX * 50);
        return cut.replace('\0', '\uFFFD');
    }

    private String withNotes(ObjectNode data) {
        if (!notes.isEmpty()) {
            data.set("notes", Recorded.notes(notes));
        }
        return data.toString();
    }

    private <T> Entry completed(String node, @Nullable T value) {
        var json = JSON.writeValueAsString(value);
        if (json.length() > outputMax) {
            throw new LimitExceededException("step-output-too-large", "the result has " + json.length()
                    + " characters as JSON, and the limit is " + outputMax,
                    "store it elsewhere and return where; or raise howdah.workflow.output-max");
        }
        if (PayloadCodec.holdsNul(json)) {
            throw new InvalidInputException("step-output-invalid", "", "the result holds the character U+0000",
                    "leave it out");
        }
        var suffix = notes.isEmpty() ? "}" : ",\"notes\":" + Recorded.notes(notes) + "}";
        return new Entry("step_completed", node, "{\"output\":" + json + suffix);
    }

    private <T> T value(Recorded recorded, Class<T> type) {
        if (recorded.kind() == Kind.FAILED) {
            throw new StepFailedException(recorded.node(), recorded.data().path("error").asString(), null);
        }
        var output = recorded.data().path("output");
        return output.isNull() ? certain(null) : JSON.treeToValue(output, type);
    }

    private static <T> T call(Callable<T> action, Duration timeout) throws Exception {
        if (timeout.isZero()) {
            return action.call();
        }
        var task = new FutureTask<>(action);
        var thread = Thread.ofVirtual().name("howdah-step").start(task);
        try {
            return task.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | CancellationException e) {
            throw new TimeoutException("timed out after " + timeout);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        } finally {
            thread.interrupt(); // nothing to one that has ended
        }
    }

    /** After an event was stored. */
    private void settle() {
        notes.clear();
        hold();
    }

    /** While the execution is paused, nothing new begins. */
    private void hold() {
        if (run.isPaused()) {
            run.await(this, () -> true, Long.MAX_VALUE);
        }
    }

    /** What is done from here on was not done before. */
    private void live() {
        run.check();
        hold();
    }

    @Override
    public void sleep(String name, Duration duration) {
        var node = enter(name);
        var past = past("sleep", node);
        if (past.isPresent()) {
            if (past.get().kind() == Kind.TIMER) {
                waitFor(past.get());
            }
            return;
        }
        live();
        if (duration.compareTo(ProgramRun.HOLD_MAX) > 0) {
            noteOrAppend(Kind.TIMER, "timer_started", node, duration);
        }
        await(duration);
        if (duration.compareTo(ProgramRun.HOLD_MAX) <= 0) {
            note(Kind.SLEPT, node, JSON.nullNode());
        }
    }

    private void waitFor(Recorded timer) {
        var due = timer.at().plusMillis(timer.data().path("milliseconds").asLong());
        await(Duration.between(run.now(), due));
    }

    /** With the suspension, which comes next unless there are branches; then at once, or a crash would start it again. */
    private void noteOrAppend(Kind kind, String event, String node, Duration duration) {
        var data = JSON.createObjectNode().put("milliseconds", duration.toMillis());
        if (run.hasBranches()) {
            run.append(new Entry(event, node, withNotes(data)));
            notes.clear();
        } else {
            note(kind, node, data);
        }
    }

    private void await(Duration time) {
        if (time.isPositive()) {
            run.await(this, () -> false, time.toNanos());
        }
    }

    @Override
    public JsonNode awaitSignal(String name) {
        var node = enter(name);
        var past = past("signal", node);
        if (past.isPresent()) {
            run.dropSignal(name, past.get().data());
            return past.get().data();
        }
        live();
        while (true) { // another branch may be faster
            run.await(this, () -> run.hasSignal(name), Long.MAX_VALUE);
            var payload = taken(name, node);
            if (payload.isPresent()) {
                return payload.get();
            }
        }
    }

    private Optional<JsonNode> taken(String name, String node) {
        var payload = run.takeSignal(name);
        payload.ifPresent(given -> note(Kind.SIGNAL, node, given));
        return payload;
    }

    @Override
    public Optional<JsonNode> awaitSignal(String name, Duration timeout) {
        var node = enter(name);
        var left = timeout;
        for (var past = past("signal", node); past.isPresent(); past = past("signal", node)) {
            var recorded = past.get();
            switch (recorded.kind()) {
                case SIGNAL -> {
                    run.dropSignal(name, recorded.data());
                    return Optional.of(recorded.data());
                }
                case NO_SIGNAL -> {
                    return Optional.empty();
                }
                default -> left = Duration.between(run.now(), recorded.at()
                        .plusMillis(recorded.data().path("milliseconds").asLong()));
            }
        }
        live();
        var early = taken(name, node);
        if (early.isPresent()) {
            return early;
        }
        if (left.equals(timeout)) {
            noteOrAppend(Kind.WAIT, "signal_awaited", node, timeout);
        }
        long due = System.nanoTime() + left.toNanos();
        while (true) {
            run.await(this, () -> run.hasSignal(name), Math.max(due - System.nanoTime(), 0));
            var payload = taken(name, node);
            if (payload.isPresent()) {
                return payload;
            }
            if (System.nanoTime() >= due) {
                note(Kind.NO_SIGNAL, node, JSON.nullNode());
                return Optional.empty();
            }
        }
    }

    @Override
    public <T> List<T> parallel(String name, List<Branch<T>> branches) {
        var node = enter(name);
        check(branches);
        if (branches.isEmpty()) {
            return List.of();
        }
        live();
        var outcomes = new ArrayList<FutureTask<T>>();
        var contexts = new ArrayList<ProgramContext>();
        var threads = new ArrayList<Thread>();
        var left = new AtomicInteger(branches.size());
        run.fork(branches.size());
        for (var branch : branches) {
            var context = new ProgramContext(run, node + "/" + branch.name() + "/", outputMax);
            var outcome = new FutureTask<>(() -> {
                context.begin();
                return branch.work().run(context);
            });
            contexts.add(context);
            outcomes.add(outcome);
            threads.add(Thread.ofVirtual().name("howdah-branch").start(() -> {
                outcome.run();
                if (left.decrementAndGet() > 0) {
                    run.leave();
                }
            }));
        }
        join(threads);
        for (var context : contexts) {
            notes.addAll(context.notes);
            run.close(context);
        }
        run.check();
        return outcomes.stream().map(outcome -> result(node, outcome)).toList();
    }

    private static <T> void check(List<Branch<T>> branches) {
        if (branches.size() > BRANCHES_MAX) {
            throw new InvalidInputException("workflow-branches-invalid", "branches", "are " + branches.size()
                    + ", and the limit is " + BRANCHES_MAX, "run them in several calls");
        }
        var names = new HashSet<String>();
        for (var branch : branches) {
            checkName(branch.name());
            if (!names.add(branch.name())) {
                throw new InvalidInputException("workflow-branches-invalid", "branches", "two have the name \""
                        + branch.name() + "\"", "give each a name of its own");
            }
        }
    }

    /** An interrupt is for all of them. */
    private static void join(List<Thread> threads) {
        boolean interrupted = false;
        for (var thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    threads.forEach(Thread::interrupt);
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> T result(String node, FutureTask<T> outcome) {
        try {
            return outcome.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new StepFailedException(node, String.valueOf(e.getCause()), e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException("an ended branch does not block", e);
        }
    }

    @Override
    public Instant now() {
        var node = enter("now()");
        var past = past("time", node);
        if (past.isPresent()) {
            return Instant.parse(past.get().data().asString());
        }
        var now = run.now();
        note(Kind.NOW, node, JSON.getNodeFactory().stringNode(now.toString()));
        return now;
    }

    @Override
    public UUID randomUuid() {
        return UUID.nameUUIDFromBytes((run.id() + "/" + enter("randomUuid()")).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean patched(String change) {
        checkUse();
        checkName(change);
        return patches.computeIfAbsent(change, this::isPatched);
    }

    private boolean isPatched(String change) {
        var node = path + change;
        var past = run.next(path);
        if (past.isEmpty()) {
            note(Kind.PATCH, node, JSON.nullNode());
            return true;
        }
        boolean isMarked = past.get().kind() == Kind.PATCH && past.get().node().equals(node);
        if (isMarked) {
            run.consume(path);
        }
        return isMarked;
    }

    @Override
    public String idempotencyKey(String step) {
        var now = current;
        if (now != null && now.name.equals(step)) {
            return run.id() + "/" + now.node;
        }
        return run.id() + "/" + path + numbered(step, occurrences.getOrDefault(step, 0) + 1);
    }

    @Override
    public boolean isStopped() {
        return Thread.currentThread().isInterrupted() || run.stopped().isPresent();
    }

    private void note(Kind kind, String node, JsonNode data) {
        notes.add(Recorded.note(kind, node, data));
    }

    /** The unique name of what is done now. */
    private String enter(String name) {
        checkUse();
        checkName(name);
        run.check();
        return path + numbered(name, occurrences.merge(name, 1, Integer::sum));
    }

    private static String numbered(String name, int occurrence) {
        return occurrence == 1 ? name : name + "#" + occurrence;
    }

    private void checkUse() {
        if (!Thread.currentThread().equals(owner) || current != null) {
            throw new IllegalStateException(
                    "a workflow's context is for the thread that was given it, outside of steps; "
                            + "run other threads as branches of parallel(…), and do not call it within a step");
        }
    }

    static void checkName(String name) {
        if (name.isEmpty() || name.length() > NAME_MAX
                || name.chars().anyMatch(c -> c == '/' || c == '#' || Character.isISOControl(c))) {
            throw new InvalidInputException("workflow-name-invalid", "name",
                    "\"" + (name.length() > NAME_MAX ? name.substring(0, NAME_MAX) + "…" : name)
                            + "\" cannot be a name",
                    "use 1 to " + NAME_MAX + " characters without / and # and control characters");
        }
    }

    /** What was done here before, if it was this; unwinds if it was something else. */
    private Optional<Recorded> past(String operation, String node) {
        var past = run.next(path);
        while (past.isPresent() && past.get().kind() == Kind.PATCH) {
            run.consume(path); // the code does not ask for it any more
            past = run.next(path);
        }
        past.ifPresent(recorded -> {
            if (!recorded.kind().operation().equals(operation) || !recorded.node().equals(node)) {
                throw run
                        .end(new Stop.Failed(new NondeterminismException(run.program(), operation + " \"" + node + "\"",
                                recorded.kind().operation() + " \"" + recorded.node() + "\"")));
            }
            run.consume(path);
        });
        return past;
    }
}
