package dev.howdah.operations.doctor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What was measured of one object: numbers, texts and flags by name. Names end with their unit ({@code _bytes},
 * {@code _seconds}, {@code _ratio}); what is not known is not there.
 */
public record Facts(Map<String, Object> values) {
    private static final long KIBIBYTE = 1024;
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};

    public Facts {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** A number; 0 if it is not known. */
    public double number(String name) {
        return values.get(name) instanceof Number number ? number.doubleValue() : 0;
    }

    /** A text; empty if it is not known. */
    public String text(String name) {
        return values.get(name) instanceof String text ? text : "";
    }

    /** A flag; false if it is not known. */
    public boolean flag(String name) {
        return Boolean.TRUE.equals(values.get(name));
    }

    /** On one line, with units. */
    @Override
    public String toString() {
        return values.entrySet().stream().map(entry -> shown(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String shown(String name, Object value) {
        int unit = name.lastIndexOf('_');
        var words = (unit < 0 ? name : name.substring(0, unit)).replace('_', ' ');
        return switch (unit < 0 ? "" : name.substring(unit)) {
            case "_bytes" -> words + " " + bytes(((Number) value).longValue());
            case "_seconds" -> words + " " + plain(value) + " s";
            case "_ratio" -> words + " " + "%.1f %%".formatted(((Number) value).doubleValue() * 100);
            default -> name.replace('_', ' ') + " " + plain(value);
        };
    }

    private static String plain(Object value) {
        return switch (value) {
            case Long whole -> "%,d".formatted(whole);
            case Double number -> "%,.1f".formatted(number);
            default -> value.toString();
        };
    }

    /** A size for people, such as {@code 8.0 MiB}. */
    public static String bytes(long bytes) {
        if (Math.abs(bytes) < KIBIBYTE) {
            return bytes + " B";
        }
        double size = bytes;
        int unit = -1;
        while (Math.abs(size) >= KIBIBYTE && unit < UNITS.length - 1) {
            size /= KIBIBYTE;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", size, UNITS[unit]);
    }
}
