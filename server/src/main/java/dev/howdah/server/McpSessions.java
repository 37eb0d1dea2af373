package dev.howdah.server;

import dev.howdah.agent.mcp.McpChanges;
import dev.howdah.agent.mcp.McpMethods;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.server.McpNotificationHandler;
import io.modelcontextprotocol.server.McpRequestHandler;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.InitializeRequest;
import io.modelcontextprotocol.spec.McpSchema.InitializeResult;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerSession.McpStreamableServerSessionInit;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.springframework.http.HttpStatus;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Clients of the revisions with sessions, by the SDK's servlet: it keeps the sessions, in this process, and what a method
 * answers is the same as in the revision without. A client whose session is not here is told so, and begins a new one.
 */
final class McpSessions implements AutoCloseable {
    /** Sessions in one process; beyond, no new ones are begun until old ones end. */
    static final int SESSIONS_MAX = 1000;

    /** Under which the SDK hands on who calls. */
    static final String CALLER = "caller";
    /** The SDK has a call carried out by the thread of its request, without telling its id. */
    private static final ThreadLocal<McpCancellation> CURRENT = new ThreadLocal<>();
    private static final JsonMapper JSON = JsonMapper.shared();
    /** How long a person may take to answer while the call waits. */
    private static final Duration ANSWER_LIMIT = Duration.ofMinutes(5);
    private static final Duration IDLE_MAX = Duration.ofMinutes(30);
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

    private final HowdahMcp mcp;
    private final HttpServletStreamableServerTransportProvider transport;
    private final ApiKeys keys;
    private final Map<String, McpSubscriber> subscribers = new ConcurrentHashMap<>();
    /** What is worked on, by session and request. */
    private final Map<String, McpCancellation> calls = new ConcurrentHashMap<>();

    /**
     * No session yet.
     *
     * @param keys tells who calls
     */
    McpSessions(HowdahMcp mcp, ApiKeys keys, int bodyMax) {
        this.mcp = mcp;
        this.keys = keys;
        this.transport = HttpServletStreamableServerTransportProvider.builder()
                .jsonMapper(new JacksonMcpJsonMapper(JSON)).mcpEndpoint(McpController.PATH).maxRequestSize(bodyMax)
                .contextExtractor(request -> McpTransportContext.create(Map.of(CALLER, keys.caller(request))))
                .sessionSweepInterval(IDLE_MAX).keepAliveInterval(KEEP_ALIVE).build();
        transport.setSessionFactory(this::begin);
    }

    /**
     * Hands a request to the servlet.
     *
     * @param bytes what was read of it
     * @param body the same as JSON
     */
    void service(HttpServletRequest request, byte[] bytes, JsonNode body, HttpServletResponse response)
            throws IOException, ServletException {
        var id = Optional.ofNullable(request.getHeader(McpController.SESSION));
        if (id.isEmpty() && subscribers.size() >= SESSIONS_MAX) {
            response.setHeader("Retry-After", Long.toString(IDLE_MAX.toSeconds()));
            Problem.write(request, response, HttpStatus.SERVICE_UNAVAILABLE, "mcp-sessions-too-many",
                    SESSIONS_MAX + " sessions are open here", "close some, or use revision 2026-07-28, which has none");
            return;
        }
        id.map(subscribers::get).ifPresent(subscriber -> subscriber.requested(keys.caller(request).principal()));
        if (body.path("method").asString("").equals("notifications/cancelled")) {
            Optional.ofNullable(calls.get(key(id, body.at("/params/requestId")))).ifPresent(McpCancellation::cancel);
        }
        var key = key(id, body.path("id"));
        var call = new McpCancellation();
        calls.put(key, call);
        CURRENT.set(call);
        try {
            transport.service(new ReadRequest(request, bytes), response);
        } finally {
            CURRENT.remove();
            calls.remove(key, call);
        }
        if (request.getMethod().equals("GET") && request.isAsyncStarted()) {
            id.map(subscribers::get).ifPresent(McpSubscriber::start);
        }
    }

