package dev.howdah.bench;

import dev.howdah.knowledge.inprocess.InProcessEmbeddings;
import dev.howdah.knowledge.inprocess.Model;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a benchmark: ours and its peers in one run on one server, fsync and synchronous commit on, ratios printed. */
@Command(name = "bench", mixinStandardHelpOptions = true, description = "Runs a benchmark against peers.")
public final class Bench implements Callable<Integer> {
    private static final List<String> NAMES = List.of("queue", "workflow", "knowledge", "agents", "data", "operations");
    private static final Map<String, String> SERVER = Map.of("shared_buffers", "1GB", "max_wal_size", "8GB",
            "max_connections", "300");

    @Parameters(paramLabel = "NAME", description = "queue, workflow, knowledge, agents, data or operations.")
    private String name = "";
    @Option(names = "--quick", description = "Smaller and once, without rows that take minutes.")
    private boolean quick;
    @Option(names = "--only", paramLabel = "REGEX", description = "Only rows in whose name this is found, such as ^drain$$.")
    private Pattern only = Pattern.compile("");
    @Option(names = "--history", paramLabel = "ROWS", description = "Also drain with so many rows of history, such as 100000000.")
    private long history;
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
        if (name.equals(WorkerProcess.NAME)) {
            return WorkerProcess.serve();
        }
        if (name.equals(ProgramProcess.NAME)) {
            return ProgramProcess.serve();
        }
        if (name.equals(ImportProcess.NAME)) {
            return ImportProcess.serve();
        }
        if (name.equals(RouterProcess.NAME)) {
            return RouterProcess.serve();
        }
        if (!NAMES.contains(name)) {
            spec.commandLine().getErr().println("howdah: there is no benchmark \"" + name + "\"; there are: "
                    + String.join(", ", NAMES));
            return 2;
        }
        var home = Path.of(".howdah", "bench");
        var options = new BenchOptions(quick, only, history);
        var notes = new ArrayList<String>();
        var binaries = home.resolveSibling("postgresql-" + EmbeddedPostgres.VERSION);
        var pgvector = Optional.ofNullable(System.getProperty("howdah.bench.pgvector")).map(Path::of);
        pgvector.ifPresent(built -> EmbeddedPostgres.addExtension(binaries, built));
        try (var server = EmbeddedPostgres.start(home, binaries, SERVER)) {
            var database = new BenchDatabase(server.connect(DatabaseSettings.from(Configuration.of(Map.of()))));
            var sections = switch (name) {
                case "queue" -> queueSections(home, database, options, notes);
                case "workflow" -> Stream.concat(new ProgramRows(database, options).sections().stream(),
                        new DefinitionRows(database, options).sections().stream()).toList();
                case "data" -> Stream.of(new CacheRows(database, options, home.resolve("redis")).sections(),
                        new DocumentRows(database, options).sections(),
                        new ImportRows(database, options, home).sections()).flatMap(List::stream).toList();
                case "operations" -> Stream.of(new RouterRows(options).sections(),
                        new MetricsRows(database, options).sections(),
                        new MigrationRows(database, options).sections(),
                        new BackupRows(options, home.resolve("backup")).sections()).flatMap(List::stream).toList();
                case "agents" -> agentSections(home, database, options, notes::add);
                default -> knowledgeSections(home, database, options, pgvector.isPresent(), notes::add);
            };
            var rows = new QueueBench(options, sections).run();
            if (name.equals("queue") && options.includes(List.of("drain"))) {
                notes.add(new DrainCost(database, options).measure());
            }
            print(rows, notes);
        }
        return 0;
    }

    private static List<Section> queueSections(Path home, BenchDatabase database, BenchOptions options,
            List<String> notes) {
        var node = NodePeers.in(home.resolve("node"));
        return Stream.of(new PeerRows(database, options, node).sections(),
                new RedisRows(options, node, home.resolve("redis")).sections(),
                new PartitionRows(database, options, notes::add).sections(),
                new DecayRows(database, options).sections(),
                new ProcessRows(database).sections()).flatMap(List::stream).toList();
    }

    private static List<Section> agentSections(Path home, BenchDatabase database, BenchOptions options,
            Consumer<String> notes) {
        Function<DatabaseSettings, AgentServer> ours = settings -> AgentServer.Howdah.start(home.resolve("server"),
                settings);
        var sdk = NodePeers.in(home.resolve("node"))
                .map(node -> (Supplier<AgentServer>) () -> node.a2aSdk(database.fresh()));
        return Stream.concat(
                new AgentSendRows(database, options, () -> ours.apply(database.fresh()), sdk, notes).sections()
                        .stream(),
                new AgentStreamRows(database, options, ours).sections().stream()).toList();
    }

    private static List<Section> knowledgeSections(Path home, BenchDatabase database, BenchOptions options,
            boolean hasPgvector, Consumer<String> notes) {
        var descriptions = Optional.ofNullable(System.getProperty("howdah.bench.descriptions")).map(Path::of)
                .orElseThrow(
                        () -> new IllegalStateException("there are no texts to search; start it by: ./howdah bench "
                                + "knowledge, which fetches them by config/descriptions.sh"));
        var model = InProcessEmbeddings.open(Model.ALL_MINILM_L6_V2, Runtime.getRuntime().availableProcessors());
        Supplier<List<Descriptions>> texts = () -> Descriptions.read(descriptions);
        return Stream.concat(
                new VectorRows(database.aside("knowledge"), options,
                        () -> Corpus.load(home.resolve("corpus.bin"), texts,
                                model),
                        hasPgvector).sections().stream(),
                new SearchRows(database, options, texts, () -> model, notes).sections().stream()).toList();
    }

    private void print(List<Row> rows, List<String> notes) {
        var out = spec.commandLine().getOut();
        if (json) {
            rows.forEach(row -> out.println(row.toJson()));
        } else {
            Row.print(rows, out);
            out.println();
            notes.forEach(out::println);
        }
        out.flush();
    }
}
