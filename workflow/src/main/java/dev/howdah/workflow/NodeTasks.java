package dev.howdah.workflow;

import dev.howdah.workflow.definition.Contracts;
import dev.howdah.workflow.definition.ExpressionException;
import dev.howdah.workflow.definition.Expressions;
import dev.howdah.workflow.definition.NodeType;
import dev.howdah.workflow.definition.WorkflowNode;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Setting;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.queue.CurrentTask;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.PermanentFailure;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskRun;
import java.io.IOException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs nodes: begins an attempt, evaluates its conditions and expressions, has its handler do the work, and ends it. An
 * outage in between does not lose the result: it is stored when the database is back, if the node is still ours then.
 */
final class NodeTasks implements TaskHandler {
    private static final Logger LOG = LoggerFactory.getLogger(NodeTasks.class);
    private static final int ERROR_MAX = 10_000;
    private static final Duration OUTAGE_PAUSE_FIRST = Duration.ofMillis(100);
    private static final Duration OUTAGE_PAUSE_MAX = Duration.ofSeconds(5);
    private static final JsonNode NOTHING = JsonMapper.shared().createObjectNode();
    private static final Set<String> CONTAINED = Set.of("node", "nodes", "run");

    private final Engine engine;
    private final Artifacts artifacts;
    private final WorkflowSettings settings;
    private final Map<String, NodeHandler> handlers;
    private final Map<String, NodeHandler> skills;
    private final Map<NodeType, NodeHandler> served;
    private final NodeHandler http;
    /** Attempts under way in this process, for their heartbeats. */
    private final Set<NodeCall> calls = ConcurrentHashMap.newKeySet();

    /**
     * A runner of nodes.
     *
     * @param handlers for phases and tasks, by the names that their executors have
     * @param skills the same for skills
     * @param served for types whose nodes one handler runs
     */
    NodeTasks(Engine engine, Artifacts artifacts, WorkflowSettings settings, Map<String, NodeHandler> handlers,
            Map<String, NodeHandler> skills, Map<NodeType, NodeHandler> served) {
        this.engine = engine;
        this.artifacts = artifacts;
        this.settings = settings;
        this.handlers = handlers;
        this.skills = skills;
        this.served = served;
        this.http = new HttpNode(settings);
    }

    @Override
    public JsonNode handle(TaskRun task) throws Exception {
        var begun = engine.begin(task);
        if (begun.isEmpty()) {
            return NOTHING;
        }
        var call = begun.get();
        calls.add(call);
        try {
            var outcome = run(call);
            try {
                end(call, outcome);
            } finally {
                discard(outcome);
            }
        } finally {
            calls.remove(call);
        }
        return NOTHING;
    }

    /** What was kept on disk until it was stored. */
    private static void discard(Outcome outcome) throws IOException {
        if (outcome instanceof Outcome.Done done) {
            for (var upload : done.uploads()) {
                upload.close();
            }
        }
    }

    /** Stores what handlers have noted since the last time. */
    void saveHeartbeats() {
        var beats = calls.stream().flatMap(call -> call.drainHeartbeat().stream().map(beat -> Map.entry(call, beat)))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        engine.saveHeartbeats(beats);
    }

    private void end(NodeCall call, Outcome outcome) throws InterruptedException {
        var pause = OUTAGE_PAUSE_FIRST;
        while (true) {
            try {
                engine.end(call, outcome);
                return;
            } catch (UnavailableException e) {
                LOG.warn("The end of node {} of execution {} is not stored yet: {}", call.nodeId(), call.executionId(),
                        e.getMessage());
                Thread.sleep(pause); // interrupted once the claim is lost: another worker begins then
                pause = pause.multipliedBy(2).compareTo(OUTAGE_PAUSE_MAX) < 0
                        ? pause.multipliedBy(2)
                        : OUTAGE_PAUSE_MAX;
            } catch (RuntimeException e) {
                if (outcome instanceof Outcome.Failed) {
                    throw e;
                }
                LOG.error("The end of node {} of execution {} cannot be stored", call.nodeId(), call.executionId(), e);
                outcome = failed(e);
            }
        }
    }

    private Outcome run(NodeCall call) throws InterruptedException {
        try {
            var skipped = whySkipped(call);
            if (skipped.isPresent()) {
                return new Outcome.Skipped(skipped.get());
            }
            call.config(evaluate(call));
            check("input", call.node().inputContract(), call.given());
            var outcome = outcome(call);
            return outcome instanceof Outcome.Done done ? checked(call, done.result()) : outcome;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            return failed(e);
        }
    }

