package dev.howdah.agent.model;

import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.UnavailableException;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What went wrong with a request to a provider, in our own terms: what to do about it, and whether to try again. */
final class ModelErrors {
    static final String UNREACHABLE = "model-unreachable";
    static final String INTERRUPTED = "interrupted";

    /** Busy, or a moment's trouble of the provider or of somebody in between; 529 says so at Anthropic. */
    private static final Set<Integer> TEMPORARY = Set.of(408, 409, 425, 429, 500, 502, 503, 504, 529);

    private final String model;
    private final Redaction redaction;

    ModelErrors(String model, Redaction redaction) {
        this.model = model;
        this.redaction = redaction;
    }

    /** Whether the same request may do better in a moment. */
    static boolean isTemporary(Attempt attempt, HowdahException error) {
        return !attempt.isDelivered() && (error.code().equals(UNREACHABLE)
                || TEMPORARY.contains(attempt.status().orElse(0)));
    }

    /** Whoever asks is to stop; its thread stays interrupted. */
    static UnavailableException interrupted(Throwable cause) {
        Thread.currentThread().interrupt();
        return new UnavailableException(INTERRUPTED, "waiting for the model was interrupted", "", cause);
    }

    HowdahException of(Attempt attempt, ModelRequest request, Throwable thrown) {
        for (Throwable e = thrown; e != null; e = e.getCause()) {
            if (e instanceof HowdahException known) {
                return known;
            }
        }
        int status = attempt.status().orElse(0);
        if (status >= 300 || status < 200) {
            return refused(attempt, status, request, thrown);
        }
        return new UnavailableException("model-answer-unreadable", "the answer of " + model + " cannot be read: "
                + redaction.clean(String.valueOf(thrown.getMessage()), request),
                "check that howdah.agent.model.url is the root of the provider's API", null);
    }

    private HowdahException refused(Attempt attempt, int status, ModelRequest request, Throwable thrown) {
        var problem = model + " answered " + status + said(attempt, request);
        return switch (status) {
            case 401, 403 -> new UnavailableException("model-key-refused", problem,
                    "check the provider's key and its rights", null);
            case 404 -> new NotFoundException("model-not-found", problem,
                    "check howdah.agent.model.name and howdah.agent.model.url");
            case 413 -> new LimitExceededException("model-request-too-large", problem, "send less at once");
            case 429 -> new UnavailableException("model-rate-limited", problem, attempt.retryAfter()
                    .map(time -> "try again in " + time.toSeconds() + " s, ").orElse("try again later, ")
                    + "or lower howdah.agent.model.concurrency", null);
            case 0 -> new UnavailableException(UNREACHABLE, "the provider of " + model + " cannot be reached: "
                    + redaction.clean(String.valueOf(thrown.getMessage()), request),
                    "check the network and howdah.agent.model.url", null);
            default -> TEMPORARY.contains(status) || status >= 500
                    ? new UnavailableException("model-overloaded", problem, "try again later", null)
                    : new InvalidInputException("model-request-refused", "", problem,
                            "correct the request, or choose another model");
        };
    }

    /** What the provider gives as the reason, if it has the usual form. */
    private String said(Attempt attempt, ModelRequest request) {
        return message(attempt.refusal()).map(text -> redaction.clean(text, request)).filter(text -> !text.isEmpty())
                .map(text -> ": " + text).orElse("");
    }

    private static Optional<String> message(String body) {
        try {
            var error = JsonMapper.shared().readTree(body).path("error");
            var text = error.isString() ? error.asString() : error.path("message").asString("");
            var type = error.path("type").asString("");
            return Optional.of(type.isEmpty() ? text : type + ", " + text);
        } catch (JacksonException e) {
            return Optional.empty(); // some page of a proxy
        }
    }
}
