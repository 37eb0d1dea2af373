package dev.howdah.agent.grpc;

import dev.howdah.agent.a2a.A2aError;
import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.postgres.InvalidInputException;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** Reads what a call's metadata says: who calls, which version and extensions it speaks, and where a stream is to begin. */
final class CallerInterceptor implements ServerInterceptor {
    /** The caller of the present call, without the tenant, which stands in the request. */
    static final Context.Key<Caller> CALLER = Context.key("a2a-caller");

    private static final String VERSION = "1.0";
    private static final String VERSION_IF_MISSING = "0.3";
    private static final String BEARER = "bearer ";
    private static final Metadata.Key<String> API_KEY = key("x-api-key");
    private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
    private static final Metadata.Key<String> A2A_VERSION = key("a2a-version");
    private static final Metadata.Key<String> A2A_EXTENSIONS = key("a2a-extensions");
    private static final Metadata.Key<String> IDEMPOTENCY_KEY = key("idempotency-key");
    private static final Metadata.Key<String> LAST_EVENT_ID = key("last-event-id");

    private final Principals principals;

    CallerInterceptor(Principals principals) {
        this.principals = principals;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
            ServerCallHandler<Q, A> next) {
        try {
            var caller = caller(headers);
            var answering = caller.wantsReplay() ? tellingExtensions(call) : call;
            return Contexts.interceptCall(Context.current().withValue(CALLER, caller), answering, headers, next);
        } catch (RuntimeException e) {
            refuse(call, e instanceof StatusRuntimeException known ? known : GrpcErrors.of(e));
            return new ServerCall.Listener<>() {
            };
        }
    }

    /** Who calls is asked before anything else is told. */
    private Caller caller(Metadata headers) {
        var principal = principals.of(apiKey(headers)).orElseThrow(GrpcErrors::unauthenticated);
        checkVersion(Optional.ofNullable(headers.get(A2A_VERSION)).map(String::strip).filter(text -> !text.isEmpty())
                .orElse(VERSION_IF_MISSING));
        return new Caller(principal, "", extensions(headers),
                Optional.ofNullable(headers.get(IDEMPOTENCY_KEY)).filter(text -> !text.isBlank()),
                resumeAfter(headers));
    }

    private static Optional<String> apiKey(Metadata headers) {
        return Optional.ofNullable(headers.get(API_KEY)).or(() -> Optional.ofNullable(headers.get(AUTHORIZATION))
                .filter(text -> text.toLowerCase(Locale.ROOT).startsWith(BEARER))
                .map(text -> text.substring(BEARER.length()).strip()));
    }

    private static void checkVersion(String version) {
        if (!version.equals(VERSION)) {
            throw new A2aException(A2aError.VERSION_NOT_SUPPORTED, "version \"" + version + "\" is not served here",
                    "send the metadata a2a-version: " + VERSION);
        }
    }

    private static Set<String> extensions(Metadata headers) {
        var values = headers.getAll(A2A_EXTENSIONS);
        var given = new ArrayList<String>();
        (values == null ? List.<String>of() : values).forEach(given::add);
        return given.stream().flatMap(text -> Stream.of(text.split(","))).map(String::strip)
                .filter(uri -> !uri.isEmpty()).collect(LinkedHashSet::new, Set::add, Set::addAll);
    }

    private static OptionalLong resumeAfter(Metadata headers) {
        var text = headers.get(LAST_EVENT_ID);
        if (text == null || text.isBlank()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseUnsignedLong(text.strip()));
        } catch (NumberFormatException e) {
            throw new InvalidInputException("a2a-invalid", "last-event-id", "\"" + text + "\" is no sequence",
                    "send the number of the last event that you have");
        }
    }

    /** The protocol asks to name the extensions that are in force. */
    private static <Q, A> ServerCall<Q, A> tellingExtensions(ServerCall<Q, A> call) {
        return new SimpleForwardingServerCall<>(call) {
            @Override
            public void sendHeaders(Metadata headers) {
                headers.put(A2A_EXTENSIONS, Caller.REPLAY_EXTENSION);
                super.sendHeaders(headers);
            }
        };
    }

    private static void refuse(ServerCall<?, ?> call, StatusRuntimeException why) {
        var trailers = why.getTrailers();
        call.close(why.getStatus(), trailers == null ? new Metadata() : trailers);
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
