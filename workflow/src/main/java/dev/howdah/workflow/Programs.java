package dev.howdah.workflow;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import dev.howdah.queue.PayloadCodec;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskRun;
import dev.howdah.queue.TaskState;
import dev.howdah.workflow.ProgramResults.Outcome;
import dev.howdah.workflow.ProgramRun.Stop;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Workflows written as programs: registers them, starts them, and controls what runs.
 *
 * <pre>{@code
 * var programs = new Programs(database, queue);
 * programs.register("checkout", Order.class, this::checkout);
 * var worker = new Worker(queue, settings, programs.handlers());
 * worker.start();
 * var id = programs.start("checkout", order);
 * var receipt = programs.awaitResult(id, Duration.ofMinutes(1));
 * }</pre>
 *
 * <p>An execution is a row, and what it did are its events. A task of the queue runs it; whoever holds that task's lease is
 * its runner, and goes on from the events if the one before died. Any process can start, signal and control executions, also
 * of programs that it does not know: those that have registered them run them. Thread-safe.
 */
public final class Programs implements AutoCloseable {
    private static final Pattern PROGRAM_NAME = Pattern.compile("[a-z0-9][a-z0-9_.-]{0,79}");
    private static final int KEY_MAX = 200;
    private static final Duration TIMEOUT_MAX = Duration.ofDays(3650);
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final JsonNode DONE = JSON.createObjectNode();

    private final WorkflowSettings settings;
    private final PostgresTaskQueue queue;
    private final ProgramStore store;
    private final ProgramResults results;
    private final Map<String, Registered<?>> registered = new ConcurrentHashMap<>();

    /** Programs within the default limits. */
    public Programs(Database database, PostgresTaskQueue queue) {
        this(database, queue, WorkflowSettings.defaults());
    }

    /** Programs within the settings' limits of input and output. */
    public Programs(Database database, PostgresTaskQueue queue, WorkflowSettings settings) {
        this.settings = settings;
        this.queue = queue;
        this.store = new ProgramStore(database, queue);
        this.results = new ProgramResults(database);
    }

    /** A program with the type of its input. */
    private record Registered<I>(Class<I> input, Optional<Duration> timeout, Workflow<I, ?> workflow) {
        @Nullable
        Object run(WorkflowContext context, JsonNode json) throws Exception {
            return workflow.run(context, JSON.treeToValue(json, input));
        }
    }

    /** Lets this process run a program; before {@link #handlers} is called. */
    public <I> void register(String name, Class<I> input, Workflow<I, ?> workflow) {
        register(name, new Registered<>(input, Optional.empty(), workflow));
    }

    /**
     * The same for a program whose executions fail if they do not end in time.
     *
     * @param timeout from the start of an execution on, whether it works or waits; a step that runs then is interrupted
     */
    public <I> void register(String name, Class<I> input, Duration timeout, Workflow<I, ?> workflow) {
        if (!timeout.isPositive() || timeout.compareTo(TIMEOUT_MAX) > 0) {
            throw new InvalidInputException("workflow-timeout-invalid", "timeout", timeout + " is out of range",
                    "use more than nothing and at most " + TIMEOUT_MAX.toDays() + " days");
        }
        register(name, new Registered<>(input, Optional.of(timeout), workflow));
    }

    private void register(String name, Registered<?> workflow) {
        checkProgram(name);
        if (registered.putIfAbsent(name, workflow) != null) {
            throw new ConflictException("workflow-registered", "there is a workflow \"" + name + "\" already",
                    "give this one another name");
        }
    }

    /** The same for JSON. */
    public void register(String name, Workflow<JsonNode, ?> workflow) {
        register(name, JsonNode.class, workflow);
    }

    /** For a {@link dev.howdah.queue.Worker}: what runs the programs that are registered now. */
    public Map<String, TaskHandler> handlers() {
        return registered.entrySet().stream().collect(Collectors.toUnmodifiableMap(
                entry -> ProgramStore.TYPE_PREFIX + entry.getKey(), entry -> run -> handle(entry.getKey(),
                        entry.getValue(), run)));
    }

