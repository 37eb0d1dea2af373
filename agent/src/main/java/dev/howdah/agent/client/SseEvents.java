package dev.howdah.agent.client;

import dev.howdah.agent.http.OutboundHttp;
import dev.howdah.agent.http.OutboundStream;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.UnavailableException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/** Server-sent events: what is put around an item is taken off, comments are skipped, a line has a largest size. */
final class SseEvents implements RemoteEvents {
    /** Bytes of one event. */
    static final int EVENT_MAX = 16 << 20;

    private final String agent;
    private final OutboundStream stream;
    private final InputStream in;
    private final UnaryOperator<JsonNode> unwrap;
    private boolean afterReturn;

    /**
     * Events of an answer.
     *
     * @param unwrap makes an item of what an event holds, or throws what it says
     */
    SseEvents(String agent, OutboundStream stream, UnaryOperator<JsonNode> unwrap) {
        this.agent = agent;
        this.stream = stream;
        this.in = new BufferedInputStream(stream.body());
        this.unwrap = unwrap;
    }

    @Override
    public Optional<Event> next() {
        try {
            return read();
        } catch (IOException e) {
            throw new UnavailableException(OutboundHttp.BROKEN, "the stream of " + agent + " broke: " + e.getMessage(),
                    "", e);
        }
    }

    private Optional<Event> read() throws IOException {
        var data = new StringBuilder();
        var sequence = OptionalLong.empty();
        while (true) {
            var line = line();
            if (line.isEmpty()) {
                return Optional.empty(); // what is not ended by an empty line does not count
            }
            var text = line.get();
            if (text.isEmpty()) {
                if (!data.isEmpty()) {
                    return Optional.of(new Event(sequence, unwrap.apply(RemoteHttp.json(agent, data.toString()))));
                }
            } else if (text.startsWith("data:")) {
                data.append(data.isEmpty() ? "" : "\n").append(value(text));
                checkSize(data.length());
            } else if (text.startsWith("id:")) {
                sequence = sequence(value(text));
            }
        }
    }

    private static String value(String line) {
        var value = line.substring(line.indexOf(':') + 1);
        return value.startsWith(" ") ? value.substring(1) : value;
    }

    private static OptionalLong sequence(String id) {
        try {
            return OptionalLong.of(Long.parseLong(id));
        } catch (NumberFormatException e) {
            return OptionalLong.empty(); // another numbering than ours
        }
    }

    /** Without its end, which is a line feed, a carriage return, or both. */
    private Optional<String> line() throws IOException {
        var bytes = new ByteArrayOutputStream();
        while (true) {
            int next = in.read();
            if (next < 0) {
                return Optional.empty();
            }
            boolean isSecondOfTwo = next == '\n' && afterReturn;
            afterReturn = next == '\r';
            if (isSecondOfTwo) {
                continue;
            }
            if (next == '\n' || next == '\r') {
                return Optional.of(bytes.toString(StandardCharsets.UTF_8));
            }
            bytes.write(next);
            checkSize(bytes.size());
        }
    }

    private void checkSize(int size) {
        if (size > EVENT_MAX) {
            throw new LimitExceededException(OutboundHttp.ANSWER_TOO_LARGE, "an event of " + agent + " has more than "
                    + EVENT_MAX + " bytes", "ask for the task instead of following it");
        }
    }

    @Override
    public void close() {
        stream.close();
    }
}
