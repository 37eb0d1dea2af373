package dev.howdah.knowledge;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes the fields of a JSON object one after the other, each by any of its names; what nobody took is left over. Collects
 * faults; {@link #check} throws them.
 */
final class Fields {
    private final ObjectNode left;
    private final List<Fault> faults = new ArrayList<>();

    /** A text stands for an object with that one field. */
    Fields(JsonNode node, String textField) {
        if (node.isString()) {
            left = Json.object().put(textField, node.asString());
        } else if (node instanceof ObjectNode object) {
            left = object.deepCopy();
        } else {
            throw new InvalidInputException("entry-invalid", "", "is " + type(node) + ", not an object or a text",
                    "use an object with the field " + textField);
        }
    }

    /** A text; empty if absent. Of several names that are there, the first one counts and the others are left over. */
    String text(String... names) {
        var name = present(names);
        var value = name.map(left::remove);
        if (value.isEmpty()) {
            return "";
        }
        if (!value.get().isValueNode()) {
            fault(name.get(), "is " + type(value.get()) + ", not a text", "use a text");
            return "";
        }
        return value.get().asString();
    }

    /** Texts; empty if absent. A single text is a list of one. */
    List<String> texts(String... names) {
        var name = present(names);
        var value = name.map(left::remove);
        if (value.isEmpty()) {
            return List.of();
        }
        if (value.get().isString()) {
            return value.get().asString().isBlank() ? List.of() : List.of(value.get().asString());
        }
        if (!value.get().isArray() || !value.get().valueStream().allMatch(JsonNode::isValueNode)) {
            fault(name.get(), "is " + type(value.get()) + ", not a list of texts", "use a list of texts");
            return List.of();
        }
        return value.get().valueStream().filter(element -> !element.isNull()).map(JsonNode::asString).toList();
    }

    Optional<Integer> count(String... names) {
        var name = present(names);
        var value = name.map(left::remove);
        if (value.isPresent() && !value.get().isInt()) {
            fault(name.get(), "is " + type(value.get()) + ", not a whole number", "use a whole number");
            return Optional.empty();
        }
        return value.map(JsonNode::asInt);
    }

    Optional<Double> number(String... names) {
        var name = present(names);
        var value = name.map(left::remove);
        if (value.isPresent() && !value.get().isNumber()) {
            fault(name.get(), "is " + type(value.get()) + ", not a number", "use a number");
            return Optional.empty();
        }
        return value.map(JsonNode::asDouble);
    }

    /** A time in ISO 8601; without a zone it is UTC, a day is its beginning. */
    Optional<Instant> time(String... names) {
        var name = present(names);
        var text = text(names).strip();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        var time = parse(text);
        if (time.isEmpty()) {
            fault(name.orElse(""), "\"" + shortened(text) + "\" is no ISO-8601 time",
                    "use for example 2026-01-31T12:00:00Z");
        }
        return time;
    }

    <E extends Enum<E>> E choice(Class<E> type, E otherwise, String... names) {
        var name = present(names);
        var word = text(names);
        if (word.isEmpty()) {
            return otherwise;
        }
        var found = Arrays.stream(type.getEnumConstants()).filter(one -> label(one).equals(word)).findFirst();
        if (found.isEmpty()) {
            fault(name.orElse(""), "\"" + shortened(word) + "\" is not known", "use one of " + String.join(", ",
                    Arrays.stream(type.getEnumConstants()).map(Fields::label).toList()));
        }
        return found.orElse(otherwise);
    }

    /** An object; empty if absent. */
    ObjectNode object(String name) {
        var value = present(name).map(left::remove);
        if (value.isPresent() && !value.get().isObject()) {
            fault(name, "is " + type(value.get()) + ", not an object", "use an object");
            return Json.object();
        }
        return value.map(JsonNode::asObject).orElseGet(Json::object);
    }

    /** What nobody took, without what is null. */
    ObjectNode rest() {
        var rest = left.deepCopy();
        rest.removeNulls();
        return rest;
    }

    void fault(String field, String problem, String remedy) {
        faults.add(new Fault(field, problem, remedy));
    }

    void check() {
        if (!faults.isEmpty()) {
            throw new InvalidInputException("entry-invalid", faults);
        }
    }

    static String type(JsonNode node) {
        return node.isMissingNode() ? "missing" : node.getNodeType().name().toLowerCase(Locale.ROOT);
    }

    private Optional<String> present(String... names) {
        return Arrays.stream(names).filter(left::hasNonNull).findFirst();
    }

    private static Optional<Instant> parse(String text) {
        try {
            if (text.matches(".*[T ].*(Z|[+-]\\d\\d(:?\\d\\d)?)$")) {
                return Optional.of(OffsetDateTime.parse(text.replace(' ', 'T')).toInstant());
            }
            return Optional.of(text.matches("\\d{4}-\\d\\d-\\d\\d")
                    ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
                    : LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String shortened(String text) {
        return text.length() <= 80 ? text : text.substring(0, 79) + "…";
    }
}
