package dev.howdah.sessions;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What a session begins with.
 *
 * @param user whose it is; absent for a visitor who has not signed in
 * @param agent the agent that acts in it
 * @param attributes what it holds, by name; any JSON
 * @param metadata what is known about it, by name; not encrypted, kept after its end
 * @param idleTimeout how long it lasts without being used; the setting's if absent
 * @param absoluteTimeout how long it lasts at most; the setting's if absent
 * @param ipAddress where the client is, as a literal
 * @param userAgent what the client calls itself
 */
public record NewSession(Optional<String> user, Optional<String> agent, Map<String, JsonNode> attributes,
        Map<String, JsonNode> metadata, Optional<Duration> idleTimeout, Optional<Duration> absoluteTimeout,
        Optional<String> ipAddress, Optional<String> userAgent) {
    /** Of what a client calls itself, so much is kept: it is the client's to choose, and must not keep it out. */
    static final int USER_AGENT_MAX = 512;

    /** @throws dev.howdah.postgres.InvalidInputException if anything is wrong; lists all of it */
    public NewSession {
        attributes = Map.copyOf(attributes);
        metadata = Map.copyOf(metadata);
        userAgent = userAgent.map(text -> Checks.storable(text.substring(0, Math.min(text.length(), USER_AGENT_MAX))))
                .filter(text -> !text.isBlank());
        new Checks().text("user", user).text("agent", agent).values("attributes", attributes)
                .values("metadata", metadata).timeout("idle_timeout", idleTimeout)
                .timeout("absolute_timeout", absoluteTimeout).address("ip_address", ipAddress).raise();
    }

    /** A visitor's. */
    public static NewSession anonymous() {
        return new NewSession(Optional.empty(), Optional.empty(), Map.of(), Map.of(), Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** A user's. */
    public static NewSession of(String user) {
        return new NewSession(Optional.of(user), Optional.empty(), Map.of(), Map.of(), Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.empty());
    }

    public NewSession withAgent(String value) {
        return new NewSession(user, Optional.of(value), attributes, metadata, idleTimeout, absoluteTimeout, ipAddress,
                userAgent);
    }

    public NewSession withAttributes(Map<String, JsonNode> values) {
        return new NewSession(user, agent, values, metadata, idleTimeout, absoluteTimeout, ipAddress, userAgent);
    }

    public NewSession withMetadata(Map<String, JsonNode> values) {
        return new NewSession(user, agent, attributes, values, idleTimeout, absoluteTimeout, ipAddress, userAgent);
    }

    /** Its own times instead of the settings'. */
    public NewSession withTimeouts(Duration idle, Duration absolute) {
        return new NewSession(user, agent, attributes, metadata, Optional.of(idle), Optional.of(absolute), ipAddress,
                userAgent);
    }

    /** Where the client is and what it calls itself, of which the first 512 characters are kept. */
    public NewSession withClient(String address, String name) {
        return new NewSession(user, agent, attributes, metadata, idleTimeout, absoluteTimeout, Optional.of(address),
                Optional.of(name));
    }
}
