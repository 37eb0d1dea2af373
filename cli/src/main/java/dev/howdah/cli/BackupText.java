package dev.howdah.cli;

import dev.howdah.operations.backup.Backup;
import dev.howdah.operations.backup.BackupEngine;
import dev.howdah.operations.backup.BackupProgress;
import dev.howdah.operations.backup.BackupStore;
import dev.howdah.operations.backup.BackupTargets;
import dev.howdah.operations.backup.DrillReport.Check;
import dev.howdah.server.HowdahSettings;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** What the commands of backups have in common. */
final class BackupText {
    /** For answers as JSON. */
    static final JsonMapper JSON = JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();
    /** Instead of a name: the newest one. */
    private static final String LATEST = "latest";
    private static final long KIB = 1024;

    private BackupText() {}

    /** The backups, without a database. */
    static BackupStore store(HowdahSettings settings) {
        return new BackupStore(BackupTargets.required(settings.backup()), settings.backup());
    }

    /** The name that is meant. */
    static String name(String given, BackupStore store, HowdahSettings settings) {
        if (!given.equals(LATEST)) {
            return given;
        }
        return settings.backup().engine() == BackupEngine.PGBACKREST
                ? store.physical().newest()
                : store.newest(settings.database().schema()).name();
    }

    /** Shows how it goes on beside the answer, so that the answer can be read by programs. */
    static BackupProgress progress(PrintWriter err) {
        var line = new ProgressLine(err, Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent());
        return step -> {
            line.show(step.phase(), step.done(), step.total(), step.what());
            if (step.done() >= step.total()) {
                line.end();
            }
            return true;
        };
    }

    static String describe(Backup backup) {
        var content = backup.engine() == BackupEngine.PGBACKREST
                ? "the whole server, "
                : backup.rows() + " rows of " + backup.tables() + " tables in ";
        return backup.name() + ": " + content + bytes(backup.bytes())
                + backup.key().map(key -> ", encrypted with key " + key).orElse(", not encrypted");
    }

    /** What was looked at. */
    static void print(List<Check> checks, PrintWriter out) {
        checks.forEach(check -> out.println((check.ok() ? "  ok      " : "  FAILED  ") + check.name() + ": " + check
                .detail()));
    }

    static String bytes(long bytes) {
        return bytes < KIB * KIB
                ? "%.1f KiB".formatted((double) bytes / KIB)
                : "%.1f MiB".formatted((double) bytes / KIB / KIB);
    }

    static String time(Duration time) {
        return time.toMinutes() < 1
                ? String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0)
                : time.truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString().substring(2)
                        .toLowerCase(Locale.ROOT);
    }
}
