package dev.howdah.agent.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.howdah.agent.a2a.A2aFailure;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.UnavailableException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Errors as gRPC tells them: a status with google.rpc messages as details, the same ones as in the other bindings. */
final class GrpcErrors {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcErrors.class);
    private static final JsonFormat.Parser DETAILS = JsonFormat.parser().usingTypeRegistry(JsonFormat.TypeRegistry
            .newBuilder().add(ErrorInfo.getDescriptor()).add(BadRequest.getDescriptor()).build());

    /** Clients take 8 KiB of trailers by default, in which the message stands twice, and bytes in Base64. */
    private static final int MESSAGE_MAX = 400;
    private static final int VIOLATIONS_MAX = 10;
    private static final int VIOLATION_MAX = 150;

    private GrpcErrors() {}

    /** What the client is told; what was not foreseen is logged here. */
    static StatusRuntimeException of(Throwable thrown) {
        var failure = A2aFailure.of(thrown);
        switch (thrown) {
            case UnavailableException e -> LOG.warn("A call over gRPC failed: {}", e.getMessage());
            case HowdahException _ -> LOG.debug("A call over gRPC was refused", thrown);
            default -> LOG.error("A call over gRPC failed", thrown);
        }
        var status = Status.newBuilder().setCode(Code.valueOf(failure.grpcStatus().name()).getNumber())
                .setMessage(cut(failure.message(), MESSAGE_MAX));
        failure.details().forEach(detail -> status.addDetails(detail(detail)));
        return StatusProto.toStatusRuntimeException(status.build());
    }

    /** A caller that is not known, or sent no key. */
    static StatusRuntimeException unauthenticated() {
        return StatusProto.toStatusRuntimeException(Status.newBuilder().setCode(Code.UNAUTHENTICATED_VALUE)
                .setMessage("the API key is missing or wrong; send it as the metadata x-api-key")
                .addDetails(Any.pack(ErrorInfo.newBuilder().setReason("API_KEY_MISSING").setDomain("howdah.dev")
                        .build()))
                .build());
    }

    private static Any detail(JsonNode json) {
        try {
            var any = Any.newBuilder();
            DETAILS.merge(json.toString(), any);
            return any.build().is(BadRequest.class) ? Any.pack(cut(any.build().unpack(BadRequest.class))) : any.build();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("details are of the two types that are registered", e);
        }
    }

    private static BadRequest cut(BadRequest bad) {
        var shorter = BadRequest.newBuilder();
        bad.getFieldViolationsList().stream().limit(VIOLATIONS_MAX).forEach(violation -> shorter.addFieldViolations(
                violation.toBuilder().setField(cut(violation.getField(), VIOLATION_MAX))
                        .setDescription(cut(violation.getDescription(), VIOLATION_MAX))));
        return shorter.build();
    }

    private static String cut(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max - 1) + "\u2026";
    }
}
