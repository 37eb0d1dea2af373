package dev.howdah.agent.mcp;

import dev.howdah.agent.mcp.McpOutcome.Complete;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the methods answer that all revisions have in common. Thread-safe. */
public final class McpMethods {
    /** Those that this class answers. */
    public static final Set<String> ALL = Set.of("tools/list", "tools/call", "prompts/list", "prompts/get",
            "resources/list", "resources/templates/list", "resources/read", "completion/complete");

    static final int PAGE = 200;
    private static final int COMPLETIONS_MAX = 100;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final McpFeatures features;
    private final McpChanges changes;

    public McpMethods(McpFeatures features, McpChanges changes) {
        this.features = features;
        this.changes = changes;
    }

    /**
     * Carries out a request.
     *
     * @param state what the request goes on with; absent at first
     * @throws McpException if it is answered with an error
     */
    public McpOutcome call(String method, ObjectNode params, Optional<JsonNode> state, McpClient client,
            McpExchange exchange) {
        return switch (method) {
            case "tools/list" -> page("tools", features.sortedTools(), McpTool::name, McpTool::toJson, params);
            case "prompts/list" ->
                page("prompts", features.sortedPrompts(), McpPrompt::name, McpPrompt::toJson, params);
            case "tools/call" -> callTool(params, state, client, exchange);
            case "prompts/get" -> getPrompt(params, state, client, exchange);
            case "resources/list" -> listResources(params);
            case "resources/templates/list" -> templates();
            case "resources/read" -> read(params);
            case "completion/complete" -> complete(params);
            default -> throw new McpException(McpErrorCode.METHOD_NOT_FOUND, "there is no method \"" + method + "\"",
                    "");
        };
    }

    /** Those after the name that the cursor holds: what comes or goes in between moves nothing. */
    private static <T> Complete page(String field, List<T> all, Function<T, String> name,
            Function<T, JsonNode> json, ObjectNode params) {
        var after = McpCursor.decode(params).orElse("");
        var rest = all.stream().filter(one -> name.apply(one).compareTo(after) > 0).toList();
        var result = JSON.createObjectNode();
        rest.stream().limit(PAGE).map(json).forEach(result.putArray(field)::add);
        if (rest.size() > PAGE) {
            result.put("nextCursor", McpCursor.encode(name.apply(rest.get(PAGE - 1))));
        }
        return new Complete(result);
    }

    private McpOutcome callTool(ObjectNode params, Optional<JsonNode> state, McpClient client, McpExchange exchange) {
        var name = text(params, "name");
        var tool = features.tool(name).orElseThrow(() -> unknown("tool", name, "tools/list"));
        var outcome = tool.handler().call(call(params, state, client, exchange));
        if (!tool.readOnly()) {
            changes.look();
        }
        return outcome;
    }

