package dev.howdah.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How the database runs a statement. */
@Command(name = "explain", mixinStandardHelpOptions = true, description = "Shows the plan of a statement that reads, and "
        + "says what stands out in it: large tables read as a whole, wrong estimates, sorts on disk, and the index that would "
        + "help. Changes nothing.")
final class ExplainCommand implements Callable<Integer> {
    @Mixin
    private Api api = new Api();
    @Mixin
    private Output output = new Output();
    @Parameters(paramLabel = "SQL", description = "A SELECT; parameters such as $1 may be in it unless it is run.")
    private String sql = "";
    @Option(names = "--analyze", description = "Runs it, so that the plan tells what really happened.")
    private boolean analyze;
    @Option(names = "--timeout", paramLabel = "TIME", description = "How long it may take, up to 60s (default 10s).")
    private @Nullable String timeout;

    @Override
    public Integer call() {
        var answer = api.post("/api/database/explain", JsonMapper.shared().createObjectNode().put("sql", sql)
                .put("analyze", analyze).put("timeout", timeout));
        return output.print(answer, out -> print(answer, out));
    }

    private static void print(JsonNode answer, PrintWriter out) {
        answer.path("lines").forEach(line -> out.println(line.asString()));
        if (answer.path("execution_ms").isNumber()) {
            out.println("planned in %.2f ms, run in %.2f ms".formatted(answer.path("planning_ms").asDouble(),
                    answer.path("execution_ms").asDouble()));
        }
        out.println();
        answer.path("advice").forEach(advice -> {
            out.println("- " + advice.path("detail").asString());
            if (!advice.path("fix").isNull()) {
                out.println("  → " + advice.path("fix").asString());
            }
        });
        if (answer.path("advice").isEmpty()) {
            out.println("nothing stands out");
        }
    }
}
