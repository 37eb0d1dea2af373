package dev.howdah.server.a2a;

import dev.howdah.agent.a2a.A2aFailure;
import dev.howdah.agent.a2a.A2aSettings;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.postgres.HowdahException;
import dev.howdah.server.a2a.EventWriter.Framing;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** What the bindings over HTTP have in common once they know what is asked. */
final class Binding {
    private static final Logger LOG = LoggerFactory.getLogger(Binding.class);

    private final Calls calls;
    private final OpenCalls open;
    private final A2aSettings settings;

    Binding(Calls calls, OpenCalls open, A2aSettings settings) {
        this.calls = calls;
        this.open = open;
        this.settings = settings;
    }

    /** Who asks; the answer names the extensions that have an effect. */
    Caller caller(HttpServletRequest request, HttpServletResponse response, String tenant) {
        var caller = ServiceParameters.caller(request, tenant);
        ServiceParameters.echo(caller, settings, response);
        return caller;
    }

    ObjectNode call(Method.Unary method, Caller caller, ObjectNode params) {
        return open.call(() -> calls.call(method, caller, params));
    }

    void stream(Method.Streaming method, Caller caller, ObjectNode params, HttpServletResponse response,
            Framing framing) {
        open.stream(() -> calls.open(method, caller, params), new EventWriter(caller, framing, response)::write);
    }

    /** What the client is told of an exception; what was not foreseen is told to the log alone. */
    A2aFailure failure(RuntimeException e) {
        if (!(e instanceof HowdahException)) {
            LOG.error("A request failed", e);
        }
        return A2aFailure.of(e);
    }
}
