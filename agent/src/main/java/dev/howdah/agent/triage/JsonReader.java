package dev.howdah.agent.triage;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** Reads JSON objects field by field and collects every fault with its pointer, instead of stopping at the first. */
final class JsonReader {
    private final String pointer;
    private final JsonNode node;
    private final List<Fault> faults;

    private JsonReader(String pointer, JsonNode node, List<Fault> faults) {
        this.pointer = pointer;
        this.node = node;
        this.faults = faults;
    }

    static JsonReader of(JsonNode root) {
        var reader = new JsonReader("", root, new ArrayList<>());
        if (!root.isObject()) {
            reader.fault("", "is " + type(root) + ", not an object", "send an object");
        }
        return reader;
    }

    /** A text that must be there and pass the test. */
    String text(String field, Predicate<String> valid, String remedy) {
        var value = node.path(field);
        if (value.isMissingNode() || value.isNull()) {
            fault(field, "is missing", remedy);
            return "";
        }
        if (!value.isString()) {
            fault(field, "is " + type(value) + ", not a text", remedy);
            return "";
        }
        if (!valid.test(value.asString())) {
            fault(field, "\"" + shorten(value.asString()) + "\" is not valid", remedy);
        }
        return value.asString();
    }

    String text(String field) {
        return text(field, text -> true, "add it");
    }

    /** A text that may be absent. */
    String text(String field, String otherwise) {
        return has(field) ? text(field) : otherwise;
    }

    boolean flag(String field) {
        var value = node.path(field);
        if (has(field) && !value.isBoolean()) {
            fault(field, "is " + type(value) + ", not a boolean", "use true or false");
        }
        return value.asBoolean(false);
    }

    /** Texts; an absent list is empty. */
    List<String> texts(String field) {
        var texts = new ArrayList<String>();
        for (var element : list(field)) {
            if (element.node.isString()) {
                texts.add(element.node.asString());
            } else {
                element.fault("", "is " + type(element.node) + ", not a text", "use a text");
            }
        }
        return texts;
    }

    /** Elements; an absent list is empty. */
    List<JsonReader> list(String field) {
        var value = node.path(field);
        var elements = new ArrayList<JsonReader>();
        if (has(field) && !value.isArray()) {
            fault(field, "is " + type(value) + ", not a list", "use a list: [ … ]");
        }
        for (int i = 0; i < value.size() && value.isArray(); i++) {
            elements.add(new JsonReader(pointer + "/" + field + "/" + i, value.get(i), faults));
        }
        return elements;
    }

    /** Objects only; what is none is noted. */
    List<JsonReader> objects(String field) {
        var objects = list(field);
        objects.stream().filter(element -> !element.node.isObject()).forEach(element -> element.fault("", "is "
                + type(element.node) + ", not an object", "use an object"));
        return objects.stream().filter(element -> element.node.isObject()).toList();
    }

    /** An object; empty if absent. */
    JsonReader object(String field) {
        var value = node.path(field);
        if (has(field) && !value.isObject()) {
            fault(field, "is " + type(value) + ", not an object", "use an object");
        }
        return new JsonReader(pointer + "/" + escape(field), value, faults);
    }

    List<String> names() {
        return node.isObject() ? node.propertyNames().stream().toList() : List.of();
    }

    boolean has(String field) {
        return node.hasNonNull(field);
    }

    void fault(String field, String problem, String remedy) {
        faults.add(new Fault(field.isEmpty() ? pointer.isEmpty() ? "/" : pointer : pointer + "/" + escape(field),
                problem, remedy));
    }

    /** Throws if anything was wrong. */
    void check(String code) {
        if (!faults.isEmpty()) {
            throw new InvalidInputException(code, faults);
        }
    }

    private static String type(JsonNode node) {
        return node.isMissingNode() ? "missing" : node.getNodeType().name().toLowerCase(Locale.ROOT);
    }

    private static String escape(String field) {
        return field.replace("~", "~0").replace("/", "~1");
    }

    private static String shorten(String text) {
        return text.length() <= 80 ? text : text.substring(0, 79) + "…";
    }
}
