package dev.howdah.queue;

import dev.howdah.postgres.InvalidInputException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A cron expression of five fields: minute, hour, day of month, month, day of week (0 and 7 are Sunday). Fields are
 * {@code *}, a number, a name ({@code mon}, {@code jan}), a range, a list, each with an optional step {@code /n}; the
 * usual {@code @hourly}, {@code @daily}, {@code @weekly}, {@code @monthly}, {@code @yearly} are understood. As in every
 * cron, a day matches if either the day of month or the day of week does, when both are restricted.
 *
 * <p>Local times that a change of the clock leaves out fire when the clock has moved on; those that occur twice fire once.
 */
final class Cron {
    private static final Map<String, String> NAMED = Map.of("@hourly", "0 * * * *", "@daily", "0 0 * * *", "@midnight",
            "0 0 * * *", "@weekly", "0 0 * * 0", "@monthly", "0 0 1 * *", "@yearly", "0 0 1 1 *", "@annually",
            "0 0 1 1 *");
    private static final List<String> MONTHS = List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep",
            "oct", "nov", "dec");
    private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");
    /** Leap days may be eight years apart. */
    private static final int YEARS_MAX = 9;

    private final BitSet minutes;
    private final BitSet hours;
    private final BitSet daysOfMonth;
    private final BitSet months;
    private final BitSet daysOfWeek;
    private final boolean eitherDay;

    private Cron(String[] fields) {
        minutes = field("minute", fields[0], 0, 59, List.of());
        hours = field("hour", fields[1], 0, 23, List.of());
        daysOfMonth = field("day of month", fields[2], 1, 31, List.of());
        months = field("month", fields[3], 1, 12, MONTHS);
        daysOfWeek = field("day of week", fields[4], 0, 7, DAYS);
        if (daysOfWeek.get(7)) {
            daysOfWeek.set(0);
        }
        eitherDay = !fields[2].startsWith("*") && !fields[4].startsWith("*");
    }

    /**
     * Reads an expression.
     *
     * @throws InvalidInputException if it cannot be read, or never fires
     */
    static Cron parse(String text) {
        var fields = NAMED.getOrDefault(text.strip().toLowerCase(Locale.ROOT), text.strip()).split("\\s+", -1);
        if (fields.length != 5) {
            throw invalid("\"" + text + "\" has " + fields.length + " fields");
        }
        var cron = new Cron(fields);
        if (cron.nextLocal(LocalDateTime.of(2024, 1, 1, 0, 0)) == null) {
            throw invalid("\"" + text + "\" never fires");
        }
        return cron;
    }

    /** The first time after the given one, in its zone. */
    ZonedDateTime next(ZonedDateTime after) {
        var zone = after.getZone();
        var local = after.toLocalDateTime();
        while (true) {
            local = nextLocal(local);
            if (local == null) {
                throw new IllegalStateException("parse() has found a time");
            }
            var next = local.atZone(zone);
            if (next.isAfter(after)) {
                return next;
            }
        }
    }

    static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (java.time.DateTimeException e) {
            throw new InvalidInputException("schedule-invalid", "zone", "\"" + name + "\" is no time zone",
                    "use a name such as Europe/Berlin or UTC");
        }
    }

    private @org.jspecify.annotations.Nullable LocalDateTime nextLocal(LocalDateTime after) {
        var time = after.withSecond(0).withNano(0).plusMinutes(1);
        int lastYear = after.getYear() + YEARS_MAX;
        while (time.getYear() <= lastYear) {
            if (!months.get(time.getMonthValue())) {
                time = time.toLocalDate().withDayOfMonth(1).plusMonths(1).atStartOfDay();
            } else if (!matchesDay(time.toLocalDate())) {
                time = time.toLocalDate().plusDays(1).atStartOfDay();
            } else if (!hours.get(time.getHour())) {
                time = time.withMinute(0).plusHours(1);
            } else if (!minutes.get(time.getMinute())) {
                time = time.plusMinutes(1);
            } else {
                return time;
            }
        }
        return null;
    }

    private boolean matchesDay(LocalDate day) {
        boolean ofMonth = daysOfMonth.get(day.getDayOfMonth());
        boolean ofWeek = daysOfWeek.get(day.getDayOfWeek().getValue() % 7);
        return eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek;
    }

    private static BitSet field(String name, String text, int min, int max, List<String> names) {
        var values = new BitSet(max + 1);
        for (var part : text.split(",", -1)) {
            var steps = part.split("/", -1);
            int step = steps.length == 1 ? 1 : number(name, steps[1], 1, max, List.of());
            int from = min;
            int to = max;
            if (steps.length > 2) {
                throw invalid(name + " \"" + part + "\" has two steps");
            }
            if (!steps[0].equals("*")) {
                var range = steps[0].split("-", -1);
                from = number(name, range[0], min, max, names);
                to = range.length == 2 ? number(name, range[1], min, max, names) : steps.length == 2 ? max : from;
                if (range.length > 2 || to < from) {
                    throw invalid(name + " \"" + part + "\" is no range");
                }
            }
            for (int value = from; value <= to; value += step) {
                values.set(value);
            }
        }
        return values;
    }

    private static int number(String name, String text, int min, int max, List<String> names) {
        int named = names.indexOf(text.toLowerCase(Locale.ROOT));
        if (named >= 0) {
            return named + min;
        }
        if (text.matches("\\d{1,2}")) {
            int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        }
        throw invalid(name + " \"" + text + "\" is out of range, " + min + " to " + max);
    }

    private static InvalidInputException invalid(String problem) {
        return new InvalidInputException("schedule-invalid", "cron", problem,
                "use five fields: minute hour day-of-month month day-of-week, for example 30 2 * * mon-fri");
    }
}
