package dev.howdah.cli;

import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists backups. */
@Command(name = "backups", mixinStandardHelpOptions = true, description = "Lists the backups of howdah.operations.backup-target, newest first, those of pgBackRest among them; also when the database is down.")
final class BackupsCommand implements Callable<Integer> {
    @Mixin
    private BackupOptions own = new BackupOptions();
    @Mixin
    private Output print = new Output();

    @Override
    public Integer call() {
        var store = BackupText.store(own.load());
        var backups = store.list();
        return print.print(BackupText.JSON.valueToTree(backups), out -> {
            var table = new Table("NAME", "ENGINE", "TAKEN", "VERSION", "ROWS", "SIZE", "KEY", "PROBLEM");
            backups.forEach(
                    backup -> table
                            .add(backup.name(), backup.engine().toString(),
                                    backup.takenAt().truncatedTo(ChronoUnit.SECONDS)
                                            .toString(),
                                    Long.toString(backup.schemaVersion()), Long.toString(backup.rows()),
                                    BackupText.bytes(
                                            backup.bytes()),
                                    backup.key().orElse("-"), backup.problem().orElse("-")));
            table.print(out);
        });
    }
}
