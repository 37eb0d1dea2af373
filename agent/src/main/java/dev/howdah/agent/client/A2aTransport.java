package dev.howdah.agent.client;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Carries requests of the protocol to an agent by one of its bindings. Requests and answers are ProtoJSON, whatever goes over
 * the wire. Errors of the other side are thrown as {@link dev.howdah.agent.a2a.A2aException} or
 * {@link dev.howdah.postgres.InvalidInputException}; {@link dev.howdah.postgres.UnavailableException} means that no answer
 * came, with the codes of {@link dev.howdah.agent.http.OutboundHttp}. Nothing is repeated here. Thread-safe.
 */
public interface A2aTransport extends AutoCloseable {
    /** Which binding it is, as cards name it. */
    String binding();

    /**
     * Sends a request and answers with the response message, which is empty where the protocol has none.
     *
     * @param request its fields; the tenant is added by the transport
     */
    JsonNode call(RemoteEndpoint endpoint, A2aMethod method, ObjectNode request);

    /** The same for a method that answers with a stream. */
    RemoteEvents open(RemoteEndpoint endpoint, A2aMethod method, ObjectNode request);

    /** Closes what it holds by itself. */
    @Override
    default void close() {
        // nothing
    }
}
