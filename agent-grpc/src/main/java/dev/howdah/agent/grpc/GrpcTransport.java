package dev.howdah.agent.grpc;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;

import com.google.protobuf.Message;
import dev.howdah.agent.client.A2aMethod;
import dev.howdah.agent.client.A2aTransport;
import dev.howdah.agent.client.RemoteEndpoint;
import dev.howdah.agent.client.RemoteErrors;
import dev.howdah.agent.client.RemoteEvents;
import dev.howdah.agent.grpc.v1.A2AServiceGrpc;
import dev.howdah.agent.http.OutboundHttpSettings;
import dev.howdah.queue.TraceContext;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks remote agents over gRPC; with TLS where the address begins with {@code https}. Addresses are guarded as they are over
 * HTTP. What a stream tells is read one event ahead. Thread-safe.
 */
public final class GrpcTransport implements A2aTransport {
    /** Bytes of one event. */
    private static final int EVENT_MAX = 16 << 20;
    private static final Map<String, MethodDescriptor<?, ?>> METHODS = A2AServiceGrpc.getServiceDescriptor()
            .getMethods().stream().collect(toMap(MethodDescriptor::getBareMethodName, identity()));

    private final AgentChannels channels;
    private final int answerMax;

    /** Connects to nobody yet. */
    public GrpcTransport(OutboundHttpSettings settings) {
        this.channels = new AgentChannels(settings);
        this.answerMax = settings.answerMax();
    }

    @Override
    public String binding() {
        return "GRPC";
    }

    @Override
    public JsonNode call(RemoteEndpoint endpoint, A2aMethod method, ObjectNode request) {
        var described = described(method);
        var message = message(endpoint, described, request);
        var options = CallOptions.DEFAULT.withMaxInboundMessageSize(answerMax)
                .withDeadlineAfter(endpoint.timeout().toNanos(), TimeUnit.NANOSECONDS);
        var channel = ClientInterceptors.intercept(channels.to(endpoint),
                MetadataUtils.newAttachHeadersInterceptor(metadata(endpoint)));
        try {
            return GrpcAnswers.json(endpoint, ClientCalls.blockingUnaryCall(channel, described, options, message));
        } catch (StatusRuntimeException e) {
            throw GrpcAnswers.failure(endpoint, e);
        }
    }

    @Override
    public RemoteEvents open(RemoteEndpoint endpoint, A2aMethod method, ObjectNode request) {
        var described = described(method);
        var message = message(endpoint, described, request);
        var call = channels.to(endpoint).newCall(described, CallOptions.DEFAULT.withMaxInboundMessageSize(EVENT_MAX));
        var events = new GrpcEvents(endpoint, call);
        call.start(events, metadata(endpoint));
        call.request(1);
        call.sendMessage(message);
        call.halfClose();
        events.awaitBegin();
        return events;
    }

    /** What is sent and received are messages of protobuf. */
    @SuppressWarnings("unchecked")
    private static MethodDescriptor<Message, Message> described(A2aMethod method) {
        return (MethodDescriptor<Message, Message>) Objects.requireNonNull(METHODS.get(method.wireName()));
    }

    private static Message message(RemoteEndpoint endpoint, MethodDescriptor<Message, Message> method,
            ObjectNode request) {
        var prototype = Objects.requireNonNull(
                ((PrototypeMarshaller<Message>) method.getRequestMarshaller()).getMessagePrototype());
        var json = endpoint.tenant().isEmpty() ? request : request.deepCopy().put("tenant", endpoint.tenant());
        return ProtoMessages.request(prototype.newBuilderForType(), json).build();
    }

    private static Metadata metadata(RemoteEndpoint endpoint) {
        var metadata = new Metadata();
        TraceContext.current().ifPresent(trace -> put(metadata, TraceContext.HEADER, trace.header()));
        try {
            endpoint.parameters().forEach((name, value) -> put(metadata, name, value));
        } catch (IllegalArgumentException e) {
            throw RemoteErrors.invalid(endpoint.address(),
                    "a card that asks for a key under a name that gRPC cannot send");
        }
        return metadata;
    }

    private static void put(Metadata metadata, String name, String value) {
        metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    }

    /** Ends all calls. */
    @Override
    public void close() {
        channels.close();
    }
}
