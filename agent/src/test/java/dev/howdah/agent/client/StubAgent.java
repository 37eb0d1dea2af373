package dev.howdah.agent.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.howdah.agent.a2a.A2aError;
import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.A2aFailure;
import dev.howdah.agent.a2a.Artifact;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.Part;
import dev.howdah.agent.a2a.ProtoJson;
import dev.howdah.agent.a2a.ProtoReader;
import dev.howdah.agent.a2a.SendMessageRequest;
import dev.howdah.agent.a2a.StatusUpdate;
import dev.howdah.agent.a2a.StreamItem;
import dev.howdah.agent.a2a.Task;
import dev.howdah.agent.a2a.TaskPage;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.agent.a2a.TaskStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** An agent elsewhere, which speaks JSON-RPC and HTTP+JSON, and misbehaves as told. */
final class StubAgent implements AutoCloseable {
    /** What arrived. */
    record Seen(String method, String path, Map<String, List<String>> headers, String body) {
        Optional<String> header(String name) {
            return headers.entrySet().stream().filter(each -> each.getKey().equalsIgnoreCase(name))
                    .map(each -> each.getValue().getFirst()).findFirst();
        }
    }

    /** What is answered instead of what would be right. */
    interface Fault {
        /** Whether it has answered. */
        boolean answer(HttpExchange exchange) throws IOException;
    }

    private static final JsonMapper JSON = JsonMapper.shared();

    final List<Seen> seen = new CopyOnWriteArrayList<>();
    final Map<String, Task> tasks = new ConcurrentHashMap<>();
    final Map<String, SendMessageRequest> messages = new ConcurrentHashMap<>();
    volatile Fault fault = exchange -> false;
    volatile ObjectNode card;
    volatile String tag = "\"1\"";
    volatile int maxAge = 60;
    /** What a message leads to at first. */
    volatile Function<SendMessageRequest, TaskState> begins = request -> TaskState.COMPLETED;
    /** How many events a stream sends until it breaks. */
    final AtomicInteger eventsUntilBreak = new AtomicInteger(Integer.MAX_VALUE);
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    StubAgent(String... bindings) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        card = card(bindings);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String root() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private ObjectNode card(String... bindings) {
        var made = JSON.createObjectNode().put("name", "stub").put("description", "Misbehaves.").put("version", "1");
        var interfaces = made.putArray("supportedInterfaces");
        for (var binding : bindings) {
            interfaces.addObject().put("url", root() + (binding.equals("JSONRPC") ? "/rpc" : "/rest"))
                    .put("protocolBinding", binding).put("protocolVersion", "1.0").put("tenant", "acme");
        }
        var capabilities = made.putObject("capabilities").put("streaming", true).put("pushNotifications", true)
                .put("extendedAgentCard", true);
        capabilities.putArray("extensions").addObject().put("uri", dev.howdah.agent.a2a.Caller.REPLAY_EXTENSION);
        made.putArray("defaultInputModes").add("text/plain");
        made.putArray("defaultOutputModes").add("text/plain");
        made.putArray("skills").addObject().put("id", "greet").put("name", "Greet").put("description", "Greets.")
                .putArray("tags");
        return made;
    }

    long count(String text) {
        return seen.stream().filter(each -> each.body().contains(text) || each.path().contains(text)).count();
    }

    Seen last() {
        return seen.getLast();
    }

