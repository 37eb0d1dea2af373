package dev.howdah.cli;

import dev.howdah.operations.doctor.Area;
import dev.howdah.operations.doctor.Check;
import dev.howdah.operations.doctor.CheckStatus;
import dev.howdah.operations.doctor.Diagnosis;
import dev.howdah.operations.doctor.Doctor;
import dev.howdah.operations.doctor.Outcome;
import dev.howdah.operations.doctor.Report;
import dev.howdah.operations.doctor.Topic;
import dev.howdah.postgres.ConfigurationException;
import dev.howdah.postgres.HowdahException;
import dev.howdah.server.Howdah;
import dev.howdah.server.HowdahSettings;
import dev.howdah.server.InstallationDoctor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** Examines an installation from this machine: settings and disk, which only this process sees, then what the server would. */
final class InstallationExamination {
    static final Topic SETTINGS = new Topic("settings", Area.INSTALLATION, "the settings can be read",
            "With a wrong setting nothing starts.", "correct howdah.yml or the environment");
    static final Topic DISK = new Topic("disk", Area.INSTALLATION, "the disk has space",
            "A database without space stops (seen of the embedded server only).",
            "make room, or choose another directory with HOWDAH_HOME");
    private static final long DISK_DOWN = 256L << 20;
    private static final long DISK_DEGRADED = 2L << 30;

    private final Settings settings;

    InstallationExamination(Settings settings) {
        this.settings = settings;
    }

    /** What was found; without a database, what needs none. */
    Report examine(Collection<Area> areas) {
        HowdahSettings loaded;
        try {
            loaded = settings.load();
        } catch (ConfigurationException e) {
            return new Report(List.of(new Diagnosis(SETTINGS, Outcome.of(CheckStatus.DOWN, e.problem(), e.remedy()))));
        }
        var here = areas.isEmpty() || areas.contains(Area.INSTALLATION)
                ? new Doctor(List.of(Check.of(SETTINGS, () -> Outcome.ok("valid")), Check.of(DISK, () -> disk(loaded))))
                        .examine(List.of()).diagnoses()
                : List.<Diagnosis>of();
        return database(loaded, areas).after(here);
    }

    private static Report database(HowdahSettings loaded, Collection<Area> areas) {
        if (loaded.embedded() && !Files.exists(loaded.home().resolve("data"))) {
            return down("there is no embedded database in " + loaded.home() + " yet",
                    "make and start it with: ./howdah up");
        }
        try (var howdah = Howdah.open(loaded)) {
            return howdah.doctor().examine(areas);
        } catch (HowdahException e) {
            return down(e.problem(), e.remedy());
        }
    }

    private static Report down(String problem, String remedy) {
        return new Report(
                List.of(new Diagnosis(InstallationDoctor.DATABASE, Outcome.of(CheckStatus.DOWN, problem, remedy))));
    }

    private static Outcome disk(HowdahSettings loaded) {
        if (!loaded.embedded()) {
            return Outcome.ok("the database has its own, which cannot be seen from here");
        }
        try {
            var directory = existing(loaded.home());
            if (!Files.isWritable(directory)) {
                return Outcome.of(CheckStatus.DOWN, directory + " is not writable",
                        "choose another directory with HOWDAH_HOME");
            }
            return disk(Files.getFileStore(directory).getUsableSpace(), loaded.home());
        } catch (IOException e) {
            return Outcome.of(CheckStatus.DOWN, loaded.home() + " cannot be examined: " + e.getMessage(),
                    "choose another directory with HOWDAH_HOME");
        }
    }

    private static Outcome disk(long free, Path home) {
        var detail = "%,d MiB free for %s".formatted(free >> 20, home);
        return free >= DISK_DEGRADED
                ? Outcome.ok(detail)
                : Outcome.of(free < DISK_DOWN ? CheckStatus.DOWN : CheckStatus.DEGRADED, detail,
                        "make room, or move HOWDAH_HOME");
    }

    private static Path existing(Path path) {
        var existing = path;
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing;
    }
}