    /**
     * Starts a program; returns when that is durable.
     *
     * @param input written as JSON, at most so many characters as the settings say
     */
    public UUID start(String name, Object input) {
        checkProgram(name);
        return store.start(name, json("input", input), results::started);
    }

    /**
     * The same, unless an execution with this key has not ended: then that one is answered.
     *
     * @param key at most 200 characters
     */
    public UUID start(String name, Object input, String key) {
        return store.database().inTransaction(tx -> start(tx, name, input, key));
    }

    /** Starts a program if and when the caller's transaction commits. */
    public UUID start(Transaction tx, String name, Object input) {
        checkProgram(name);
        return store.start(tx, name, json("input", input));
    }

    /** The same, unless an execution with this key has not ended. */
    public UUID start(Transaction tx, String name, Object input, String key) {
        checkProgram(name);
        if (key.isEmpty() || key.length() > KEY_MAX || key.indexOf('\0') >= 0) {
            throw new InvalidInputException("workflow-start-invalid", "key", "has " + key.length() + " characters",
                    "use 1 to " + KEY_MAX + ", without U+0000");
        }
        return store.start(tx, name, json("input", input), key);
    }

    /**
     * What an execution returned; empty if it has not ended within the time.
     *
     * @throws WorkflowFailedException if it failed or was cancelled
     */
    public Optional<JsonNode> awaitResult(UUID id, Duration limit) throws InterruptedException {
        var outcome = results.await(id, limit);
        if (outcome.isEmpty()) {
            find(id);
        }
        return outcome.map(Outcome::result);
    }

    /** The same as a value. */
    public <T> Optional<T> awaitResult(UUID id, Duration limit, Class<T> type) throws InterruptedException {
        return awaitResult(id, limit).map(json -> JSON.treeToValue(json, type));
    }

    /**
     * Sends a message to an execution, which it gets when it waits for one with this name, now or later.
     *
     * @throws ConflictException if it has ended
     */
    public void signal(UUID id, String name, Object payload) {
        store.database().useTransaction(tx -> signal(tx, id, name, payload));
    }

    /** The same if and when the caller's transaction commits; until then it holds the execution. */
    public void signal(Transaction tx, UUID id, String name, Object payload) {
        ProgramContext.checkName(name);
        var data = JSON.createObjectNode().set("payload", json("payload", payload));
        store.appendAtEnd(tx, id, "signal_received", Optional.of(name), Optional.of(data));
        var execution = live(tx, id, "takes no signal");
        store.wake(tx, execution.program(), id, execution.taskId());
    }

    /**
     * Ends an execution. What it does now is interrupted; a step that ends all the same is not stored.
     *
     * @throws ConflictException if it has ended
     */
    public void cancel(UUID id) {
        var program = store.database().inTransaction(tx -> {
            store.appendAtEnd(tx, id, "workflow_cancelled", Optional.empty(), Optional.empty());
            var execution = live(tx, id, "cannot be cancelled");
            store.setStatus(tx, id, "cancelled", "running", "paused");
            execution.taskId().ifPresent(task -> queue.cancel(tx, java.util.List.of(task)));
            return execution.program();
        });
        store.wakes().ended(id);
        results.ended(new Outcome(id, program, "cancelled", JSON.nullNode(), ""));
    }

    /**
     * Lets nothing new begin in an execution. A step that runs now ends and is stored.
     *
     * @throws ConflictException if it has ended or is paused
     */
    public void pause(UUID id) {
        store.database().useTransaction(tx -> {
            store.appendAtEnd(tx, id, "workflow_paused", Optional.empty(), Optional.empty());
            live(tx, id, "cannot be paused");
            if (!store.setStatus(tx, id, "paused", "running")) {
                throw new ConflictException("execution-paused", "execution " + id + " is paused", "");
            }
        });
    }

