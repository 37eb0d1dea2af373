package dev.howdah.agent.a2a;

/**
 * The protocol's own errors and what each binding makes of them; section 5.4 of A2A 1.0.1. The numbers may move with patch
 * releases and stand here only.
 */
public enum A2aError {
    TASK_NOT_FOUND(-32001, GrpcStatus.NOT_FOUND, 404), TASK_NOT_CANCELABLE(-32002, GrpcStatus.FAILED_PRECONDITION,
            400), PUSH_NOTIFICATION_NOT_SUPPORTED(-32003, GrpcStatus.FAILED_PRECONDITION, 400), UNSUPPORTED_OPERATION(
                    -32004, GrpcStatus.FAILED_PRECONDITION, 400), CONTENT_TYPE_NOT_SUPPORTED(-32005,
                            GrpcStatus.INVALID_ARGUMENT, 400), INVALID_AGENT_RESPONSE(-32006, GrpcStatus.INTERNAL,
                                    500), EXTENDED_AGENT_CARD_NOT_CONFIGURED(-32007, GrpcStatus.FAILED_PRECONDITION,
                                            400), EXTENSION_SUPPORT_REQUIRED(-32008, GrpcStatus.FAILED_PRECONDITION,
                                                    400), VERSION_NOT_SUPPORTED(-32009, GrpcStatus.FAILED_PRECONDITION,
                                                            400);

    /** The names of google.rpc.Code that occur. */
    public enum GrpcStatus {
        INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION, UNAUTHENTICATED, RESOURCE_EXHAUSTED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE
    }

    private final int jsonRpcCode;
    private final GrpcStatus grpcStatus;
    private final int httpStatus;

    A2aError(int jsonRpcCode, GrpcStatus grpcStatus, int httpStatus) {
        this.jsonRpcCode = jsonRpcCode;
        this.grpcStatus = grpcStatus;
        this.httpStatus = httpStatus;
    }

    public int jsonRpcCode() {
        return jsonRpcCode;
    }

    public GrpcStatus grpcStatus() {
        return grpcStatus;
    }

    public int httpStatus() {
        return httpStatus;
    }

    /** What ErrorInfo calls it. */
    public String reason() {
        return name();
    }
}
