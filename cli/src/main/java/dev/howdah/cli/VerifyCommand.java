package dev.howdah.cli;

import dev.howdah.operations.backup.PhysicalBackups;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks a backup. */
@Command(name = "verify", mixinStandardHelpOptions = true, description = "Reads every file of a backup to its end and compares it with the manifest; also when the database is down. Exit code 1 if it is damaged.")
final class VerifyCommand implements Callable<Integer> {
    @Mixin
    private BackupOptions own = new BackupOptions();
    @Mixin
    private Output print = new Output();
    @Spec
    private CommandSpec spec = CommandSpec.create();
    @Parameters(paramLabel = "NAME", description = "A backup that howdah backups lists, or latest.")
    private String name = "";

    @Override
    public Integer call() {
        var settings = own.load();
        var store = BackupText.store(settings);
        var report = store.verify(BackupText.name(name, store, settings),
                BackupText.progress(spec.commandLine().getErr()));
        return print.print(BackupText.JSON.valueToTree(report),
                out -> out.println(report.backup() + " is whole: " + report
                        .files() + " files, "
                        + (PhysicalBackups.isLabel(report.backup()) ? "" : report.rows() + " rows, ")
                        + BackupText.bytes(report.bytes()) + " ("
                        + BackupText.bytes(report.rawBytes()) + " before compression), read in "
                        + BackupText.time(report
                                .duration())));
    }
}
