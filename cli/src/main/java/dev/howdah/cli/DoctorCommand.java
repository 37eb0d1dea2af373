package dev.howdah.cli;

import dev.howdah.cli.Doctor.Check;
import dev.howdah.cli.Doctor.Status;
import dev.howdah.postgres.ConfigurationException;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Says what is wrong and what to do. */
@Command(name = "doctor", mixinStandardHelpOptions = true, description = "Examines settings, database, version, "
        + "extensions, pool, replicas, migrations, queue and disk. Exit code 0 if all is ok or only degraded, 1 if "
        + "something is down.")
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private Settings settings = new Settings();
    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        var checks = examine();
        var worst = checks.stream().map(Check::status).max(Comparator.naturalOrder()).orElse(Status.OK);
        output.print(json(worst, checks), out -> print(worst, checks, out));
        return worst == Status.DOWN ? Main.FAILED : 0;
    }

    private List<Check> examine() {
        try {
            return new Doctor(settings.load()).examine();
        } catch (ConfigurationException e) {
            return List.of(new Check("settings", Status.DOWN, e.problem(), e.remedy()));
        }
    }

    private static JsonNode json(Status worst, List<Check> checks) {
        var json = JsonMapper.shared().createObjectNode().put("status", label(worst));
        var list = json.putArray("checks");
        checks.forEach(check -> list.addObject().put("name", check.name()).put("status", label(check.status()))
                .put("detail", check.detail()).put("remedy", check.remedy()));
        return json;
    }

    private static void print(Status worst, List<Check> checks, PrintWriter out) {
        for (var check : checks) {
            out.println(Ansi.AUTO.string("@|" + color(check.status()) + " " + "%-9s".formatted(label(check.status()))
                    + "|@") + " %-11s ".formatted(check.name()) + check.detail());
            if (check.status() != Status.OK && !check.remedy().isBlank()) {
                out.println(" ".repeat(22) + "→ " + check.remedy());
            }
        }
        out.println("all in all: " + label(worst));
    }

    private static String color(Status status) {
        return switch (status) {
            case OK -> "green";
            case DEGRADED -> "yellow";
            case DOWN -> "bold,red";
        };
    }

    private static String label(Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }
}
