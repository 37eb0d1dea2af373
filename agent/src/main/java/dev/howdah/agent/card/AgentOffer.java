package dev.howdah.agent.card;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * What a card says of an agent besides its skills.
 *
 * @param name of the agent
 * @param description what it does, for people and models
 * @param version of the agent
 * @param documentation where more is told
 * @param interfaces where it is reached, the preferred one first; at least one
 * @param streaming whether it tells events as they happen
 * @param pushNotifications whether it posts events to addresses
 * @param keyRequired whether callers need the API key
 */
public record AgentOffer(String name, String description, String version, Optional<URI> documentation,
        List<Interface> interfaces, boolean streaming, boolean pushNotifications, boolean keyRequired) {
    public AgentOffer {
        interfaces = List.copyOf(interfaces);
        if (interfaces.isEmpty()) {
            throw new IllegalArgumentException("an agent is reached somewhere");
        }
    }

    /** The protocol's bindings. */
    public enum Binding {
        JSONRPC("JSONRPC"), HTTP_JSON("HTTP+JSON"), GRPC("GRPC");

        private final String wireName;

        Binding(String wireName) {
            this.wireName = wireName;
        }

        /** What cards call it. */
        public String wireName() {
            return wireName;
        }
    }

    /**
     * Where an agent is reached.
     *
     * @param address an absolute URL; for gRPC host and port
     * @param tenant what clients send in each request; empty for nothing
     */
    public record Interface(Binding binding, String address, String tenant) {
        /** One without a tenant. */
        public static Interface of(Binding binding, String address) {
            return new Interface(binding, address, "");
        }
    }
}
