package dev.howdah.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Another process that answers each line on its stdin with a line of JSON on its stdout. */
final class LineProcess implements AutoCloseable {
    private static final int END_SECONDS = 5;

    private final Process process;
    private final Writer commands;
    private final BufferedReader answers;

    /** Starts it; what it writes to stderr goes to ours. */
    LineProcess(ProcessBuilder builder) {
        try {
            process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        commands = process.outputWriter(StandardCharsets.UTF_8);
        answers = process.inputReader(StandardCharsets.UTF_8);
    }

    JsonNode ask(String command) {
        try {
            commands.write(command + "\n");
            commands.flush();
            var line = answers.readLine();
            if (line == null) {
                throw new IllegalStateException("process " + process.pid() + " ended at \"" + command + "\"");
            }
            var answer = JsonMapper.shared().readTree(line);
            if (answer.has("error")) {
                throw new IllegalStateException("\"" + command + "\": " + answer.get("error").stringValue());
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    /** kill -9. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Closes its stdin, at which it ends; kills it if it does not. */
    @Override
    public void close() {
        try {
            commands.close();
            if (process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (IOException | InterruptedException e) {
            // It is killed.
        }
        kill();
    }
}
