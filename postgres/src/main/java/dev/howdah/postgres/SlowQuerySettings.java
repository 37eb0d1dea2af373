package dev.howdah.postgres;

import java.time.Duration;
import java.util.List;

/**
 * From when on a statement is slow, and how much so. Checked at construction.
 *
 * @param warning statements at least this slow go to the slow-query log
 * @param critical from here on they are critical; at least {@code warning}
 * @param fatal from here on they are fatal; at least {@code critical}
 */
public record SlowQuerySettings(Duration warning, Duration critical, Duration fatal) {
    /** Durations in their order; the defaults are those of the spec. */
    public static final Setting<Duration> WARNING = Setting.duration("howdah.database.slow-query", "100ms",
            "Statements at least this slow are kept in the slow-query log.");
    /** The second threshold. */
    public static final Setting<Duration> CRITICAL = Setting.duration("howdah.database.slow-query-critical", "500ms",
            "Statements at least this slow are critical; not below slow-query.");
    /** The third threshold. */
    public static final Setting<Duration> FATAL = Setting.duration("howdah.database.slow-query-fatal", "2s",
            "Statements at least this slow are fatal; not below slow-query-critical.");

    public SlowQuerySettings {
        var problem = problem(warning, critical, fatal);
        if (!problem.isEmpty()) {
            throw new ConfigurationException(List.of(problem));
        }
    }

    /** Reads all of them; what is wrong is noted in the configuration. One that is not set follows the one below it. */
    public static SlowQuerySettings from(Configuration configuration) {
        var warning = configuration.get(WARNING);
        var critical = atLeast(configuration, CRITICAL, warning);
        var fatal = atLeast(configuration, FATAL, critical);
        var problem = problem(warning, critical, fatal);
        if (!problem.isEmpty()) {
            configuration.problem(problem);
            return new SlowQuerySettings(WARNING.defaultValue(), CRITICAL.defaultValue(), FATAL.defaultValue());
        }
        return new SlowQuerySettings(warning, critical, fatal);
    }

    private static Duration atLeast(Configuration configuration, Setting<Duration> setting, Duration least) {
        var value = configuration.get(setting);
        return configuration.isSet(setting) || value.compareTo(least) >= 0 ? value : least;
    }

    private static String problem(Duration warning, Duration critical, Duration fatal) {
        return warning.compareTo(critical) <= 0 && critical.compareTo(fatal) <= 0
                ? ""
                : "howdah.database.slow-query is " + warning + ", slow-query-critical " + critical
                        + " and slow-query-fatal " + fatal + "; let none be below the one before it";
    }
}