    private static String key(Optional<String> session, JsonNode requestId) {
        return session.orElse("") + "/" + requestId;
    }

    private McpStreamableServerSessionInit begin(InitializeRequest request) {
        var id = UUID.randomUUID().toString();
        var session = new McpStreamableServerSession(id, request.capabilities(), request.clientInfo(), ANSWER_LIMIT,
                handlers(id), notifications(), () -> Mono.fromRunnable(() -> end(id)));
        var versions = transport.protocolVersions();
        var version = versions.contains(request.protocolVersion()) ? request.protocolVersion() : versions.getLast();
        subscribers.put(id, new McpSubscriber(session, mcp.changes(), request.clientInfo(), version));
        var identity = mcp.identity();
        var capabilities = ServerCapabilities.builder().tools(true).prompts(true).resources(true, true).completions()
                .logging().build();
        return new McpStreamableServerSessionInit(session, Mono.just(InitializeResult
                .builder(version, capabilities, Implementation.builder(identity.name(), identity.version())
                        .title(identity.title()).build())
                .instructions(identity.instructions()).build()));
    }

    /** Those that are open here, newest first. */
    List<McpSubscriber.Description> list() {
        return subscribers.values().stream().map(McpSubscriber::description)
                .sorted(Comparator.comparing(McpSubscriber.Description::since).reversed()).toList();
    }

    private void end(String id) {
        Optional.ofNullable(subscribers.remove(id)).ifPresent(McpSubscriber::close);
    }

    private Map<String, McpRequestHandler<?>> handlers(String id) {
        var handlers = new HashMap<String, McpRequestHandler<?>>();
        McpMethods.ALL.forEach(method -> handlers.put(method, (exchange, params) -> Mono.fromCallable(
                () -> cancellable(() -> new McpSessionCall(mcp.methods(), method, exchange).run(tree(params))))));
        handlers.put("ping", (exchange, params) -> Mono.just(JSON.createObjectNode()));
        handlers.put("logging/setLevel", onSubscriber(id, (subscriber, params) -> {
            subscriber.logFrom(LoggingLevel.fromValue(params.path("level").asString("")));
            return JSON.createObjectNode();
        }));
        handlers.put("resources/subscribe", onSubscriber(id, (subscriber, params) -> {
            subscriber.watch(params.path("uri").asString(""));
            return JSON.createObjectNode();
        }));
        handlers.put("resources/unsubscribe", onSubscriber(id, (subscriber, params) -> {
            subscriber.unwatch(params.path("uri").asString(""));
            return JSON.createObjectNode();
        }));
        return handlers;
    }

    private static ObjectNode cancellable(Supplier<ObjectNode> work) {
        try {
            return work.get();
        } finally {
            CURRENT.get().end();
        }
    }

    private McpRequestHandler<ObjectNode> onSubscriber(String id,
            BiFunction<McpSubscriber, ObjectNode, ObjectNode> work) {
        return (exchange, params) -> Mono.fromCallable(() -> McpSessionCall.translated(() -> {
            var subscriber = subscribers.get(id);
            return subscriber == null ? JSON.createObjectNode() : work.apply(subscriber, tree(params));
        }));
    }

    /** Nothing is to be done about them; without a handler, each would be logged. */
    private static Map<String, McpNotificationHandler> notifications() {
        McpNotificationHandler nothing = (exchange, params) -> Mono.empty();
        return Map.of("notifications/initialized", nothing, "notifications/cancelled", nothing,
                "notifications/roots/list_changed", nothing);
    }

    private static ObjectNode tree(Object params) {
        return JSON.valueToTree(params) instanceof ObjectNode object ? object : JSON.createObjectNode();
    }

    /** Ends all sessions. */
    @Override
    public void close() {
        transport.closeGracefully().block(KEEP_ALIVE);
        subscribers.keySet().forEach(this::end);
    }
}
