package dev.howdah.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** The replicas as the server sees them, and where reads went. */
@Command(name = "replicas", mixinStandardHelpOptions = true, description = "Shows replicas with their lag, and who answered reads.")
final class ReplicasCommand implements Callable<Integer> {
    @Mixin
    private Api api = new Api();
    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        var replicas = api.get("/api/database/replicas");
        return output.print(replicas, out -> print(replicas, out));
    }

    private static void print(JsonNode replicas, PrintWriter out) {
        if (replicas.path("items").isEmpty()) {
            out.println("There are no replicas; name them in HOWDAH_DATABASE_REPLICAS.");
            return;
        }
        var table = new Table("REPLICA", "STATE", "LAG", "BYTES", "IN FLIGHT", "LATENCY", "BREAKER", "READS",
                "REPEATED");
        replicas.path("items").forEach(replica -> table.add(replica.path("name").asString(),
                replica.path("state").asString(), millis(replica.path("lag_ms")),
                replica.path("lag_bytes").asString("-"), replica.path("in_flight").asString(),
                millis(replica.path("latency_ms")), replica.path("breaker").asString(),
                replica.path("reads").asString(), replica.path("failures").asString()));
        table.print(out);
        replicas.path("items").valueStream().filter(replica -> !replica.path("problem").asString().isEmpty())
                .forEach(replica -> out.println(replica.path("name").asString() + ": "
                        + replica.path("problem").asString()));
        var decisions = replicas.path("decisions");
        out.println("Reads by the primary " + decisions.path("primary").asLong() + ", by replicas "
                + (decisions.path("replica").asLong() + decisions.path("waited").asLong()) + " ("
                + decisions.path("waited").asLong() + " after a wait), by the primary in their place "
                + (decisions.path("fallback").asLong() + decisions.path("diverted").asLong()) + ", repeated "
                + decisions.path("repeated").asLong() + ", refused " + decisions.path("shed").asLong());
    }

    private static String millis(JsonNode value) {
        return value.isNumber() ? String.format(Locale.ROOT, "%.1f ms", value.asDouble()) : "-";
    }
}
