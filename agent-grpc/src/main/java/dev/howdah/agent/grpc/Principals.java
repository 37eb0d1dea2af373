package dev.howdah.agent.grpc;

import java.util.Optional;

/** Knows who may call. */
@FunctionalInterface
public interface Principals {
    /**
     * Whom a key belongs to.
     *
     * @param key what the caller presented, if anything
     * @return the name that the caller's tasks belong to; absent if it must not call
     */
    Optional<String> of(Optional<String> key);
}
