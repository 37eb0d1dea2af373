package dev.howdah.agent.mcp;

import dev.howdah.agent.mcp.McpChanges.Change;
import dev.howdah.agent.mcp.McpOutcome.Complete;
import dev.howdah.agent.mcp.McpOutcome.Deferred;
import dev.howdah.agent.mcp.McpOutcome.InputRequired;
import dev.howdah.postgres.HowdahException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers requests of revision 2026-07-28. It keeps nothing between them: what a request goes on with travels, signed,
 * through the client, and tasks are in the database; so any instance answers any request. Thread-safe.
 */
public final class McpServer {
    static final String SUBSCRIPTION_KEY = "io.modelcontextprotocol/subscriptionId";

    private static final Logger LOG = LoggerFactory.getLogger(McpServer.class);
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String SERVER_INFO_KEY = "io.modelcontextprotocol/serverInfo";
    private static final String DISCOVER = "server/discover";
    private static final String LISTEN = "subscriptions/listen";
    private static final Duration LIST_TIME = Duration.ofMinutes(1);
    private static final Duration READ_TIME = Duration.ofSeconds(5);
    /** How long clients may keep what these methods answer; the rest is not to be kept. */
    private static final Map<String, Duration> CACHE_TIMES = Map.of(DISCOVER, LIST_TIME, "tools/list", LIST_TIME,
            "prompts/list", LIST_TIME, "resources/list", READ_TIME, "resources/templates/list", LIST_TIME,
            "resources/read", READ_TIME);

    private final McpIdentity identity;
    private final McpFeatures features;
    private final McpChanges changes;
    private final McpMethods methods;
    private final Optional<McpTasks> tasks;
    private final RequestStates states;

    /**
     * A server.
     *
     * @param identity what it says of itself
     * @param tasks calls that go on by themselves; absent if there are none
     * @param stateKey signs what travels through clients; the same in every instance; asked for when it is needed first
     */
    public McpServer(McpIdentity identity, McpFeatures features, McpChanges changes, McpMethods methods,
            Optional<McpTasks> tasks, Supplier<byte[]> stateKey) {
        this.identity = identity;
        this.features = features;
        this.changes = changes;
        this.methods = methods;
        this.tasks = tasks;
        this.states = new RequestStates(stateKey, InstantSource.system());
    }

    /** The way for messages before the answer. */
    public interface Sender {
        /** Sends a message. */
        void send(ObjectNode message);

        /** Whether nobody waits any more. */
        boolean isCancelled();
    }

    /**
     * An answer.
     *
     * @param status of HTTP, as long as nothing was sent before
     * @param message the whole message
     */
    public record Answer(int status, ObjectNode message) {}

    /**
     * Answers a request. Blocks until it is done; an interrupt gives it up.
     *
     * @param headers by name
     * @param caller who asks
     */
    public Answer handle(McpRequest request, Function<String, Optional<String>> headers, McpCaller caller,
            Sender sender) {
        try {
            var checked = new McpHeaders(headers);
            var client = check(request, checked, caller);
            var exchange = new Exchange(client, sender);
            var result = switch (request.method()) {
                case DISCOVER -> complete(DISCOVER, discovery());
                case LISTEN -> listen(request, exchange);
                default -> call(request, checked, client, exchange);
            };
            result.withObjectProperty("_meta").set(SERVER_INFO_KEY, identity.info());
            return new Answer(200, message(request.id()).set("result", result));
        } catch (HowdahException e) {
            return error(request.id(), McpException.of(e));
        } catch (RuntimeException e) {
            LOG.error("MCP request {} failed", request.method(), e);
            return error(request.id(), new McpException(McpErrorCode.INTERNAL, "the server failed to answer",
                    "see its log; if it happens again, report it"));
        }
    }

    private ObjectNode discovery() {
        var result = JSON.createObjectNode();
        result.putArray("supportedVersions").add(McpRequest.MODERN);
        var capabilities = identity.capabilities();
        tasks.ifPresent(present -> capabilities.putObject("extensions").putObject(McpTasks.EXTENSION));
        result.set("capabilities", capabilities);
        return result.put("instructions", identity.instructions());
    }

    /** The message that answers a request with an error. */
    public static Answer error(Optional<JsonNode> id, McpException e) {
        return new Answer(e.error().status(), message(id).set("error", e.toJson()));
    }

    private static ObjectNode message(Optional<JsonNode> id) {
        return JSON.createObjectNode().put("jsonrpc", "2.0").set("id", id.orElse(JSON.nullNode()));
    }

    private McpClient check(McpRequest request, McpHeaders headers, McpCaller caller) {
        var client = request.client(caller);
        headers.checkVersion(request);
        if (!request.version().equals(McpRequest.MODERN)) {
            var data = JSON.createObjectNode().put("requested", request.version());
            data.putArray("supported").add(McpRequest.MODERN);
            throw new McpException(McpErrorCode.UNSUPPORTED_VERSION, "revision \"" + request.version()
                    + "\" is not spoken here without initialize", "use " + McpRequest.MODERN, data);
        }
        headers.check(request);
        return client;
    }

