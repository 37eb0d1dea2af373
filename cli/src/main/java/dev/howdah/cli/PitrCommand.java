package dev.howdah.cli;

import dev.howdah.operations.backup.BackupTargets;
import dev.howdah.operations.backup.DrillReport.Check;
import dev.howdah.operations.backup.PhysicalBackups;
import dev.howdah.postgres.Database;
import dev.howdah.server.Howdah;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Makes ready what restores to a point in time. */
@Command(name = "pitr", mixinStandardHelpOptions = true, description = "Makes ready restores to a point in time by pgBackRest. Run it on the database's host, as the owner of its files.")
final class PitrCommand implements Callable<Integer> {
    private static final Duration WAIT_FOR_DATABASE = Duration.ofSeconds(30);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    @Command(name = "setup", mixinStandardHelpOptions = true, description = "Writes pgBackRest's configuration from the settings, makes the repository ready, and tells what the server lacks. May be repeated; exit code 1 if something is lacking.")
    Integer setup(@Mixin Settings own, @Mixin Output print) {
        return with(own, print, PhysicalBackups::setup,
                "next: howdah pitr check, then howdah backup --engine pgbackrest");
    }

    @Command(name = "check", mixinStandardHelpOptions = true, description = "Looks whether the server's log reaches the repository. Exit code 1 if not; says what to do.")
    Integer check(@Mixin Settings own, @Mixin Output print) {
        return with(own, print, PhysicalBackups::check,
                "the server can be restored to any time since its first backup");
    }

    private static int with(Settings own, Output print, BiFunction<PhysicalBackups, Database, List<Check>> work,
            String good) {
        var settings = own.load();
        BackupTargets.required(settings.backup());
        try (var howdah = Howdah.open(settings)) {
            howdah.database().awaitReady(WAIT_FOR_DATABASE);
            var checks = work.apply(new PhysicalBackups(settings.backup()), howdah.database());
            boolean isGood = checks.stream().allMatch(Check::ok);
            print.print(BackupText.JSON.valueToTree(checks), out -> {
                BackupText.print(checks, out);
                if (isGood) {
                    out.println(good);
                }
            });
            return isGood ? 0 : Main.FAILED;
        }
    }
}