    private McpOutcome getPrompt(ObjectNode params, Optional<JsonNode> state, McpClient client,
            McpExchange exchange) {
        var name = text(params, "name");
        var prompt = features.prompt(name).orElseThrow(() -> unknown("prompt", name, "prompts/list"));
        var call = call(params, state, client, exchange);
        var missing = prompt.arguments().stream().filter(McpPrompt.Argument::required).map(McpPrompt.Argument::name)
                .filter(argument -> !call.arguments().path(argument).isString()).collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            throw invalid("the prompt " + name + " needs the arguments " + missing, "add them as strings");
        }
        return switch (prompt.handler().call(call)) {
            case Complete(var result) ->
                new Complete(JSON.createObjectNode().put("description", prompt.description()).setAll(result));
            case McpOutcome other -> other;
        };
    }

    private static McpCall call(ObjectNode params, Optional<JsonNode> state, McpClient client, McpExchange exchange) {
        var arguments = params.path("arguments");
        if (!arguments.isMissingNode() && !arguments.isObject()) {
            throw invalid("arguments is no object", "send an object, or leave it out");
        }
        return new McpCall(arguments instanceof ObjectNode object ? object : JSON.createObjectNode(),
                inputs(params.path("inputResponses")), state, client, exchange);
    }

    static Map<String, ObjectNode> inputs(JsonNode given) {
        var inputs = new HashMap<String, ObjectNode>();
        if (given.isMissingNode()) {
            return inputs;
        }
        if (!given.isObject()) {
            throw invalid("inputResponses is no object", "send an object with an answer for each key of inputRequests");
        }
        given.properties().forEach(input -> {
            if (!(input.getValue() instanceof ObjectNode answer)) {
                throw invalid("inputResponses/" + input.getKey() + " is no object",
                        "send the result of the request of that key");
            }
            inputs.put(input.getKey(), answer);
        });
        return inputs;
    }

    /** Kind by kind; a cursor names the kind and where to go on in it. */
    private McpOutcome listResources(ObjectNode params) {
        var cursor = McpCursor.decode(params).orElse("0:");
        int colon = cursor.indexOf(':');
        var from = Optional.of(cursor.substring(colon + 1)).filter(inner -> !inner.isEmpty());
        var result = JSON.createObjectNode();
        var items = result.putArray("resources");
        for (int i = McpCursor.number(cursor, colon); i < features.resources().size(); i++) {
            var part = features.resources().get(i).list(from, PAGE - items.size());
            part.items().forEach(items::add);
            if (part.next().isPresent() || items.size() >= PAGE) {
                return new Complete(result.put("nextCursor", McpCursor.encode(part.next().isPresent()
                        ? i + ":" + part.next().get()
                        : i + 1 + ":")));
            }
            from = Optional.empty();
        }
        return new Complete(result);
    }

    private McpOutcome templates() {
        var result = JSON.createObjectNode();
        var list = result.putArray("resourceTemplates");
        features.resources().forEach(kind -> kind.templates().forEach(list::add));
        return new Complete(result);
    }

    private McpOutcome read(ObjectNode params) {
        var uri = text(params, "uri");
        var content = features.resources().stream().flatMap(kind -> kind.read(uri).stream()).findFirst()
                .orElseThrow(() -> new McpException(McpErrorCode.INVALID_PARAMS, "there is no resource " + uri,
                        "see resources/list and resources/templates/list", JSON.createObjectNode().put("uri", uri)));
        var result = JSON.createObjectNode();
        result.putArray("contents").add(content);
        return new Complete(result);
    }

    private McpOutcome complete(ObjectNode params) {
        var argument = text(params.path("argument"), "name");
        var prefix = text(params.path("argument"), "value");
        var ref = params.path("ref");
        var values = switch (ref.path("type").asString("")) {
            case "ref/prompt" -> {
                var name = text(ref, "name");
                yield features.prompt(name).orElseThrow(() -> unknown("prompt", name, "prompts/list")).completion()
                        .values(argument, prefix, COMPLETIONS_MAX + 1);
            }
            case "ref/resource" -> {
                var uri = text(ref, "uri");
                yield features.resources().stream()
                        .flatMap(kind -> kind.complete(uri, argument, prefix, context(params),
                                COMPLETIONS_MAX + 1).stream())
                        .findFirst()
                        .orElseThrow(() -> unknown("resource template", uri, "resources/templates/list"));
            }
            default -> throw invalid("ref/type is neither ref/prompt nor ref/resource", "use one of them");
        };
        var result = JSON.createObjectNode();
        var completion = result.putObject("completion").put("hasMore", values.size() > COMPLETIONS_MAX);
        values.stream().limit(COMPLETIONS_MAX).forEach(completion.putArray("values")::add);
        return new Complete(result);
    }

    private static Map<String, String> context(ObjectNode params) {
        return params.path("context").path("arguments").propertyStream().filter(known -> known.getValue().isString())
                .collect(Collectors.toMap(Map.Entry::getKey, known -> known.getValue().asString()));
    }

    private static String text(JsonNode params, String field) {
        var value = params.path(field);
        if (!value.isString()) {
            throw invalid(field + " is missing or no string", "add it");
        }
        return value.asString();
    }

    private static McpException unknown(String what, String name, String list) {
        return invalid("there is no " + what + " \"" + name + "\"", "see " + list);
    }

    static McpException invalid(String problem, String remedy) {
        return new McpException(McpErrorCode.INVALID_PARAMS, problem, remedy);
    }
}
