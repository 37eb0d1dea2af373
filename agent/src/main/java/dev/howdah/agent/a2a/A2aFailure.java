package dev.howdah.agent.a2a;

import dev.howdah.agent.a2a.A2aError.GrpcStatus;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.UnavailableException;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An error as bindings write it.
 *
 * @param jsonRpcCode of a JSON-RPC error object
 * @param httpStatus of the HTTP+JSON binding
 * @param message what happened and what to do
 * @param details ProtoJSON of google.rpc messages, each with {@code @type}
 */
public record A2aFailure(int jsonRpcCode, GrpcStatus grpcStatus, int httpStatus, String message, ArrayNode details) {
    public static final int PARSE_ERROR = -32700;
    public static final int INVALID_REQUEST = -32600;
    public static final int METHOD_NOT_FOUND = -32601;
    public static final int INVALID_PARAMS = -32602;
    public static final int INTERNAL_ERROR = -32603;

    private static final String DOMAIN = "a2a-protocol.org";
    private static final String OWN_DOMAIN = "howdah.dev";
    private static final String ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo";
    private static final String BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest";

    /** What a binding says of an exception. What was not foreseen tells nothing of itself; log it. */
    public static A2aFailure of(Throwable thrown) {
        return switch (thrown) {
            case A2aException e -> of(e.error().jsonRpcCode(), e.error().grpcStatus(), e.error().httpStatus(), e,
                    errorInfo(e.error().reason(), DOMAIN));
            case InvalidInputException e -> of(INVALID_PARAMS, GrpcStatus.INVALID_ARGUMENT, 400, e, violations(e));
            case LimitExceededException e -> of(INVALID_PARAMS, GrpcStatus.RESOURCE_EXHAUSTED, 413, e, own(e));
            case NotFoundException e -> of(INVALID_PARAMS, GrpcStatus.NOT_FOUND, 404, e, own(e));
            case ConflictException e -> of(INVALID_PARAMS, GrpcStatus.FAILED_PRECONDITION, 400, e, own(e));
            case UnavailableException e -> of(INTERNAL_ERROR, GrpcStatus.UNAVAILABLE, 503, e, own(e));
            default -> new A2aFailure(INTERNAL_ERROR, GrpcStatus.INTERNAL, 500,
                    "something went wrong here; the log of the server has the details", array());
        };
    }

    /**
     * An error of the binding itself, before an operation is known.
     *
     * @param code in kebab case, as of a {@link HowdahException}
     */
    public static A2aFailure of(int jsonRpcCode, GrpcStatus grpcStatus, int httpStatus, String code, String message) {
        return new A2aFailure(jsonRpcCode, grpcStatus, httpStatus, message, array().add(errorInfo(reason(code),
                OWN_DOMAIN)));
    }

    private static A2aFailure of(int code, GrpcStatus grpc, int http, HowdahException e, ObjectNode detail) {
        return new A2aFailure(code, grpc, http, String.valueOf(e.getMessage()), array().add(detail));
    }

    private static ObjectNode own(HowdahException e) {
        return errorInfo(reason(e.code()), OWN_DOMAIN);
    }

    private static String reason(String code) {
        return code.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private static ObjectNode errorInfo(String reason, String domain) {
        return JsonMapper.shared().createObjectNode().put("@type", ERROR_INFO).put("reason", reason).put("domain",
                domain);
    }

    private static ObjectNode violations(InvalidInputException e) {
        var detail = JsonMapper.shared().createObjectNode().put("@type", BAD_REQUEST);
        var list = detail.putArray("fieldViolations");
        e.faults().forEach(fault -> list.addObject().put("field", fault.field())
                .put("description", fault.problem() + "; " + fault.remedy()));
        return detail;
    }

    private static ArrayNode array() {
        return JsonMapper.shared().createArrayNode();
    }
}