    void end(String id, TaskState state, String said) {
        tasks.computeIfPresent(id, (key, task) -> new Task(id, task.contextId(), new TaskStatus(state,
                Optional.of(Message.ofAgent(said)), Instant.now()),
                state == TaskState.COMPLETED
                        ? List.of(Artifact.of("a", "result", List.of(Part.text(said))))
                        : List.of(),
                task.history(), Optional.empty()));
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            seen.add(new Seen(exchange.getRequestMethod(), exchange.getRequestURI().toString(),
                    Map.copyOf(exchange.getRequestHeaders()), body));
            var path = exchange.getRequestURI().getPath();
            if (fault.answer(exchange)) {
                return;
            }
            if (path.endsWith("/agent-card.json")) {
                sendCard(exchange);
            } else if (path.equals("/rpc")) {
                rpc(exchange, JSON.readTree(body));
            } else {
                rest(exchange, path.replaceFirst("^/rest/acme", ""), body);
            }
        }
    }

    private void sendCard(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().add("ETag", tag);
        exchange.getResponseHeaders().add("Cache-Control", "public, max-age=" + maxAge);
        if (tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
            exchange.sendResponseHeaders(304, -1);
        } else {
            reply(exchange, 200, card.toString());
        }
    }

    private void rpc(HttpExchange exchange, JsonNode request) throws IOException {
        var envelope = JSON.createObjectNode().put("jsonrpc", "2.0").put("id", request.path("id").asLong());
        try {
            var method = request.path("method").asString();
            var params = request.path("params");
            if (method.equals("SendStreamingMessage") || method.equals("SubscribeToTask")) {
                stream(exchange, events(method.equals("SubscribeToTask")
                        ? params.path("id").asString()
                        : begin(
                                params)),
                        item -> envelope.deepCopy().set("result", item));
                return;
            }
            envelope.set("result", answer(method, params));
        } catch (RuntimeException e) {
            var failure = A2aFailure.of(e);
            envelope.putObject("error").put("code", failure.jsonRpcCode()).put("message", failure.message())
                    .set("data", failure.details());
        }
        reply(exchange, 200, envelope.toString());
    }

    private void rest(HttpExchange exchange, String path, String body) throws IOException {
        try {
            var verb = exchange.getRequestMethod();
            var json = body.isEmpty() ? JSON.createObjectNode() : JSON.readTree(body);
            if (path.equals("/message:stream") || path.endsWith(":subscribe")) {
                stream(exchange, events(path.startsWith("/message") ? begin(json) : id(path)), item -> item);
                return;
            }
            var fields = json instanceof ObjectNode object ? object.deepCopy() : JSON.createObjectNode();
            var parts = path.split("/", -1);
            if (path.contains("/pushNotificationConfigs")) {
                fields.put("taskId", parts[2]);
                if (parts.length > 4) {
                    fields.put("id", parts[4]);
                }
                reply(exchange, 200, answer(verb.equals("DELETE")
                        ? "Delete"
                        : verb.equals("POST")
                                ? "CreateTaskPushNotificationConfig"
                                : parts.length > 4
                                        ? "GetTaskPushNotificationConfig"
                                        : "ListTaskPushNotificationConfigs",
                        fields).toString());
                return;
            }
            var answer = switch (path) {
                case "/message:send" -> answer("SendMessage", json);
                case "/tasks" -> answer("ListTasks", fields);
                case "/extendedAgentCard" -> answer("GetExtendedAgentCard", fields);
                default -> answer(path.endsWith(":cancel") ? "CancelTask" : "GetTask", fields.put("id", id(path)));
            };
            reply(exchange, 200, answer.toString());
        } catch (RuntimeException e) {
            var failure = A2aFailure.of(e);
            var error = JSON.createObjectNode();
            error.putObject("error").put("code", failure.httpStatus()).put("status", failure.grpcStatus().name())
                    .put("message", failure.message()).set("details", failure.details());
            reply(exchange, failure.httpStatus(), error.toString());
        }
    }

    private static String id(String path) {
        return path.split("/", -1)[2].replaceFirst(":.*", "");
    }

    private JsonNode answer(String method, JsonNode params) {
        return switch (method) {
            case "SendMessage" -> ProtoJson.item(task(begin(params)));
            case "GetTask" -> ProtoJson.task(task(params));
            case "ListTasks" -> ProtoJson.page(new TaskPage(List.copyOf(tasks.values()), "", 100, tasks.size()));
            case "CancelTask" -> {
                var task = task(params);
                end(task.id(), TaskState.CANCELED, "as you wish");
                yield ProtoJson.task(task(task.id()));
            }
            case "CreateTaskPushNotificationConfig", "GetTaskPushNotificationConfig" -> JSON.createObjectNode()
                    .put("id", "p1").put("taskId", params.path("taskId").asString()).put("url", "https://here.example");
            case "ListTaskPushNotificationConfigs" -> {
                var page = JSON.createObjectNode();
                page.putArray("configs").add(answer("GetTaskPushNotificationConfig", params));
                yield page;
            }
            case "GetExtendedAgentCard" -> card.deepCopy().put("description", "Extended.");
            default -> JSON.createObjectNode();
        };
    }

    private Task task(JsonNode params) {
        return task(params.path("id").asString());
    }

    Task task(String id) {
        return Optional.ofNullable(tasks.get(id)).orElseThrow(() -> A2aException.taskNotFound(id));
    }

    /** The same message again is the same task. */
    private String begin(JsonNode params) {
        var request = ProtoReader.sendMessage(params);
        var id = "t-" + request.message().messageId();
        messages.putIfAbsent(request.message().messageId(), request);
        if (!tasks.containsKey(id)) {
            tasks.put(id, new Task(id, "c1", new TaskStatus(TaskState.WORKING, Optional.empty(), Instant.now()),
                    List.of(), List.of(request.message().in("c1", id)), Optional.empty()));
            var state = begins.apply(request);
            if (state != TaskState.WORKING) {
                end(id, state, "heard: " + request.message().text());
            }
        }
        return id;
    }

    /** The task, two words on the way, and the end. */
    private List<StreamItem> events(String id) {
        var task = task(id);
        if (task.status().state().isTerminal() && eventsUntilBreak.get() == 0) {
            throw new A2aException(A2aError.UNSUPPORTED_OPERATION, "it has ended", "");
        }
        var items = new ArrayList<StreamItem>();
        items.add(new Task(id, "c1", new TaskStatus(TaskState.WORKING, Optional.empty(), Instant.now()), List.of(),
                List.of(), Optional.empty()));
        for (var state : List.of(TaskState.WORKING, TaskState.WORKING, TaskState.COMPLETED)) {
            items.add(new StatusUpdate(id, "c1", new TaskStatus(state, Optional.of(Message.ofAgent("event "
                    + items.size())), Instant.now()), Optional.empty()));
        }
        return items;
    }

    private void stream(HttpExchange exchange, List<StreamItem> items, Function<ObjectNode, JsonNode> wrap)
            throws IOException {
        exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        var known = exchange.getRequestHeaders().getFirst("Last-Event-ID");
        int from = known == null ? 0 : Integer.parseInt(known);
        var out = exchange.getResponseBody();
        out.write(": hello\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        for (int i = from; i < items.size(); i++) {
            if (eventsUntilBreak.getAndDecrement() <= 0) {
                eventsUntilBreak.set(Integer.MAX_VALUE);
                return;
            }
            out.write(("id: " + (i + 1) + "\ndata: " + wrap.apply(ProtoJson.item(items.get(i))) + "\n\n")
                    .getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }

    static void reply(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** As if something in between had answered. */
    static Fault answering(int status, String body) {
        return exchange -> {
            if (exchange.getRequestURI().getPath().endsWith("/agent-card.json")) {
                return false;
            }
            reply(exchange, status, body);
            return true;
        };
    }

    static Fault redirecting(String to) {
        return exchange -> {
            exchange.getResponseHeaders().add("Location", URI.create(to).toString());
            reply(exchange, 302, "");
            return true;
        };
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
