package dev.howdah.cli;

import dev.howdah.operations.imports.DuplicatePolicy;
import dev.howdah.operations.imports.ImportPlan;
import dev.howdah.operations.imports.ImportProgress;
import dev.howdah.operations.imports.ImportReport;
import dev.howdah.operations.imports.ImportSource;
import dev.howdah.operations.imports.ImportState;
import dev.howdah.operations.imports.ImportTarget;
import dev.howdah.server.Howdah;
import java.io.Console;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Brings data from elsewhere into caches and collections; works on the database itself. */
@Command(name = "import", mixinStandardHelpOptions = true, description = "Imports Redis into caches, and MongoDB and JSON into documents. What was killed goes on where it was when it is run again.", subcommands = {
        ImportCommand.RedisCommand.class, ImportCommand.MongoCommand.class, ImportCommand.JsonCommand.class})
final class ImportCommand implements Callable<Integer> {
    private static final Duration WAIT_FOR_DATABASE = Duration.ofSeconds(30);
    private static final JsonMapper JSON = JsonMapper.builder().propertyNamingStrategy(
            PropertyNamingStrategies.SNAKE_CASE).build();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    /** What the kinds of imports have in common. */
    abstract static class OneImport implements Callable<Integer> {
        @Mixin
        private Settings settings = new Settings();
        @Mixin
        private Output output = new Output();
        @Option(names = "--dry-run", description = "Reads and converts everything, writes nothing, and reports.")
        private boolean dryRun;
        @ArgGroup
        private @Nullable Begin begin;
        @Option(names = "--quarantine", paramLabel = "FILE", defaultValue = "howdah-import.rejected.ndjson", description = "Takes what cannot be imported, with the reason (default ${DEFAULT-VALUE}).")
        private Path quarantine = Path.of("howdah-import.rejected.ndjson");

        /** How to begin. */
        static final class Begin {
            @Option(names = "--resume", description = "Goes on with an import that did not end; an error if there is none. Without it, that is done if there is one.")
            private boolean resume;
            @Option(names = "--restart", description = "Begins anew, even if there is one to go on with.")
            private boolean restart;
        }

        abstract ImportSource source();

        abstract ImportTarget target();

        @Override
        public final Integer call() throws InterruptedException {
            var plan = new ImportPlan(source(), target(), quarantine, mode());
            var progress = new ImportProgressLine(output.out(), Optional.ofNullable(System.console())
                    .filter(Console::isTerminal).isPresent());
            var shown = output.isJson() ? ImportProgress.NONE : progress;
            try (var howdah = Howdah.open(settings.load())) {
                howdah.database().awaitReady(WAIT_FOR_DATABASE);
                howdah.migrator().up();
                return dryRun ? rehearse(howdah, plan, shown, progress) : run(howdah, plan, shown, progress);
            }
        }

        private ImportPlan.Mode mode() {
            if (begin != null && begin.resume) {
                return ImportPlan.Mode.RESUME;
            }
            return begin != null && begin.restart ? ImportPlan.Mode.RESTART : ImportPlan.Mode.AUTO;
        }

        private int rehearse(Howdah howdah, ImportPlan plan, ImportProgress shown, ImportProgressLine bar)
                throws InterruptedException {
            var report = howdah.dataImports().dryRun(plan, shown);
            bar.end();
            var json = JSON.createObjectNode().put("state", "dry-run");
            return print(json, report, "nothing was written");
        }

        private int run(Howdah howdah, ImportPlan plan, ImportProgress shown, ImportProgressLine bar)
                throws InterruptedException {
            try {
                var done = howdah.dataImports().run(plan, shown);
                bar.end();
                var json = JSON.createObjectNode().put("id", done.id().toString()).put("state", done.state().label())
                        .put("source", done.source()).put("target", done.target());
                print(json, done.report(), done.state().label() + ": " + done.source() + " -> " + done.target());
                boolean isWhole = done.state() == ImportState.FINISHED && done.report().rejected() == 0;
                return isWhole ? 0 : Main.FAILED;
            } finally {
                bar.end();
            }
        }

        private int print(ObjectNode json, ImportReport report, String head) {
            json.set("report", JSON.valueToTree(report));
            return output.print(json, out -> {
                out.println(head);
                ImportText.print(json.path("report"), out);
                if (report.rejected() > 0 && !dryRun) {
                    out.println(
                            report.rejected() + " records were rejected; they stand with the reason in " + quarantine);
                }
            });
        }
    }

