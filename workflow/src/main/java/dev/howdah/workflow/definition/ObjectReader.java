package dev.howdah.workflow.definition;

import dev.howdah.postgres.Setting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Reads an object field by field and notes every fault with its path, instead of stopping at the first. */
final class ObjectReader {
    private static final String DURATION_REMEDY = "use a number with ms, s, m, h or d, for example 30s";

    private final String path;
    private final JsonNode json;
    private final Faults faults;

    ObjectReader(String path, JsonNode json, Faults faults) {
        this.path = path;
        this.faults = faults;
        this.json = json.isObject() ? json : JsonNodeFactory.instance.objectNode();
        if (!json.isObject() && !json.isMissingNode() && !json.isNull()) {
            faults.add(path, "is " + kind(json) + ", not an object", "write it as an object");
        }
    }

    static String kind(JsonNode json) {
        return switch (json.getNodeType()) {
            case STRING, BINARY -> "a text";
            case NUMBER -> "a number";
            case BOOLEAN -> "a boolean";
            case ARRAY -> "a list";
            case OBJECT, POJO -> "an object";
            case NULL, MISSING -> "nothing";
        };
    }

    void fault(String field, String problem, String remedy) {
        faults.add(at(field), problem, remedy);
    }

    String at(String field) {
        return field.isEmpty() ? path : path.isEmpty() ? field : path + "." + field;
    }

    /** Notes every field that is not among these. */
    void onlyKnown(Set<String> known) {
        for (var field : json.propertyNames()) {
            if (!known.contains(field)) {
                fault(field, "is no known field",
                        Words.nearest(field, known, "known are " + String.join(", ", new TreeSet<>(known))));
            }
        }
    }

    boolean has(String field) {
        return json.hasNonNull(field);
    }

    /** The first of these names that the object has. */
    Optional<String> present(String... names) {
        return Arrays.stream(names).filter(this::has).findFirst();
    }

    JsonNode raw(String field) {
        return json.path(field);
    }

    Optional<String> text(String... names) {
        return present(names).flatMap(field -> {
            var value = json.path(field);
            if (value.isString()) {
                return Optional.of(value.asString());
            }
            fault(field, "is " + kind(value) + ", not a text", "write it as a text");
            return Optional.empty();
        });
    }

    /** A text that must be there. */
    String required(String field, String remedy) {
        if (!has(field)) {
            fault(field, "is missing", remedy);
            return "";
        }
        var text = text(field).orElse("");
        if (text.isBlank() && json.path(field).isString()) {
            fault(field, "is empty", remedy);
        }
        return text;
    }

    Optional<Boolean> flag(String field) {
        if (!has(field)) {
            return Optional.empty();
        }
        if (!json.path(field).isBoolean()) {
            fault(field, "is " + kind(json.path(field)) + ", not a boolean", "use true or false");
            return Optional.empty();
        }
        return Optional.of(json.path(field).booleanValue());
    }

    OptionalDouble number(String field, double min, double max) {
        if (!has(field)) {
            return OptionalDouble.empty();
        }
        var value = json.path(field);
        if (value.isNumber() && value.doubleValue() >= min && value.doubleValue() <= max) {
            return OptionalDouble.of(value.doubleValue());
        }
        fault(field, shorten(value) + " is not allowed", "use a number from " + plain(min) + " to " + plain(max));
        return OptionalDouble.empty();
    }

    OptionalInt integer(String field, int min, int max) {
        if (!has(field)) {
            return OptionalInt.empty();
        }
        var value = json.path(field);
        if (value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= min && value.intValue() <= max) {
            return OptionalInt.of(value.intValue());
        }
        fault(field, shorten(value) + " is not allowed", "use a whole number from " + min + " to " + max);
        return OptionalInt.empty();
    }

    /** A duration as a text ({@code 30s}) or a number of seconds. */
    Optional<Duration> duration(String field) {
        if (!has(field)) {
            return Optional.empty();
        }
        var value = json.path(field);
        try {
            if (value.isNumber() && value.doubleValue() >= 0 && value.doubleValue() < Integer.MAX_VALUE) {
                return Optional.of(Duration.ofMillis(Math.round(value.doubleValue() * 1_000)));
            }
            if (value.isString() && !value.asString().isBlank()) {
                return Optional.of(Setting.parseDuration(value.asString()));
            }
        } catch (IllegalArgumentException e) {
            // told below, with all the others
        }
        fault(field, shorten(value) + " is no duration", DURATION_REMEDY);
        return Optional.empty();
    }

    /** A duration that is not zero. */
    Optional<Duration> positiveDuration(String field) {
        var duration = duration(field);
        if (duration.isPresent() && duration.get().isZero()) {
            fault(field, "is zero", "leave it out, or " + DURATION_REMEDY);
        }
        return duration;
    }

    /** One of several words. */
    void choice(String field, String... words) {
        text(field).ifPresent(word -> {
            if (!List.of(words).contains(word.toLowerCase(Locale.ROOT))) {
                fault(field, "\"" + word + "\" is not known", "use " + String.join(", ", words));
            }
        });
    }

    JsonNode object(String... names) {
        var field = present(names);
        if (field.isEmpty()) {
            return JsonNodeFactory.instance.objectNode();
        }
        return objectReader(field.get()).json;
    }

    ObjectReader objectReader(String field) {
        return new ObjectReader(at(field), json.path(field), faults);
    }

    /** The elements of a list, with their paths; nothing if it is absent. */
    List<Map.Entry<String, JsonNode>> list(String field) {
        if (!has(field)) {
            return List.of();
        }
        var value = json.path(field);
        if (!value.isArray()) {
            fault(field, "is " + kind(value) + ", not a list", "write it as a list");
            return List.of();
        }
        var elements = new ArrayList<Map.Entry<String, JsonNode>>(value.size());
        for (int i = 0; i < value.size(); i++) {
            elements.add(Map.entry(at(field) + "[" + i + "]", value.get(i)));
        }
        return elements;
    }

    List<String> texts(String field) {
        var texts = new ArrayList<String>();
        for (var element : list(field)) {
            if (element.getValue().isString()) {
                texts.add(element.getValue().asString());
            } else {
                faults.add(element.getKey(), "is " + kind(element.getValue()) + ", not a text", "write it as a text");
            }
        }
        return texts;
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    private static String shorten(JsonNode value) {
        var text = value.toString();
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }
}
