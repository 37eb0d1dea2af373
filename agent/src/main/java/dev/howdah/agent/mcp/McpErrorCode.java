package dev.howdah.agent.mcp;

/** The errors of the protocol, in one place because revisions move them. */
public enum McpErrorCode {
    /** The body is no JSON. */
    PARSE(-32700, 400),
    /** The body is JSON, but no message of the protocol. */
    INVALID_REQUEST(-32600, 400),
    /** There is no such method. */
    METHOD_NOT_FOUND(-32601, 404),
    /** The metadata that every request must carry is missing or wrong. */
    INVALID_META(-32602, 400),
    /** The method is known, its parameters are wrong or name something that is not there. */
    INVALID_PARAMS(-32602, 200),
    /** The server failed. */
    INTERNAL(-32603, 200),
    /** A header is missing or says something else than the body. */
    HEADER_MISMATCH(-32020, 400),
    /** The client did not declare a capability that the request needs. */
    MISSING_CAPABILITY(-32021, 400),
    /** The revision is not spoken here. */
    UNSUPPORTED_VERSION(-32022, 400);

    private final int code;
    private final int status;

    McpErrorCode(int code, int status) {
        this.code = code;
        this.status = status;
    }

    /** The code on the wire. */
    public int code() {
        return code;
    }

    /** The status of the HTTP answer, as long as nothing was streamed before. */
    public int status() {
        return status;
    }
}
