package dev.howdah.cli;

import dev.howdah.operations.backup.BackupTargets;
import dev.howdah.operations.backup.DrillReport;
import dev.howdah.server.Howdah;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Rehearses a restore. */
@Command(name = "drill", mixinStandardHelpOptions = true, description = "Restores a backup into a server of its own, checks what must hold, and tells RPO and RTO. Exit code 1 if something does not hold.")
final class DrillCommand implements Callable<Integer> {
    @Mixin
    private BackupOptions own = new BackupOptions();
    @Mixin
    private Output print = new Output();
    @Spec
    private CommandSpec spec = CommandSpec.create();
    @Parameters(paramLabel = "NAME", arity = "0..1", description = "A backup that howdah backups lists; default: the newest.")
    private @Nullable String name;

    @Override
    public Integer call() {
        var settings = own.load();
        BackupTargets.required(settings.backup());
        try (var howdah = Howdah.open(settings)) {
            var report = howdah.backups().drill(Optional.ofNullable(name),
                    BackupText.progress(spec.commandLine().getErr()));
            print.print(BackupText.JSON.valueToTree(report), out -> print(report, out));
            return report.isPassed() ? 0 : Main.FAILED;
        }
    }

    private static void print(DrillReport report, PrintWriter out) {
        out.println("rehearsed " + report.backup() + " in " + BackupText.time(report.duration()));
        BackupText.print(report.checks(), out);
        out.println(
                "RPO " + BackupText.time(report.rpo()) + " (what would be lost), RTO " + BackupText.time(report.rto())
                        + " (until one could go on)");
    }
}
