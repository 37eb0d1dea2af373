package dev.howdah.postgres;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * One setting: its name, what else it may be called, how its text becomes a value, its default and what it means. Each
 * module declares its settings as constants, {@link Configuration} reads them.
 *
 * @param <T> the type of the value
 * @param name the name in {@code howdah.yml}, for example {@code howdah.database.pool-max}; the variable
 *        {@code HOWDAH_DATABASE_POOL_MAX} follows from it
 * @param aliases variables of other systems that are understood too, the first one found wins
 * @param parser makes the value of its text; throws {@link IllegalArgumentException} with a message that says what would
 *        be right
 * @param defaultText the default as a user would write it
 * @param secret whether the value must never be shown
 * @param description one sentence: meaning, unit and interplay
 */
public record Setting<T>(String name, List<String> aliases, Function<String, T> parser, String defaultText,
        boolean secret, String description) {
    public static Setting<String> text(String name, String defaultText, String description, String... aliases) {
        return new Setting<>(name, List.of(aliases), Function.identity(), defaultText, false, description);
    }

    /** A text that is never logged or shown, and that can also be read from a file named by {@code <VARIABLE>_FILE}. */
    public static Setting<String> secret(String name, String description, String... aliases) {
        return new Setting<>(name, List.of(aliases), Function.identity(), "", true, description);
    }

    public static Setting<Integer> integer(String name, int defaultValue, int min, int max, String description,
            String... aliases) {
        return new Setting<>(name, List.of(aliases), text -> parseInteger(text, min, max),
                Integer.toString(defaultValue), false, description);
    }

    public static Setting<Boolean> flag(String name, boolean defaultValue, String description, String... aliases) {
        return new Setting<>(name, List.of(aliases), Setting::parseFlag, Boolean.toString(defaultValue), false,
                description);
    }

    /** A duration such as {@code 250ms}, {@code 30s}, {@code 15m}, {@code 2h}, {@code 7d} or {@code PT30S}. */
    public static Setting<Duration> duration(String name, String defaultText, String description, String... aliases) {
        return new Setting<>(name, List.of(aliases), Setting::parseDuration, defaultText, false, description);
    }

    public static <E extends Enum<E>> Setting<E> choice(String name, Class<E> type, E defaultValue,
            String description, String... aliases) {
        return new Setting<>(name, List.of(aliases), text -> parseChoice(type, text), lower(defaultValue), false,
                description);
    }

    /** Values separated by commas; blank ones are left out. */
    public static Setting<List<String>> list(String name, String defaultText, String description, String... aliases) {
        return new Setting<>(name, List.of(aliases), text -> Arrays.stream(text.split(",")).map(String::strip)
                .filter(part -> !part.isEmpty()).toList(), defaultText, false, description);
    }

    /** The environment variable that sets it. */
    public String variable() {
        return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    public T defaultValue() {
        return parser.apply(defaultText);
    }

    private static int parseInteger(String text, int min, int max) {
        try {
            int value = Integer.parseInt(text.strip());
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // falls through to the one message for both faults
        }
        throw new IllegalArgumentException("use a whole number from " + min + " to " + max);
    }

    private static boolean parseFlag(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "1" -> true;
            case "false", "no", "off", "0" -> false;
            default -> throw new IllegalArgumentException("use true or false");
        };
    }

    /**
     * Reads a duration as {@link #duration} does.
     *
     * @throws IllegalArgumentException if it is none; the message says what would be
     */
    public static Duration parseDuration(String text) {
        var value = text.strip().toLowerCase(Locale.ROOT);
        try {
            if (value.startsWith("p")) {
                return positive(Duration.parse(value));
            }
            int unitAt = 0;
            while (unitAt < value.length() && Character.isDigit(value.charAt(unitAt))) {
                unitAt++;
            }
            long amount = Long.parseLong(value.substring(0, unitAt));
            return switch (value.substring(unitAt).strip()) {
                case "ms" -> Duration.ofMillis(amount);
                case "s", "" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                case "d" -> Duration.ofDays(amount);
                default -> throw new IllegalArgumentException(DURATION_REMEDY);
            };
        } catch (ArithmeticException | NumberFormatException | java.time.format.DateTimeParseException e) {
            throw new IllegalArgumentException(DURATION_REMEDY, e);
        }
    }

    private static final String DURATION_REMEDY = "use a number with ms, s, m, h or d, for example 30s";

    private static Duration positive(Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(DURATION_REMEDY);
        }
        return value;
    }

    private static <E extends Enum<E>> E parseChoice(Class<E> type, String text) {
        for (E constant : type.getEnumConstants()) {
            if (lower(constant).equals(text.strip().toLowerCase(Locale.ROOT))) {
                return constant;
            }
        }
        throw new IllegalArgumentException("use one of "
                + String.join(", ", Arrays.stream(type.getEnumConstants()).map(Setting::lower).toList()));
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
