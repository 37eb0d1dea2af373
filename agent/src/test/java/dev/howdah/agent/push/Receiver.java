package dev.howdah.agent.push;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.ToIntFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Somebody who is told of events, and answers as the test says. */
final class Receiver implements AutoCloseable {
    private final HttpServer server;
    private final List<Received> all = new CopyOnWriteArrayList<>();
    /** The status that a request is answered with. */
    volatile ToIntFunction<Received> answer = received -> 200;

    /** What came; headers by name in lower case. */
    record Received(String path, Map<String, String> headers, JsonNode body) {
        String delivery() {
            return headers.getOrDefault("x-howdah-delivery", "");
        }

        String state() {
            return body.at("/statusUpdate/status/state").asString("");
        }
    }

    Receiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::receive);
        server.start();
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    /** Everything that was asked for, taken or not. */
    List<Received> all() {
        return List.copyOf(all);
    }

    private void receive(HttpExchange exchange) throws IOException {
        var headers = new java.util.TreeMap<String, String>();
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name.toLowerCase(java.util.Locale.ROOT),
                values.getFirst()));
        var received = new Received(exchange.getRequestURI().getPath(), headers, JsonMapper.shared().readTree(
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        all.add(received);
        exchange.getResponseHeaders().add("Location", url("/elsewhere"));
        exchange.sendResponseHeaders(answer.applyAsInt(received), -1);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
