package dev.howdah.bench;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a benchmark: ours and its peers in one run on one server, fsync and synchronous commit on, ratios printed. */
@Command(name = "bench", mixinStandardHelpOptions = true, description = "Runs a benchmark against peers.")
public final class Bench implements Callable<Integer> {
    private static final Map<String, String> SERVER = Map.of("shared_buffers", "1GB", "max_wal_size", "8GB",
            "max_connections", "300");

    @Parameters(paramLabel = "NAME", description = "queue.")
    private String name = "";
    @Option(names = "--quick", description = "Smaller and once, within 50 seconds.")
    private boolean quick;
    @Option(names = "--only", paramLabel = "TEXT", description = "Only rows whose name holds this.")
    private String only = "";
    @Option(names = "--json", description = "A JSON object per row.")
    private boolean json;
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Bench() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public Integer call() {
        if (!name.equals("queue")) {
            spec.commandLine().getErr().println("howdah: there is no benchmark \"" + name + "\"; there is: queue");
            return 2;
        }
        var home = Path.of(".howdah", "bench");
        try (var server = EmbeddedPostgres.start(home, home.resolveSibling("postgresql-" + EmbeddedPostgres.VERSION),
                SERVER)) {
            var settings = server.connect(DatabaseSettings.from(Configuration.of(Map.of())));
            print(new QueueBench(settings.inSchema("public"), quick, only).run());
        }
        return 0;
    }

    private void print(List<Row> rows) {
        var out = spec.commandLine().getOut();
        if (json) {
            rows.forEach(row -> out.println(row.toJson()));
        } else {
            Row.print(rows, out);
        }
        out.flush();
    }
}
