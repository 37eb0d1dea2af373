package dev.howdah.server.a2a;

import dev.howdah.agent.a2a.A2aFailure;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.ReplayExtension;
import dev.howdah.agent.a2a.StreamItem;
import dev.howdah.agent.a2a.TaskStream;
import dev.howdah.postgres.HowdahException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes a stream as server-sent events, on the thread of its request. A client that does not read holds up nobody but
 * itself: events wait in the database, and the connection is cut when a write has waited too long. It may come again and go
 * on where it was.
 */
final class EventWriter {
    private static final Logger LOG = LoggerFactory.getLogger(EventWriter.class);
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Caller caller;
    private final Framing framing;
    private final HttpServletResponse response;

    EventWriter(Caller caller, Framing framing, HttpServletResponse response) {
        this.caller = caller;
        this.framing = framing;
        this.response = response;
    }

    /**
     * What a binding puts around what it sends.
     *
     * @param item around an element of the stream
     * @param failure around an error that ends the stream
     */
    record Framing(Function<StreamItem, JsonNode> item, Function<A2aFailure, JsonNode> failure) {}

    /** Writes to the end of the stream, of the client's patience, or of the server. */
    void write(TaskStream stream) {
        try {
            open();
            writeAll(stream);
        } catch (IOException e) {
            LOG.debug("A client does not follow its task any longer", e);
        } catch (InterruptedException e) {
            LOG.debug("The server stops; the client comes again, here or elsewhere", e);
        }
    }

    private void open() throws IOException {
        response.setContentType("text/event-stream;charset=UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no"); // proxies would gather what is to arrive at once
        response.flushBuffer(); // a client that resumes may have to wait for its first event
    }

    private void writeAll(TaskStream stream) throws IOException, InterruptedException {
        var out = response.getOutputStream();
        try {
            while (!stream.isOver()) {
                var element = stream.next(HEARTBEAT);
                if (element.isPresent()) {
                    write(out, event(element.get()));
                } else if (!stream.isOver()) {
                    write(out, ": heartbeat\n\n");
                }
            }
        } catch (RuntimeException e) {
            logEarlyEnd(e);
            write(out, "event: error\ndata: " + JSON.writeValueAsString(framing.failure().apply(A2aFailure.of(e)))
                    + "\n\n");
        }
    }

    private static void logEarlyEnd(RuntimeException e) {
        if (e instanceof HowdahException) {
            LOG.warn("A stream ends early: {}", e.getMessage());
        } else {
            LOG.error("A stream ends early", e);
        }
    }

    private String event(TaskStream.Element element) {
        boolean isNumbered = caller.wantsReplay() && element.sequence().isPresent();
        StreamItem item = isNumbered ? ReplayExtension.numbered(element) : element.item();
        return (isNumbered ? "id: " + element.sequence().getAsLong() + "\n" : "") + "data: "
                + JSON.writeValueAsString(framing.item().apply(item)) + "\n\n";
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
