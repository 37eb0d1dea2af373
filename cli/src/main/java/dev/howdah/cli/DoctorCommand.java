package dev.howdah.cli;

import dev.howdah.operations.doctor.Area;
import dev.howdah.operations.doctor.CheckStatus;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what is wrong and what to do. */
@Command(name = "doctor", mixinStandardHelpOptions = true, description = "Examines settings, disk, and everything about "
        + "the database that is known to go wrong. Exit code 0 if all is ok or only degraded, 1 if something is down.")
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private Settings settings = new Settings();
    @Mixin
    private Output output = new Output();
    @Option(names = "--all", description = "Shows what is well in detail, too.")
    private boolean isWhole;
    @Option(names = "--only", paramLabel = "AREA", split = ",", description = "Only these areas: installation, connections, "
            + "vacuum, indexes, schema, replication, performance, server, security.")
    private List<String> areas = List.of();
    @Option(names = "--fix-sql", description = "Prints the fixes as an SQL script; what drops, ends or blocks something is "
            + "commented out.")
    private boolean isScript;

    @Override
    public Integer call() {
        var report = new InstallationExamination(settings).examine(areas.stream().map(Area::of).toList());
        if (isScript) {
            output.out().print(report.toScript());
            output.out().flush();
        } else {
            output.print(report.toJson(), out -> new DoctorText(out, isWhole).print(report));
        }
        return report.status() == CheckStatus.DOWN ? Main.FAILED : 0;
    }
}
