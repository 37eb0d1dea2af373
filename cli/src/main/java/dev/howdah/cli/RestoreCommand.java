package dev.howdah.cli;

import dev.howdah.operations.backup.PhysicalBackups;
import dev.howdah.operations.backup.PhysicalRestorePlan;
import dev.howdah.operations.backup.RestorePlan;
import dev.howdah.operations.backup.RestoreReport;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.server.Howdah;
import dev.howdah.server.HowdahSettings;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Restores a backup. */
@Command(name = "restore", mixinStandardHelpOptions = true, description = "Restores a backup into a schema that is empty or missing: all of it or nothing; stop servers and workers of the schema before. With the engine pgbackrest, restores the whole server into an empty directory, as of a time.")
final class RestoreCommand implements Callable<Integer> {
    private static final Duration WAIT_FOR_DATABASE = Duration.ofSeconds(30);

    @Mixin
    private BackupOptions own = new BackupOptions();
    @Mixin
    private Output print = new Output();
    @Spec
    private CommandSpec spec = CommandSpec.create();
    @Parameters(paramLabel = "NAME", arity = "0..1", description = "A backup that howdah backups lists, or latest; with the engine pgbackrest by default the one that fits.")
    private @Nullable String name;
    @Option(names = "--into", paramLabel = "SCHEMA|DIRECTORY", description = "Another schema than that of howdah.database.schema; with the engine pgbackrest a data directory that is empty or missing.")
    private @Nullable String into;
    @Option(names = "--to", paramLabel = "TIME", description = "As of which time, such as 2026-11-22T10:00:00Z, with the engine pgbackrest; default: all that was archived.")
    private @Nullable String to;
    @Option(names = "--replace", description = "Renames the schema aside if it holds something. Asks, unless --yes.")
    private boolean replace;
    @Option(names = "--yes", description = "Does not ask.")
    private boolean yes;

    @Override
    public Integer call() {
        var settings = own.load();
        if (own.isPhysical(settings) || (name != null && PhysicalBackups.isLabel(name))) {
            return restoreServer(settings);
        }
        if (name == null || to != null) {
            throw new InvalidInputException("restore-backup-missing", name == null ? "NAME" : "--to", name == null
                    ? "is not given"
                    : "is for backups of a whole server",
                    "name a backup that howdah backups lists, or add --engine pgbackrest");
        }
        var chosen = BackupText.name(name, BackupText.store(settings), settings);
        var plan = new RestorePlan(chosen, Optional.ofNullable(into), replace);
        var schema = plan.into().orElse(settings.database().schema());
        if (replace && !yes && !isConfirmed(schema)) {
            throw new InvalidInputException("restore-not-confirmed", "--replace", "would rename the schema " + schema
                    + " aside, and nobody agreed", "answer with the name of the schema, or add --yes");
        }
        try (var howdah = Howdah.open(settings)) {
            howdah.database().awaitReady(WAIT_FOR_DATABASE);
            var report = howdah.backups().backups().restore(plan, BackupText.progress(spec.commandLine().getErr()));
            return print.print(BackupText.JSON.valueToTree(report), out -> print(report, out));
        }
    }

    /** Needs no database: it may be what was lost. */
    private int restoreServer(HowdahSettings settings) {
        if (into == null || replace) {
            throw new InvalidInputException("restore-directory-missing", "--into", into == null
                    ? "is not given"
                    : "cannot go with --replace: a server is never restored over another",
                    "name a data directory that is empty or missing, without --replace");
        }
        var store = BackupText.store(settings);
        var plan = new PhysicalRestorePlan(
                Optional.ofNullable(name).map(given -> BackupText.name(given, store, settings)),
                Optional.ofNullable(to).map(RestoreCommand::time), Path.of(into));
        var report = store.physical().restore(plan, BackupText.progress(spec.commandLine().getErr()));
        return print.print(BackupText.JSON.valueToTree(report), out -> {
            out.println("restored the files of " + report.backup() + " into " + report.into() + " in "
                    + BackupText.time(report
                            .duration())
                    + "; started, the server reads its log up to " + report.to().map(Instant::toString).orElse(
                            "the end of the archive"));
            report.steps().forEach(step -> out.println("- " + step));
        });
    }

    private static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new InvalidInputException("restore-time-invalid", "--to", "\"" + text + "\" is no time with its zone",
                    "write it as 2026-11-22T10:00:00Z, or with +01:00 instead of Z");
        }
    }

    private static boolean isConfirmed(String schema) {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).map(console -> console.readLine(
                "Type %s to have this schema renamed aside and replaced: ", schema)).filter(schema::equals).isPresent();
    }

    private static void print(RestoreReport report, PrintWriter out) {
        out.println(
                "restored " + report.backup() + " into schema " + report.schema() + ": " + report.rows() + " rows of "
                        + report.tables() + " tables in " + BackupText.time(report.duration()));
        report.warnings().forEach(warning -> out.println("note: " + warning));
        report.replaced().ifPresent(aside -> out.println("what was there is in schema " + aside
                + "; when it is not needed any more: DROP SCHEMA " + aside + " CASCADE"));
    }
}
