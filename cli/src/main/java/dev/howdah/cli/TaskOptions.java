package dev.howdah.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A task on the command line. */
final class TaskOptions {
    @Parameters(index = "0", paramLabel = "TYPE", description = "The type of the task.")
    private String type = "";
    @Parameters(index = "1", paramLabel = "PAYLOAD", defaultValue = "{}", description = "JSON, @FILE, or - for standard input (default {}).")
    private String payload = "{}";
    @Option(names = "--queue", description = "The queue (default \"default\").")
    private @Nullable String queue;
    @Option(names = "--priority", description = "Higher runs first (default 0).")
    private @Nullable Integer priority;
    @Option(names = "--max-attempts", description = "How often it is tried (default 3).")
    private @Nullable Integer maxAttempts;
    @Option(names = "--timeout", description = "How long an attempt may run, such as 5m.")
    private @Nullable String timeout;

    ObjectNode toJson() {
        var json = JsonMapper.shared().createObjectNode().put("type", type).put("queue", queue)
                .put("priority", priority).put("max_attempts", maxAttempts).put("timeout", timeout);
        json.set("payload", Json.argument("PAYLOAD", payload));
        return json;
    }
}
