package dev.howdah.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes that send requests, against a server that notes them. */
class HttpNodeTest {
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> keys = new CopyOnWriteArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final Running running = new Running(Map.of());
    private final HttpServer server = serve();
    private String url = "";

    private static HttpServer serve() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @BeforeEach
    void listen() {
        url = "http://127.0.0.1:" + server.getAddress().getPort();
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
        running.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body);
        keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Idempotency-Key")));
        int status = exchange.getRequestURI().getPath().equals("/missing")
                ? 404
                : failures.getAndDecrement() > 0 ? 503 : 200;
        var answer = "{\"status\":\"" + status + "\"}";
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, answer.length());
        exchange.getResponseBody().write(answer.getBytes(StandardCharsets.UTF_8));
        exchange.close();
    }

    @Test
    void sendsWhatItsExpressionsSayAndAnswersWithJson() {
        running.apply(
                """
                    id: call
                    nodes:
                      - id: ask
                        type: http
                        config:
                          url: "${input.url}/orders"
                          method: PUT
                          query: {q: "a b&c"}
                          body: {n: "${input.n}"}
                      - {id: after, type: task, executor: echo, dependencies: [ask], config: {said: "${outputs.ask.body.status}"}}
                    """);
        var execution = running.end(running.start("call", "{'url': '" + url + "', 'n': 3}"));
        assertThat(execution.output().orElseThrow().toString()).isEqualTo("{\"after\":{\"said\":\"200\"}}");
        assertThat(requests).containsExactly("PUT /orders?q=a+b%26c {\"n\":3}");
    }

    @Test
    void triesAgainWhatIsTemporaryWithTheSameKey() {
        failures.set(2);
        running.apply("""
            {id: again, nodes: [{id: ask, type: http, config: {url: "%s/x", method: POST},
                                 retry: {attempts: 3, delay: 10ms}}]}""".formatted(url));
        var id = running.start("again", "{}");
        assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.COMPLETED);
        assertThat(keys).hasSize(3).containsOnly(id + "/ask");
    }

    @Test
    void failsAtOnceWhatWillNotChange() {
        running.apply("""
            {id: gone, nodes: [{id: ask, type: http, config: {url: "%s/missing"}, retry: {attempts: 5}}]}"""
                .formatted(url));
        assertThat(running.end(running.start("gone", "{}")).error().orElseThrow()).contains("/missing answered 404");
        assertThat(requests).hasSize(1);
        running.apply("{id: file, nodes: [{id: ask, type: http, config: {url: '${input.url}'}}]}");
        assertThat(running.end(running.start("file", "{'url': 'file:///etc/passwd'}")).error().orElseThrow())
                .contains("no http or https address");
    }

    @Test
    void takesOtherStatusesThatAreExpected() {
        running.apply("""
            {id: fine, nodes: [{id: ask, type: http, config: {url: "%s/missing", expect: [200, 404]}}]}"""
                .formatted(url));
        assertThat(running.end(running.start("fine", "{}")).output().orElseThrow().path("ask").path("status").asInt())
                .isEqualTo(404);
    }
}