    /**
     * Lets a paused execution go on; also one whose task has failed, as after a hundred crashes.
     *
     * @throws ConflictException if it has ended or runs
     */
    public void resume(UUID id) {
        store.database().useTransaction(tx -> {
            store.appendAtEnd(tx, id, "workflow_resumed", Optional.empty(), Optional.empty());
            var execution = live(tx, id, "cannot be resumed");
            boolean isDead = execution.taskId().flatMap(queue::find)
                    .filter(task -> task.state() == TaskState.QUEUED || task.state() == TaskState.STARTED).isEmpty();
            if (!store.setStatus(tx, id, "running", "paused") && (execution.taskId().isEmpty() || !isDead)) {
                throw new ConflictException("execution-running", "execution " + id + " is not paused", "");
            }
            store.wake(tx, execution.program(), id, isDead ? Optional.empty() : execution.taskId());
        });
    }

    /**
     * Starts another execution that has done already what this one did before a step.
     *
     * @param step its name, with its branch, as events tell it
     */
    public UUID fork(UUID id, String step) {
        return store.database().inTransaction(tx -> fork(tx, id, step, Optional.empty()));
    }

    /** The same with other input; what was done before stays as it was. */
    public UUID fork(UUID id, String step, Object input) {
        return store.database().inTransaction(tx -> fork(tx, id, step, Optional.of(JSON.valueToTree(input))));
    }

    /** The same if and when the caller's transaction commits, with other input if there is one. */
    public UUID fork(Transaction tx, UUID id, String step, Optional<JsonNode> input) {
        input.ifPresent(given -> checkSize("input", given.toString(), settings.inputMax()));
        var execution = find(tx, id);
        long before = ProgramStore.firstOfStep(tx, id, step).orElseThrow(() -> new NotFoundException("step-not-found",
                "execution " + id + " has done no step \"" + step + "\"", "see its events for those it has done"));
        return store.fork(tx, id, before, execution.program(), input);
    }

    @Override
    public void close() {
        results.close();
    }

    private JsonNode handle(String program, Registered<?> workflow, TaskRun task) throws Exception {
        var id = UUID.fromString(task.payload().path("execution").asString());
        var run = new ProgramRun(id, program, store, task);
        var begun = begin(run, task);
        if (begun.isEmpty()) {
            return DONE;
        }
        var limit = workflow.timeout.map(timeout -> run.new TimeLimit(timeout, begun.get().startedAt));
        var context = new ProgramContext(run, "", settings.outputMax());
        context.begin();
        Optional<Object> output = Optional.empty();
        Optional<Throwable> failure = Optional.empty();
        try {
            if (run.stopped().isEmpty()) {
                output = Optional.ofNullable(workflow.run(context, begun.get().input));
                astrayIfLeftOver(run);
            }
        } catch (Throwable e) { // of the user's code, and our own Unwinding
            failure = Optional.of(e);
        } finally {
            limit.ifPresent(ProgramRun.TimeLimit::close);
        }
        return end(run, task, output, failure);
    }

    /** What an execution was started with, and when. */
    private record Begun(JsonNode input, Instant startedAt) {}

    /** Empty if there is nothing to run any more. */
    private Optional<Begun> begin(ProgramRun run, TaskRun task) {
        var payload = task.payload();
        if (task.attempt() == 1 && payload.has("new")) {
            run.beginFresh();
            return payload.has("input")
                    ? Optional.of(new Begun(payload.get("input"), task.task().createdAt()))
                    : store.find(run.id()).map(Programs::begun);
        }
        if (!store.holds(task.task())) {
            return Optional.empty(); // lost before it began; what is returned does not count
        }
        var execution = store.find(run.id()).filter(found -> !found.hasEnded());
        execution.ifPresent(run::beginAgain);
        return execution.map(Programs::begun);
    }

    private static Begun begun(ProgramStore.Execution execution) {
        return new Begun(execution.input(), execution.startedAt());
    }

    private static void astrayIfLeftOver(ProgramRun run) {
        if (run.stopped().isEmpty()) {
            run.leftOver().ifPresent(past -> {
                throw run.end(new Stop.Failed(new NondeterminismException(run.program(), "its end",
                        past.kind().operation() + " \"" + past.node() + "\"")));
            });
        }
    }

