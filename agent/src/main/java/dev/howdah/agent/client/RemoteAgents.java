package dev.howdah.agent.client;

import dev.howdah.agent.http.OutboundHttpSettings;
import dev.howdah.postgres.NotFoundException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The remote agents that can be asked: those that the operator has named, and any other by its address, which then must not
 * lead inside the network. Thread-safe.
 *
 * <pre>{@code
 * var agent = agents.find("translator");
 * var task = agent.send(SendMessageRequest.of(Message.ofUser(List.of(Part.text("Guten Tag")))));
 * }</pre>
 */
public final class RemoteAgents implements AutoCloseable {
    /** Agents without a name whose cards are kept. */
    private static final int UNNAMED_MAX = 200;

    private final RemoteAgentSettings settings;
    private final RemoteHttp http;
    private final List<A2aTransport> transports;
    private final Map<String, RemoteAgent> named = new LinkedHashMap<>();
    private final Map<String, RemoteAgent> unnamed = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, RemoteAgent> eldest) {
            return size() > UNNAMED_MAX;
        }
    };

    /**
     * The agents of the settings; nothing is asked yet.
     *
     * @param more bindings besides JSON-RPC and HTTP+JSON; closed with this
     */
    public RemoteAgents(RemoteAgentSettings settings, OutboundHttpSettings outbound, List<A2aTransport> more) {
        this.settings = settings;
        this.http = new RemoteHttp(outbound);
        this.transports = new ArrayList<>(List.of(new JsonRpcTransport(http), new HttpJsonTransport(http)));
        this.transports.addAll(more);
        settings.agents().forEach((name, agent) -> named.put(name, agent(agent, true)));
    }

    public RemoteAgentSettings settings() {
        return settings;
    }

    /** Those that the operator has named, in the order of the settings. */
    public Collection<RemoteAgent> named() {
        return List.copyOf(named.values());
    }

    /** Whether it is one's name, or an address. */
    public boolean isKnown(String nameOrAddress) {
        return named.containsKey(nameOrAddress) || RemoteAgentSettings.isAddress(nameOrAddress);
    }

    /**
     * One of them.
     *
     * @throws NotFoundException if none has the name
     */
    public RemoteAgent find(String nameOrAddress) {
        var agent = named.get(nameOrAddress);
        if (agent != null) {
            return agent;
        }
        if (!RemoteAgentSettings.isAddress(nameOrAddress)) {
            throw new NotFoundException("agent-not-found", "there is no agent \"" + nameOrAddress + "\"",
                    "add it to howdah.agent.remote, or give the root of its address");
        }
        synchronized (unnamed) {
            return unnamed.computeIfAbsent(nameOrAddress, address -> agent(ConfiguredAgent.unnamed(address), false));
        }
    }

    private RemoteAgent agent(ConfiguredAgent agent, boolean isTrusted) {
        var cards = new CardSource(agent, isTrusted, http, settings.timeout());
        return new RemoteAgent(agent, cards, new RemoteEndpoints(agent, isTrusted, cards.address(), transports),
                settings.timeout());
    }

    /** Closes all connections. */
    @Override
    public void close() {
        transports.forEach(A2aTransport::close);
        http.close();
    }
}
