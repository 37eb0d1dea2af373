package dev.howdah.workflow;

import dev.howdah.queue.TraceContext;
import dev.howdah.queue.PermanentFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/**
 * Sends a request and answers with {@code {status, headers, body}}; a body of JSON is an object then, any other a text.
 * Statuses other than those that {@code expect} names fail the attempt: 408, 429 and 5xx may be tried again, others not. The
 * idempotency key of the node goes with every request that is no GET or HEAD.
 */
final class HttpNode implements NodeHandler {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration REQUEST_TIMEOUT = Duration.ofMinutes(5);
    private static final int REQUEST_TIMEOUT_STATUS = 408;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int ERROR_BODY_MAX = 500;

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER).build();
    private final int bodyMax;

    HttpNode(WorkflowSettings settings) {
        this.bodyMax = settings.outputMax();
    }

    @Override
    public NodeResult handle(NodeRun run) throws Exception {
        var config = run.config();
        var response = client.send(request(run, config), HttpResponse.BodyHandlers.ofInputStream());
        var text = read(response.body());
        if (!isExpected(config.path("expect"), response.statusCode())) {
            var message = response.request().method() + " " + response.uri() + " answered " + response.statusCode()
                    + (text.isBlank() ? "" : ": " + text.substring(0, Math.min(text.length(), ERROR_BODY_MAX)));
            throw isTemporary(response.statusCode()) ? new IOException(message) : new PermanentFailure(message);
        }
        var output = Engine.object().put("status", response.statusCode());
        var headers = output.putObject("headers");
        response.headers().map().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT),
                String.join(", ", values)));
        output.set("body", body(response, text));
        return NodeResult.of(output);
    }

    private static HttpRequest request(NodeRun run, JsonNode config) {
        var request = HttpRequest.newBuilder(uri(config)).timeout(REQUEST_TIMEOUT);
        config.path("headers").properties().forEach(header -> request.header(header.getKey(),
                header.getValue().asString()));
        var method = config.path("method").asString(config.has("body") ? "POST" : "GET").toUpperCase(Locale.ROOT);
        if (!method.equals("GET") && !method.equals("HEAD")) {
            request.setHeader("Idempotency-Key", run.idempotencyKey());
        }
        TraceContext.current().ifPresent(trace -> request.setHeader(TraceContext.HEADER, trace.header()));
        var body = config.path("body");
        if (body.isMissingNode() || body.isNull()) {
            return request.method(method, HttpRequest.BodyPublishers.noBody()).build();
        }
        boolean isText = body.isString();
        if (!config.path("headers").properties().stream().anyMatch(h -> h.getKey().equalsIgnoreCase("content-type"))) {
            request.setHeader("Content-Type", isText ? "text/plain; charset=utf-8" : "application/json");
        }
        return request.method(method, HttpRequest.BodyPublishers.ofString(isText ? body.asString() : body.toString()))
                .build();
    }

    private static URI uri(JsonNode config) {
        var url = config.path("url").asString();
        var query = config.path("query").properties().stream()
                .map(field -> encode(field.getKey()) + "=" + encode(field.getValue().asString()))
                .collect(Collectors.joining("&"));
        try {
            var uri = URI.create(query.isEmpty() ? url : url + (url.contains("?") ? "&" : "?") + query);
            if (!"http".equals(uri.getScheme()) && !"https".equals(uri.getScheme())) {
                throw new PermanentFailure("config.url \"" + url + "\" is no http or https address");
            }
            return uri;
        } catch (IllegalArgumentException e) {
            throw new PermanentFailure("config.url \"" + url + "\" is no address: " + e.getMessage());
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private String read(InputStream body) throws IOException {
        try (body) {
            var bytes = body.readNBytes(bodyMax + 1);
            if (bytes.length > bodyMax) {
                throw new PermanentFailure("the answer has more than " + bodyMax
                        + " bytes (howdah.workflow.output-max)");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static JsonNode body(HttpResponse<?> response, String text) {
        if (response.headers().firstValue("content-type").orElse("").contains("json")) {
            try {
                return JsonMapper.shared().readTree(text);
            } catch (JacksonException e) {
                return StringNode.valueOf(text); // it said JSON and sent something else
            }
        }
        return StringNode.valueOf(text);
    }

    private static boolean isExpected(JsonNode expect, int status) {
        if (expect.isInt()) {
            return expect.asInt() == status;
        }
        if (expect.isArray()) {
            return expect.valueStream().anyMatch(each -> each.asInt() == status);
        }
        return status >= 200 && status < 300;
    }

    private static boolean isTemporary(int status) {
        return status == REQUEST_TIMEOUT_STATUS || status == TOO_MANY_REQUESTS || status >= 500;
    }
}
