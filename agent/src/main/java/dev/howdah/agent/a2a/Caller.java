package dev.howdah.agent.a2a;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Who asks, and what a binding has learned besides the request itself.
 *
 * @param principal the name of the key that was presented; the same for all where none is needed
 * @param tenant the tenant that the request names; a task is seen only under the one that it was made under
 * @param extensions URIs of the extensions that the client wants
 * @param idempotencyKey what makes a repetition known instead of the message's id
 * @param resumeAfter the sequence of the last event that the client knows, where it resumes a stream
 */
public record Caller(String principal, String tenant, Set<String> extensions, Optional<String> idempotencyKey,
        OptionalLong resumeAfter) {
    /** The extension that numbers events and lets a stream begin behind one of them. */
    public static final String REPLAY_EXTENSION = "https://howdah.dev/a2a/extensions/replay/v1";

    private static final char SEPARATOR = '/';

    public Caller {
        extensions = Set.copyOf(extensions);
    }

    public static Caller of(String principal) {
        return new Caller(principal, "", Set.of(), Optional.empty(), OptionalLong.empty());
    }

    /** Whom tasks belong to. */
    public String owner() {
        return tenant.isEmpty() ? principal : principal + SEPARATOR + tenant;
    }

    /** Whether events are to carry their sequence. */
    public boolean wantsReplay() {
        return extensions.contains(REPLAY_EXTENSION);
    }
}
