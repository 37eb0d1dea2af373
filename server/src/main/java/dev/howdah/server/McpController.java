package dev.howdah.server;

import dev.howdah.agent.mcp.McpErrorCode;
import dev.howdah.agent.mcp.McpException;
import dev.howdah.agent.mcp.McpRequest;
import dev.howdah.agent.mcp.McpServer;
import dev.howdah.agent.mcp.McpServer.Answer;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The Model Context Protocol in all its revisions at one address. A request that says that it is of the revision without
 * sessions is answered here, by any instance; all others go to {@link McpSessions}.
 */
@RestController
@Tag(name = "MCP")
final class McpController implements ApplicationListener<ContextClosedEvent> {
    static final String PATH = "/mcp";
    static final String RESOURCE_PATH = "/.well-known/oauth-protected-resource";
    static final String SESSION = "Mcp-Session-Id";
    private static final String VERSION = "MCP-Protocol-Version";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final ApiKeys keys;
    private final HowdahMcp mcp;
    private final int bodyMax;
    private @Nullable McpSessions sessions;

    McpController(Howdah howdah, ApiKeys keys, ServerSettings settings) {
        this.keys = keys;
        this.mcp = HowdahMcp.of(howdah);
        this.bodyMax = settings.bodyMax();
    }

    /** Made for the first client that needs them: most do not, and the SDK is heavy. */
    private synchronized McpSessions sessions() {
        var made = sessions == null ? new McpSessions(mcp, keys, bodyMax) : sessions;
        sessions = made;
        return made;
    }

    @PostMapping(PATH)
    @Operation(summary = "A message of the Model Context Protocol; the answer is JSON or a stream of events")
    void post(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
        var bytes = request.getInputStream().readAllBytes();
        JsonNode body;
        try {
            body = JSON.readTree(bytes);
        } catch (JacksonException e) {
            McpStream.write(response, McpServer.error(Optional.empty(), new McpException(McpErrorCode.PARSE,
                    "the body is no JSON", "send one JSON object")));
            return;
        }
        if (isModern(request, body)) {
            answer(body, request, response);
        } else {
            sessions().service(request, bytes, body, response);
        }
    }

    /** The body says it, or else the header: one that a proxy took away changes nothing but that it is missed. */
    private static boolean isModern(HttpServletRequest request, JsonNode body) {
        var header = Optional.ofNullable(request.getHeader(VERSION)).map(String::strip).orElse("");
        try {
            // Revisions are dates, so they sort.
            return McpRequest.of(body).claimsModern() || header.compareTo(McpRequest.MODERN) >= 0;
        } catch (McpException e) {
            return header.compareTo(McpRequest.MODERN) >= 0;
        }
    }

    private void answer(JsonNode body, HttpServletRequest request, HttpServletResponse response) throws IOException {
        McpRequest message;
        try {
            message = McpRequest.of(body);
        } catch (McpException e) {
            McpStream.write(response, McpServer.error(Optional.empty(), e));
            return;
        }
        if (message.id().isEmpty()) {
            response.setStatus(HttpStatus.ACCEPTED.value()); // whatever is cancelled is so by closing its stream
            return;
        }
        new McpStream(request, response).run(sender -> answer(message, request, sender));
    }

    private Answer answer(McpRequest message, HttpServletRequest request, McpServer.Sender sender) {
        return mcp.server().handle(message, name -> Optional.ofNullable(request.getHeader(name)),
                keys.caller(request), sender);
    }

    @RequestMapping(path = PATH, method = {RequestMethod.GET, RequestMethod.DELETE})
    @Operation(summary = "Messages from the server, and the end of a session; only with a session of an older revision")
    void session(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
        if (request.getHeader(SESSION) == null) {
            response.setHeader(HttpHeaders.ALLOW, "POST");
            Problem.write(request, response, HttpStatus.METHOD_NOT_ALLOWED, "request-method-not-allowed",
                    "there is nothing to " + request.getMethod() + " without a session", "use POST");
        } else {
            sessions().service(request, new byte[0], JSON.nullNode(), response);
        }
    }

    record McpSessionView(String id, String client, String clientVersion, String revision, @Nullable String caller,
            Instant since, Instant lastRequest, boolean listening, Collection<String> watched) {
        static McpSessionView of(McpSubscriber.Description session) {
            return new McpSessionView(session.id(), session.client().name(), session.client().version(),
                    session.revision(), session.caller().orElse(null), session.since(), session.lastRequest(),
                    session.isListening(), session.watched());
        }
    }

    record McpSessionsView(int max, List<McpSessionView> items) {}

    @GetMapping("/api/agent/mcp-sessions")
    @Operation(summary = "The sessions of older revisions that are open in this process, newest first")
    synchronized McpSessionsView openSessions() {
        return new McpSessionsView(McpSessions.SESSIONS_MAX,
                sessions == null ? List.of() : sessions.list().stream().map(McpSessionView::of).toList());
    }

    @GetMapping({RESOURCE_PATH, RESOURCE_PATH + PATH})
    @Operation(summary = "How to be let in to the Model Context Protocol (RFC 9728)")
    ResponseEntity<ObjectNode> resource() {
        if (!keys.isConfigured()) {
            return ResponseEntity.notFound().build();
        }
        var root = ServletUriComponentsBuilder.fromCurrentContextPath().build().toUriString();
        var metadata = JSON.createObjectNode().put("resource", root + PATH).put("resource_name", "Howdah")
                .put("resource_documentation", root + "/docs");
        metadata.putArray("bearer_methods_supported").add("header");
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(metadata);
    }

    /** Streams would hold up the end of the server until its limit. */
    @Override
    public synchronized void onApplicationEvent(ContextClosedEvent event) {
        mcp.changes().close();
        if (sessions != null) {
            sessions.close();
        }
    }
}