    /** Whatever the user's code made of it: if the run was stopped, that counts. */
    private JsonNode end(ProgramRun run, TaskRun task, Optional<Object> output, Optional<Throwable> failure)
            throws Exception {
        if (run.stopped().isEmpty()) {
            if (failure.isPresent()) {
                if (failure.get() instanceof InterruptedException || Thread.currentThread().isInterrupted()) {
                    throw new InterruptedException();
                }
                fail(run, task, failure.get());
            } else {
                complete(run, task, output);
            }
        }
        var stop = run.stopped();
        if (stop.isPresent()) {
            switch (stop.get()) {
                case Stop.Suspended() -> task.markEnded();
                case Stop.Ended() -> {
                } // and this task with it
                case Stop.Overtaken(var why) -> throw new IllegalStateException(why);
                case Stop.Broken(var cause) -> throw cause;
                case Stop.Failed(var cause) -> fail(run, task, cause);
            }
        }
        return DONE;
    }

    private void complete(ProgramRun run, TaskRun task, Optional<Object> output) {
        String json;
        try {
            json = JSON.writeValueAsString(output.orElse(null));
            checkSize("output", json, settings.outputMax());
        } catch (RuntimeException e) {
            fail(run, task, e);
            return;
        }
        if (run.finish("workflow_completed", "completed", null, null, json, null)) {
            task.markEnded();
            results.ended(run.id(), () -> new Outcome(run.id(), run.program(), "completed", JSON.readTree(json), ""));
        }
    }

    private void fail(ProgramRun run, TaskRun task, Throwable e) {
        var code = e instanceof HowdahException ours ? ours.code() : "workflow-failed";
        var error = (e instanceof HowdahException ? String.valueOf(e.getMessage()) : e.toString()).replace('\0',
                '\uFFFD');
        var step = e instanceof StepFailedException failed ? failed.step() : null;
        var data = JSON.createObjectNode().put("code", code).toString();
        if (run.finish("workflow_failed", "failed", data, step, null, error)) {
            task.markEnded();
            results.ended(run.id(), () -> new Outcome(run.id(), run.program(), "failed", JSON.nullNode(), error));
        }
    }

    private ProgramStore.Execution find(UUID id) {
        return program(id, store.find(id));
    }

    private ProgramStore.Execution find(Transaction tx, UUID id) {
        return program(id, store.find(tx, id));
    }

    private static ProgramStore.Execution program(UUID id, Optional<ProgramStore.Execution> found) {
        return found.filter(execution -> execution.version() == 0).orElseThrow(() -> ExecutionEvents.unknown(id));
    }

    /** To be called after an event was appended, which is rolled back if the execution had ended. */
    private ProgramStore.Execution live(Transaction tx, UUID id, String refusal) {
        var execution = find(tx, id);
        if (execution.hasEnded()) {
            throw new ConflictException("execution-ended", "execution " + id + " " + refusal + ": it is "
                    + execution.status(), "start or fork another one");
        }
        return execution;
    }

    private JsonNode json(String field, Object value) {
        var json = value instanceof JsonNode node ? node : JSON.valueToTree(value);
        checkSize(field, json.toString(), settings.inputMax());
        return json;
    }

    private static void checkSize(String field, String json, int max) {
        if (json.length() > max) {
            throw new LimitExceededException("workflow-" + field + "-too-large",
                    "the " + field + " has " + json.length()
                            + " characters as JSON, and the limit is " + max,
                    "store it elsewhere and pass where");
        }
        if (PayloadCodec.holdsNul(json)) {
            throw new InvalidInputException("workflow-" + field + "-invalid", field, "holds the character U+0000",
                    "leave it out");
        }
    }

    private static void checkProgram(String name) {
        if (!PROGRAM_NAME.matcher(name).matches()) {
            throw new InvalidInputException("workflow-name-invalid", "name",
                    "\"" + name + "\" cannot be a workflow's name",
                    "use lower-case letters, digits, _ - or ., at most 80");
        }
    }
}
