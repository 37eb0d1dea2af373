package dev.howdah.cli;

import dev.howdah.operations.backup.BackupTargets;
import dev.howdah.server.Howdah;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Makes a backup. */
@Command(name = "backup", mixinStandardHelpOptions = true, description = "Makes a backup of the schema in howdah.operations.backup-target, and removes those that retention does not keep.")
final class BackupCommand implements Callable<Integer> {
    private static final Duration WAIT_FOR_DATABASE = Duration.ofSeconds(30);

    @Mixin
    private BackupOptions own = new BackupOptions();
    @Mixin
    private Output print = new Output();
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        var settings = own.load();
        BackupTargets.required(settings.backup());
        try (var howdah = Howdah.open(settings)) {
            howdah.database().awaitReady(WAIT_FOR_DATABASE);
            var made = howdah.backups().backup(BackupText.progress(spec.commandLine().getErr()));
            return print.print(BackupText.JSON.valueToTree(made), out -> {
                out.println("made " + BackupText.describe(made));
                made.notes().forEach(note -> out.println("note: " + note));
            });
        }
    }
}
