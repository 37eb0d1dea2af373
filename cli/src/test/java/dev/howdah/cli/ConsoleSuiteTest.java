package dev.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.howdah.postgres.TestDatabase;
import dev.howdah.server.HowdahServer;
import dev.howdah.server.HowdahSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The console in a browser, against a server with real work: what Playwright runs, each of its tests as one of ours. */
class ConsoleSuiteTest {
    private static final Path CONSOLE = Path.of("../console").toAbsolutePath().normalize();
    private static final Path PLAYWRIGHT = CONSOLE.resolve("node_modules/.bin/playwright");
    private static final Path REPORT = CONSOLE.resolve("target/e2e.json");
    private static final Path CHROMIUM = Path.of(Objects.requireNonNullElse(System.getenv("CHROMIUM"),
            "/usr/bin/chromium"));
    private static final Pattern COLOURS = Pattern.compile("\u001b\\[[0-9;]*m");

    private static HowdahServer server;

    @BeforeAll
    static void start() throws Exception {
        assertThat(CHROMIUM)
                .as("the console is tried in Chromium; install it (Debian: chromium), or name it by CHROMIUM")
                .isExecutable();
        assertThat(PLAYWRIGHT).as("what the build of the module console installs; build without -Dconsole.skip")
                .exists();
        var database = TestDatabase.settings();
        server = HowdahServer.start(HowdahSettings.load(
                Map.of("howdah.server.port", "0", "howdah.database.url", database
                        .url(), "howdah.database.user", database.user(), "howdah.database.password",
                        database.password(),
                        "howdah.database.schema", database.schema(), "howdah.database.pool-min-idle", "0"),
                Map.of(),
                Path.of("none.yml")));
        server.howdah().start(true);
        assertThat(server.howdah().awaitStarted(Duration.ofMinutes(1))).isTrue();
    }

    @AfterAll
    static void stop() {
        if (server != null) { // else there is no browser
            server.close();
        }
    }

    @TestFactory
    Stream<DynamicNode> theConsoleWorks() throws IOException, InterruptedException {
        Files.deleteIfExists(REPORT);
        var ended = Suites.run(List.of(PLAYWRIGHT.toString(), "test", "--workers=1"), CONSOLE, Map.of("CI", "1",
                "HOWDAH_URL", "http://localhost:" + server.port(), "CHROMIUM", CHROMIUM.toString()));
        assertThat(REPORT).as("Playwright's report; it said:%n%s", ended.output()).exists();
        var report = JsonMapper.shared().readTree(REPORT);
        assertThat(report.path("errors")).as(ended.output()).isEmpty();
        assertThat(report.path("suites")).as(ended.output()).isNotEmpty();
        return nodes(report);
    }

    /** Files and groups become containers. */
    private static Stream<DynamicNode> nodes(JsonNode suite) {
        return Stream.concat(suite.path("specs").valueStream().map(spec -> dynamicTest(spec.path("title").asString(),
                () -> assertThat(spec.path("ok").asBoolean() && !isSkipped(spec)).as(output(spec)).isTrue())),
                suite.path("suites").valueStream().map(each -> dynamicContainer(each.path("title").asString(),
                        nodes(each))));
    }

    /** To Playwright, what was skipped is well. */
    private static boolean isSkipped(JsonNode spec) {
        return spec.path("tests").valueStream().anyMatch(test -> test.path("status").asString().equals("skipped"));
    }

    private static String output(JsonNode spec) {
        return spec.path("tests").valueStream().flatMap(test -> test.path("results").valueStream())
                .flatMap(result -> Stream.concat(Stream.of(result.path("status").asString()),
                        Stream.of("errors", "stdout", "stderr").flatMap(part -> result.path(part).valueStream())
                                .map(part -> part.path("message").asString(part.path("text").asString("")))))
                .map(text -> COLOURS.matcher(text).replaceAll("")).collect(Collectors.joining("\n"));
    }
}
