package dev.howdah.queue;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A task that is enqueued again and again.
 *
 * @param name unique; letters, digits, {@code _}, {@code -} and {@code .}, at most 100
 * @param cron five fields; absent if there is an interval
 * @param every the interval, 1 second to 366 days; absent if there is a cron expression
 * @param zone in which the cron expression is meant
 * @param catchUp what becomes of firings that were missed while nothing ran
 * @param task what is enqueued; its delay, time and key are not used
 */
public record Schedule(String name, Optional<String> cron, Optional<Duration> every, ZoneId zone, CatchUp catchUp,
        NewTask task) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}");
    private static final Duration EVERY_MIN = Duration.ofSeconds(1);
    private static final Duration EVERY_MAX = Duration.ofDays(366);

    /** What becomes of missed firings. */
    public enum CatchUp {
        /** Those missed for more than a minute are dropped. */
        SKIP,
        /** However many were missed, one task makes up for them. */
        ONE,
        /** Each gets its task. */
        ALL
    }

    public Schedule {
        var faults = new ArrayList<Fault>();
        if (!NAME.matcher(name).matches()) {
            faults.add(new Fault("name", "\"" + name + "\" is no name",
                    "use letters, digits, _ - or ., at most 100"));
        }
        if (cron.isPresent() == every.isPresent()) {
            faults.add(new Fault("cron", cron.isPresent() ? "and every are both given" : "and every are both missing",
                    "give one of them"));
        }
        if (every.filter(time -> time.compareTo(EVERY_MIN) < 0 || time.compareTo(EVERY_MAX) > 0).isPresent()) {
            faults.add(new Fault("every", every.get() + " is out of range", "use 1s to 366d"));
        }
        if (!faults.isEmpty()) {
            throw new InvalidInputException("schedule-invalid", faults);
        }
        cron.ifPresent(Cron::parse);
    }

    /**
     * Reads the name of a time zone.
     *
     * @throws InvalidInputException if there is none of the name
     */
    public static ZoneId zone(String name) {
        return Cron.zone(name);
    }

    /** One that follows a cron expression. */
    public static Schedule cron(String name, String cron, ZoneId zone, NewTask task) {
        return new Schedule(name, Optional.of(cron), Optional.empty(), zone, CatchUp.ONE, task);
    }

    /** One that follows an interval. */
    public static Schedule every(String name, Duration every, NewTask task) {
        return new Schedule(name, Optional.empty(), Optional.of(every), ZoneId.of("UTC"), CatchUp.ONE, task);
    }

    public Schedule withCatchUp(CatchUp value) {
        return new Schedule(name, cron, every, zone, value, task);
    }

    /** The first firing after the time. */
    public Instant nextAfter(Instant time) {
        return cron.map(text -> Cron.parse(text).next(ZonedDateTime.ofInstant(time, zone)).toInstant())
                .orElseGet(() -> time.plus(every.orElseThrow()));
    }

    /** The next firings, the given one first. */
    public List<Instant> upcoming(Instant first, int count) {
        var times = new ArrayList<Instant>();
        for (var time = first; times.size() < count; time = nextAfter(time)) {
            times.add(time);
        }
        return times;
    }
}
