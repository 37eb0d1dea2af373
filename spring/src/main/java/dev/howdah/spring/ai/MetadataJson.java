package dev.howdah.spring.ai;

import dev.howdah.postgres.InvalidInputException;
import java.math.BigDecimal;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A document's metadata as a collection keeps it. JSON has one kind of number and no times; so the Java types of such values stand
 * beside them, under {@link #TYPES}. Times are texts of ISO 8601, by which filters compare them. Lists and objects come back with the
 * types that JSON suggests for what is in them; other whole numbers as {@link Integer} or {@link Long}, constants of enums as their
 * names. A negative zero comes back as zero.
 */
final class MetadataJson {
    /** The field of the stored metadata that holds the Java types. */
    static final String TYPES = "spring_ai_types";
    /** The field that names those which are lists or objects, for filters that ask whether a field is there. */
    static final String NESTED = "spring_ai_nested";

    private static final int DEPTH_MAX = 16;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private static final List<Kind> KINDS = List.of(
            new Kind("long", Long.class, Long::valueOf),
            new Kind("float", Float.class, Float::valueOf),
            new Kind("double", Double.class, Double::valueOf),
            new Kind("uuid", UUID.class, UUID::fromString),
            new Kind("uri", URI.class, URI::create),
            new Kind("instant", Instant.class, Instant::parse),
            new Kind("date", Date.class, text -> Date.from(Instant.parse(text))),
            new Kind("local_date", LocalDate.class, LocalDate::parse),
            new Kind("local_date_time", LocalDateTime.class, LocalDateTime::parse),
            new Kind("offset_date_time", OffsetDateTime.class, OffsetDateTime::parse),
            new Kind("zoned_date_time", ZonedDateTime.class, ZonedDateTime::parse));

    /** A type that JSON does not tell, and how it is read from the text or the digits that stand for it. */
    private record Kind(String label, Class<?> type, Function<String, Object> reader) {
        static Optional<Kind> of(Object value) {
            return KINDS.stream().filter(kind -> kind.type == value.getClass()).findFirst();
        }

        static Optional<Kind> named(String label) {
            return KINDS.stream().filter(kind -> kind.label.equals(label)).findFirst();
        }
    }

    private MetadataJson() {}

    /**
     * As it is stored.
     *
     * @throws InvalidInputException if a value cannot be stored as it is
     */
    static ObjectNode toJson(Map<String, Object> metadata) {
        var stored = JSON.objectNode();
        var types = JSON.objectNode();
        var nested = JSON.arrayNode();
        new TreeMap<>(metadata).forEach((name, value) -> {
            if (name.equals(TYPES) || name.equals(NESTED) || name.indexOf('\0') >= 0) {
                throw invalid(name, "is reserved, or holds a NUL character", "use another name");
            }
            var node = node(name, value, 1);
            stored.set(name, node);
            Kind.of(value).ifPresent(kind -> types.put(name, kind.label()));
            if (node.isContainer()) {
                nested.add(name);
            }
        });
        if (!types.isEmpty()) {
            stored.set(TYPES, types);
        }
        if (!nested.isEmpty()) {
            stored.set(NESTED, nested);
        }
        return stored;
    }

    private static JsonNode node(String name, @Nullable Object value, int depth) {
        if (depth > DEPTH_MAX) {
            throw invalid(name, "is nested deeper than " + DEPTH_MAX + " levels", "make it flat, or a text");
        }
        return switch (value) {
            case null -> JSON.nullNode();
            case Collection<?> items -> array(name, items, depth);
            case Object[] items -> array(name, Arrays.asList(items), depth);
            case Map<?, ?> fields -> object(name, fields, depth);
            default -> scalar(name, value);
        };
    }

    private static JsonNode array(String name, Collection<?> items, int depth) {
        var array = JSON.arrayNode();
        items.forEach(item -> array.add(node(name, item, depth + 1)));
        return array;
    }

    private static JsonNode object(String name, Map<?, ?> fields, int depth) {
        var object = JSON.objectNode();
        fields.forEach((key, item) -> object.set(text(name, String.valueOf(key)), node(name, item, depth + 1)));
        return object;
    }

    /**
     * A single value of metadata, or one that a filter compares with.
     *
     * @throws InvalidInputException if it is none
     */
    static JsonNode scalar(String name, @Nullable Object value) {
        return switch (value) {
            case String text -> JSON.stringNode(text(name, text));
            case Boolean flag -> JSON.booleanNode(flag);
            case Number number -> number(name, number);
            case Enum<?> constant -> JSON.stringNode(constant.name());
            case Date date when Kind.of(date).isPresent() -> JSON.stringNode(date.toInstant().toString());
            case null -> throw invalid(name, "is null", "leave it out; a filter asks for it by IS NULL");
            default -> {
                if (Kind.of(value).isEmpty()) {
                    throw invalid(name, "is a " + value.getClass().getName(),
                            "give a text, a number, a truth value, a UUID, a URI, a time, or lists and maps of them");
                }
                yield JSON.stringNode(value.toString());
            }
        };
    }

    private static String text(String name, String text) {
        if (text.indexOf('\0') >= 0) {
            throw invalid(name, "holds a NUL character", "PostgreSQL cannot store it; leave it out");
        }
        return text;
    }

    private static JsonNode number(String name, Number number) {
        double nearest = number.doubleValue();
        if (!Double.isFinite(nearest)) {
            throw invalid(name, "is " + number, "give a finite number");
        }
        var digits = new BigDecimal(number.toString());
        boolean isLong = number instanceof Long;
        boolean isFloat = number instanceof Float;
        if (!isLong && !isFloat && new BigDecimal(Double.toString(nearest)).compareTo(digits) != 0) {
            throw invalid(name, "has more digits than a double: " + number, "give it as a text");
        }
        return JSON.numberNode(digits);
    }

    /** As it was given. What others have written is read as the type that it looks like; nulls, which no document has, are left out. */
    static Map<String, Object> fromJson(ObjectNode stored) {
        var metadata = new HashMap<String, Object>();
        var types = stored.path(TYPES);
        for (var field : stored.properties()) {
            var name = field.getKey();
            if (!name.equals(TYPES) && !name.equals(NESTED) && !field.getValue().isNull()) {
                metadata.put(name, value(field.getValue(), types.path(name).asString("")));
            }
        }
        return metadata;
    }

    /** The type is a claim: somebody else may have changed the value since. */
    private static Object value(JsonNode node, String type) {
        if (node.isNumber() || node.isString()) {
            try {
                return Kind.named(type).map(kind -> kind.reader.apply(node.asString())).orElseGet(() -> natural(node));
            } catch (IllegalArgumentException | DateTimeException e) {
                return natural(node);
            }
        }
        return natural(node);
    }

    private static Object natural(JsonNode node) {
        return JsonMapper.shared().treeToValue(node, Object.class);
    }

    private static InvalidInputException invalid(String name, String problem, String remedy) {
        return new InvalidInputException("metadata-invalid", "metadata/" + name, problem, remedy);
    }
}
