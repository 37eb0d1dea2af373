package dev.howdah.cli;

import dev.howdah.operations.infra.InfraBackups;
import dev.howdah.operations.infra.InfraEdits;
import dev.howdah.operations.infra.InfraReport;
import dev.howdah.operations.infra.InfraScan;
import dev.howdah.operations.infra.ScanLimits;
import dev.howdah.operations.infra.Technologies;
import dev.howdah.operations.infra.Technology.Level;
import dev.howdah.postgres.NotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a code base still uses of other stores and clouds. Works on files; needs no server. */
@Command(name = "infra", mixinStandardHelpOptions = true, description = "Finds what a code base still uses of Redis, MongoDB and cloud services.", subcommands = {
        InfraCommand.ScanCommand.class, InfraCommand.UndoCommand.class})
final class InfraCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    @Command(name = "scan", mixinStandardHelpOptions = true, description = "Reports every place with what takes its place. Changes nothing without --apply.")
    static final class ScanCommand implements Callable<Integer> {
        @Mixin
        private Output output = new Output();
        @Parameters(paramLabel = "PATH", defaultValue = ".", description = "Directory of the code base (default: here).")
        private Path path = Path.of(".");
        @Option(names = "--technology", split = ",", description = "Only these, such as redis,mongodb.")
        private List<String> technologies = List.of();
        @Option(names = "--report", paramLabel = "FILE", description = "Writes a report: Markdown, or JSON if the name ends so.")
        private @Nullable Path report;
        @Option(names = "--fail-on-findings", description = "Exit code 1 if something is left to replace or decide.")
        private boolean fails;
        @Option(names = "--apply", description = "Takes variables, Compose services and unused dependencies out, with a backup. Code is never touched.")
        private boolean applies;

        @Override
        public Integer call() throws IOException {
            var known = Technologies.builtIn();
            var scan = new InfraScan(technologies.isEmpty() ? known : known.only(technologies), ScanLimits.DEFAULT);
            var found = scan.scan(path);
            var json = found.toJson();
            if (applies) {
                json.set("applied", apply(found));
                found = scan.scan(path);
            }
            write(found);
            var left = found;
            output.print(json, out -> {
                print(left, out);
                printApplied(json.path("applied"), out);
            });
            return fails && !left.isClean() ? Main.FAILED : 0;
        }

        private static JsonNode apply(InfraReport found) {
            var edits = new InfraEdits(found);
            var plan = edits.plan();
            var backup = edits.apply(plan);
            var json = JsonMapper.shared().createObjectNode().put("backup", backup.map(Path::toString).orElse(null));
            var files = json.putArray("edited");
            plan.edits().forEach(edit -> {
                var changes = files.addObject().put("file", edit.file()).putArray("changes");
                edit.changes().forEach(changes::add);
            });
            plan.left().forEach(json.putArray("left")::add);
            return json;
        }

        private void write(InfraReport found) throws IOException {
            if (report != null) {
                boolean isJson = report.toString().toLowerCase(Locale.ROOT).endsWith(".json");
                Files.writeString(report, isJson ? found.toJson().toPrettyString() + "\n" : found.toMarkdown());
            }
        }

        private static void print(InfraReport found, PrintWriter out) {
            if (!found.findings().isEmpty()) {
                var table = new Table("PLACE", "TECHNOLOGY", "KIND", "EVIDENCE", "IN ITS PLACE");
                found.findings().forEach(finding -> table.add(finding.file() + ":" + finding.line(),
                        finding.technology().name(), finding.kind().name().toLowerCase(Locale.ROOT),
                        finding.evidence(), finding.technology().replacement()));
                table.print(out);
                out.println();
                found.byTechnology().forEach((technology, count) -> out.println(technology.name() + " (" + count + "): "
                        + technology.action()));
                out.println();
            }
            out.println(found.size().files() + " files read: " + found.count(Level.REPLACE) + " places to replace, "
                    + found.count(Level.REVIEW) + " to decide on, " + found.count(Level.INFORMATION)
                    + " for information" + (found.isCut() ? "; there are more" : ""));
        }

        private void printApplied(JsonNode applied, PrintWriter out) {
            if (applied.isMissingNode()) {
                return;
            }
            applied.path("edited").forEach(edit -> {
                out.println("edited " + edit.path("file").asString());
                edit.path("changes").forEach(change -> out.println("  " + change.asString()));
            });
            applied.path("left").forEach(left -> out.println("left   " + left.asString()));
            out.println(applied.path("backup").isNull()
                    ? "nothing to edit"
                    : "the files as they were are in " + applied.path("backup").asString()
                            + "; undo with: howdah infra undo " + path);
        }
    }

    @Command(name = "undo", mixinStandardHelpOptions = true, description = "Puts back what scan --apply edited.")
    static final class UndoCommand implements Callable<Integer> {
        @Mixin
        private Output output = new Output();
        @Parameters(paramLabel = "PATH", defaultValue = ".", description = "Directory of the code base (default: here).")
        private Path path = Path.of(".");
        @Option(names = "--backup", paramLabel = "NAME", description = "Which one (default: the newest).")
        private @Nullable String backup;

        @Override
        public Integer call() throws IOException {
            if (!Files.isDirectory(path)) {
                throw new NotFoundException("scan-path-not-found", "there is no directory " + path,
                        "give the directory of a code base");
            }
            var files = new InfraBackups(path.toRealPath()).undo(Optional.ofNullable(backup));
            var json = JsonMapper.shared().createObjectNode();
            files.forEach(json.putArray("restored")::add);
            return output.print(json, out -> files.forEach(file -> out.println("restored " + file)));
        }
    }
}
