package dev.howdah.knowledge;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What all values of knowledge have to keep; finds every fault of a value, not only the first. */
final class Checks {
    /** Of names, which stand in unique keys; in characters. */
    static final int NAME_MAX = 500;
    /** Of texts; in characters. */
    static final int TEXT_MAX = 100_000;
    /** Of lists of words and paths; in elements. */
    static final int LIST_MAX = 1_000;
    /** Of what has no field of its own; in characters of JSON. */
    static final int DETAILS_MAX = 4_000_000;

    private static final String UNSTORABLE = "holds U+0000, half of a character, or an endless number";
    private static final String UNSTORABLE_REMEDY = "remove it: PostgreSQL cannot hold it";

    private final List<Fault> faults = new ArrayList<>();

    /** A text that must not be empty. */
    Checks name(String field, String value) {
        return required(field, value).text(field, value, NAME_MAX);
    }

    Checks required(String field, String value) {
        if (value.isBlank()) {
            fault(field, "is empty", "give it a text");
        }
        return this;
    }

    Checks text(String field, String value) {
        return text(field, value, TEXT_MAX);
    }

    Checks text(String field, String value, int max) {
        if (value.length() > max) {
            fault(field, "has " + value.length() + " characters", "use at most " + max);
        }
        if (!isStorable(value)) {
            fault(field, UNSTORABLE, UNSTORABLE_REMEDY);
        }
        return this;
    }

    Checks texts(String field, Collection<String> values) {
        if (values.size() > LIST_MAX) {
            fault(field, "has " + values.size() + " elements", "use at most " + LIST_MAX);
        }
        values.forEach(value -> text(field, value));
        return this;
    }

    Checks json(String field, JsonNode value) {
        int size = value.toString().length();
        if (size > DETAILS_MAX) {
            fault(field, "has " + size + " characters of JSON", "use at most " + DETAILS_MAX);
        }
        if (!isStorable(value)) {
            fault(field, UNSTORABLE, UNSTORABLE_REMEDY);
        }
        return this;
    }

    Checks fault(String field, String problem, String remedy) {
        faults.add(new Fault(field, problem, remedy));
        return this;
    }

    /** Throws if anything was wrong. */
    void check(String code) {
        if (!faults.isEmpty()) {
            throw new InvalidInputException(code, faults);
        }
    }

    /** The text with U+FFFD for what PostgreSQL cannot hold. */
    static String storable(String text) {
        return isStorable(text)
                ? text
                : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).replace('\0', '\uFFFD');
    }

    /** Whether it has neither U+0000 nor half of a character. */
    private static boolean isStorable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isLowSurrogate(c)) {
                return false;
            }
            if (Character.isHighSurrogate(c)) {
                i++;
                if (i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isStorable(JsonNode value) {
        if (value.isString()) {
            return isStorable(value.asString());
        }
        if (value.isFloatingPointNumber()) {
            return Double.isFinite(value.asDouble());
        }
        return value.valueStream().allMatch(Checks::isStorable)
                && value.propertyStream().allMatch(field -> isStorable(field.getKey()));
    }
}
