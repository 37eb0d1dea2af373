package dev.howdah.documents.value;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Dates: UTC with milliseconds, so that texts of the years 0000 to 9999 sort as the dates do. */
public final class Dates {
    private static final DateTimeFormatter TEXT = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'",
            Locale.ROOT);

    private Dates() {}

    /** The stored value of a time, in milliseconds since 1970. */
    public static ObjectNode of(long millis) {
        var node = JsonNodeFactory.instance.objectNode();
        var time = Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC);
        if (time.getYear() < 0 || time.getYear() > 9999) {
            node.putObject("$date").put("$numberLong", Long.toString(millis));
        } else {
            node.put("$date", TEXT.format(time));
        }
        return node;
    }

    /** The stored value of a time, cut to milliseconds. */
    public static ObjectNode of(Instant time) {
        return of(time.truncatedTo(ChronoUnit.MILLIS).toEpochMilli());
    }

    /** Milliseconds since 1970 of a stored date. */
    public static long millis(JsonNode date) {
        var inner = date.path("$date");
        return inner.isString()
                ? Instant.parse(inner.stringValue()).toEpochMilli()
                : Long.parseLong(inner.path("$numberLong").stringValue());
    }

    /** @throws DateTimeException if the text is not ISO 8601 with an offset */
    static long parse(String text) {
        return OffsetDateTime.parse(text.replaceFirst("([+-]\\d\\d)(\\d\\d)$", "$1:$2"))
                .toInstant().toEpochMilli();
    }
}