    @Command(name = "redis", mixinStandardHelpOptions = true, description = "Imports a running Redis or an RDB file. Strings become entries of a cache with their time to live; hashes, lists, sets and sorted sets become JSON in the cache or documents.")
    static final class RedisCommand extends OneImport {
        @Parameters(paramLabel = "URL|FILE", description = "redis://user:password@host:6379, rediss:// for TLS, or an RDB file, compressed by gzip or not.")
        private String from = "";
        @Option(names = "--cache", paramLabel = "NAME", description = "The cache that takes entries.")
        private @Nullable String cache;
        @Option(names = "--documents", paramLabel = "COLLECTION", description = "The collection that takes what is no string; without --cache, everything.")
        private @Nullable String documents;
        @Option(names = "--database", paramLabel = "N", split = ",", description = "Numbers of databases, 0 to 15. Of several, all but 0 get caches with their number behind the name. Default: that of the URL; of a file: all.")
        private List<Integer> databases = List.of();

        @Override
        ImportSource source() {
            return from.contains("://")
                    ? new ImportSource.Redis(from, databases)
                    : new ImportSource.RedisFile(Path.of(from), databases);
        }

        @Override
        ImportTarget target() {
            return new ImportTarget(Optional.ofNullable(cache), Optional.ofNullable(documents), "",
                    DuplicatePolicy.REPLACE);
        }
    }

    /** Imports into documents. */
    abstract static class IntoDocuments extends OneImport {
        @Option(names = "--duplicates", paramLabel = "POLICY", description = "What becomes of a document whose _id is taken: skip, replace or fail.")
        private @Nullable Duplicates duplicates;

        /** The policies as they are written. */
        enum Duplicates {
            skip, replace, fail
        }

        final DuplicatePolicy duplicates(DuplicatePolicy byDefault) {
            return duplicates == null ? byDefault : switch (duplicates) {
                case skip -> DuplicatePolicy.SKIP;
                case replace -> DuplicatePolicy.REPLACE;
                case fail -> DuplicatePolicy.FAIL;
            };
        }
    }

    @Command(name = "mongo", mixinStandardHelpOptions = true, description = "Imports a running MongoDB, or a directory, file or archive of mongodump, into collections of the same names, with their indexes. Documents whose _id is taken are replaced, unless told otherwise.")
    static final class MongoCommand extends IntoDocuments {
        @Parameters(paramLabel = "URL|PATH", description = "mongodb://user:password@host:27017/database, or what mongodump wrote, compressed by gzip or not.")
        private String from = "";
        @Option(names = "--database", paramLabel = "NAME", description = "The database, if the URL does not name it.")
        private @Nullable String database;
        @Option(names = "--collection", paramLabel = "NAME", split = ",", description = "Only these; default: all.")
        private List<String> collections = List.of();
        @Option(names = "--into", paramLabel = "PREFIX", defaultValue = "", description = "Put before the names of collections.")
        private String prefix = "";

        @Override
        ImportSource source() {
            return from.toLowerCase(Locale.ROOT).startsWith("mongodb")
                    && from.contains("://")
                            ? new ImportSource.Mongo(from, Optional.ofNullable(database), collections)
                            : new ImportSource.MongoFiles(Path.of(from), collections);
        }

        @Override
        ImportTarget target() {
            return ImportTarget.collections(prefix, duplicates(DuplicatePolicy.REPLACE));
        }
    }

    @Command(name = "json", mixinStandardHelpOptions = true, description = "Imports a file or a directory of JSON: arrays, a document a line, or documents one after another; also what mongoexport wrote. Each file becomes a collection of its name, unless told otherwise.")
    static final class JsonCommand extends IntoDocuments {
        @Parameters(paramLabel = "PATH", description = "A file or directory (.json, .jsonl, .ndjson, each with .gz or not).")
        private Path path = Path.of("");
        @Option(names = "--into", paramLabel = "COLLECTION", description = "The collection that takes all of them.")
        private @Nullable String collection;
        @Option(names = "--id-field", paramLabel = "FIELD", description = "The field whose value becomes _id. Default: _id if there is one, else an id made of file and line.")
        private @Nullable String idField;

        @Override
        ImportSource source() {
            return new ImportSource.Json(path, Optional.ofNullable(idField));
        }

        @Override
        ImportTarget target() {
            return new ImportTarget(Optional.empty(), Optional.ofNullable(collection), "", duplicates(
                    DuplicatePolicy.FAIL));
        }
    }
}
