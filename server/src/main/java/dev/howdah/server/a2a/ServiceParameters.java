package dev.howdah.server.a2a;

import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.A2aSettings;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.ProtocolVersion;
import dev.howdah.agent.a2a.ReplayExtension;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What travels beside a request: its version, its extensions, who sends it. */
final class ServiceParameters {
    private static final String VERSION = "A2A-Version";
    private static final String EXTENSIONS = "A2A-Extensions";

    private ServiceParameters() {}

    /**
     * Checks which version the client speaks.
     *
     * @throws A2aException if it is another one than 1.0
     */
    static void checkVersion(HttpServletRequest request) {
        ProtocolVersion.check(text(request.getHeader(VERSION)).or(() -> text(request.getParameter(VERSION))));
    }

    /** Who asks, for which tenant. */
    static Caller caller(HttpServletRequest request, String tenant) {
        var extensions = extensions(request);
        var resumeAfter = extensions.contains(Caller.REPLAY_EXTENSION)
                ? text(request.getHeader("Last-Event-ID")).map(ReplayExtension::resumePoint)
                        .orElse(OptionalLong.empty())
                : OptionalLong.empty();
        return new Caller(principal(request), tenant, extensions,
                text(request.getHeader("Idempotency-Key")), resumeAfter);
    }

    /** The name of the key that was presented. */
    static String principal(HttpServletRequest request) {
        return Objects.requireNonNull(request.getUserPrincipal(), "the filter lets nobody in who is not known")
                .getName();
    }

    /** Tells the client which of its extensions have an effect. */
    static void echo(Caller caller, A2aSettings settings, HttpServletResponse response) {
        var active = caller.extensions().stream().filter(settings::knows).sorted().collect(Collectors.joining(", "));
        if (!active.isEmpty()) {
            response.setHeader(EXTENSIONS, active);
        }
    }

    private static Optional<String> text(@Nullable String given) {
        return Optional.ofNullable(given).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static Set<String> extensions(HttpServletRequest request) {
        return Collections.list(request.getHeaders(EXTENSIONS)).stream()
                .flatMap(header -> Arrays.stream(header.split(","))).map(String::strip)
                .filter(uri -> !uri.isEmpty()).collect(Collectors.toSet());
    }
}
