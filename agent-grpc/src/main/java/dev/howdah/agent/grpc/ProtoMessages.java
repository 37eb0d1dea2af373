package dev.howdah.agent.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import dev.howdah.agent.a2a.A2aError;
import dev.howdah.agent.a2a.A2aException;
import dev.howdah.postgres.InvalidInputException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.DoubleNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.LongNode;
import tools.jackson.databind.node.ObjectNode;

/** Between messages of protobuf and the ProtoJSON that all bindings are read from and written to, so that all behave the same. */
final class ProtoMessages {
    /** Beyond it, not every whole number is a double. */
    private static final double WHOLE_MAX = 1L << 53;
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().omittingInsignificantWhitespace();
    private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();

    private ProtoMessages() {}

    /**
     * A request as the other bindings would have received it.
     *
     * @throws InvalidInputException if it holds what JSON cannot: a number that is none, a time out of range
     */
    static JsonNode json(MessageOrBuilder message) {
        try {
            var json = JSON.readTree(PRINTER.print(message));
            tellWholeNumbers(json);
            return json;
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw new InvalidInputException("a2a-invalid", "", "the message cannot be written as JSON: "
                    + e.getMessage(), "leave out NaN, infinities, and times before the year 1");
        }
    }

    /**
     * Fills an answer.
     *
     * @throws A2aException if protobuf cannot hold it, such as data that is nested too deeply
     */
    static <B extends Message.Builder> B fill(B builder, JsonNode json) {
        try {
            return merge(builder, json);
        } catch (InvalidProtocolBufferException e) {
            throw new A2aException(A2aError.INVALID_AGENT_RESPONSE,
                    "the agent's answer cannot be written in protobuf: " + e.getMessage(),
                    "ask for it over JSON-RPC or HTTP+JSON");
        }
    }

    /**
     * Fills a request to an agent.
     *
     * @throws InvalidInputException if protobuf cannot hold it
     */
    static <B extends Message.Builder> B request(B builder, JsonNode json) {
        try {
            return merge(builder, json);
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidInputException("a2a-invalid", "", "the request cannot be written in protobuf: "
                    + e.getMessage(), "nest its data less deeply");
        }
    }

    private static <B extends Message.Builder> B merge(B builder, JsonNode json) throws InvalidProtocolBufferException {
        PARSER.merge(JSON.writeValueAsString(json), builder);
        return builder;
    }

    /** Struct knows doubles only; where JSON would have had 3 it prints 3.0, which is not the same to every skill. */
    private static void tellWholeNumbers(JsonNode json) {
        switch (json) {
            case ObjectNode object -> object.properties().forEach(field -> {
                tellWholeNumbers(field.getValue());
                field.setValue(whole(field.getValue()));
            });
            case ArrayNode array -> {
                for (int i = 0; i < array.size(); i++) {
                    tellWholeNumbers(array.get(i));
                    array.set(i, whole(array.get(i)));
                }
            }
            default -> {
                // a leaf: its parent replaces it
            }
        }
    }

    private static JsonNode whole(JsonNode value) {
        if (!(value instanceof DoubleNode node) || node.doubleValue() != Math.rint(node.doubleValue())
                || Math.abs(node.doubleValue()) > WHOLE_MAX) {
            return value;
        }
        long number = (long) node.doubleValue();
        return number == (int) number ? IntNode.valueOf((int) number) : LongNode.valueOf(number);
    }
}
