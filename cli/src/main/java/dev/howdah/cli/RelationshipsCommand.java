package dev.howdah.cli;

import dev.howdah.postgres.InvalidInputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Which repositories depend on which. */
@Command(name = "relationships", mixinStandardHelpOptions = true, description = "Imports and lists which repositories depend on which.", subcommands = {
        RelationshipsCommand.ImportCommand.class, RelationshipsCommand.ListCommand.class})
final class RelationshipsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    @Command(name = "import", mixinStandardHelpOptions = true, description = "Imports a relationships file: adds what is "
            + "new, updates the rest, all or nothing.")
    static final class ImportCommand implements Callable<Integer> {
        private static final int FILE_BYTES_MAX = 16 << 20;

        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Option(names = "--allow-cycles", description = "Accepts repositories that depend on each other in a circle.")
        private boolean allowCycles;
        @Parameters(paramLabel = "FILE", description = "JSON; see docs/triage.md.")
        private Path file = Path.of("relationships.json");

        @Override
        public Integer call() {
            var document = read(file);
            resolveLocations(document, file.toAbsolutePath().resolveSibling(""));
            var imported = api.post("/api/relationships" + (allowCycles ? "?allow_cycles=true" : ""), document);
            return output.print(imported, out -> out.println("relationships of " + imported.path("repositories").asInt()
                    + " repositories: " + imported.path("added").asInt() + " added, " + imported.path("updated").asInt()
                    + " updated"));
        }

        private static JsonNode read(Path file) {
            try {
                if (Files.size(file) > FILE_BYTES_MAX) {
                    throw new InvalidInputException("file-too-large", "FILE", file + " has " + Files.size(file)
                            + " bytes", "split it; the limit is " + FILE_BYTES_MAX);
                }
                return JsonMapper.shared().readTree(Files.readString(file));
            } catch (IOException e) {
                throw new InvalidInputException("file-unreadable", "FILE", file + " cannot be read: " + e.getMessage(),
                        "name a JSON file");
            } catch (JacksonException e) {
                var at = e.getLocation();
                throw new InvalidInputException("json-malformed", "FILE", file + " is no valid JSON at line "
                        + at.getLineNr() + ", column " + at.getColumnNr() + ": " + e.getOriginalMessage(),
                        "correct it there");
            }
        }

        /** A location stands relative to the file; the server has another working directory. */
        private static void resolveLocations(JsonNode node, Path directory) {
            if (node instanceof ObjectNode object && object.path("location").isString()) {
                object.put("location", directory.resolve(object.path("location").asString()).normalize().toString());
            }
            node.forEach(child -> resolveLocations(child, directory));
        }
    }

    @Command(name = "list", aliases = "export", mixinStandardHelpOptions = true, description = "Lists all relationships; with --json in the form that can be imported again.")
    static final class ListCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();

        @Override
        public Integer call() {
            var all = api.get("/api/relationships");
            return output.print(all, out -> print(all, out));
        }

        private static void print(JsonNode all, PrintWriter out) {
            var table = new Table("SOURCE", "DEPENDENT", "TYPE", "ABOUT");
            all.path("relationships").forEachEntry((source, entry) -> {
                for (var list : new String[]{"consumers", "derivatives"}) {
                    entry.path(list).forEach(edge -> table.add(source, edge.path("repo").asString(""),
                            edge.path("relationship_type").asString(""), edge.path("description").asString("")));
                }
            });
            table.print(out);
        }
    }
}
