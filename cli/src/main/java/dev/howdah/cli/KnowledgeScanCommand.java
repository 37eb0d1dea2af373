package dev.howdah.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

/** Has the server scan a repository, and waits for what it finds. */
@Command(name = "scan", mixinStandardHelpOptions = true, description = "Scans a Git repository at its HEAD: languages, dependencies, tests, deployment, documentation, components, security practices, patterns, decisions.")
final class KnowledgeScanCommand implements Callable<Integer> {
    private static final List<String> COUNTS = List.of("files", "patterns", "decisions", "components", "dependencies",
            "deployments", "security_practices", "suspected_secrets");

    @Mixin
    private Api api = new Api();
    @Mixin
    private Output output = new Output();
    @Option(names = "--name", paramLabel = "OWNER/NAME", description = "Under which name it is stored (default: that of its remote origin).")
    private @Nullable String name;
    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "1800", description = "How long to wait (default ${DEFAULT-VALUE}).")
    private int timeoutSeconds;
    @Parameters(paramLabel = "PATH", description = "A clone or bare repository on the server's machine, below HOWDAH_AGENT_REPOSITORY_ROOTS.")
    private Path path = Path.of("");
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        var body = JsonMapper.shared().createObjectNode().put("path", path.toAbsolutePath().normalize().toString());
        if (name != null) {
            body.put("repository", name);
        }
        var id = api.post("/api/knowledge/scans", body).path("task_id").asString();
        var err = spec.commandLine().getErr();
        var found = new FollowedTask(api, id).result(Duration.ofSeconds(timeoutSeconds), err::println);
        return output.print(found, out -> print(found, out));
    }

    private static void print(JsonNode found, PrintWriter out) {
        out.println(found.path("repository").asString("") + " at " + found.path("commit").asString("") + ": "
                + found.path("languages").asString(""));
        var table = new Table("FOUND", "NUMBER");
        COUNTS.forEach(kind -> table.add(kind.replace('_', ' '), found.path(kind).asString("0")));
        table.print(out);
        found.path("warnings").forEach(warning -> out.println("warning: " + warning.asString("")));
    }
}
