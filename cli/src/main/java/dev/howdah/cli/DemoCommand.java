package dev.howdah.cli;

import dev.howdah.agent.AgentSettings;
import dev.howdah.agent.source.GitCommit;
import dev.howdah.agent.triage.TriageJson;
import dev.howdah.server.HowdahServer;
import dev.howdah.server.HowdahSettings;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** The main job on made-up repositories, from nothing to answers. */
@Command(name = "demo", mixinStandardHelpOptions = true, description = "Makes three Git repositories, tells Howdah how "
        + "they depend on each other and of a commit that breaks two of them, and shows the triages. Uses the running "
        + "server, or starts one.")
final class DemoCommand implements Callable<Integer> {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Mixin
    private Settings settings = new Settings();
    @Option(names = "--port", description = "Port of the server to use or to start (PORT, default 8080).")
    private @Nullable Integer port;
    @Option(names = "--serve", description = "Keeps the server that it started running (default on a terminal).")
    private boolean serve;
    @Option(names = "--exit", description = "Ends after showing the answers, and stops the server that it started.")
    private boolean exit;
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        var loaded = settings.load(Settings.server(null, port));
        var running = Api.at("http://127.0.0.1:" + loaded.server().port());
        return running.isUp() ? show(running, loaded) : startAndShow();
    }

    private int startAndShow() throws InterruptedException {
        var overrides = Settings.server(null, port);
        var home = settings.load(overrides).home();
        overrides.put(AgentSettings.REPOSITORY_ROOTS.name(), ".," + repositories(home));
        var loaded = settings.load(overrides);
        say("No server runs yet: starting one with an embedded PostgreSQL");
        var running = Running.start();
        try (var server = HowdahServer.start(loaded)) {
            server.howdah().start(true);
            server.howdah().awaitStarted(LIMIT);
            int code = show(Api.at(server.url()), loaded);
            if (!exit && (serve || onTerminal())) {
                say("\nThe server goes on; Ctrl-C stops it.");
                running.await();
            } else {
                say("\nThe server stops now; see the console with: ./howdah up");
            }
            return code;
        } finally {
            running.close();
        }
    }

    private int show(Api api, HowdahSettings loaded) throws InterruptedException {
        var repositories = new DemoRepositories(repositories(loaded.home()));
        say("Making three Git repositories in " + repositories.service().getParent());
        repositories.make();
        say("Importing how they depend on each other");
        api.post("/api/relationships", JsonMapper.shared().readTree(DemoRepositories.RELATIONSHIPS));
        var event = GitCommit.read(repositories.service(), "HEAD", Optional.of(DemoRepositories.SERVICE));
        say("Notifying " + event.sourceRepo() + "@" + event.shortSha() + ": "
                + event.commitMessage().lines().findFirst().orElse(""));
        var ids = Triages.ids(api.execute("receive_change_notification", TriageJson.toJson(event)));
        var out = spec.commandLine().getOut();
        boolean finished = true;
        for (var triage : Triages.await(api, ids, LIMIT)) {
            triage.print(out);
            out.println("  " + api.url() + "/console/#/tasks/" + triage.task().path("id").asString());
            finished &= triage.isFinished();
        }
        out.flush();
        return finished ? 0 : Main.FAILED;
    }

    private static boolean onTerminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }

    private static Path repositories(Path home) {
        return home.resolve("repositories");
    }

    private void say(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(text);
        out.flush();
    }
}
