package dev.howdah.server;

import dev.howdah.workflow.ExecutionEvent;
import dev.howdah.workflow.ExecutionEvents;
import dev.howdah.workflow.WorkflowEvents;
import dev.howdah.postgres.Notifications.Subscription;
import dev.howdah.server.WorkflowViews.EventView;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCode;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/**
 * {@code /ws/workflow/{id}}: the events of an execution from its beginning (or {@code ?after=}) to its end, or those of all
 * executions of a workflow that are under way or begin. Each socket has a follower of its own that reads on when the client has
 * taken what was sent, so a slow client costs one page of events; one that takes nothing for {@value #SEND_MILLIS} ms is closed.
 */
final class WorkflowSockets implements ApplicationListener<ContextClosedEvent> {
    static final int PER_WORKFLOW_MAX = 100;
    static final int MAX = 1000;
    static final CloseCode TOO_MANY = CloseCodes.getCloseCode(4000);
    static final CloseCode TOO_MANY_OF_WORKFLOW = CloseCodes.getCloseCode(4003);
    static final CloseCode UNKNOWN = CloseCodes.getCloseCode(4004);
    static final CloseCode TOO_SLOW = CloseCodes.getCloseCode(4008);

    private static final Logger LOG = LoggerFactory.getLogger(WorkflowSockets.class);
    private static final int SEND_MILLIS = 10_000;
    private static final int TEXT_MAX = 64 << 10;
    /** Tomcat's name for how long a send may block. */
    private static final String SEND_LIMIT = "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";

    private final Howdah howdah;
    private final AtomicInteger count = new AtomicInteger();
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();
    private final Map<String, Socket> open = new ConcurrentHashMap<>();

    WorkflowSockets(Howdah howdah) {
        this.howdah = howdah;
    }

    record Pong(String type, Instant timestamp) {}

    /** One for each connection, made by the container. */
    final class Socket extends Endpoint implements MessageHandler.Whole<String> {
        private final Object sending = new Object();
        private @Nullable Session session;
        private @Nullable Subscription subscription;
        private String id = "";
        private boolean isCounted;

        @Override
        public void onOpen(Session opened, EndpointConfig config) {
            session = opened;
            opened.setMaxTextMessageBufferSize(TEXT_MAX);
            opened.getUserProperties().put(SEND_LIMIT, (long) SEND_MILLIS);
            id = opened.getPathParameters().getOrDefault("id", "");
            open.put(opened.getId(), this);
            opened.addMessageHandler(this);
            if (admit()) {
                begin(opened);
            }
        }

        private boolean admit() {
            if (count.incrementAndGet() > MAX) {
                count.decrementAndGet();
                close(TOO_MANY, "there are " + MAX + " connections");
                return false;
            }
            if (counts.merge(id, 1, Integer::sum) > PER_WORKFLOW_MAX) {
                release();
                close(TOO_MANY_OF_WORKFLOW, "there are " + PER_WORKFLOW_MAX + " connections for " + id);
                return false;
            }
            isCounted = true;
            return true;
        }

        private void release() {
            counts.computeIfPresent(id, (key, number) -> number == 1 ? null : number - 1);
            count.decrementAndGet();
        }

        private void begin(Session opened) {
            var execution = executionId().flatMap(howdah.workflows().executions()::find);
            if (execution.isPresent()) {
                long after = after(opened);
                var workflow = execution.get().workflowId();
                var events = new ExecutionEvents(howdah.database());
                if (execution.get().status().isEnded() && events.list(execution.get().id(), after, 1).isEmpty()) {
                    close(CloseCodes.NORMAL_CLOSURE, "the execution has ended");
                    return;
                }
                subscription = events.follow(execution.get().id(), after, event -> {
                    take(event, workflow);
                    if (event.isTerminal()) {
                        close(CloseCodes.NORMAL_CLOSURE, "the execution has ended");
                    }
                });
            } else if (howdah.workflows().definitions().latest(id).isPresent()) {
                subscription = new WorkflowEvents(howdah.database()).follow(id, event -> take(event, id));
            } else {
                close(UNKNOWN, "there is no workflow or execution " + id);
            }
        }

        private Optional<UUID> executionId() {
            try {
                return Optional.of(UUID.fromString(id));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }

        private static long after(Session opened) {
            try {
                return Long.parseLong(opened.getRequestParameterMap().getOrDefault("after", List.of("0")).getFirst());
            } catch (NumberFormatException e) {
                return 0;
            }
        }

        private void take(ExecutionEvent event, String workflow) {
            if (session == null || !session.isOpen()) {
                Thread.currentThread().interrupt(); // which ends the follower
                return;
            }
            try {
                send(EventView.of(event, workflow));
            } catch (IOException | UncheckedIOException | IllegalStateException e) {
                LOG.debug("A socket for {} took nothing more", id, e);
                close(TOO_SLOW, "it did not take what was sent");
                Thread.currentThread().interrupt();
            }
        }

        private void send(Object message) throws IOException {
            var to = session;
            synchronized (sending) { // two at a time the container refuses
                if (to != null && to.isOpen()) {
                    to.getBasicRemote().sendText(EventsController.JSON.writeValueAsString(message));
                }
            }
        }

        /** Whatever a client says, it learns that we are there. */
        @Override
        public void onMessage(String text) {
            try {
                send(new Pong("pong", Instant.now()));
            } catch (IOException | IllegalStateException e) {
                LOG.debug("A socket for {} did not take a pong", id, e);
            }
        }

        private void close(CloseCode code, String reason) {
            try {
                if (session != null) {
                    session.close(new CloseReason(code, reason));
                }
            } catch (IOException | IllegalStateException e) {
                LOG.debug("A socket for {} was closed already", id, e);
            }
        }

        @Override
        public void onClose(Session closed, CloseReason reason) {
            open.remove(closed.getId());
            if (subscription != null) {
                subscription.close();
            }
            if (isCounted) {
                isCounted = false;
                release();
            }
        }

        @Override
        public void onError(Session failed, Throwable e) {
            LOG.debug("A socket for {} failed", id, e);
        }
    }

    /** What the container makes a connection's endpoint of. */
    Socket socket() {
        return new Socket();
    }

    /** Clients come again, here or elsewhere, and say after which event. */
    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        open.values().forEach(socket -> socket.close(CloseCodes.GOING_AWAY, "the server ends"));
    }
}