    /** A condition that cannot be evaluated fails the node; it is never taken for true. */
    private static Optional<String> whySkipped(NodeCall call) {
        var scope = call.scope();
        var incoming = call.plan().taken(call.nodeId(), call.outputs().keySet());
        boolean conditional = incoming.stream().anyMatch(edge -> edge.condition().isPresent());
        if (conditional && incoming.stream().noneMatch(edge -> edge.condition()
                .map(text -> Expressions.shared().condition(text, scope)).orElse(true))) {
            return Optional.of("no edge to it was taken");
        }
        return call.node().condition().filter(text -> !Expressions.shared().condition(text, scope))
                .map(text -> "its condition does not hold: " + text);
    }

    /** What belongs to children is evaluated for each of them. */
    private static JsonNode evaluate(NodeCall call) {
        var config = call.node().config();
        if (call.node().children().isEmpty()) {
            return Expressions.shared().evaluate(config, call.scope());
        }
        var own = Engine.object();
        config.properties().stream().filter(field -> !CONTAINED.contains(field.getKey())
                && !field.getKey().equals("items"))
                .forEach(field -> own.set(field.getKey(), field.getValue()));
        return Expressions.shared().evaluate(own, call.scope());
    }

    private Outcome outcome(NodeCall call) throws Exception {
        var node = call.node();
        return switch (node.type()) {
            case PHASE, TASK -> handlers.containsKey(node.executor())
                    ? handled(call, handlers.get(node.executor()))
                    : elsewhere(call);
            case SKILL -> handled(call, Optional.ofNullable(skills.get(node.executor())).orElseThrow(
                    () -> new PermanentFailure("there is no skill " + node.executor()
                            + "; GET /api/skills lists those that are there")));
            case MODEL -> handled(call, Optional.ofNullable(served.get(node.type())).orElseThrow(
                    () -> new PermanentFailure("no language model is configured here; set ANTHROPIC_API_KEY, "
                            + "OPENAI_API_KEY or howdah.agent.model.provider")));
            case AGENT -> handled(call, Optional.ofNullable(served.get(node.type())).orElseThrow(
                    () -> new PermanentFailure(
                            "remote agents cannot be asked here; run the node in a server of Howdah")));
            case HTTP -> handled(call, http);
            case CONDITION -> done(NodeResult.of(Engine.object().put("result", Expressions.shared()
                    .condition(node.config().path("expression").asString(), call.scope()))));
            case MAP -> items(call);
            case PARALLEL_GROUP -> new Outcome.Expanded(node.children().stream()
                    .map(child -> new Outcome.Expanded.Child(child.id(), child.type(), Optional.empty())).toList(),
                    call.config().path("concurrency").asInt(node.children().size()));
            case SUB_WORKFLOW -> new Outcome.UntilExecution(call.config().path("workflow").asString(),
                    Optional.of(call.config().path("version")).filter(JsonNode::isInt).map(JsonNode::asInt),
                    call.config().has("input") ? call.config().path("input") : call.input());
            case WAIT -> until(call.config());
            case SIGNAL -> new Outcome.UntilSignal(signalName(node), duration(call.config(), "timeout"));
            case HUMAN_REVIEW -> new Outcome.UntilReviewed(call.config().path("prompt").asString(""),
                    duration(call.config(), "due"));
            case COMPENSATE -> compensation(call);
        };
    }

    /** The name is the node's id unless it is given. */
    static String signalName(WorkflowNode node) {
        return node.config().path("name").asString(node.id());
    }

    /** A compensation is run as its child is, in its place. */
    private Outcome compensation(NodeCall call) throws Exception {
        return outcome(call.in(call.node().children().getFirst(),
                Expressions.shared().evaluate(call.node().children().getFirst().config(), call.scope())));
    }

    private Outcome items(NodeCall call) {
        var text = call.node().config().path("items");
        var items = text.isString()
                ? Expressions.shared().value(text.asString(), call.scope())
                : Expressions.shared().evaluate(text, call.scope());
        if (!items.isArray()) {
            return new Outcome.Failed("map-items-invalid", "items is no list: " + shorten(items.toString()), false);
        }
        if (items.size() > settings.mapItemsMax()) {
            return new Outcome.Failed("map-items-invalid", "items has " + items.size() + " elements; at most "
                    + settings.mapItemsMax() + " are run (howdah.workflow.map-items-max)", false);
        }
        var type = call.node().children().getFirst().type();
        var children = new ArrayList<Outcome.Expanded.Child>();
        for (int i = 0; i < items.size(); i++) {
            children.add(new Outcome.Expanded.Child(Integer.toString(i), type, Optional.of(items.get(i))));
        }
        return new Outcome.Expanded(List.copyOf(children), Math.max(1, call.config().path("concurrency").asInt(100)));
    }

    private static Outcome done(NodeResult result) {
        return new Outcome.Done(result, "", List.of());
    }

    private Outcome checked(NodeCall call, NodeResult result) throws IOException {
        check("output", call.node().outputContract(), result.output());
        var text = result.output().toString();
        return text.length() > settings.outputMax()
                ? new Outcome.Failed("output-too-large", "its output has " + text.length() + " characters; at most "
                        + settings.outputMax() + " are kept (howdah.workflow.output-max); store it as an artifact",
                        false)
                : new Outcome.Done(result, text, artifacts.prepare(call.executionId(), result.artifacts()));
    }

