package dev.howdah.cli;

import dev.howdah.postgres.UnavailableException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Follows an execution: a line per event, without a gap however often the connection is lost. */
final class Following {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss").withZone(
            ZoneId.systemDefault());
    private static final int RETRIES_MAX = 30;
    private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);
    private static final double MILLIS = 1000.0;

    private final Api api;
    private final Output output;
    private final Map<String, Instant> began = new HashMap<>();
    private long last;

    Following(Api api, Output output) {
        this.api = api;
        this.output = output;
    }

    /**
     * Prints what happens, then how it ended.
     *
     * @param artifacts where to write what it made
     * @return the exit code
     */
    int toItsEnd(String id, Optional<Path> artifacts) {
        follow(id);
        var execution = api.get("/api/executions/" + id);
        var files = artifacts.map(directory -> ArtifactFiles.download(api, id, directory));
        boolean isCompleted = execution.path("status").asString().equals("completed");
        output.print(execution, out -> {
            out.println(id + " " + execution.path("status").asString() + ", "
                    + execution.path("completed_nodes").asInt() + " of " + execution.path("total_nodes").asInt()
                    + " nodes" + (execution.path("duration").isNumber()
                            ? " in " + seconds(execution.path("duration").asDouble())
                            : ""));
            files.ifPresent(written -> written.forEach(file -> out.println("  " + file)));
            if (!isCompleted) {
                out.println("repair it with: howdah execution retry " + id + " (or skip, fork; see docs/workflows.md)");
            }
        });
        return isCompleted ? 0 : Main.FAILED;
    }

    private void follow(String id) {
        int failures = 0;
        while (true) {
            long before = last;
            try {
                api.events("/api/executions/" + Api.encode(id) + "/events/stream", last, this::take);
                if (!api.get("/api/executions/" + Api.encode(id)).path("completed_at").isNull()) {
                    return;
                }
            } catch (UnavailableException e) {
                failures = last > before ? 0 : failures + 1;
                if (failures > RETRIES_MAX) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(RETRY_PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("interrupted", "interrupted while waiting for the server", "", e);
        }
    }

    private void take(String text) {
        var event = JsonMapper.shared().readTree(text);
        last = event.path("sequence").asLong();
        if (!output.isJson()) {
            print(event, output.out());
            output.out().flush();
        }
    }

    private void print(JsonNode event, PrintWriter out) {
        var at = Instant.parse(event.path("timestamp").asString());
        var node = event.path("node_id").asString("");
        var type = event.path("type").asString();
        var line = new StringBuilder(TIME.format(at)).append("  ").append(String.format(Locale.ROOT, "%-20s",
                WorkflowCommand.words(type)));
        if (!node.isEmpty()) {
            line.append(' ').append(node);
        }
        switch (type) {
            case "node_started" -> began.put(node, at);
            case "node_completed" -> Optional.ofNullable(began.get(node)).ifPresent(start -> line.append("  ")
                    .append(seconds(Duration.between(start, at).toMillis() / MILLIS)));
            case "review_requested" -> line.append("  ").append(plain(event.path("data").path("prompt").asString("")))
                    .append("  decide with: howdah execution approve ").append(event.path("execution_id").asString())
                    .append(' ').append(node).append(" (or reject)");
            default -> {
                var said = event.path("error").asString(event.path("message").asString(""));
                if (!said.isEmpty()) {
                    line.append("  ").append(plain(said));
                }
            }
        }
        out.println(line.toString().stripTrailing());
    }

    /** What is shown may come from anywhere. */
    private static String plain(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }

    static String seconds(double seconds) {
        return String.format(Locale.ROOT, seconds < 10 ? "%.2f s" : "%.0f s", seconds);
    }
}
