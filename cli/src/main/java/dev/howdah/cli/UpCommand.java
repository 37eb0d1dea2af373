package dev.howdah.cli;

import dev.howdah.server.HowdahServer;
import dev.howdah.server.ServerSettings;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves until it is told to stop. */
@Command(name = "up", mixinStandardHelpOptions = true, description = "Starts everything: database, worker, server, "
        + "console. Without a configured database an embedded PostgreSQL is used, with its data in .howdah.")
final class UpCommand implements Callable<Integer> {
    private static final Duration NO_LIMIT = Duration.ofDays(365);

    @Mixin
    private Settings settings = new Settings();
    @Option(names = "--host", description = "Address to bind to (default 127.0.0.1).")
    private @Nullable String host;
    @Option(names = "--port", description = "Port (PORT, default 8080; 0 picks a free one).")
    private @Nullable Integer port;
    @Option(names = "--profile", paramLabel = "NAME", description = "What for: default, or conformance (fixtures of the "
            + "public kits, without authentication).")
    private @Nullable String profile;
    @Option(names = "--no-worker", description = "Only serves; run tasks with: howdah worker.")
    private boolean noWorker;
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        Logging.showProgress();
        var overrides = Settings.server(host, port);
        if (noWorker) {
            overrides.put(ServerSettings.WORKER.name(), "false");
        }
        if (profile != null) {
            overrides.put(ServerSettings.PROFILE.name(), profile);
        }
        var loaded = settings.load(overrides);
        var running = Running.start();
        try (var server = HowdahServer.start(loaded)) {
            server.howdah().start(loaded.server().worker());
            if (server.howdah().awaitStarted(NO_LIMIT)) {
                var out = spec.commandLine().getOut();
                out.printf("%s  console %s  API %s  (ready after %.1f s, Ctrl-C stops)%n", TriageText.bold("Howdah"),
                        server.url() + "/", server.url() + "/docs", sinceStart().toMillis() / 1000.0);
                out.flush();
                running.await();
            }
        } finally {
            running.close();
        }
        return 0;
    }

    private static Duration sinceStart() {
        return Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime());
    }
}
