package dev.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script in the root directory, where something that it needs is missing. */
class ScriptTest {
    private static final Path SCRIPT = Path.of("..", "howdah");

    @TempDir
    Path directory;

    @Test
    void listsWhatItCanDo() throws Exception {
        var run = run(Files.readString(SCRIPT), System.getenv("PATH"));
        assertThat(run.code).isZero();
        assertThat(run.output).contains("up ", "demo", "test", "format", "doctor");
    }

    @Test
    void saysInOneLineThatMavenIsMissing() throws Exception {
        var run = run(Files.readString(SCRIPT), pathWithout("mvn"), "build");
        assertThat(run.code).isEqualTo(1);
        assertThat(run.output.lines().toList().getLast()).contains("Maven is needed", "install it");
        assertThat(run.output.lines()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void saysInOneLineThatTheJdkIsMissing() throws Exception {
        var run = run(Files.readString(SCRIPT).replace("java_min=25", "java_min=99"), System.getenv("PATH"), "doctor");
        assertThat(run.code).isEqualTo(1);
        assertThat(run.output).hasLineCount(1).contains("JDK 99 or newer is needed", "JAVA_HOME");
    }

    private record Run(int code, String output) {}

    private Run run(String script, String path, String... arguments) throws IOException, InterruptedException {
        var copy = Files.writeString(directory.resolve("howdah"), script);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
        var command = new java.util.ArrayList<>(List.of("bash", copy.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().put("PATH", path);
        builder.environment().remove("JAVA_HOME");
        var process = builder.start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Run(process.exitValue(), output);
    }

    /** A directory with links to every program of the path but one. */
    private String pathWithout(String program) throws IOException {
        var links = Files.createDirectories(directory.resolve("bin"));
        for (var folder : System.getenv("PATH").split(":", -1)) {
            if (Files.isDirectory(Path.of(folder))) {
                try (var files = Files.list(Path.of(folder))) {
                    for (var file : files.toList()) {
                        var link = links.resolve(file.getFileName());
                        if (!file.endsWith(program) && !Files.exists(link, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                            Files.createSymbolicLink(link, file);
                        }
                    }
                }
            }
        }
        return links.toString();
    }
}
