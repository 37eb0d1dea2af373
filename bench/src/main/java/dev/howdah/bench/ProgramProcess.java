package dev.howdah.bench;

import dev.howdah.postgres.DatabaseSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Our workflows in a process of their own, until its stdin ends. */
final class ProgramProcess {
    /** The name under which the benchmark's program runs one. */
    static final String NAME = "programs";
    private static final List<String> SETTINGS = List.of("BENCH_URL", "BENCH_USER", "BENCH_PASSWORD", "BENCH_SCHEMA");

    private ProgramProcess() {}

    /** Starts one from the archive that we run from. */
    static LineProcess start(DatabaseSettings settings) {
        var builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx300m",
                "-jar", System.getProperty("java.class.path"), NAME);
        builder.environment().putAll(Map.of(SETTINGS.get(0), settings.url(), SETTINGS.get(1), settings.user(),
                SETTINGS.get(2), settings.password(), SETTINGS.get(3), settings.schema()));
        return new LineProcess(builder);
    }

    static int serve() {
        var given = SETTINGS.stream().map(name -> System.getenv().getOrDefault(name, "")).toList();
        try (var peer = new ProgramsPeer(DatabaseSettings.of(given.get(0), given.get(1), given.get(2), given.get(3)));
                var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            peer.started();
            while (in.readLine() != null) {
                System.out.println("{}");
            }
        } catch (IOException e) {
            return 1; // whoever started it is gone
        }
        return 0;
    }
}
