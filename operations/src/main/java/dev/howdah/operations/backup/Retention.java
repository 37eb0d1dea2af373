package dev.howdah.operations.backup;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.time.DayOfWeek;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Which backups are kept. A backup is kept if any of the rules wants it; the newest one always is. Calendar rules keep the last
 * backup of each of the newest days, weeks (from Monday) or months, by UTC, that have one, so that a pause in which none was made
 * removes nothing.
 *
 * @param last how many of the newest, at least 1
 * @param within those younger than this
 * @param daily of how many days
 * @param weekly of how many weeks
 * @param monthly of how many months
 */
public record Retention(int last, Duration within, int daily, int weekly, int monthly) {
    public Retention {
        if (last < 1 || daily < 0 || weekly < 0 || monthly < 0 || within.isNegative()) {
            throw new IllegalArgumentException("at least the last one is kept, and no count is negative");
        }
    }

    /**
     * A backup and when it was made.
     *
     * @param good whether it is believed to be whole; others are neither counted nor removed
     */
    public record Dated(String name, Instant takenAt, boolean good) {}

    /**
     * Those that may be removed.
     *
     * @param all the backups of one schema
     * @param now by whose clock ages are told
     * @return names, the oldest first; never the newest good one
     */
    public List<String> removable(Collection<Dated> all, Instant now) {
        var newestFirst = all.stream().filter(Dated::good).sorted(Comparator.comparing(Dated::takenAt).thenComparing(
                Dated::name).reversed()).toList();
        var kept = new HashSet<String>();
        newestFirst.stream().limit(last).forEach(dated -> kept.add(dated.name));
        newestFirst.stream().filter(dated -> dated.takenAt.isAfter(now.minus(within))).forEach(dated -> kept.add(
                dated.name));
        keep(newestFirst, daily, Retention::day, kept);
        keep(newestFirst, weekly, taken -> day(taken).with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)), kept);
        keep(newestFirst, monthly, taken -> YearMonth.from(day(taken)), kept);
        return newestFirst.reversed().stream().map(Dated::name).filter(name -> !kept.contains(name)).toList();
    }

    private static LocalDate day(Instant taken) {
        return taken.atZone(ZoneOffset.UTC).toLocalDate();
    }

    private static void keep(List<Dated> newestFirst, int count, Function<Instant, Object> period, Set<String> kept) {
        var seen = new HashSet<>();
        for (var dated : newestFirst) {
            if (seen.size() == count) {
                return;
            }
            if (seen.add(period.apply(dated.takenAt))) {
                kept.add(dated.name);
            }
        }
    }
}
