package dev.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.postgres.TestDatabase;
import dev.howdah.server.HowdahServer;
import dev.howdah.server.HowdahSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What the documents show works: every {@code sh} block is run, settings and links are compared. */
class DocumentationTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\n(.*?)^```");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!http)([^)#]+)[^)]*\\)");
    private static final Pattern COMMAND = Pattern.compile("\\./howdah ([a-z-]+)");

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/triage.md", "docs/queue.md", "docs/workflows.md",
            "docs/knowledge.md", "docs/a2a.md", "docs/mcp.md", "docs/models.md", "docs/migrations.md",
            "docs/operations.md", "docs/cache.md", "docs/sessions.md", "docs/documents.md", "docs/migrating.md",
            "docs/imports.md", "docs/replicas.md", "docs/deployment.md", "docs/doctor.md", "docs/backup.md",
            "docs/monitoring.md"})
    void everyShellBlockRuns(String document) throws Exception {
        var blocks = BLOCK.matcher(Files.readString(ROOT.resolve(document))).results().map(match -> match.group(1))
                .toList();
        assertThat(blocks).isNotEmpty();
        try (var server = start()) {
            makeWorkplace(server);
            for (var block : blocks) {
                run(block.replace("localhost:8080", "127.0.0.1:" + server.port()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"python3 worker.py 20", "node worker.mjs 20"})
    void theWorkersInOtherLanguagesRunTasks(String command) throws Exception {
        try (var server = start()) {
            var api = Api.at(server.url());
            for (int i = 0; i < 20; i++) {
                api.post("/api/tasks", JsonMapper.shared().readTree("{\"type\": \"greet\", \"max_attempts\": 1, "
                        + "\"payload\": " + (i == 0 ? "{}" : "{\"name\": \"Ada\"}") + "}"));
            }
            var process = new ProcessBuilder(command.split(" ")).directory(ROOT.resolve("examples").toFile())
                    .redirectErrorStream(true);
            process.environment().put("HOWDAH_URL", server.url());
            var run = process.start();
            var output = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(run.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(run.exitValue()).as(output).isZero();
            var states = api.get("/api/statistics").path("by_state");
            assertThat(states.path("finished").asInt()).isEqualTo(19);
            assertThat(states.path("failed").asInt()).as("the one without a name").isEqualTo(1);
        }
    }

    @Test
    void theReferenceOfSettingsIsWhatTheProgramReads() throws IOException {
        var reference = new StringWriter();
        ConfigCommand.reference(HowdahSettings.load(Map.of(), Map.of(), Path.of("none.yml")).effective(),
                new PrintWriter(reference, true));
        assertThat(Files.readString(ROOT.resolve("docs/settings.md")))
                .as("docs/settings.md; its table comes from: ./howdah config --reference")
                .endsWith(reference.toString());
    }

    @Test
    void theReferenceOfChecksIsWhatTheDoctorLooksFor() throws Exception {
        try (var server = start()) {
            var topics = new ArrayList<>(List.of(InstallationExamination.SETTINGS, InstallationExamination.DISK));
            topics.addAll(server.howdah().doctor().topics());
            var reference = new StringBuilder(
                    "| area | check | ok means | why | what to do |\n|---|---|---|---|---|\n");
            topics.forEach(topic -> reference.append("| %s | `%s` | %s | %s | %s |\n".formatted(topic.area().label(),
                    topic.id(), topic.title(), topic.meaning(), topic.remedy())));
            Files.writeString(Path.of("target", "checks.md"), reference);
            assertThat(Files.readString(ROOT.resolve("docs/doctor.md")))
                    .as("docs/doctor.md; its table comes from this test, in cli/target/checks.md")
                    .endsWith(reference.toString());
        }
    }

    @Test
    void linksLeadSomewhereAndCommandsExist() throws IOException {
        for (var document : documents()) {
            var text = Files.readString(document);
            LINK.matcher(text).results().forEach(match -> assertThat(document.resolveSibling(match.group(1)))
                    .as(document + " links to " + match.group(1)).exists());
            COMMAND.matcher(text).results().map(match -> match.group(1)).forEach(command -> assertThat(command)
                    .as(document.toString()).matches(name -> Main.commandLine().getSubcommands().containsKey(name)
                            || List.of("test", "build", "install", "bench", "format", "clean").contains(name)));
        }
    }

    private static List<Path> documents() throws IOException {
        var documents = new ArrayList<Path>();
        for (var folder : List.of("", "docs", "postgres", "queue", "workflow", "cache", "cache-jcache", "sessions",
                "knowledge", "documents", "spring", "agent", "agent-grpc", "operations", "server", "cli",
                "bench", "deploy", "deploy/compose", "deploy/terraform", "deploy/helm/howdah", "config/deploy")) {
            try (var files = Files.list(ROOT.resolve(folder))) {
                files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
            }
        }
        assertThat(documents).hasSizeGreaterThan(10);
        return documents;
    }

    private HowdahServer start() throws Exception {
        var settings = TestDatabase.settings();
        Files.writeString(directory.resolve("howdah.yml"), """
            howdah.database:
              url: "%s"
              user: "%s"
              password: "%s"
              schema: "%s"
              pool-min-idle: 0
            """.formatted(settings.url(), settings.user(), settings.password(), settings.schema()));
        var server = HowdahServer.start(HowdahSettings.load(Map.of("howdah.server.port", "0",
                "howdah.agent.repository-roots", directory.toString()), Map.of(),
                directory.resolve("howdah.yml")));
        server.howdah().start(true);
        assertThat(server.howdah().awaitStarted(Duration.ofSeconds(30))).isTrue();
        return server;
    }

    /** A clone-like directory: a Git repository with a history, the examples, and a script named as ours. */
    private void makeWorkplace(HowdahServer server) throws IOException {
        new DemoRepositories(directory).make();
        Files.move(directory.resolve("demo/orders/.git"), directory.resolve(".git"));
        Files.createDirectories(directory.resolve("examples"));
        for (var example : List.of("relationships.json", "knowledge.json")) {
            Files.copy(ROOT.resolve("examples").resolve(example), directory.resolve("examples").resolve(example));
        }
        var script = Files.writeString(directory.resolve("howdah"), """
            #!/usr/bin/env bash
            HOWDAH_URL=%s exec '%s/bin/java' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '%s' %s "$@"
            """.formatted(server.url(), System.getProperty("java.home"), System.getProperty("java.class.path"),
                Main.class.getName()));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void run(String block) throws IOException, InterruptedException {
        var process = new ProcessBuilder("bash", "-eu", "-o", "pipefail", "-c",
                block.replace("curl -s ", "curl -sS --fail-with-body "))
                .directory(directory.toFile()).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(block + "\n" + output).isZero();
    }
}
