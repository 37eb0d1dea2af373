package dev.howdah.agent.a2a;

import dev.howdah.postgres.InvalidInputException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Who asks, and what a binding has learned besides the request itself.
 *
 * @param principal the name of the key that was presented, without a slash; the same for all where none is needed
 * @param tenant the tenant that the request names; a task is seen only under the one that it was made under
 * @param extensions URIs of the extensions that the client wants
 * @param idempotencyKey what makes a repetition known instead of the message's id
 * @param resumeAfter the sequence of the last event that the client knows, where it resumes a stream
 */
public record Caller(String principal, String tenant, Set<String> extensions, Optional<String> idempotencyKey,
        OptionalLong resumeAfter) {
    /** The extension that numbers events and lets a stream begin behind one of them. */
    public static final String REPLAY_EXTENSION = "https://howdah.dev/a2a/extensions/replay/v1";

    /** Characters of a tenant's name, and of an idempotency key. */
    public static final int NAME_MAX = 200;

    private static final char SEPARATOR = '/';

    /**
     * Checks what the client chose.
     *
     * @throws InvalidInputException if the tenant or the key cannot be stored
     */
    public Caller {
        extensions = Set.copyOf(extensions);
        check("tenant", tenant);
        idempotencyKey.ifPresent(key -> check("Idempotency-Key", key));
    }

    private static void check(String field, String name) {
        if (name.length() > NAME_MAX || name.indexOf('\0') >= 0) {
            throw new InvalidInputException("a2a-invalid", field, name.length() > NAME_MAX
                    ? "has " + name.length() + " characters"
                    : "holds the character U+0000", "use at most " + NAME_MAX + " characters, none of them U+0000");
        }
    }

    public static Caller of(String principal) {
        return new Caller(principal, "", Set.of(), Optional.empty(), OptionalLong.empty());
    }

    /** Whoever {@link #owner} names. */
    public static Caller ofOwner(String owner) {
        int slash = owner.indexOf(SEPARATOR);
        return slash < 0
                ? of(owner)
                : new Caller(owner.substring(0, slash), owner.substring(slash + 1), Set.of(), Optional.empty(),
                        OptionalLong.empty());
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
