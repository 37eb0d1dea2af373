package dev.howdah.agent.a2a;

import tools.jackson.databind.node.ObjectNode;

/** The Agent Card for a caller who is known. */
@FunctionalInterface
public interface ExtendedCard {
    /**
     * The card as ProtoJSON.
     *
     * @throws A2aException if none is declared, or none is configured
     */
    ObjectNode get(Caller caller);

    /** Of an agent whose public card is all there is. */
    static ExtendedCard undeclared() {
        return caller -> {
            throw new A2aException(A2aError.UNSUPPORTED_OPERATION, "this agent has no extended card",
                    "read the public one at /.well-known/agent-card.json");
        };
    }
}
