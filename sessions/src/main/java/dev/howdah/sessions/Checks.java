package dev.howdah.sessions;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import java.net.InetAddress;
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
            if (text.isBlank() || text.length() > NAME_MAX || text.indexOf('\0') >= 0) {
                faults.add(new Fault(field, "is blank, longer than " + NAME_MAX + " characters, or holds U+0000",
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
            } else if (holdsNul(value)) {
                faults.add(new Fault(field + "/" + shorten(name), "holds the character U+0000, which cannot be stored",
                        "leave it out"));
            }
        });
        return this;
    }

    Checks names(String field, Iterable<String> names) {
        names.forEach(name -> name(field, name));
        return this;
    }

    private void name(String field, String name) {
        if (name.isBlank() || name.length() > NAME_MAX || name.indexOf('\0') >= 0) {
            faults.add(new Fault(field, "the name \"" + shorten(name.replace('\0', '?')) + "\" is blank, longer than "
                    + NAME_MAX + " characters, or holds U+0000", "use 1 to " + NAME_MAX + " characters"));
        }
    }

    private static boolean holdsNul(JsonNode value) {
        return value.toString().contains("\\u0000") && holdsNulInside(value);
    }

    private static boolean holdsNulInside(JsonNode value) {
        return (value.isString() && value.asString().indexOf('\0') >= 0)
                || (value.isObject() && value.propertyStream().anyMatch(member -> member.getKey().indexOf('\0') >= 0))
                || value.valueStream().anyMatch(Checks::holdsNulInside);
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
