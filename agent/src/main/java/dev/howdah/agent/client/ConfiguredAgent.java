package dev.howdah.agent.client;

import java.util.Optional;

/**
 * A remote agent that the operator has named.
 *
 * @param name for workflows and people
 * @param address the root under which its card is found, or that of the card itself
 * @param secret key or bearer token, sent as the card asks for it; never logged or shown
 * @param keys address or file of the JWK Set that its card must be signed with; absent if that does not matter
 */
public record ConfiguredAgent(String name, String address, Optional<String> secret, Optional<String> keys) {
    /** An agent whose address was given where it is used. */
    static ConfiguredAgent unnamed(String address) {
        return new ConfiguredAgent(address, address, Optional.empty(), Optional.empty());
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return name + " at " + address;
    }
}
