package dev.howdah.agent.mcp;

import java.util.OptionalDouble;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The way to the client while its request is under way. Used by the thread of the request. */
public interface McpExchange {
    /** Tells how far the work has come, if the client wants to hear it. */
    void progress(double progress, OptionalDouble total, String message);

    /** Tells what happens, if the client wants to hear it at this level. */
    void log(McpLogLevel level, String logger, JsonNode data);

    /** Sends a notification as it is. */
    void notify(String method, ObjectNode params);

    /** Whether nobody waits for the answer any more. */
    boolean isCancelled();
}
