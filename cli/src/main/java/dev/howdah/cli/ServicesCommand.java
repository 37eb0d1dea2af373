package dev.howdah.cli;

import dev.howdah.knowledge.vector.VectorIndexSettings.Choice;
import dev.howdah.operations.services.ServiceChecks;
import dev.howdah.operations.services.ServiceStatus;
import dev.howdah.operations.services.ServiceStatus.State;
import dev.howdah.operations.services.ServiceTargets;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.server.Howdah;
import dev.howdah.server.HowdahSettings;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whether everything that a Howdah consists of is there. */
@Command(name = "services", mixinStandardHelpOptions = true, description = "Looks at the services that Howdah consists of and uses.", subcommands = {
        ServicesCommand.CheckCommand.class})
final class ServicesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    @Command(name = "check", mixinStandardHelpOptions = true, description = "One line for each service: ok, degraded or down. Exit code 1 if a required one is down.")
    static final class CheckCommand implements Callable<Integer> {
        @Mixin
        private Settings settings = new Settings();
        @Mixin
        private Output output = new Output();
        @Option(names = "--server", paramLabel = "URL", defaultValue = "${env:HOWDAH_URL:-" + Api.DEFAULT_URL
                + "}", description = "The server to look at (HOWDAH_URL, default ${DEFAULT-VALUE}).")
        private String server = Api.DEFAULT_URL;

        @Override
        public Integer call() throws InterruptedException {
            var statuses = check(settings.load());
            output.print(json(statuses), out -> print(statuses, out));
            return ServiceChecks.isDown(statuses) ? Main.FAILED : 0;
        }

        private List<ServiceStatus> check(HowdahSettings loaded) throws InterruptedException {
            var targets = targets(loaded);
            if (loaded.embedded() && !Files.exists(loaded.home().resolve("data"))) {
                return List.of(down("there is no embedded database in " + loaded.home() + " yet",
                        "make and start it with: ./howdah up"));
            }
            try (var howdah = Howdah.open(loaded)) {
                return new ServiceChecks(howdah.database(), targets).check();
            } catch (HowdahException e) {
                return List.of(down(e.problem(), e.remedy()));
            }
        }

        private static ServiceStatus down(String problem, String remedy) {
            return new ServiceStatus("database", State.DOWN, true, Duration.ZERO, "", problem, remedy);
        }

        private ServiceTargets targets(HowdahSettings loaded) {
            return new ServiceTargets(url(server), loaded.knowledge().vectors().choice() == Choice.WEAVIATE
                    ? Optional.of(loaded.weaviate().url())
                    : Optional.empty(), loaded.weaviate().apiKey(), loaded.redisUrl(), loaded.queueInRedis());
        }

        private static URI url(String text) {
            try {
                var url = URI.create(text);
                if (url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                    return url;
                }
            } catch (IllegalArgumentException e) {
                // told below
            }
            throw new InvalidInputException("server-url-invalid", "--server", "is no URL of a server",
                    "use one such as " + Api.DEFAULT_URL);
        }

        private static JsonNode json(List<ServiceStatus> statuses) {
            var worst = statuses.stream().map(ServiceStatus::state).max(Comparator.naturalOrder()).orElse(State.OK);
            var json = JsonMapper.shared().createObjectNode().put("status", label(worst));
            var list = json.putArray("services");
            statuses.forEach(status -> list.addObject().put("name", status.name()).put("status", label(status.state()))
                    .put("required", status.isRequired()).put("latency_ms", status.latency().toMillis())
                    .put("version", status.version()).put("detail", status.detail()).put("remedy", status.remedy()));
            return json;
        }

        private static void print(List<ServiceStatus> statuses, PrintWriter out) {
            for (var status : statuses) {
                var facts = status.latency().isZero() ? "-" : status.latency().toMillis() + " ms";
                out.println(Ansi.AUTO.string("@|" + color(status.state()) + " " + "%-9s".formatted(label(
                        status.state())) + "|@") + " %-14s %7s  %-10s ".formatted(status.name(), facts,
                                status.version().isEmpty() ? "-" : status.version())
                        + status.detail() + (status.remedy().isBlank() ? "" : " → " + status.remedy()));
            }
        }

        private static String color(State state) {
            return switch (state) {
                case OK -> "green";
                case DEGRADED -> "yellow";
                case DOWN -> "bold,red";
            };
        }

        private static String label(State state) {
            return state.name().toLowerCase(Locale.ROOT);
        }
    }
}
