package dev.howdah.agent.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Where and how an agent is asked.
 *
 * @param address of one of its interfaces, with its scheme, which for gRPC says whether there is TLS
 * @param tenant to be echoed in every request; may be empty
 * @param isTrusted whether the operator chose the address, so that it may lead inside the network
 * @param parameters what goes with each request: the version, extensions, credentials; headers or metadata
 * @param timeout how long a request may take; of a stream, until it begins
 */
public record RemoteEndpoint(String address, String tenant, boolean isTrusted, Map<String, String> parameters,
        Duration timeout) {
    public RemoteEndpoint {
        parameters = Map.copyOf(parameters);
    }

    /** The same with a further parameter. */
    RemoteEndpoint with(String name, String value) {
        var more = new HashMap<>(parameters);
        more.put(name, value);
        return new RemoteEndpoint(address, tenant, isTrusted, more, timeout);
    }

    RemoteEndpoint withTimeout(Duration value) {
        return new RemoteEndpoint(address, tenant, isTrusted, parameters, value);
    }

    /** Without the parameters, which hold credentials. */
    @Override
    public String toString() {
        return address;
    }
}
