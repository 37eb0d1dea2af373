package dev.howdah.agent.mcp;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Where a list goes on: opaque for clients, and not to be trusted when it comes back. */
final class McpCursor {
    private static final int LENGTH_MAX = 1000;

    private McpCursor() {}

    static String encode(String position) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(position.getBytes(StandardCharsets.UTF_8));
    }

    /** The position in a request's parameters; absent if they have no cursor. */
    static Optional<String> decode(ObjectNode params) {
        var cursor = params.path("cursor");
        if (cursor.isMissingNode()) {
            return Optional.empty();
        }
        if (!cursor.isString() || cursor.asString().length() > LENGTH_MAX) {
            throw invalid();
        }
        try {
            return Optional.of(new String(Base64.getUrlDecoder().decode(cursor.asString()), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw invalid();
        }
    }

    /** The number before the colon. */
    static int number(String position, int colon) {
        try {
            return Integer.parseUnsignedInt(position.substring(0, Math.max(colon, 0)));
        } catch (NumberFormatException e) {
            throw invalid();
        }
    }

    private static McpException invalid() {
        return McpMethods.invalid("the cursor is none of this list", "use nextCursor as it came");
    }
}
