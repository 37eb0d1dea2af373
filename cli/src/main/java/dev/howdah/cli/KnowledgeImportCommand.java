package dev.howdah.cli;

import dev.howdah.knowledge.ImportFetcher;
import dev.howdah.knowledge.ImportSource;
import dev.howdah.knowledge.KnowledgeBaseReader;
import dev.howdah.postgres.InvalidInputException;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Imports a knowledge base. Files are read here, repository by repository, and sent in parts, so that the server may be
 * anywhere; an address is read by a task of the server, which this command follows.
 */
@Command(name = "import", mixinStandardHelpOptions = true, description = "Imports a knowledge base: adds what is new, completes what is there. Exit code 1 if entries were put aside.")
final class KnowledgeImportCommand implements Callable<Integer> {
    /** Characters of JSON of one request, well below the server's limit of a body unless one repository is larger. */
    private static final int PART_MAX = 400_000;

    @Mixin
    private Api api = new Api();
    @Mixin
    private Output output = new Output();
    @Option(names = "--dry-run", description = "Says what would be done, and stores nothing.")
    private boolean dryRun;
    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "1800", description = "How long to wait for the import from an address (default ${DEFAULT-VALUE}).")
    private int timeoutSeconds;
    @Parameters(paramLabel = "FILE|URL|DIR", description = "A JSON file, an address, or a directory with JSON files; see docs/knowledge.md.")
    private String source = "";

    @Override
    public Integer call() throws InterruptedException {
        var report = source.matches("https?://.*") ? ofUrl() : ofFiles();
        output.print(report, out -> print(report, out));
        return report.path("errors").asInt() == 0 ? 0 : Main.FAILED;
    }

    private JsonNode ofUrl() throws InterruptedException {
        var id = api.post("/api/knowledge/imports", JsonMapper.shared().createObjectNode().put("url", source)
                .put("dry_run", dryRun)).path("task_id").asString();
        return new FollowedTask(api, id).result(Duration.ofSeconds(timeoutSeconds), message -> {});
    }

    private JsonNode ofFiles() {
        try {
            var parts = new Parts();
            KnowledgeBaseReader.read(ImportSource.of(Path.of(source)), ImportFetcher.none(), parts);
            return parts.report;
        } catch (InvalidPathException e) {
            throw new InvalidInputException("file-unreadable", "FILE", "\"" + source + "\" is no path",
                    "name a JSON file, a directory of them, or an address");
        }
    }

    /** Sends what was read, and adds up the answers. */
    private final class Parts implements KnowledgeBaseReader.Visitor {
        private final ObjectNode report = JsonMapper.shared().createObjectNode();
        private ObjectNode part = JsonMapper.shared().createObjectNode();
        private int size;

        @Override
        public void repository(String name, JsonNode entry, int percent) {
            int length = entry.toString().length();
            if (size > 0 && (size + length > PART_MAX || part.has(name))) {
                send(JsonMapper.shared().createObjectNode());
            }
            part.set(name, entry);
            size += length;
        }

        @Override
        public void end(ObjectNode document) {
            send(document);
        }

        private void send(ObjectNode rest) {
            rest.set("repositories", part);
            var body = JsonMapper.shared().createObjectNode().put("source", Path.of(source).getFileName() == null
                    ? source
                    : Path.of(source).getFileName().toString()).put("dry_run", dryRun);
            body.set("document", rest);
            add(report, (ObjectNode) api.post("/api/knowledge/imports", body));
            part = JsonMapper.shared().createObjectNode();
            size = 0;
        }

        /** Numbers add up, lists are joined. */
        private static void add(ObjectNode sum, ObjectNode one) {
            one.properties().forEach(field -> {
                var name = field.getKey();
                var value = field.getValue();
                if (value.isInt() && sum.has(name)) {
                    sum.put(name, sum.path(name).asInt() + value.asInt());
                } else if (value instanceof ObjectNode object) {
                    add(sum.withObject(name), object);
                } else if (value.isArray()) {
                    value.forEach(sum.withArray(name)::add);
                } else {
                    sum.set(name, value);
                }
            });
        }
    }

    private static void print(JsonNode report, PrintWriter out) {
        var table = new Table("KIND", "TOTAL", "ADDED", "UPDATED", "UNCHANGED");
        report.path("counters").properties().stream().filter(kind -> kind.getValue().path("total").asInt() > 0)
                .forEach(kind -> table.add(kind.getKey(), kind.getValue().path("total").asString(),
                        kind.getValue().path("added").asString(), kind.getValue().path("updated").asString(),
                        kind.getValue().path("unchanged").asString()));
        table.print(out);
        if (report.path("dry_run").asBoolean()) {
            out.println("dry run: nothing was stored");
        }
        int errors = report.path("errors").asInt();
        if (errors > 0) {
            out.println(errors + " entries were put aside:");
            report.path("quarantined").forEach(entry -> out.println("  " + entry.path("place").asString("")
                    + " " + entry.path("reason").asString("").replaceAll("\\p{Cntrl}+", " ")));
        }
    }
}
