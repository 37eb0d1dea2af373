package dev.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** deploy/bin/howdah: where an installed Howdah has its settings from. */
class LauncherTest {
    @TempDir
    Path directory;

    private record Run(int code, String output) {}

    @Test
    void readsSettingsFromFilesUnlessAVariableSaysOtherwise() throws Exception {
        var run = run("""
            # a comment, and an empty line

            HOWDAH_QUEUE_CONCURRENCY=7
            HOWDAH_QUEUE_LEASE=20s""", Map.of("HOWDAH_QUEUE_LEASE", "40s"), "config", "--json");
        assertThat(run.code).as(run.output).isZero();
        assertThat(value(run, "howdah.queue.concurrency")).isEqualTo("7");
        assertThat(value(run, "howdah.queue.lease")).isEqualTo("40s");
    }

    @Test
    void runsNothingThatStandsInAFile() throws Exception {
        var run = run("HOWDAH_KNOWLEDGE_EMBEDDING_QUERY_PREFIX=$(touch made) `touch made`; touch made 'x\"", Map.of(),
                "config", "--json");
        assertThat(run.code).as(run.output).isZero();
        assertThat(value(run, "howdah.knowledge.embedding.query-prefix"))
                .isEqualTo("$(touch made) `touch made`; touch made 'x\"");
        assertThat(directory.resolve("state/made")).doesNotExist();
    }

    @Test
    void refusesALineThatIsNoVariableWithoutRepeatingIt() throws Exception {
        var run = run("postgres password: geheim", Map.of(), "config");
        assertThat(run.code).isEqualTo(2);
        assertThat(run.output).hasLineCount(1).contains("howdah.env", "NAME=value").doesNotContain("geheim");
    }

    @Test
    void refusesANameThatIsNone() throws Exception {
        var run = run("a;b=geheim", Map.of(), "config");
        assertThat(run.code).isEqualTo(2);
        assertThat(run.output).contains("variable's name").doesNotContain("geheim");
    }

    @Test
    void refusesWhatKubernetesWouldSetForAService() throws Exception {
        var run = run("", Map.of("HOWDAH_PORT_8080_TCP", "tcp://10.0.0.1:8080"), "config");
        assertThat(run.code).isEqualTo(2);
        assertThat(run.output).contains("HOWDAH_PORT_8080_TCP is no setting");
    }

    private static String value(Run run, String name) {
        var settings = JsonMapper.shared().readTree(run.output.substring(run.output.indexOf('[')));
        return settings.valueStream().filter(row -> row.path("setting").asString().equals(name)).findFirst()
                .orElseThrow().path("value").asString();
    }

    private Run run(String settings, Map<String, String> variables, String... arguments)
            throws IOException, InterruptedException {
        var installation = Installation.in(directory);
        Files.writeString(installation.path("etc/howdah.env"), settings);
        var command = new String[arguments.length + 1];
        command[0] = installation.program().toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        var builder = installation.process(command);
        builder.environment().putAll(variables);
        var process = builder.start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Run(process.exitValue(), output);
    }
}
