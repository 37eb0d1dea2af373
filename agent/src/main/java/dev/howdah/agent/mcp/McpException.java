package dev.howdah.agent.mcp;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A request that is answered with an error of the protocol. */
public final class McpException extends HowdahException {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final McpErrorCode error;
    private final transient ObjectNode data;

    /**
     * An error.
     *
     * @param data what programs read besides the code; empty for nothing
     */
    public McpException(McpErrorCode error, String problem, String remedy, ObjectNode data) {
        super("mcp-" + error.name().toLowerCase(Locale.ROOT).replace('_', '-'), problem, remedy, null);
        this.error = error;
        this.data = data.deepCopy();
    }

    /** An error without data. */
    public McpException(McpErrorCode error, String problem, String remedy) {
        this(error, problem, remedy, JSON.createObjectNode());
    }

    /** An error of ours as the protocol tells it; its own code and remedy are in the data. */
    public static McpException of(HowdahException e) {
        if (e instanceof McpException known) {
            return known;
        }
        var kind = switch (e) {
            case InvalidInputException _,NotFoundException _,ConflictException _ -> McpErrorCode.INVALID_PARAMS;
            default -> McpErrorCode.INTERNAL;
        };
        return new McpException(kind, e.problem(), e.remedy(), JSON.createObjectNode().put("code", e.code()));
    }

    /** Which error of the protocol it is. */
    public McpErrorCode error() {
        return error;
    }

    /** The error object of the answer. */
    public ObjectNode toJson() {
        var json = JSON.createObjectNode().put("code", error.code()).put("message", getMessage());
        if (!data.isEmpty()) {
            json.set("data", data.deepCopy());
        }
        return json;
    }
}
