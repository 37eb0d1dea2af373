package dev.howdah.bench;

import dev.howdah.cache.CacheSettings;
import dev.howdah.cache.Caches;
import dev.howdah.documents.DocumentSettings;
import dev.howdah.documents.Documents;
import dev.howdah.operations.imports.DuplicatePolicy;
import dev.howdah.operations.imports.ImportPlan;
import dev.howdah.operations.imports.ImportProgress;
import dev.howdah.operations.imports.ImportSettings;
import dev.howdah.operations.imports.ImportSource;
import dev.howdah.operations.imports.ImportState;
import dev.howdah.operations.imports.ImportTarget;
import dev.howdah.operations.imports.Imports;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Imports in a process of its own with the heap that the command line has; each line of stdin names a source. */
final class ImportProcess {
    /** The name under which the benchmark's program runs one. */
    static final String NAME = "imports";
    private static final List<String> SETTINGS = List.of("BENCH_URL", "BENCH_USER", "BENCH_PASSWORD", "BENCH_SCHEMA");

    private ImportProcess() {}

    /** Starts one from the archive that we run from. */
    static LineProcess start(DatabaseSettings settings) {
        var builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx352m", "-XX:+UseSerialGC", "-jar", System.getProperty("java.class.path"), NAME);
        builder.environment().putAll(Map.of(SETTINGS.get(0), settings.url(), SETTINGS.get(1), settings.user(),
                SETTINGS.get(2), settings.password(), SETTINGS.get(3), settings.schema()));
        return new LineProcess(builder);
    }

    static int serve() {
        var given = SETTINGS.stream().map(name -> System.getenv().getOrDefault(name, "")).toList();
        var cacheSettings = CacheSettings.defaults();
        var documentSettings = DocumentSettings.defaults();
        try (var database = Database.open(DatabaseSettings.of(given.get(0), given.get(1), given.get(2), given.get(3)));
                var caches = new Caches(database, cacheSettings);
                var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            var documents = new Documents(database, documentSettings);
            var imports = new Imports(database, caches, cacheSettings, documents, documentSettings,
                    ImportSettings.from(Configuration.of(Map.of())));
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println(JsonMapper.shared().createObjectNode().put("written", run(imports, line)));
            }
            documents.close();
        } catch (IOException | InterruptedException e) {
            return 1; // whoever started it is gone
        }
        return 0;
    }

    /** Imports and compares; how many records were written. */
    private static long run(Imports imports, String source) throws InterruptedException {
        var plan = source.startsWith("redis:")
                ? ImportPlan.of(new ImportSource.Redis(source, List.of(0)), ImportTarget.cache("imported"))
                : ImportPlan.of(new ImportSource.MongoFiles(Path.of(source), List.of()),
                        ImportTarget.collections("", DuplicatePolicy.REPLACE));
        var ended = imports.run(plan, ImportProgress.NONE);
        if (ended.state() != ImportState.FINISHED) {
            throw new IllegalStateException("the import is " + ended.state());
        }
        return ended.report().written();
    }
}
