package dev.howdah.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Statements that take long, as the server's process or PostgreSQL itself saw them. */
@Command(name = "slow-queries", mixinStandardHelpOptions = true, description = "Shows statements that take long: the newest, or sums.", subcommands = {
        SlowQueriesCommand.ListCommand.class, SlowQueriesCommand.StatsCommand.class,
        SlowQueriesCommand.StatementsCommand.class})
final class SlowQueriesCommand implements Callable<Integer> {
    private static final String PATH = "/api/database/slow-queries";
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString("-");
    }

    private static String millis(JsonNode node, String field) {
        return String.format(Locale.ROOT, "%.1f ms", node.path(field).asDouble());
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists slow statements of the server's process, the newest first.")
    static final class ListCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Option(names = "--severity", description = "Only warning, critical or fatal.")
        private @Nullable String severity;
        @Option(names = "--since", paramLabel = "TIME", description = "Not those before, such as 2027-01-31T09:00:00Z.")
        private @Nullable String since;
        @Option(names = "--limit", defaultValue = "20", description = "At most so many (default ${DEFAULT-VALUE}).")
        private int limit = 20;

        @Override
        public Integer call() {
            var answer = api.get(new Query(PATH).and("severity", severity).and("since", since).and("limit", limit)
                    .toString());
            return output.print(answer, out -> print(answer, out));
        }

        private static void print(JsonNode answer, PrintWriter out) {
            var table = new Table("AT", "SEVERITY", "TOOK", "TYPE", "TABLE", "CALLER", "QUERY");
            answer.path("items").forEach(entry -> table.add(text(entry, "executed_at"), text(entry, "severity"),
                    millis(entry, "duration_ms"), text(entry, "type"), text(entry, "table"), text(entry, "caller"),
                    text(entry, "query")));
            table.print(out);
        }
    }

    @Command(name = "stats", mixinStandardHelpOptions = true, description = "Sums slow runs by statement, those that took most time first.")
    static final class StatsCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Option(names = "--hours", defaultValue = "24", description = "How far back, at most 24 (default ${DEFAULT-VALUE}).")
        private int hours = 24;

        @Override
        public Integer call() {
            var answer = api.get(new Query(PATH + "/statistics")
                    .and("since", Instant.now().minus(Duration.ofHours(hours))).toString());
            return output.print(answer, out -> {
                var table = new Table("COUNT", "TOTAL", "AVERAGE", "MAX", "TYPE", "TABLE", "QUERY");
                answer.path("items").forEach(sum -> table.add(text(sum, "count"), millis(sum, "total_ms"),
                        millis(sum, "average_ms"), millis(sum, "max_ms"), text(sum, "type"), text(sum, "table"),
                        text(sum, "query")));
                table.print(out);
            });
        }
    }

    @Command(name = "statements", mixinStandardHelpOptions = true, description = "Shows what PostgreSQL has counted of all statements, where pg_stat_statements is loaded.")
    static final class StatementsCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Option(names = "--limit", defaultValue = "20", description = "At most so many (default ${DEFAULT-VALUE}).")
        private int limit = 20;

        @Override
        public Integer call() {
            var answer = api.get(new Query("/api/database/statements").and("limit", limit).toString());
            return output.print(answer, out -> {
                if (!answer.path("available").asBoolean()) {
                    out.println("pg_stat_statements is not there; " + text(answer, "remedy"));
                    return;
                }
                var table = new Table("CALLS", "TOTAL", "MEAN", "MAX", "ROWS", "TYPE", "TABLE", "QUERY");
                answer.path("items").forEach(line -> table.add(text(line, "calls"), millis(line, "total_ms"),
                        millis(line, "mean_ms"), millis(line, "max_ms"), text(line, "rows"), text(line, "type"),
                        text(line, "table"), text(line, "query")));
                table.print(out);
            });
        }
    }
}
