package dev.howdah.server;

import dev.howdah.agent.mcp.InputRequest;
import dev.howdah.agent.mcp.McpCaller;
import dev.howdah.agent.mcp.McpClient;
import dev.howdah.agent.mcp.McpErrorCode;
import dev.howdah.agent.mcp.McpException;
import dev.howdah.agent.mcp.McpExchange;
import dev.howdah.agent.mcp.McpLogLevel;
import dev.howdah.agent.mcp.McpMethods;
import dev.howdah.agent.mcp.McpOutcome;
import dev.howdah.agent.mcp.McpOutcome.Complete;
import dev.howdah.agent.mcp.McpOutcome.Deferred;
import dev.howdah.agent.mcp.McpOutcome.InputRequired;
import dev.howdah.postgres.HowdahException;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse.JSONRPCError;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpSchema.LoggingMessageNotification;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A call in a session. What a tool needs to know it asks the client while the call waits. */
final class McpSessionCall implements McpExchange {
    private static final Logger LOG = LoggerFactory.getLogger(McpSessionCall.class);
    private static final JsonMapper JSON = JsonMapper.shared();
    /** How often one call may ask. */
    private static final int ROUNDS_MAX = 20;
    /** What the revisions with sessions say of an unknown resource. */
    private static final int RESOURCE_NOT_FOUND = -32002;

    private final McpMethods methods;
    private final String method;
    private final McpAsyncServerExchange exchange;
    private Optional<JsonNode> progressToken = Optional.empty();

    McpSessionCall(McpMethods methods, String method, McpAsyncServerExchange exchange) {
        this.methods = methods;
        this.method = method;
        this.exchange = exchange;
    }

    /**
     * Carries it out.
     *
     * @throws McpError if it is answered with an error
     */
    ObjectNode run(ObjectNode params) {
        progressToken = Optional.of(params.path("_meta").path("progressToken")).filter(JsonNode::isValueNode);
        ObjectNode capabilities = JSON.valueToTree(exchange.getClientCapabilities());
        capabilities.properties().removeIf(capability -> !capability.getValue().isObject());
        capabilities.remove("extensions"); // those of the later revision, whose answers these do not know
        var client = new McpClient(capabilities, progressToken, Optional.of(McpLogLevel.DEBUG),
                (McpCaller) exchange.transportContext().get(McpSessions.CALLER));
        return translated(() -> run(params, client));
    }

    private ObjectNode run(ObjectNode params, McpClient client) {
        Optional<JsonNode> state = Optional.empty();
        for (int round = 0; round < ROUNDS_MAX; round++) {
            switch (methods.call(method, params, state, client, this)) {
                case Complete(var result) -> {
                    return result;
                }
                case Deferred _ -> throw new IllegalStateException("no task was asked for");
                case InputRequired required -> {
                    params.set("inputResponses", ask(required, client));
                    state = required.state();
                }
            }
        }
        return McpOutcome.error("The tool asks without an end.").result();
    }

    private ObjectNode ask(InputRequired required, McpClient client) {
        var answers = JSON.createObjectNode();
        required.requests().forEach((key, request) -> {
            client.require(request.kind().capability());
            answers.set(key, JSON.valueToTree(ask(request).block()));
        });
        return answers;
    }

    private Mono<?> ask(InputRequest request) {
        return switch (request.kind()) {
            case ELICITATION -> exchange.createElicitation(JSON.treeToValue(request.params(), ElicitFormRequest.class));
            case SAMPLING -> exchange.createMessage(JSON.treeToValue(request.params(), CreateMessageRequest.class));
            case ROOTS -> exchange.listRoots();
        };
    }

    /** Our errors as the SDK sends them. */
    static ObjectNode translated(Supplier<ObjectNode> work) {
        try {
            return work.get();
        } catch (McpError e) {
            throw e;
        } catch (HowdahException e) {
            throw error(McpException.of(e));
        } catch (RuntimeException e) {
            LOG.error("An MCP call failed", e);
            throw error(new McpException(McpErrorCode.INTERNAL, "the server failed to answer",
                    "see its log; if it happens again, report it"));
        }
    }

    private static McpError error(McpException e) {
        var json = e.toJson();
        var data = json.path("data");
        int code = data.has("uri") ? RESOURCE_NOT_FOUND : e.error().code();
        return new McpError(
                new JSONRPCError(code, json.path("message").asString(), data.isMissingNode() ? null : data));
    }

    @Override
    public void progress(double progress, OptionalDouble total, String message) {
        progressToken.ifPresent(token -> {
            var told = ProgressNotification.builder(JSON.convertValue(token, Object.class), progress);
            total.ifPresent(told::total);
            exchange.progressNotification((message.isEmpty() ? told : told.message(message)).build()).block();
        });
    }

    @Override
    public void log(McpLogLevel level, String logger, JsonNode data) {
        exchange.loggingNotification(new LoggingMessageNotification(LoggingLevel.valueOf(level.name()), logger,
                data.isString() ? data.asString() : data.toString())).block();
    }

    @Override
    public void notify(String name, ObjectNode params) {
        throw new UnsupportedOperationException("a session hears of changes by its own stream");
    }

    @Override
    public boolean isCancelled() {
        return Thread.currentThread().isInterrupted();
    }
}
