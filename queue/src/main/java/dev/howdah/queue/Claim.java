package dev.howdah.queue;

import java.util.UUID;

/**
 * The right to end an attempt. {@code (id, attempt)} is the fencing token: once the lease ran out and the task was
 * claimed again, its attempt is higher, and whatever comes under the old one changes nothing.
 */
public sealed interface Claim permits ClaimedTask, Claim.Token {
    UUID id();

    int attempt();

    /** A claim of which only the token is known, such as that of a worker in another language. */
    static Claim of(UUID id, int attempt) {
        return new Token(id, attempt);
    }

    /** Only the token. */
    record Token(UUID id, int attempt) implements Claim {}
}
