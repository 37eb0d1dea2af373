package dev.howdah.agent.http;

import dev.howdah.postgres.InvalidInputException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What is to be sent.
 *
 * @param method in capitals
 * @param address where to
 * @param headers by name; those that the connection itself needs cannot be given
 * @param body as text, sent in UTF-8; its type is the header {@code Content-Type}
 * @param timeout how long the exchange may take, if not as long as the settings say
 */
public record OutboundRequest(String method, OutboundAddress address, Map<String, String> headers,
        Optional<String> body, Optional<Duration> timeout) {
    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}");
    private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7E\\t]{0,8000}");
    /** What a stranger could turn one request into two with, or name another host by. */
    private static final Set<String> OURS = Set.of("host", "content-length", "transfer-encoding", "connection",
            "expect", "upgrade", "te", "trailer", "keep-alive", "proxy-authorization", "proxy-connection");

    public OutboundRequest {
        headers = Map.copyOf(headers);
        if (!METHOD.matcher(method).matches()) {
            throw new InvalidInputException("request-invalid", "method", "\"" + method + "\" is no method", "use POST");
        }
        headers.forEach(OutboundRequest::checkHeader);
    }

    /** Asks for what is there. */
    public static OutboundRequest get(OutboundAddress address) {
        return new OutboundRequest("GET", address, Map.of(), Optional.empty(), Optional.empty());
    }

    /** Sends a body. */
    public static OutboundRequest post(OutboundAddress address, String contentType, String body) {
        return new OutboundRequest("POST", address, Map.of("Content-Type", contentType), Optional.of(body),
                Optional.empty());
    }

    /** The same with a header, in place of one of that name. */
    public OutboundRequest withHeader(String name, String value) {
        var changed = new HashMap<>(headers);
        changed.keySet().removeIf(name::equalsIgnoreCase);
        changed.put(name, value);
        return new OutboundRequest(method, address, changed, body, timeout);
    }

    /** The same with a limit of its own. */
    public OutboundRequest withTimeout(Duration value) {
        return new OutboundRequest(method, address, headers, body, Optional.of(value));
    }

    /** Without headers and body, which may hold secrets. */
    @Override
    public String toString() {
        return method + " " + address;
    }

    private static void checkHeader(String name, String value) {
        if (!NAME.matcher(name).matches() || OURS.contains(name.toLowerCase(Locale.ROOT))) {
            throw new InvalidInputException("request-invalid", "headers", "a header of this name cannot be given",
                    "use letters, digits and hyphens, and no header of the connection such as Host");
        }
        if (!VALUE.matcher(value).matches()) {
            throw new InvalidInputException("request-invalid", "headers", "the value of " + name
                    + " has line breaks, letters beyond ASCII, or more than 8000 characters", "use printable ASCII");
        }
    }
}
