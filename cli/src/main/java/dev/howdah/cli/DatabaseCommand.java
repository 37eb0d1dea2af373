package dev.howdah.cli;

import dev.howdah.operations.doctor.Facts;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What goes on in the database. */
@Command(name = "database", mixinStandardHelpOptions = true, description = "Shows tables, indexes, sessions, locks and settings of the database; ends sessions.", subcommands = {
        DatabaseCommand.SizesCommand.class, DatabaseCommand.ActivityCommand.class, DatabaseCommand.LocksCommand.class,
        DatabaseCommand.IndexesCommand.class, DatabaseCommand.SettingsCommand.class, DatabaseCommand.KillCommand.class})
final class DatabaseCommand implements Callable<Integer> {
    private static final String PATH = "/api/database/";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    /** What the lists have in common. */
    abstract static class Listing implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Option(names = "--limit", defaultValue = "50", description = "How many (default ${DEFAULT-VALUE}, up to 1000).")
        private int limit;

        private final String name;

        /** @param name the last part of the path */
        Listing(String name) {
            this.name = name;
        }

        @Override
        public final Integer call() {
            var answer = api.get(new Query(PATH + name).and("limit", limit).toString());
            return output.print(answer, out -> print(answer, out));
        }

        abstract void print(JsonNode answer, PrintWriter out);
    }

    @Command(name = "sizes", mixinStandardHelpOptions = true, description = "Tables with indexes, large values and dead rows, the largest first.")
    static final class SizesCommand extends Listing {
        SizesCommand() {
            super("sizes");
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            var table = new Table("TABLE", "TOTAL", "ROWS", "DEAD", "TABLE SIZE", "INDEXES", "LARGE VALUES",
                    "VACUUMED");
            answer.path("items").forEach(size -> table.add(size.path("name").asString(), bytes(size, "total_bytes"),
                    number(size, "live_rows"), number(size, "dead_rows"), bytes(size, "table_bytes"),
                    bytes(size, "index_bytes"), bytes(size, "toast_bytes"), size.path("vacuumed_at").asString("-")));
            table.print(out);
        }
    }

    @Command(name = "activity", mixinStandardHelpOptions = true, description = "Sessions of the database, the oldest transaction first; statements without values.")
    static final class ActivityCommand extends Listing {
        ActivityCommand() {
            super("activity");
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            var table = new Table("PROCESS", "STATE", "TRANSACTION", "STATEMENT", "WAITS FOR", "APPLICATION", "QUERY");
            answer.path("items").forEach(session -> table.add(session.path("pid").asString(),
                    session.path("state").asString(), seconds(session, "transaction_ms"), seconds(session, "query_ms"),
                    waitsFor(session), session.path("application").asString(), session.path("query").asString()));
            table.print(out);
            out.println(answer.path("by_state").propertyStream()
                    .map(state -> state.getValue().asString() + " " + state.getKey())
                    .collect(Collectors.joining(", ")));
        }

        private static String waitsFor(JsonNode session) {
            return session.path("blocked_by").isEmpty()
                    ? session.path("waits_for").asString("-")
                    : "process " + session.path("blocked_by").valueStream().map(JsonNode::asString)
                            .collect(Collectors.joining(", "));
        }
    }

    @Command(name = "locks", mixinStandardHelpOptions = true, description = "Who waits for whom, as a tree: below each session those that wait for it.")
    static final class LocksCommand extends Listing {
        LocksCommand() {
            super("locks");
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            var waits = answer.path("items").valueStream().toList();
            if (waits.isEmpty()) {
                out.println("nobody waits for a lock");
                return;
            }
            var shown = new HashSet<Integer>();
            answer.path("holders").forEach(holder -> {
                out.println(session(holder));
                waiters(waits, holder.path("pid").asInt(), 1, shown, out);
            });
            // Those that wait for a prepared transaction, which is no session, or for each other.
            waits.stream().filter(wait -> shown.add(wait.path("session").path("pid").asInt()))
                    .forEach(wait -> print(wait, 0, out));
        }

        private static void waiters(List<JsonNode> waits, int pid, int depth, Set<Integer> shown, PrintWriter out) {
            for (var wait : waits) {
                var session = wait.path("session");
                boolean waitsForIt = session.path("blocked_by").valueStream().anyMatch(other -> other.asInt() == pid);
                if (waitsForIt && shown.add(session.path("pid").asInt())) {
                    print(wait, depth, out);
                    waiters(waits, session.path("pid").asInt(), depth + 1, shown, out);
                }
            }
        }

        private static void print(JsonNode wait, int depth, PrintWriter out) {
            out.println(
                    "  ".repeat(depth) + "└ " + session(wait.path("session")) + " — waits " + seconds(wait, "waited_ms")
                            + " for " + wait.path("mode").asString() + " on " + wait.path("object").asString());
        }

        private static String session(JsonNode session) {
            return "process " + session.path("pid").asString() + " " + session.path("application").asString() + " ("
                    + session.path("state").asString() + ", transaction " + seconds(session, "transaction_ms") + "): "
                    + session.path("query").asString().replaceAll("\\p{Cntrl}+", " ");
        }
    }

    @Command(name = "indexes", mixinStandardHelpOptions = true, description = "Indexes with their size and how often they were used, the largest first.")
    static final class IndexesCommand extends Listing {
        IndexesCommand() {
            super("indexes");
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            var table = new Table("INDEX", "TABLE", "SIZE", "USED", "ENTRIES READ", "UNIQUE", "VALID");
            answer.path("items")
                    .forEach(index -> table.add(index.path("name").asString(), index.path("table").asString(),
                            bytes(index, "bytes"), number(index, "scans"), number(index, "rows_read"),
                            index.path("unique").asString(), index.path("valid").asString()));
            table.print(out);
        }
    }

    @Command(name = "settings", mixinStandardHelpOptions = true, description = "Settings of the server that explain how it behaves.")
    static final class SettingsCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();

        @Override
        public Integer call() {
            var answer = api.get(PATH + "settings");
            return output.print(answer, out -> {
                var table = new Table("SETTING", "VALUE", "SET BY", "MEANING");
                answer.path("items").forEach(setting -> table.add(setting.path("name").asString(),
                        setting.path("value").asString() + (setting.path("pending_restart").asBoolean()
                                ? " (another one waits for a restart)"
                                : ""),
                        setting.path("source").asString(), setting.path("description").asString()));
                table.print(out);
            });
        }
    }

    @Command(name = "kill", mixinStandardHelpOptions = true, description = "Cancels what a session of our database runs, or ends the session.")
    static final class KillCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Parameters(paramLabel = "PROCESS", description = "Its process, as activity and locks show it.")
        private int pid;
        @Option(names = "--terminate", description = "Ends the session; its transaction is rolled back.")
        private boolean terminate;

        @Override
        public Integer call() {
            var answer = api.post(PATH + "activity/" + pid + "/cancel", JsonMapper.shared().createObjectNode()
                    .put("terminate", terminate));
            return output.print(answer, out -> out.println(terminate
                    ? "ended the session of process " + pid
                    : "cancelled what process " + pid + " runs"));
        }
    }

    private static String bytes(JsonNode item, String field) {
        return Facts.bytes(item.path(field).asLong());
    }

    private static String number(JsonNode item, String field) {
        return "%,d".formatted(item.path(field).asLong());
    }

    private static String seconds(JsonNode item, String field) {
        return item.path(field).isNumber() ? "%.1f s".formatted(item.path(field).asLong() / 1e3) : "-";
    }
}