    private ObjectNode call(McpRequest request, McpHeaders headers, McpClient client, McpExchange exchange) {
        var params = request.params();
        if (tasks.isPresent() && McpTasks.METHODS.contains(request.method())) {
            return callTasks(request, client, tasks.get());
        }
        if (request.method().equals("tools/call")) {
            features.tool(params.path("name").asString(""))
                    .ifPresent(tool -> headers.check(tool, params.path("arguments")));
        }
        var subject = subject(request);
        var given = params.path("requestState");
        if (!given.isMissingNode() && !given.isString()) {
            throw McpMethods.invalid("requestState is no string", "send it as it came");
        }
        var state = Optional.of(given).filter(JsonNode::isString).map(text -> states.verify(text.asString(), subject));
        return switch (methods.call(request.method(), params, state, client, exchange)) {
            case Complete(var result) -> complete(request.method(), result);
            case InputRequired required -> inputRequired(required, client, subject);
            case Deferred(var task) -> task.deepCopy().put("resultType", "task");
        };
    }

    private static ObjectNode callTasks(McpRequest request, McpClient client, McpTasks tasks) {
        try {
            return complete(request.method(), tasks.call(request.method(), request.params(), client));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody reads the answer
            return complete(request.method(), JSON.createObjectNode());
        }
    }

    /** What a state belongs to. */
    private static JsonNode subject(McpRequest request) {
        var subject = JSON.createArrayNode().add(request.method());
        for (var field : List.of("name", "uri", "arguments")) {
            subject.add(request.params().path(field).isMissingNode()
                    ? JSON.nullNode()
                    : request.params().path(field));
        }
        return subject;
    }

    private static ObjectNode complete(String method, ObjectNode result) {
        var complete = result.deepCopy().put("resultType", "complete");
        var time = CACHE_TIMES.get(method);
        return time == null ? complete : complete.put("ttlMs", time.toMillis()).put("cacheScope", "private");
    }

    private ObjectNode inputRequired(InputRequired required, McpClient client, JsonNode subject) {
        required.requests().values().forEach(input -> client.require(input.kind().capability()));
        var result = JSON.createObjectNode().put("resultType", "input_required");
        var requests = result.putObject("inputRequests");
        required.requests().forEach((key, input) -> requests.set(key, input.toJson()));
        required.state().ifPresent(state -> result.put("requestState", states.sign(state, subject)));
        return result;
    }

    /** Runs until the client goes away, falls too far behind or the server ends. */
    private ObjectNode listen(McpRequest request, Exchange exchange) {
        if (!(request.params().path("notifications") instanceof ObjectNode filter)) {
            throw McpMethods.invalid("notifications is missing or no object", "say what to hear of");
        }
        var lists = Set.copyOf(List.of(McpChanges.Kind.values()).stream()
                .filter(kind -> filter.path(kind.filter()).asBoolean(false)).toList());
        var uris = texts(filter, "resourceSubscriptions");
        var taskIds = tasks.filter(present -> exchange.client().canExtension(McpTasks.EXTENSION))
                .map(present -> present.visible(texts(filter, "taskIds"), exchange.client())).orElse(List.of());
        var id = request.id().orElseThrow();
        try (var listener = changes.listen(lists, uris, taskIds)) {
            var granted = JSON.createObjectNode();
            lists.forEach(kind -> granted.put(kind.filter(), true));
            if (!uris.isEmpty()) {
                uris.forEach(granted.putArray("resourceSubscriptions")::add);
            }
            if (!taskIds.isEmpty()) {
                taskIds.forEach(granted.putArray("taskIds")::add);
            }
            exchange.notify("notifications/subscriptions/acknowledged", tagged(id).set("notifications", granted));
            for (var change = listener.next(); change.isPresent(); change = listener.next()) {
                exchange.notify(change.get().method(), tagged(id).setAll(told(change.get(), exchange.client())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody reads the answer
        }
        return tagged(id).put("resultType", "complete");
    }

    private static List<String> texts(ObjectNode filter, String field) {
        return filter.path(field).valueStream().map(text -> text.asString("")).distinct().toList();
    }

    private ObjectNode told(Change change, McpClient client) {
        var params = JSON.createObjectNode();
        change.subject().ifPresent(subject -> {
            if (change.method().equals(Change.TASK)) {
                params.setAll(tasks.orElseThrow().details(subject, client));
            } else {
                params.put("uri", subject);
            }
        });
        return params;
    }

    private static ObjectNode tagged(JsonNode id) {
        var params = JSON.createObjectNode();
        params.putObject("_meta").set(SUBSCRIPTION_KEY, id);
        return params;
    }

    private record Exchange(McpClient client, Sender sender) implements McpExchange {
        @Override
        public void progress(double progress, java.util.OptionalDouble total, String message) {
            client.progressToken().ifPresent(token -> {
                var params = JSON.createObjectNode().put("progress", progress);
                params.set("progressToken", token);
                total.ifPresent(whole -> params.put("total", whole));
                if (!message.isEmpty()) {
                    params.put("message", message);
                }
                notify("notifications/progress", params);
            });
        }

        @Override
        public void log(McpLogLevel level, String logger, JsonNode data) {
            if (client.logLevel().filter(from -> from.compareTo(level) <= 0).isPresent()) {
                notify("notifications/message", JSON.createObjectNode().put("level", level.label())
                        .put("logger", logger).set("data", data));
            }
        }

        @Override
        public void notify(String method, ObjectNode params) {
            sender.send(JSON.createObjectNode().put("jsonrpc", "2.0").put("method", method).set("params", params));
        }

        @Override
        public boolean isCancelled() {
            return sender.isCancelled();
        }
    }
}
