package dev.howdah.server;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A client of one binding of A2A: the same calls over any of them. Requests and answers are ProtoJSON, so that tests compare
 * what all bindings have in common; what they have not, each client checks by itself.
 */
interface BindingClient {
    /** The binding's name, for messages. */
    String name();

    /**
     * What travels beside a request.
     *
     * @param key an API key
     */
    record Beside(String version, Set<String> extensions, Optional<String> key, Optional<String> idempotencyKey,
            Optional<String> lastEventId) {
        static final Beside USUAL = new Beside("1.0", Set.of(), Optional.empty(), Optional.empty(), Optional.empty());

        Beside version(String given) {
            return new Beside(given, extensions, key, idempotencyKey, lastEventId);
        }

        Beside extension(String uri) {
            return new Beside(version, Set.of(uri), key, idempotencyKey, lastEventId);
        }

        Beside key(String given) {
            return new Beside(version, extensions, Optional.of(given), idempotencyKey, lastEventId);
        }

        Beside idempotencyKey(String given) {
            return new Beside(version, extensions, key, Optional.of(given), lastEventId);
        }

        Beside lastEventId(String given) {
            return new Beside(version, extensions, key, idempotencyKey, Optional.of(given));
        }
    }

    /**
     * What came of a call: a result, or a failure.
     *
     * @param activated the extensions that the server says are active
     */
    record Outcome(JsonNode result, Optional<Failure> failure, String activated) {
        JsonNode ok() {
            if (failure.isPresent()) {
                throw new AssertionError("failed: " + failure.get());
            }
            return result;
        }

        Failure failed() {
            return failure.orElseThrow(() -> new AssertionError("did not fail, but answered " + result));
        }
    }

    /**
     * An error, as every binding says it.
     *
     * @param code the binding's own number
     * @param details of google.rpc
     */
    record Failure(int code, String message, JsonNode details) {
        /** Of the ErrorInfo; empty for faults in the request. */
        String reason() {
            return details.path(0).path("reason").asString("");
        }

        /** The fields that have faults. */
        List<String> fields() {
            return details.path(0).path("fieldViolations").valueStream().map(fault -> fault.path("field").asString())
                    .toList();
        }
    }

    /** What a stream brings, in order. */
    interface Events extends AutoCloseable {
        /** The next one as a StreamResponse; empty at the end. */
        Optional<JsonNode> next() throws IOException;

        /** The id that came with the last one; empty if it had none. */
        String lastId();

        @Override
        void close() throws IOException;
    }

    /** One that either streams or fails at once. */
    record Opened(Optional<Events> events, Optional<Failure> failure) {
        Events ok() {
            return events.orElseThrow(() -> new AssertionError("failed: " + failure));
        }

        Failure failed() {
            return failure.orElseThrow(() -> new AssertionError("did not fail"));
        }
    }

    Outcome call(String method, ObjectNode params, Beside beside);

    Opened stream(String method, ObjectNode params, Beside beside);

    /** The number that this binding has for an error of the protocol, by section 5.4 of A2A 1.0.1. */
    int codeOf(String reason);

    /** Ends it; not by closing, since JUnit closes the arguments of tests. */
    void stop();
}
