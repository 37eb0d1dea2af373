package dev.howdah.agent.client;

import dev.howdah.agent.a2a.A2aError;
import dev.howdah.agent.a2a.A2aException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an agent says of itself; data of others, and no more to be trusted than they are.
 *
 * @param interfaces where it is reached, the one that it prefers first
 * @param streaming whether it tells events as they happen
 * @param pushNotifications whether it posts events to addresses
 * @param extensions URIs of the extensions that it knows
 * @param isVerified whether a key that the operator configured has signed it
 * @param json all of it; if it is verified, only what was signed
 */
public record RemoteCard(String name, String description, String version, List<Interface> interfaces,
        boolean streaming, boolean pushNotifications, boolean extendedCard, Set<String> extensions,
        List<RemoteSkill> skills, boolean isVerified, ObjectNode json) {
    /** Interfaces and skills of one card that are looked at. */
    static final int ELEMENTS_MAX = 1000;

    /**
     * Where an agent is reached.
     *
     * @param protocolVersion such as {@code 1.0}
     * @param tenant to be echoed in requests; may be empty
     */
    public record Interface(String url, String binding, String protocolVersion, String tenant) {}

    /** Something that the agent can do. */
    public record RemoteSkill(String id, String name, String description) {}

    public RemoteCard {
        interfaces = List.copyOf(interfaces);
        extensions = Set.copyOf(extensions);
        skills = List.copyOf(skills);
    }

    /**
     * Reads a card.
     *
     * @throws A2aException if it is none of version 1.0
     */
    static RemoteCard of(ObjectNode json, boolean isVerified) {
        var interfaces = json.path("supportedInterfaces").valueStream().limit(ELEMENTS_MAX)
                .map(each -> new Interface(text(each, "url"), text(each, "protocolBinding"),
                        text(each, "protocolVersion"), text(each, "tenant")))
                .filter(each -> !each.url().isEmpty()).toList();
        if (text(json, "name").isEmpty() || interfaces.isEmpty()) {
            throw new A2aException(A2aError.INVALID_AGENT_RESPONSE,
                    "the agent's card has no name or no supportedInterfaces",
                    "ask its operator for a card of A2A 1.0");
        }
        var capabilities = json.path("capabilities");
        return new RemoteCard(text(json, "name"), text(json, "description"), text(json, "version"), interfaces,
                capabilities.path("streaming").asBoolean(false),
                capabilities.path("pushNotifications").asBoolean(false),
                capabilities.path("extendedAgentCard").asBoolean(false),
                capabilities.path("extensions").valueStream().limit(ELEMENTS_MAX).map(each -> text(each, "uri"))
                        .collect(Collectors.toSet()),
                json.path("skills").valueStream().limit(ELEMENTS_MAX).map(each -> new RemoteSkill(text(each, "id"),
                        text(each, "name"), text(each, "description"))).toList(),
                isVerified, json);
    }

    private static String text(JsonNode json, String field) {
        return json.path(field).asString("");
    }
}
