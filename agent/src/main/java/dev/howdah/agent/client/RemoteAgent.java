package dev.howdah.agent.client;

import dev.howdah.agent.a2a.A2aError;
import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.GetTaskRequest;
import dev.howdah.agent.a2a.ListTasksRequest;
import dev.howdah.agent.a2a.ProtoJson;
import dev.howdah.agent.a2a.ProtoReader;
import dev.howdah.agent.a2a.PushConfig;
import dev.howdah.agent.a2a.PushConfigPage;
import dev.howdah.agent.a2a.SendMessageRequest;
import dev.howdah.agent.a2a.StreamItem;
import dev.howdah.agent.a2a.Task;
import dev.howdah.agent.a2a.TaskPage;
import dev.howdah.agent.a2a.TaskStream;
import dev.howdah.agent.http.OutboundHttp;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An agent elsewhere that speaks A2A 1.0. The interface is chosen from its card for each request, so that a card that changes
 * is followed. A request that did not arrive, or whose answer was lost with its connection, is sent again: what reads may be,
 * and a message carries its id, by which the agent knows a repetition.
 *
 * <p>All operations throw {@link A2aException} for what the agent or the protocol refuses, {@link InvalidInputException} for a
 * request, credentials or an address that will not do, and {@link UnavailableException} if no answer came. Thread-safe.
 */
public final class RemoteAgent {
    /** Attempts of one request. */
    static final int ATTEMPTS_MAX = 3;
    private static final Duration PAUSE = Duration.ofMillis(100);
    /** How long an agent may take to answer a message whose outcome is waited for. */
    private static final Duration OUTCOME_MAX = Duration.ofMinutes(10);

    private static final Set<String> NOT_SENT = Set.of(OutboundHttp.UNREACHABLE, OutboundHttp.BUSY);
    private static final Set<String> LOST = Set.of(OutboundHttp.UNREACHABLE, OutboundHttp.BUSY, OutboundHttp.BROKEN);

    private final ConfiguredAgent agent;
    private final CardSource cards;
    private final RemoteEndpoints endpoints;
    private final Duration timeout;

    RemoteAgent(ConfiguredAgent agent, CardSource cards, RemoteEndpoints endpoints, Duration timeout) {
        this.agent = agent;
        this.cards = cards;
        this.endpoints = endpoints;
        this.timeout = timeout;
    }

    /** What it is called here: its configured name, or its address. */
    public String name() {
        return agent.name();
    }

    /** Where its card is found. */
    public String address() {
        return agent.address();
    }

    /** What it says of itself; kept for as long as it allows. */
    public RemoteCard card() {
        return repeated(LOST, cards::get);
    }

    /** What it says of itself to those it knows. */
    public ObjectNode extendedCard() {
        require(card().extendedCard(), A2aError.EXTENDED_AGENT_CARD_NOT_CONFIGURED, "an extended card");
        return call(A2aMethod.GET_EXTENDED_CARD, RequestJson.object(), timeout, json -> {
            if (json instanceof ObjectNode object) {
                return object;
            }
            throw RemoteErrors.invalid(name(), "something that is no card");
        });
    }

    /**
     * Sends a message.
     *
     * @return a {@link Task}, or a {@link dev.howdah.agent.a2a.Message} if the agent answers without one
     */
    public StreamItem send(SendMessageRequest request) {
        var limit = request.configuration().returnImmediately() ? timeout : OUTCOME_MAX;
        return call(A2aMethod.SEND_MESSAGE, RequestJson.send(request), limit, ProtoReader::item);
    }

    /** The same for those who find out by themselves whether a message arrived: what may have is not sent again. */
    StreamItem sendOnce(SendMessageRequest request) {
        return read(repeated(NOT_SENT, () -> ask(A2aMethod.SEND_MESSAGE, RequestJson.send(request), timeout)),
                ProtoReader::item);
    }

    /** The same, answering with what happens. */
    public TaskStream stream(SendMessageRequest request) {
        requireStreaming();
        return new RemoteStream(this, open(A2aMethod.SEND_STREAMING_MESSAGE, RequestJson.send(request),
                OptionalLong.empty()), "");
    }

    /**
     * What happens in a task that is under way.
     *
     * @param after the sequence of the last event that is known, for an agent that numbers them; absent begins with the
     *        task as it stands
     */
    public TaskStream subscribe(String taskId, OptionalLong after) {
        requireStreaming();
        return new RemoteStream(this, openTask(taskId, after), taskId);
    }

    public Task get(GetTaskRequest request) {
        var json = RequestJson.object().put("id", request.id());
        request.historyLength().ifPresent(length -> json.put("historyLength", length));
        return call(A2aMethod.GET_TASK, json, timeout, ProtoReader::task);
    }

