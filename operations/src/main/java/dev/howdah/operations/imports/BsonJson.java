package dev.howdah.operations.imports;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.bson.BSONException;
import org.bson.BsonBinaryReader;
import org.bson.BsonBinaryWriter;
import org.bson.BsonDocument;
import org.bson.ByteBufNIO;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;
import org.bson.io.ByteBufferBsonInput;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** BSON as canonical Extended JSON: every type, without loss. */
final class BsonJson {
    private static final int DEPTH_MAX = 200;
    private static final char REPLACEMENT = '\uFFFD';
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private boolean replaced;

    private BsonJson() {}

    /** The bytes are no BSON, or hold what JSON cannot. */
    static final class BadBsonException extends Exception {
        private final String problem;

        BadBsonException(String problem) {
            super(problem);
            this.problem = problem;
        }

        String problem() {
            return problem;
        }
    }

    /**
     * A whole document.
     *
     * @throws BadBsonException if it is damaged, nested too deeply, not UTF-8, or has a field twice
     */
    static ObjectNode read(byte[] bson) throws BadBsonException {
        var made = new BsonJson();
        try (var reader = reader(bson)) {
            reader.readStartDocument();
            var document = made.fields(reader, 1);
            reader.readEndDocument();
            if (made.replaced && !isSameAgain(bson)) {
                throw new BadBsonException("holds a text that is not UTF-8");
            }
            return document;
        } catch (BSONException | IllegalStateException | IllegalArgumentException
                | IndexOutOfBoundsException | java.nio.BufferUnderflowException e) {
            throw new BadBsonException("is damaged: " + e.getMessage());
        }
    }

    private static BsonBinaryReader reader(byte[] bson) {
        return new BsonBinaryReader(new ByteBufferBsonInput(new ByteBufNIO(ByteBuffer.wrap(bson))));
    }

    /** The reader puts a sign for bytes that are no UTF-8; only if they were that very sign they come out the same. */
    private static boolean isSameAgain(byte[] bson) {
        BsonDocument document;
        try (var reader = reader(bson)) {
            document = new BsonDocumentCodec().decode(reader, DecoderContext.builder().build());
        }
        var buffer = new BasicOutputBuffer(bson.length);
        try (var writer = new BsonBinaryWriter(buffer)) {
            new BsonDocumentCodec().encode(writer, document, EncoderContext.builder().build());
            return Arrays.equals(buffer.toByteArray(), bson);
        } finally {
            buffer.close();
        }
    }

    private ObjectNode fields(BsonBinaryReader reader, int depth) throws BadBsonException {
        if (depth > DEPTH_MAX) {
            throw new BadBsonException("is nested deeper than " + DEPTH_MAX + " levels");
        }
        var object = JSON.objectNode();
        while (reader.readBsonType() != org.bson.BsonType.END_OF_DOCUMENT) {
            var name = text(reader.readName());
            if (object.replace(name, value(reader, depth)) != null) {
                throw new BadBsonException("has the field \"" + name + "\" twice");
            }
        }
        return object;
    }

    private ArrayNode elements(BsonBinaryReader reader, int depth) throws BadBsonException {
        if (depth > DEPTH_MAX) {
            throw new BadBsonException("is nested deeper than " + DEPTH_MAX + " levels");
        }
        var array = JSON.arrayNode();
        while (reader.readBsonType() != org.bson.BsonType.END_OF_DOCUMENT) {
            array.add(value(reader, depth));
        }
        return array;
    }

    private JsonNode value(BsonBinaryReader reader, int depth) throws BadBsonException {
        return switch (reader.getCurrentBsonType()) {
            case DOUBLE -> wrapper("$numberDouble", Double.toString(reader.readDouble()));
            case STRING -> JSON.stringNode(text(reader.readString()));
            case DOCUMENT -> {
                reader.readStartDocument();
                var object = fields(reader, depth + 1);
                reader.readEndDocument();
                yield object;
            }
            case ARRAY -> {
                reader.readStartArray();
                var array = elements(reader, depth + 1);
                reader.readEndArray();
                yield array;
            }
            case BINARY -> binary(reader);
            case UNDEFINED -> {
                reader.readUndefined();
                yield JSON.objectNode().put("$undefined", true);
            }
            case OBJECT_ID -> wrapper("$oid", reader.readObjectId().toHexString());
            case BOOLEAN -> JSON.booleanNode(reader.readBoolean());
            case DATE_TIME -> date(reader.readDateTime());
            case NULL -> {
                reader.readNull();
                yield JSON.nullNode();
            }
            case REGULAR_EXPRESSION -> regularExpression(reader);
            case DB_POINTER -> dbPointer(reader);
            case JAVASCRIPT -> wrapper("$code", text(reader.readJavaScript()));
            case SYMBOL -> wrapper("$symbol", text(reader.readSymbol()));
            case JAVASCRIPT_WITH_SCOPE -> scoped(reader, depth);
            case INT32 -> wrapper("$numberInt", Integer.toString(reader.readInt32()));
            case TIMESTAMP -> timestamp(reader);
            case INT64 -> wrapper("$numberLong", Long.toString(reader.readInt64()));
            case DECIMAL128 -> wrapper("$numberDecimal", reader.readDecimal128().toString());
            case MIN_KEY -> {
                reader.readMinKey();
                yield JSON.objectNode().put("$minKey", 1);
            }
            case MAX_KEY -> {
                reader.readMaxKey();
                yield JSON.objectNode().put("$maxKey", 1);
            }
            case END_OF_DOCUMENT -> throw new BadBsonException("ends in the middle");
        };
    }

    private static ObjectNode binary(BsonBinaryReader reader) {
        var value = reader.readBinaryData();
        var node = JSON.objectNode();
        node.putObject("$binary").put("base64", Base64.getEncoder().encodeToString(value.getData())).put("subType",
                HexFormat.of().toHexDigits(value.getType()));
        return node;
    }

    private static ObjectNode date(long millis) {
        var node = JSON.objectNode();
        node.putObject("$date").put("$numberLong", Long.toString(millis));
        return node;
    }

    private ObjectNode regularExpression(BsonBinaryReader reader) {
        var value = reader.readRegularExpression();
        var node = JSON.objectNode();
        node.putObject("$regularExpression").put("pattern", text(value.getPattern())).put("options",
                value.getOptions());
        return node;
    }

    private ObjectNode dbPointer(BsonBinaryReader reader) {
        var value = reader.readDBPointer();
        var node = JSON.objectNode();
        node.putObject("$dbPointer").put("$ref", text(value.getNamespace())).set("$id",
                wrapper("$oid", value.getId().toHexString()));
        return node;
    }

    private ObjectNode scoped(BsonBinaryReader reader, int depth) throws BadBsonException {
        var node = wrapper("$code", text(reader.readJavaScriptWithScope()));
        reader.readStartDocument();
        node.set("$scope", fields(reader, depth + 1));
        reader.readEndDocument();
        return node;
    }

    private static ObjectNode timestamp(BsonBinaryReader reader) {
        var value = reader.readTimestamp();
        var node = JSON.objectNode();
        node.putObject("$timestamp").put("t", value.getTime() & 0xffffffffL).put("i", value.getInc() & 0xffffffffL);
        return node;
    }

    private String text(String text) {
        replaced |= text.indexOf(REPLACEMENT) >= 0;
        return text;
    }

    private static ObjectNode wrapper(String name, String text) {
        return JSON.objectNode().put(name, text);
    }
}
