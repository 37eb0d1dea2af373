package dev.howdah.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** What was asked of language models, and what it cost. */
@Command(name = "models", mixinStandardHelpOptions = true, description = "Shows what was asked of language models, and what it cost.", subcommands = {
        ModelsCommand.CallsCommand.class, ModelsCommand.UsageCommand.class})
final class ModelsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    @Command(name = "calls", mixinStandardHelpOptions = true, description = "Lists calls, newest first.")
    static final class CallsCommand extends PageCommand {
        @Option(names = "--model", description = "Only of this model.")
        private @Nullable String model;
        @Option(names = "--purpose", description = "Only for this purpose, such as triage.")
        private @Nullable String purpose;
        @Option(names = "--outcome", description = "answered, invalid, failed or interrupted.")
        private @Nullable String outcome;
        @Option(names = "--task", paramLabel = "ID", description = "Only of this task.")
        private @Nullable String task;

        CallsCommand() {
            super("TIME", "MODEL", "PURPOSE", "TOKENS IN", "OUT", "COST", "MS", "OUTCOME", "ERROR");
        }

        @Override
        Query query() {
            return new Query("/api/models/calls").and("model", model).and("purpose", purpose).and("outcome", outcome)
                    .and("task_id", task);
        }

        @Override
        String[] cells(JsonNode call) {
            return row(text(call, "called_at"), text(call, "provider") + ":" + text(call, "model"),
                    text(call, "purpose"), text(call, "input_tokens"), text(call, "output_tokens"), cost(call),
                    text(call, "duration_ms"), text(call, "outcome"), text(call, "error"));
        }

        private static String cost(JsonNode call) {
            return call.path("cost").isNull()
                    ? "-"
                    : call.path("cost").decimalValue().toPlainString() + " " + call.path("currency").asString();
        }
    }

    @Command(name = "usage", mixinStandardHelpOptions = true, description = "Sums calls up by model, purpose, day or hour.")
    static final class UsageCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Option(names = "--by", defaultValue = "model", description = "model, purpose, day or hour (default ${DEFAULT-VALUE}).")
        private String by = "model";
        @Option(names = "--from", description = "From this time on, such as 2027-01-31T09:00:00Z (default 30 days before --to).")
        private @Nullable String from;
        @Option(names = "--to", description = "Before this time (default now).")
        private @Nullable String to;

        @Override
        public Integer call() {
            var usage = api
                    .get(new Query("/api/models/usage").and("by", by).and("from", from).and("to", to).toString());
            return output.print(usage, out -> print(usage, out));
        }

        private static void print(JsonNode usage, PrintWriter out) {
            var table = new Table(usage.path("by").asString().toUpperCase(Locale.ROOT), "CALLS", "FAILED",
                    "TOKENS IN", "OUT", "COST", "UNPRICED", "AVERAGE MS");
            usage.path("items").forEach(use -> table.add(use.path("key").asString(), use.path("calls").asString(),
                    use.path("failed").asString(), use.path("input_tokens").asString(),
                    use.path("output_tokens").asString(), costs(use.path("costs")), use.path("unpriced").asString(),
                    use.path("average_ms").asString()));
            table.print(out);
        }

        private static String costs(JsonNode costs) {
            return costs.isEmpty()
                    ? "-"
                    : costs.properties().stream().map(cost -> cost.getValue().decimalValue().toPlainString() + " "
                            + cost.getKey()).collect(Collectors.joining(", "));
        }
    }
}
