package dev.howdah.agent.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import dev.howdah.agent.client.RemoteEndpoint;
import dev.howdah.agent.client.RemoteErrors;
import dev.howdah.agent.http.OutboundHttp;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import javax.net.ssl.SSLException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What remote agents answer: messages as ProtoJSON, and errors as they would have been told over HTTP. */
final class GrpcAnswers {
    private GrpcAnswers() {}

    static JsonNode json(RemoteEndpoint endpoint, Message message) {
        try {
            return ProtoMessages.json(message);
        } catch (InvalidInputException e) {
            throw RemoteErrors.invalid(endpoint.address(), "something that is no ProtoJSON");
        }
    }

    static HowdahException failure(RemoteEndpoint endpoint, StatusRuntimeException thrown) {
        var cause = thrown.getStatus().getCause();
        return switch (thrown.getStatus().getCode()) {
            case DEADLINE_EXCEEDED -> new UnavailableException(OutboundHttp.TIMEOUT,
                    endpoint + " did not answer within " + endpoint.timeout().toMillis() + " ms", "", thrown);
            case UNAVAILABLE, UNKNOWN, INTERNAL, CANCELLED -> switch (cause) {
                case null -> told(endpoint, thrown);
                case ConnectException refused -> unreachable(endpoint, refused);
                case NoRouteToHostException away -> unreachable(endpoint, away);
                case SSLException untrusted -> unreachable(endpoint, untrusted);
                case IOException _,InterruptedException _ -> new UnavailableException(OutboundHttp.BROKEN,
                        "the connection to " + endpoint + " broke", "", thrown);
                default -> told(endpoint, thrown);
            };
            default -> told(endpoint, thrown);
        };
    }

    private static UnavailableException unreachable(RemoteEndpoint endpoint, Exception cause) {
        return new UnavailableException(OutboundHttp.UNREACHABLE, endpoint + " cannot be reached", "", cause);
    }

    /** By the agent, which says why as it does in the other bindings. */
    private static HowdahException told(RemoteEndpoint endpoint, StatusRuntimeException thrown) {
        var status = StatusProto.fromThrowable(thrown);
        var body = JsonMapper.shared().createObjectNode();
        var error = body.putObject("error");
        var details = error.putArray("details");
        if (status != null) {
            error.put("message", status.getMessage());
            for (var detail : status.getDetailsList()) {
                if (detail.is(ErrorInfo.class)) {
                    details.addObject().put("@type", detail.getTypeUrl()).put("reason", reason(detail));
                }
            }
        }
        return RemoteErrors.ofHttp(endpoint.address(), httpStatus(thrown.getStatus().getCode()), body.toString());
    }

    private static String reason(Any detail) {
        try {
            return detail.unpack(ErrorInfo.class).getReason();
        } catch (InvalidProtocolBufferException e) {
            return ""; // as if it were not there: the status says something, too
        }
    }

    /** As {@code google.rpc.Code} has them, but for what the agent does not know: asking again would not help. */
    private static int httpStatus(Status.Code code) {
        return switch (code) {
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED -> 403;
            case NOT_FOUND, UNIMPLEMENTED -> 404;
            case ALREADY_EXISTS, ABORTED -> 409;
            case RESOURCE_EXHAUSTED -> 429;
            case UNAVAILABLE -> 503;
            default -> 500;
        };
    }
}
