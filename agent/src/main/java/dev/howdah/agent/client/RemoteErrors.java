package dev.howdah.agent.client;

import dev.howdah.agent.a2a.A2aError;
import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.A2aFailure;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Errors of the other side as exceptions of ours. Their texts are the other side's: bounded, in one line. */
public final class RemoteErrors {
    /** The code of an {@link UnavailableException}: the agent is there, but cannot answer now. */
    static final String UNAVAILABLE = "agent-unavailable";
    /** The code of an {@link InvalidInputException}: the agent does not take the credentials. */
    static final String UNAUTHORIZED = "agent-unauthorized";
    /** The code of an {@link InvalidInputException}: the agent does not take the request. */
    static final String REFUSED = "agent-refused";

    private static final String ERROR_INFO = "google.rpc.ErrorInfo";
    private static final int TEXT_MAX = 500;
    private static final int TOO_MANY_REQUESTS = 429;

    private RemoteErrors() {}

    /** An error object of JSON-RPC. */
    static HowdahException ofJsonRpc(String agent, JsonNode error) {
        int code = error.path("code").asInt(0);
        var message = text(error.path("message").asString(""));
        var known = reason(error.path("data")).or(() -> byCode(code));
        if (known.isPresent()) {
            return refusal(agent, known.get(), message);
        }
        return switch (code) {
            case A2aFailure.INVALID_PARAMS, A2aFailure.INVALID_REQUEST, A2aFailure.METHOD_NOT_FOUND ->
                refused(agent, message);
            case A2aFailure.INTERNAL_ERROR -> unavailable(agent, message);
            default -> invalid(agent, "the error " + code + (message.isEmpty() ? "" : ": " + message));
        };
    }

    /** An answer of HTTP+JSON that is no success, or any binding's that comes from something in between. */
    public static HowdahException ofHttp(String agent, int status, String body) {
        var error = error(body);
        var message = text(error.path("message").asString(""));
        var known = reason(error.path("details"));
        if (known.isPresent()) {
            return refusal(agent, known.get(), message);
        }
        return switch (status) {
            case 401, 403 -> new InvalidInputException(UNAUTHORIZED, "agent", agent + " answered " + status
                    + ": it does not take the credentials, or needs some",
                    "set them with howdah.agent.remote-credentials");
            case 400, 409, 413, 415, 422 -> refused(agent, message);
            default -> status >= 500 || status == TOO_MANY_REQUESTS
                    ? unavailable(agent, status + (message.isEmpty() ? "" : ": " + message))
                    : invalid(agent, Integer.toString(status) + (message.isEmpty() ? "" : ": " + message));
        };
    }

    /** Something that the protocol does not know. */
    public static A2aException invalid(String agent, String what) {
        return new A2aException(A2aError.INVALID_AGENT_RESPONSE, agent + " answered with " + what,
                "ask its operator whether it speaks A2A 1.0");
    }

    private static A2aException refusal(String agent, A2aError error, String message) {
        return new A2aException(error, agent + " says: " + (message.isEmpty() ? error.reason() : message), "");
    }

    private static InvalidInputException refused(String agent, String message) {
        return new InvalidInputException(REFUSED, "", agent + " does not take the request"
                + (message.isEmpty() ? "" : ": " + message), "see what its card says of its skills");
    }

    private static UnavailableException unavailable(String agent, String what) {
        return new UnavailableException(UNAVAILABLE, agent + " answered with an error of its own, " + what,
                "try again later", null);
    }

    private static JsonNode error(String body) {
        try {
            return JsonMapper.shared().readTree(body).path("error");
        } catch (JacksonException e) {
            return JsonMapper.shared().createObjectNode(); // a page of something in between
        }
    }

    private static Optional<A2aError> reason(JsonNode details) {
        return details.valueStream().filter(detail -> detail.path("@type").asString("").endsWith(ERROR_INFO))
                .map(detail -> detail.path("reason").asString(""))
                .flatMap(reason -> Arrays.stream(A2aError.values()).filter(error -> error.reason().equals(reason)))
                .findFirst();
    }

    private static Optional<A2aError> byCode(int code) {
        return Arrays.stream(A2aError.values()).filter(error -> error.jsonRpcCode() == code).findFirst();
    }

    static String text(String theirs) {
        var line = theirs.replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() <= TEXT_MAX ? line : line.substring(0, TEXT_MAX - 1) + "…";
    }
}
