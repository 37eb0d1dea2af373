package dev.howdah.agent.mcp;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that the client is asked for before a request can be completed.
 *
 * @param kind what it is asked for
 * @param params as the protocol has them for that kind
 */
public record InputRequest(Kind kind, ObjectNode params) {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** What a client can be asked for, and the capability with which it says so. */
    public enum Kind {
        /** An answer of the person at the client, in a form. */
        ELICITATION("elicitation/create", "elicitation"),
        /** A message of the client's language model. */
        SAMPLING("sampling/createMessage", "sampling"),
        /** The directories that the client works on. */
        ROOTS("roots/list", "roots");

        private final String method;
        private final String capability;

        Kind(String method, String capability) {
            this.method = method;
            this.capability = capability;
        }

        /** The method on the wire. */
        public String method() {
            return method;
        }

        /** What the client must have declared. */
        public String capability() {
            return capability;
        }
    }

    public InputRequest {
        params = params.deepCopy();
    }

    /**
     * Asks the person.
     *
     * @param schema JSON Schema of the answer, an object of plain fields
     */
    public static InputRequest elicitation(String message, ObjectNode schema) {
        return new InputRequest(Kind.ELICITATION, JSON.createObjectNode().put("message", message)
                .set("requestedSchema", schema.deepCopy()));
    }

    /** Asks the client's language model. */
    public static InputRequest sampling(String prompt, int tokensMax) {
        var params = JSON.createObjectNode();
        params.putArray("messages").addObject().put("role", "user").putObject("content").put("type", "text")
                .put("text", prompt);
        return new InputRequest(Kind.SAMPLING, params.put("maxTokens", tokensMax));
    }

    /** Asks for the client's directories. */
    public static InputRequest roots() {
        return new InputRequest(Kind.ROOTS, JSON.createObjectNode());
    }

    ObjectNode toJson() {
        return JSON.createObjectNode().put("method", kind.method()).set("params", params);
    }
}
