package dev.howdah.workflow.definition;

import com.google.common.primitives.UnsignedLong;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.RandomAccess;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON as expressions see it, and back. Objects and lists are views, so that an expression that looks at one field of a large
 * output does not copy the rest; a view that comes out of an expression is the JSON that it was made of.
 */
final class CelJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private CelJson() {}

    static Object toCel(JsonNode json) {
        return switch (json.getNodeType()) {
            case OBJECT, POJO -> new ObjectView(json);
            case ARRAY -> new ListView(json);
            case STRING, BINARY -> json.asString();
            case BOOLEAN -> json.booleanValue();
            case NUMBER -> json.isIntegralNumber() && json.canConvertToLong()
                    ? (Object) json.longValue()
                    : (Object) json.doubleValue();
            case NULL, MISSING -> NullValue.NULL_VALUE;
        };
    }

    static JsonNode toJson(String expression, @Nullable Object value) {
        return switch (value) {
            case ObjectView view -> view.json;
            case ListView view -> view.json;
            case Long number -> integer(number);
            case UnsignedLong number -> JSON.numberNode(number.bigIntegerValue());
            case Double number -> number(expression, number);
            case Boolean flag -> JSON.booleanNode(flag);
            case String text -> JSON.stringNode(text);
            case null -> JSON.nullNode();
            case NullValue none -> JSON.nullNode();
            case CelByteString bytes -> JSON.stringNode(Base64.getEncoder().encodeToString(bytes.toByteArray()));
            case Instant time -> JSON.stringNode(time.toString());
            case Duration duration -> JSON.stringNode(DurationText.of(duration));
            case Map<?, ?> map -> object(expression, map);
            case Iterable<?> list -> list(expression, list);
            default -> throw new ExpressionException(expression, "gives a " + value.getClass().getSimpleName()
                    + ", which JSON does not have", "convert it, for example with string(x)", null);
        };
    }

    /** As a parser would have read it, so that equal numbers are equal nodes. */
    private static JsonNode integer(long number) {
        return number == (int) number ? JSON.numberNode((int) number) : JSON.numberNode(number);
    }

    private static JsonNode number(String expression, double number) {
        if (Double.isFinite(number)) {
            return JSON.numberNode(number);
        }
        throw new ExpressionException(expression, "gives " + number + ", which JSON does not have",
                "check what is divided", null);
    }

    private static ObjectNode object(String expression, Map<?, ?> map) {
        var object = JSON.objectNode();
        map.forEach((key, element) -> object.set(String.valueOf(key), toJson(expression, element)));
        return object;
    }

    private static ArrayNode list(String expression, Iterable<?> list) {
        var array = JSON.arrayNode();
        list.forEach(element -> array.add(toJson(expression, element)));
        return array;
    }

    /** The outputs of all nodes; what is not looked at is not converted. */
    static final class Outputs extends View {
        private final Map<String, JsonNode> outputs;

        Outputs(Map<String, JsonNode> outputs) {
            this.outputs = outputs;
        }

        @Override
        Set<String> names() {
            return outputs.keySet();
        }

        @Override
        @Nullable
        JsonNode find(String name) {
            return outputs.get(name);
        }
    }

    private static final class ObjectView extends View {
        private final JsonNode json;

        ObjectView(JsonNode json) {
            this.json = json;
        }

        @Override
        Set<String> names() {
            return new LinkedHashSet<>(json.propertyNames());
        }

        @Override
        @Nullable
        JsonNode find(String name) {
            return json.get(name);
        }

        @Override
        public int size() {
            return json.size();
        }
    }

    abstract static class View extends AbstractMap<String, Object> {
        abstract Set<String> names();

        abstract @Nullable JsonNode find(String name);

        @Override
        public boolean containsKey(@Nullable Object key) {
            return key instanceof String name && find(name) != null;
        }

        @Override
        public @Nullable Object get(@Nullable Object key) {
            var found = key instanceof String name ? find(name) : null;
            return found == null ? null : toCel(found);
        }

        @Override
        public Set<String> keySet() {
            return names();
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            var names = names();
            return new AbstractSet<>() {
                @Override
                public Iterator<Entry<String, Object>> iterator() {
                    return names.stream().map(name -> Map.entry(name, value(name))).iterator();
                }

                @Override
                public int size() {
                    return names.size();
                }
            };
        }

        private Object value(String name) {
            var found = find(name);
            return found == null ? NullValue.NULL_VALUE : toCel(found);
        }
    }

    private static final class ListView extends AbstractList<Object> implements RandomAccess {
        private final JsonNode json;

        ListView(JsonNode json) {
            this.json = json;
        }

        @Override
        public Object get(int index) {
            var found = json.get(index);
            if (found == null) {
                throw new IndexOutOfBoundsException(index);
            }
            return toCel(found);
        }

        @Override
        public int size() {
            return json.size();
        }
    }
}