    private static void check(String what, Optional<JsonNode> contract, JsonNode value) {
        var violations = contract.map(schema -> Contracts.violations(schema, value)).orElse(List.of());
        if (!violations.isEmpty()) {
            throw new PermanentFailure("its " + what + " breaks the contract: " + String.join("; ", violations));
        }
    }

    /** No handler here: the task of that type is left to workers elsewhere, in whatever language. */
    private static Outcome elsewhere(NodeCall call) {
        var payload = Engine.object().put("execution_id", call.executionId().toString()).put("node_id", call.nodeId())
                .put("idempotency_key", call.idempotencyKey());
        payload.set("config", call.config());
        payload.set("input", call.input());
        var outputs = payload.putObject("dependency_outputs");
        call.dependencyOutputs().forEach(outputs::set);
        call.item().ifPresent(item -> payload.set("item", item));
        var task = NewTask.of(call.node().executor(), payload);
        return new Outcome.UntilNewTask(call.node().timeout().map(task::withTimeout).orElse(task));
    }

    /**
     * Runs the handler on a thread of its own, so that one which ignores its interruption does not keep the slot when the
     * time is over.
     */
    private Outcome handled(NodeCall call, NodeHandler handler) throws Exception {
        var node = call.node();
        var result = new CompletableFuture<NodeAnswer>();
        var thread = Thread.ofVirtual().name("howdah-node-" + node.id()).start(CurrentTask.carry(() -> {
            try {
                result.complete(handler.handle(call));
            } catch (Throwable e) { // an Error of one handler must not take the node with it
                result.completeExceptionally(e);
            }
        }));
        try {
            return switch (await(call, result)) {
                case NodeResult made -> done(made);
                case NodeAnswer.UntilNewTask(var task) -> new Outcome.UntilNewTask(task);
                case NodeAnswer.UntilTask(var task, var answer) -> new Outcome.UntilTask(task, answer);
            };
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InterruptedException) {
                return new Outcome.Failed("interrupted", "the handler was interrupted", true);
            }
            return failed(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            return new Outcome.Failed("timeout", String.valueOf(e.getMessage()), true);
        } finally {
            thread.interrupt();
        }
    }

    private static NodeAnswer await(NodeCall call, CompletableFuture<NodeAnswer> result)
            throws InterruptedException, ExecutionException, TimeoutException {
        var node = call.node();
        if (node.timeout().isEmpty() && node.heartbeat().isEmpty()) {
            return result.get();
        }
        long start = System.nanoTime();
        while (true) {
            long now = System.nanoTime();
            long left = node.timeout().map(limit -> start + limit.toNanos() - now).orElse(Long.MAX_VALUE);
            long silent = node.heartbeat().map(limit -> call.lastBeat() + limit.toNanos() - now).orElse(Long.MAX_VALUE);
            if (left <= 0) {
                throw new TimeoutException("timed out after " + node.timeout().orElseThrow());
            }
            if (silent <= 0) {
                throw new TimeoutException("no heartbeat for " + node.heartbeat().orElseThrow());
            }
            try {
                return result.get(Math.min(left, silent), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                LOG.trace("Looking whether node {} is over its time", call.nodeId(), e);
            }
        }
    }

    private static Outcome failed(Throwable e) {
        boolean permanent = e instanceof PermanentFailure || e instanceof InvalidInputException
                || e instanceof ExpressionException;
        var type = e instanceof HowdahException howdah ? howdah.code() : e.getClass().getName();
        var message = e instanceof HowdahException || e instanceof PermanentFailure
                ? String.valueOf(e.getMessage())
                : e.toString();
        return new Outcome.Failed(type, shorten(message.replace('\0', '\uFFFD')), !permanent);
    }

    private static String shorten(String text) {
        return text.length() <= ERROR_MAX ? text : text.substring(0, ERROR_MAX - 1) + "…";
    }

    private static Outcome until(JsonNode config) {
        var until = config.path("until");
        try {
            return until.isString()
                    ? new Outcome.UntilTime(OffsetDateTime.parse(until.asString()).toInstant())
                    : new Outcome.UntilPassed(duration(config, "duration").orElse(Duration.ZERO));
        } catch (DateTimeParseException e) {
            throw new InvalidInputException("workflow-invalid", "config.until", "\"" + until.asString()
                    + "\" is no time", "use ISO 8601 with a zone, such as 2027-01-31T09:00:00Z");
        }
    }

    private static Optional<Duration> duration(JsonNode config, String field) {
        return config.hasNonNull(field)
                ? Optional.of(Setting.parseDuration(config.path(field).asString()))
                : Optional.empty();
    }
}
