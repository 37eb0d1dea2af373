package dev.howdah.cli;

import dev.howdah.operations.doctor.Area;
import dev.howdah.operations.doctor.CheckStatus;
import dev.howdah.operations.doctor.Diagnosis;
import dev.howdah.operations.doctor.Finding;
import dev.howdah.operations.doctor.Fix;
import dev.howdah.operations.doctor.Report;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;

/** A report for people: by area, what is wrong in detail, what is well by name. */
final class DoctorText {
    private static final String INDENT = " ".repeat(10);

    private final PrintWriter out;
    private final boolean isWhole;

    /** @param isWhole whether to tell what is well in detail, too */
    DoctorText(PrintWriter out, boolean isWhole) {
        this.out = out;
        this.isWhole = isWhole;
    }

    void print(Report report) {
        for (var area : Area.values()) {
            var diagnoses = report.diagnoses().stream().filter(each -> each.topic().area() == area).toList();
            if (!diagnoses.isEmpty()) {
                out.println(Ansi.AUTO.string("@|bold " + area.label() + "|@"));
                print(area, diagnoses);
            }
        }
        out.println("all in all: " + report.status().label());
    }

    private void print(Area area, List<Diagnosis> diagnoses) {
        boolean isShown = isWhole || area == Area.INSTALLATION;
        diagnoses.stream().filter(each -> isShown || each.status() != CheckStatus.OK).forEach(this::print);
        var well = diagnoses.stream().filter(each -> !isShown && each.status() == CheckStatus.OK)
                .map(each -> each.topic().id()).collect(Collectors.joining(", "));
        if (!well.isEmpty()) {
            out.println(label(CheckStatus.OK) + " " + well);
        }
    }

    private void print(Diagnosis diagnosis) {
        var topic = diagnosis.topic();
        out.println(label(diagnosis.status()) + " %-20s ".formatted(topic.id()) + line(diagnosis.outcome().detail()));
        if (diagnosis.status() == CheckStatus.OK) {
            return;
        }
        if (diagnosis.status() != CheckStatus.UNKNOWN) {
            out.println(INDENT + topic.meaning());
        }
        diagnosis.outcome().findings().forEach(this::print);
        if (diagnosis.outcome().findings().isEmpty()) {
            fix(diagnosis.outcome().remedy().map(Fix::text).orElse(topic.remedy()));
        }
    }

    private void print(Finding finding) {
        out.println(INDENT + line(finding.object() + ": " + finding.facts()));
        finding.fix().ifPresent(fix -> fix(fix.text()));
    }

    private void fix(String text) {
        text.lines().forEach(line -> out.println(INDENT + "→ " + line(line)));
    }

    private static String label(CheckStatus status) {
        return Ansi.AUTO.string("@|" + color(status) + " " + "%-9s".formatted(status.label()) + "|@");
    }

    /** Without control characters: names may be anybody's. */
    private static String line(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }

    private static String color(CheckStatus status) {
        return switch (status) {
            case OK -> "green";
            case UNKNOWN -> "faint";
            case DEGRADED -> "yellow";
            case DOWN -> "bold,red";
        };
    }
}