    public TaskPage list(ListTasksRequest request) {
        return call(A2aMethod.LIST_TASKS, RequestJson.list(request), timeout, ProtoReader::taskPage);
    }

    public Task cancel(String taskId) {
        return call(A2aMethod.CANCEL_TASK, RequestJson.object().put("id", taskId), timeout, ProtoReader::task);
    }

    public PushConfig createPushConfig(PushConfig config) {
        requirePush();
        return call(A2aMethod.CREATE_PUSH_CONFIG, ProtoJson.pushConfig(config), timeout, ProtoReader::pushConfig);
    }

    public PushConfig getPushConfig(String taskId, String id) {
        requirePush();
        return call(A2aMethod.GET_PUSH_CONFIG, pushConfig(taskId).put("id", id), timeout, ProtoReader::pushConfig);
    }

    /**
     * The places that events of a task are posted to.
     *
     * @param pageSize 0 for the usual number
     * @param pageToken of the page before; empty for the first
     */
    public PushConfigPage listPushConfigs(String taskId, int pageSize, String pageToken) {
        requirePush();
        var request = pushConfig(taskId);
        if (pageSize > 0) {
            request.put("pageSize", pageSize);
        }
        if (!pageToken.isEmpty()) {
            request.put("pageToken", pageToken);
        }
        return call(A2aMethod.LIST_PUSH_CONFIGS, request, timeout, json -> new PushConfigPage(
                json.path("configs").valueStream().map(ProtoReader::pushConfig).toList(),
                json.path("nextPageToken").asString("")));
    }

    public void deletePushConfig(String taskId, String id) {
        requirePush();
        call(A2aMethod.DELETE_PUSH_CONFIG, pushConfig(taskId).put("id", id), timeout, json -> List.of());
    }

    private static ObjectNode pushConfig(String taskId) {
        return RequestJson.object().put("taskId", taskId);
    }

    RemoteEvents openTask(String taskId, OptionalLong after) {
        return open(A2aMethod.SUBSCRIBE_TO_TASK, RequestJson.object().put("id", taskId), after);
    }

    private RemoteEvents open(A2aMethod method, ObjectNode request, OptionalLong after) {
        return repeated(LOST, () -> {
            var card = cards.get();
            var chosen = endpoints.choose(card, timeout);
            var endpoint = card.extensions().contains(Caller.REPLAY_EXTENSION) && after.isPresent()
                    ? chosen.endpoint().with("Last-Event-ID", Long.toString(after.getAsLong()))
                    : chosen.endpoint();
            return chosen.transport().open(endpoint, method, request);
        });
    }

    private <T> T call(A2aMethod method, ObjectNode request, Duration limit, Function<JsonNode, T> read) {
        return read(repeated(LOST, () -> ask(method, request, limit)), read);
    }

    private JsonNode ask(A2aMethod method, ObjectNode request, Duration limit) {
        var chosen = endpoints.choose(cards.get(), limit);
        return chosen.transport().call(chosen.endpoint(), method, request);
    }

    /** What cannot be read is the agent's fault, not the caller's. */
    <T> T read(JsonNode json, Function<JsonNode, T> read) {
        try {
            return read.apply(json);
        } catch (InvalidInputException e) {
            throw RemoteErrors.invalid(name(), "something else than the protocol says: "
                    + RemoteErrors.text(String.valueOf(e.getMessage())));
        }
    }

    private static <T> T repeated(Set<String> codes, Supplier<T> request) {
        for (int attempt = 1;; attempt++) {
            try {
                return request.get();
            } catch (UnavailableException e) {
                if (attempt == ATTEMPTS_MAX || !codes.contains(e.code())) {
                    throw e;
                }
                pause(attempt, e);
            }
        }
    }

    private static void pause(int attempt, UnavailableException e) {
        try {
            Thread.sleep(
                    PAUSE.multipliedBy(attempt).plusMillis(ThreadLocalRandom.current().nextLong(PAUSE.toMillis())));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw e;
        }
    }

    private void requireStreaming() {
        require(card().streaming(), A2aError.UNSUPPORTED_OPERATION, "streams");
    }

    private void requirePush() {
        require(card().pushNotifications(), A2aError.PUSH_NOTIFICATION_NOT_SUPPORTED, "push notifications");
    }

    private void require(boolean isThere, A2aError error, String what) {
        if (!isThere) {
            throw new A2aException(error, "the card of " + name() + " does not offer " + what,
                    "do without, or ask its operator");
        }
    }
}
