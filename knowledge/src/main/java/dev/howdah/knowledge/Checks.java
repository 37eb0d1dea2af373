package dev.howdah.knowledge;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
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

    private static final String NUL_REMEDY = "remove the character U+0000, which PostgreSQL cannot hold";

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
        if (value.indexOf('\0') >= 0) {
            fault(field, "holds the character U+0000", NUL_REMEDY);
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
        if (hasNul(value)) {
            fault(field, "holds the character U+0000", NUL_REMEDY);
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

    private static boolean hasNul(JsonNode value) {
        if (value.isString()) {
            return value.asString().indexOf('\0') >= 0;
        }
        return value.valueStream().anyMatch(Checks::hasNul)
                || value.propertyStream().anyMatch(field -> field.getKey().indexOf('\0') >= 0);
    }
}
