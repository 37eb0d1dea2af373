package dev.howdah.server;

import dev.howdah.agent.mcp.McpChanges;
import dev.howdah.agent.mcp.McpChanges.Change;
import dev.howdah.agent.mcp.McpChanges.Kind;
import dev.howdah.agent.mcp.McpChanges.Listener;
import dev.howdah.postgres.LimitExceededException;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One session: who it is, and what it hears of changes from the moment that it opens a stream for it. Thread-safe. */
final class McpSubscriber implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(McpSubscriber.class);

    private static final int SHOWN_OF_ID = 8;

    private final McpStreamableServerSession session;
    private final McpChanges changes;
    private final Implementation client;
    private final String revision;
    private final Instant since = Instant.now();
    private final AtomicReference<Request> last = new AtomicReference<>(new Request(Optional.empty(), since));
    private final Set<String> uris = new HashSet<>();
    private @Nullable Listener listener;
    private boolean isStarted;

    private record Request(Optional<String> caller, Instant at) {}

    /**
     * What there is to see of a session.
     *
     * @param id its end: whoever knows all of it may use it
     * @param caller by whose key it is used; empty before the first request of it
     * @param isListening whether it has opened a stream for what changes
     * @param watched resources that it wants to hear of
     */
    record Description(String id, Implementation client, String revision, Optional<String> caller, Instant since,
            Instant lastRequest, boolean isListening, Set<String> watched) {}

    McpSubscriber(McpStreamableServerSession session, McpChanges changes, Implementation client, String revision) {
        this.session = session;
        this.changes = changes;
        this.client = client;
        this.revision = revision;
    }

    /** It is used. */
    void requested(String caller) {
        last.set(new Request(Optional.of(caller), Instant.now()));
    }

    synchronized Description description() {
        var id = session.getId();
        var request = last.get();
        return new Description(id.substring(Math.max(0, id.length() - SHOWN_OF_ID)), client, revision, request.caller,
                since, request.at, isStarted, new TreeSet<>(uris));
    }

    /** From which level on it is sent log messages. */
    void logFrom(LoggingLevel level) {
        session.setMinLoggingLevel(level);
    }

    /** It has opened a stream. */
    synchronized void start() {
        isStarted = true;
        listen();
    }

    synchronized void watch(String uri) {
        if (uris.size() >= McpChanges.WATCHED_MAX && !uris.contains(uri)) {
            throw new LimitExceededException("mcp-subscriptions-too-many", "the session watches " + uris.size()
                    + " resources", "unsubscribe from some");
        }
        uris.add(uri);
        listen();
    }

    synchronized void unwatch(String uri) {
        uris.remove(uri);
        listen();
    }

    private void listen() {
        if (!isStarted) {
            return;
        }
        var before = listener;
        var next = changes.listen(Set.of(Kind.values()), uris, Set.of());
        listener = next;
        if (before != null) {
            before.close();
        }
        Thread.ofVirtual().name("howdah-mcp-session").start(() -> forward(next));
    }

    private void forward(Listener from) {
        try {
            for (var change = from.next(); change.isPresent(); change = from.next()) {
                session.sendNotification(change.get().method(), params(change.get())).block();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.debug("Session {} has no stream any more", session.getId(), e);
            from.close(); // it opens another, or ends
        }
    }

    private static Map<String, String> params(Change change) {
        return change.subject().map(uri -> Map.of("uri", uri)).orElse(Map.of());
    }

    @Override
    public synchronized void close() {
        if (listener != null) {
            listener.close();
        }
    }
}
