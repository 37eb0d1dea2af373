package dev.howdah.cli;

import dev.howdah.server.HowdahServer;
import dev.howdah.server.HowdahSettings;
import dev.howdah.server.ServerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Starts everything once on a database of its own, asks a few pages, and ends: the script runs it while the JVM records
 * its AOT cache, so that later starts find their classes loaded and linked.
 */
@Command(name = "rehearse", hidden = true, description = "Starts and ends once, for the JVM's AOT cache.")
final class RehearseCommand implements Callable<Integer> {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String[] PAGES = {"/health", "/api/tasks", "/api/statistics", "/metrics", "/a2a/skills",
            "/.well-known/agent-card.json"};

    @Override
    public Integer call() throws IOException, InterruptedException {
        var home = Files.createTempDirectory("howdah-rehearsal");
        try {
            var settings = HowdahSettings.load(Map.of(HowdahSettings.HOME.name(), home.toString(),
                    ServerSettings.PORT.name(), "0"), Map.of(), Path.of("howdah-rehearsal.yml"));
            try (var server = HowdahServer.start(settings)) {
                server.howdah().start(true);
                server.howdah().awaitStarted(LIMIT);
                var api = Api.at(server.url());
                for (var page : PAGES) {
                    api.text(page);
                }
            }
        } finally {
            DemoRepositories.delete(home);
        }
        return 0;
    }
}
