package dev.howdah.cli;

import dev.howdah.operations.backup.RestorePlan;
import dev.howdah.operations.backup.RestoreReport;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.server.Howdah;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
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
@Command(name = "restore", mixinStandardHelpOptions = true, description = "Restores a backup into a schema that is empty or missing: all of it or nothing. Stop servers and workers of the schema before.")
final class RestoreCommand implements Callable<Integer> {
    private static final Duration WAIT_FOR_DATABASE = Duration.ofSeconds(30);

    @Mixin
    private Settings own = new Settings();
    @Mixin
    private Output print = new Output();
    @Spec
    private CommandSpec spec = CommandSpec.create();
    @Parameters(paramLabel = "NAME", description = "A backup that howdah backups lists, or latest.")
    private String name = "";
    @Option(names = "--into", paramLabel = "SCHEMA", description = "Another schema than that of howdah.database.schema.")
    private @Nullable String into;
    @Option(names = "--replace", description = "Renames the schema aside if it holds something. Asks, unless --yes.")
    private boolean replace;
    @Option(names = "--yes", description = "Does not ask.")
    private boolean yes;

    @Override
    public Integer call() {
        var settings = own.load();
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
