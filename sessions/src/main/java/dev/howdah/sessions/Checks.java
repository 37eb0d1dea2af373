package dev.howdah.sessions;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Collects what is wrong with an input, and throws all of it at once. */
final class Checks {
    static final int NAME_MAX = 200;
    /** What stands in the place of an encrypted value; a value of the caller's must not look like one. */
    static final String SEALED = "$sealed";
    private final List<Fault> faults = new ArrayList<>();

    Checks text(String field, Optional<String> value) {
        value.ifPresent(text -> {
            if (!isName(text)) {
                faults.add(new Fault(field, "is blank, longer than " + NAME_MAX + " characters, or cannot be stored",
                        "use 1 to " + NAME_MAX + " characters"));
            }
        });
        return this;
    }

    /** Only literals: a name would be looked up. */
    Checks address(String field, Optional<String> value) {
        value.ifPresent(text -> {
            try {
                if (!InetAddress.ofLiteral(text).getHostAddress().contains("%")) {
                    return;
                }
            } catch (IllegalArgumentException e) {
                // told below
            }
            faults.add(new Fault(field, "\"" + shorten(text) + "\" is no IP address", "use one such as 192.0.2.7 or "
                    + "2001:db8::7, without a zone"));
        });
        return this;
    }

    Checks timeout(String field, Optional<Duration> value) {
        value.ifPresent(time -> {
            if (time.toMillis() < 1 || time.compareTo(SessionSettings.TIMEOUT_MAX) > 0) {
                faults.add(new Fault(field, time + " is too short or too long", "use at least 1ms and at most "
                        + SessionSettings.TIMEOUT_MAX.toDays() + "d"));
            }
        });
        return this;
    }

    Checks values(String field, Map<String, JsonNode> values) {
        values.forEach((name, value) -> {
            name(field, name);
            if (value.has(SEALED)) {
                faults.add(new Fault(field + "/" + shorten(name), "has a member " + SEALED + ", which marks what is "
                        + "encrypted", "use another name"));
            } else if (!isStorable(value)) {
                faults.add(new Fault(field + "/" + shorten(name), "holds U+0000, half of a character, or a number "
                        + "that is not finite, which cannot be stored", "leave it out"));
            }
        });
        return this;
    }

    Checks names(String field, Iterable<String> names) {
        names.forEach(name -> name(field, name));
        return this;
    }

    private void name(String field, String name) {
        if (!isName(name)) {
            faults.add(new Fault(field, "the name \"" + shorten(storable(name)) + "\" is blank, longer than "
                    + NAME_MAX + " characters, or cannot be stored", "use 1 to " + NAME_MAX + " characters"));
        }
    }

    private static boolean isName(String text) {
        return !text.isBlank() && text.length() <= NAME_MAX && isStorable(text);
    }

    /** Whether it has neither U+0000 nor half of a character. */
    private static boolean isStorable(String text) {
        return storable(text).equals(text);
    }

    /** The text with another character for each that PostgreSQL cannot hold. */
    static String storable(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).replace('\0', '?');
    }

    private static boolean isStorable(JsonNode value) {
        if (value.isString()) {
            return isStorable(value.asString());
        }
        if (value.isFloatingPointNumber()) {
            return Double.isFinite(value.asDouble());
        }
        return value.valueStream().allMatch(Checks::isStorable)
                && value.propertyStream().allMatch(member -> isStorable(member.getKey()));
    }

    Checks fault(boolean wrong, String field, String problem, String remedy) {
        if (wrong) {
            faults.add(new Fault(field, problem, remedy));
        }
        return this;
    }

    void raise() {
        if (!faults.isEmpty()) {
            throw new InvalidInputException("session-invalid", faults);
        }
    }

    private static String shorten(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
