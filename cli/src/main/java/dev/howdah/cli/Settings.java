package dev.howdah.cli;

import dev.howdah.server.HowdahSettings;
import dev.howdah.server.ServerSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that works on the database itself; they win over variables and {@code howdah.yml}. */
final class Settings {
    @Option(names = "--home", paramLabel = "DIR", description = "Directory of the embedded database (HOWDAH_HOME, "
            + "default .howdah).")
    private @Nullable String home;

    @Option(names = "--config", paramLabel = "FILE", description = "Settings file (default howdah.yml).")
    private Path config = Path.of("howdah.yml");

    HowdahSettings load() {
        return load(Map.of());
    }

    HowdahSettings load(Map<String, String> overrides) {
        var all = new HashMap<>(overrides);
        if (home != null) {
            all.put(HowdahSettings.HOME.name(), home);
        }
        return HowdahSettings.load(all, System.getenv(), config);
    }

    /** The options that a server is started with, as overrides. */
    static Map<String, String> server(@Nullable String host, @Nullable Integer port) {
        var overrides = new HashMap<String, String>();
        if (host != null) {
            overrides.put(ServerSettings.HOST.name(), host);
        }
        if (port != null) {
            overrides.put(ServerSettings.PORT.name(), port.toString());
        }
        return overrides;
    }
}
