package dev.howdah.operations.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/** Programs of others, which make and restore backups. */
final class ExternalProgram {
    private static final int ERROR_CHARACTERS = 2000;

    private ExternalProgram() {}

    /** What a program said, and its exit code. */
    record Ended(int code, String output, String errors) {
        /** The end of what it said about its failure, without what a terminal would take for a command. */
        String complaint() {
            var said = (errors.isBlank() ? output : errors).strip();
            return said.substring(Math.max(0, said.length() - ERROR_CHARACTERS)).replaceAll("[^\\P{Cntrl}\\n]", "?");
        }
    }

    /**
     * Runs a program until it ends.
     *
     * @param words its path and arguments, which every user of the machine can see
     * @param environment secrets among it, which only the same user can see
     * @throws CancellationException if the listener stops it, or the thread is interrupted
     */
    static Ended run(List<String> words, Map<String, String> environment, BackupProgress progress)
            throws IOException {
        try (var scratch = ScratchDirectory.create()) {
            var output = scratch.path().resolve("output");
            var errors = scratch.path().resolve("errors");
            var builder = new ProcessBuilder(words).redirectError(errors.toFile()).redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            builder.environment().put("LC_ALL", "C");
            var process = builder.start();
            try {
                process.getOutputStream().close();
                while (!process.waitFor(1, TimeUnit.SECONDS)) {
                    if (!progress.step(new BackupProgress.Step(name(words), "", 0, 0))) {
                        throw new CancellationException("stopped while " + name(words) + " ran");
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
            } finally {
                process.destroyForcibly();
            }
            return new Ended(process.exitValue(), text(output), text(errors));
        }
    }

    /** What is no text is shown as such, instead of being an error. */
    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private static String name(List<String> words) {
        return String.valueOf(Path.of(words.getFirst()).getFileName());
    }
}
