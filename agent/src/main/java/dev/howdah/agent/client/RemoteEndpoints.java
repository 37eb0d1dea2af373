package dev.howdah.agent.client;

import dev.howdah.agent.a2a.A2aError;
import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.card.AgentCards;
import dev.howdah.agent.http.OutboundAddress;
import dev.howdah.postgres.InvalidInputException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Chooses how an agent is asked: by the first interface of its card that is spoken here. A card can name any address, so one
 * that lies elsewhere than the card is asked guardedly, and gets the agent's credentials only if the card is signed by a key
 * that the operator has configured; without such a signature an interface where the card lies goes before others. Thread-safe.
 */
final class RemoteEndpoints {
    private static final String VERSION = "A2A-Version";
    private static final String EXTENSIONS = "A2A-Extensions";
    private static final String SPOKEN = "1.";

    private final ConfiguredAgent agent;
    private final boolean isTrusted;
    private final URI cardAddress;
    private final List<A2aTransport> transports;

    /**
     * Choices for one agent.
     *
     * @param isTrusted whether the operator chose the address of the card
     */
    RemoteEndpoints(ConfiguredAgent agent, boolean isTrusted, URI cardAddress, List<A2aTransport> transports) {
        this.agent = agent;
        this.isTrusted = isTrusted;
        this.cardAddress = cardAddress;
        this.transports = List.copyOf(transports);
    }

    /** Where to ask, and by what. */
    record Chosen(RemoteEndpoint endpoint, A2aTransport transport) {}

    /**
     * Chooses.
     *
     * @throws A2aException if there is nothing that both sides speak
     */
    Chosen choose(RemoteCard card, Duration timeout) {
        var spoken = card.interfaces().stream().filter(each -> transport(each).isPresent()).toList();
        var usable = spoken.stream().filter(each -> each.protocolVersion().startsWith(SPOKEN)).toList();
        var chosen = usable.stream().filter(each -> card.isVerified() || isSameOrigin(address(each))).findFirst()
                .or(() -> usable.stream().findFirst()).orElseThrow(() -> nothingInCommon(card, spoken));
        var address = address(chosen);
        boolean isSameOrigin = isSameOrigin(address);
        var parameters = new HashMap<String, String>();
        parameters.put(VERSION, AgentCards.PROTOCOL_VERSION);
        if (card.extensions().contains(Caller.REPLAY_EXTENSION)) {
            parameters.put(EXTENSIONS, Caller.REPLAY_EXTENSION);
        }
        if (isSameOrigin || card.isVerified()) {
            parameters.putAll(credentials(card));
        }
        return new Chosen(new RemoteEndpoint(address, chosen.tenant(), isTrusted && isSameOrigin, parameters,
                timeout), transport(chosen).orElseThrow());
    }

    /** That of gRPC is a host and a port: there is TLS if there is for the card. */
    private String address(RemoteCard.Interface each) {
        return each.url().contains("://") ? each.url() : cardAddress.getScheme() + "://" + each.url();
    }

    private Optional<A2aTransport> transport(RemoteCard.Interface each) {
        return transports.stream().filter(transport -> transport.binding().equals(each.binding())).findFirst();
    }

    private A2aException nothingInCommon(RemoteCard card, List<RemoteCard.Interface> spoken) {
        var offered = card.interfaces().stream().map(each -> RemoteErrors.text(each.binding() + " "
                + each.protocolVersion())).distinct().collect(Collectors.joining(", "));
        return new A2aException(spoken.isEmpty() ? A2aError.UNSUPPORTED_OPERATION : A2aError.VERSION_NOT_SUPPORTED,
                agent.name() + " is reached by " + offered + ", and spoken here is version 1.0 of " + transports
                        .stream().map(A2aTransport::binding).collect(Collectors.joining(", ")),
                "ask its operator for such an interface");
    }

    private boolean isSameOrigin(String url) {
        try {
            return OutboundAddress.of(url).origin().equals(new OutboundAddress(cardAddress).origin());
        } catch (InvalidInputException e) {
            return false; // asking it will say why it will not do
        }
    }

    /** As the card asks for them: an API key in a header, or a bearer token, which is also what is usual. */
    private Map<String, String> credentials(RemoteCard card) {
        return agent.secret().map(secret -> {
            var schemes = card.json().path("securitySchemes").valueStream().limit(RemoteCard.ELEMENTS_MAX).toList();
            boolean takesBearer = schemes.stream().anyMatch(scheme -> scheme.path("httpAuthSecurityScheme")
                    .path("scheme").asString("").equalsIgnoreCase("bearer"));
            return schemes.stream().map(scheme -> scheme.path("apiKeySecurityScheme"))
                    .filter(scheme -> !takesBearer && scheme.path("location").asString("").equals("header"))
                    .map(scheme -> scheme.path("name").asString("")).filter(name -> !name.isEmpty()).findFirst()
                    .map(name -> Map.of(name, secret)).orElseGet(() -> Map.of("Authorization", "Bearer " + secret));
        }).orElseGet(Map::of);
    }
}
