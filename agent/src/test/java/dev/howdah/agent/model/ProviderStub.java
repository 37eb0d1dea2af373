package dev.howdah.agent.model;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A provider on this machine: answers with what the test says, in turn, the last one again and again. */
final class ProviderStub implements AutoCloseable {
    private final HttpServer server;
    private final List<Reply> replies = new CopyOnWriteArrayList<>();
    private final List<JsonNode> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger mostUnderWay = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * An answer.
     *
     * @param hangs whether nothing comes after these bytes, and the connection stays open
     */
    record Reply(int status, Map<String, String> headers, String body, boolean hangs) {}

    ProviderStub() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    ProviderStub reply(int status, String body) {
        return reply(status, Map.of(), body);
    }

    ProviderStub reply(int status, Map<String, String> headers, String body) {
        replies.add(new Reply(status, headers, body, false));
        return this;
    }

    /** Sends this much, and then nothing. */
    ProviderStub hang(int status, String begin) {
        replies.add(new Reply(status, Map.of(), begin, true));
        return this;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/";
    }

    List<JsonNode> requests() {
        return requests;
    }

    /** The most requests that were under way at once. */
    int mostUnderWay() {
        return mostUnderWay.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        mostUnderWay.accumulateAndGet(underWay.incrementAndGet(), Math::max);
        try (exchange) {
            requests.add(JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes()));
            var reply = replies.get(Math.min(requests.size(), replies.size()) - 1);
            reply.headers.forEach(exchange.getResponseHeaders()::add);
            var bytes = reply.body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status, reply.hangs ? 0 : bytes.length);
            underWay.decrementAndGet(); // before the caller can know the answer
            exchange.getResponseBody().write(bytes);
            if (reply.hangs) {
                exchange.getResponseBody().flush();
                closed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
    }
}
