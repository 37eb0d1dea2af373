package dev.howdah.knowledge.weaviate;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A small Weaviate on loopback: its gRPC service by the official base class, and of its REST API what a client needs to
 * connect and to create and remove classes. Can be stopped and started on the same ports, with its objects or without.
 */
final class FakeWeaviate implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String CLASSES = "/v1/schema";
    private static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization",
            Metadata.ASCII_STRING_MARSHALLER);

    private final FakeObjects objects = new FakeObjects();
    private final List<Request> requests = new ArrayList<>();
    private final String authorization;
    private int httpPort;
    private int grpcPort;
    private @Nullable HttpServer http;
    private @Nullable Server grpc;

    /** A request of REST. */
    record Request(String method, String path, String body) {
        JsonNode json() {
            return JSON.readTree(body);
        }
    }

    /** One that lets everybody in. */
    FakeWeaviate() {
        this("");
    }

    /** One that asks for a key. */
    FakeWeaviate(String apiKey) {
        this.authorization = apiKey.isEmpty() ? "" : "Bearer " + apiKey;
        start();
    }

    WeaviateSettings settings(String apiKey) {
        return WeaviateSettings.at("http://127.0.0.1:" + httpPort, apiKey).withGrpc("http://127.0.0.1:" + grpcPort);
    }

    FakeObjects objects() {
        return objects;
    }

    /** What was asked by REST so far; forgets it. */
    synchronized List<Request> requests() {
        var taken = List.copyOf(requests);
        requests.clear();
        return taken;
    }

    void start() {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), httpPort), 0);
            server.createContext("/", this::answer);
            server.start();
            http = server;
            httpPort = server.getAddress().getPort();
            grpc = NettyServerBuilder
                    .forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), grpcPort))
                    .addService(objects).intercept(new KeyCheck()).build().start();
            grpcPort = grpc.getPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void stop() {
        if (http != null) {
            http.stop(0);
        }
        if (grpc != null) {
            grpc.shutdownNow();
            try {
                grpc.awaitTermination();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        stop();
    }

    private void answer(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath().replaceFirst("/$", ""); // the client adds one
        var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        synchronized (this) {
            requests.add(new Request(exchange.getRequestMethod(), path, body));
        }
        var given = exchange.getRequestHeaders().getFirst("Authorization");
        if (!authorization.isEmpty() && !authorization.equals(given)) {
            reply(exchange, 401, "{\"code\":401,\"message\":\"invalid api key\"}");
            return;
        }
        switch (exchange.getRequestMethod() + " " + path.replaceFirst("^" + CLASSES + "/.*", CLASSES + "/{}")) {
            case "GET /v1/.well-known/live", "GET /v1/.well-known/ready" -> reply(exchange, 200, "");
            case "GET /v1/meta" -> reply(exchange, 200,
                    "{\"hostname\":\"http://[::]:8080\",\"version\":\"1.39.0\",\"modules\":{}}");
            case "POST " + CLASSES -> {
                var wanted = JSON.readTree(body);
                objects.create(wanted.path("class").asString(), wanted.path("vectorConfig").path("default")
                        .path("vectorIndexConfig").path("distance").asString());
                reply(exchange, 200, body);
            }
            case "GET " + CLASSES + "/{}" -> {
                var name = path.substring(CLASSES.length() + 1);
                boolean known = objects.names().contains(name);
                reply(exchange, known ? 200 : 404, known ? "{\"class\":\"" + name + "\"}" : "");
            }
            case "DELETE " + CLASSES + "/{}" -> {
                objects.remove(path.substring(CLASSES.length() + 1));
                reply(exchange, 200, "");
            }
            default -> reply(exchange, 501, "{\"error\":[{\"message\":\"not in this fake: " + path + "\"}]}");
        }
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private final class KeyCheck implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            if (!authorization.isEmpty() && !authorization.equals(headers.get(AUTHORIZATION))) {
                call.close(Status.UNAUTHENTICATED.withDescription("invalid api key"), new Metadata());
                return new ServerCall.Listener<>() {
                };
            }
            return next.startCall(call, headers);
        }
    }
}
