package dev.howdah.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Who is signed in, and how to end it. */
@Command(name = "sessions", aliases = "session", mixinStandardHelpOptions = true, description = "Lists, shows, counts and ends sessions.", subcommands = {
        SessionsCommand.ListCommand.class, SessionsCommand.ShowCommand.class, SessionsCommand.RevokeCommand.class,
        SessionsCommand.StatsCommand.class})
final class SessionsCommand implements Callable<Integer> {
    private static final String PATH = "/api/sessions";
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    private static void print(Iterable<JsonNode> sessions, PrintWriter out) {
        var table = new Table("HANDLE", "USER", "AGENT", "ADDRESS", "CLIENT", "LAST USED", "EXPIRES", "ENDED");
        sessions.forEach(session -> table.add(session.path("handle").asString(), text(session, "user"),
                text(session, "agent"), text(session, "ip_address"), text(session, "user_agent"),
                text(session, "accessed_at"), text(session, "expires_at"), text(session, "end_reason")));
        table.print(out);
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString("-");
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists live sessions, the newest first.")
    static final class ListCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Option(names = "--user", description = "Only this user's.")
        private @Nullable String user;
        @Option(names = "--agent", description = "Only those in which this agent acts.")
        private @Nullable String agent;
        @Option(names = "--ended", description = "Also those that have ended, as long as they are kept.")
        private boolean ended;
        @Option(names = "--limit", defaultValue = "50", description = "At most so many (default ${DEFAULT-VALUE}).")
        private int limit = 50;
        @Option(names = "--cursor", description = "Where a former list ended.")
        private @Nullable String cursor;

        @Override
        public Integer call() {
            var page = api.get(PATH + "?limit=" + limit + "&ended=" + ended + parameter("user", user)
                    + parameter("agent", agent) + parameter("cursor", cursor));
            return output.print(page, out -> {
                print(page.path("items"), out);
                if (!page.path("next").isNull()) {
                    out.println("there are more: --cursor " + page.path("next").asString());
                }
            });
        }

        private static String parameter(String name, @Nullable String value) {
            return value == null ? "" : "&" + name + "=" + Api.encode(value);
        }
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows a session by its handle, without what it holds.")
    static final class ShowCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Parameters(paramLabel = "HANDLE", description = "The session's handle, as the list shows it.")
        private String handle = "";

        @Override
        public Integer call() {
            var session = api.get(PATH + "/" + Api.encode(handle));
            return output.print(session, out -> session.properties().forEach(field -> out.println(
                    "%-12s %s".formatted(field.getKey(), field.getValue().asString("-")))));
        }
    }

    @Command(name = "revoke", mixinStandardHelpOptions = true, description = "Ends sessions by their handles, or all of a user.")
    static final class RevokeCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @ArgGroup(multiplicity = "1")
        private Which which = new Which();

        /** Some or all of a user. */
        private static final class Which {
            @Parameters(paramLabel = "HANDLE", arity = "1..1000", description = "Handles, as the list shows them.")
            private List<String> handles = List.of();
            @Option(names = "--user", required = true, description = "All sessions of this user.")
            private @Nullable String user;
        }

        @Override
        public Integer call() {
            var user = which.user;
            var answer = user == null ? byHandle() : api.send("DELETE", PATH + "?user=" + Api.encode(user));
            return output.print(answer, out -> out.println(answer.path("ended").asString() + " ended"));
        }

        private JsonNode byHandle() {
            var body = JsonMapper.shared().createObjectNode();
            which.handles.forEach(body.putArray("handles")::add);
            return api.post(PATH + "/revoke", body);
        }
    }

    @Command(name = "stats", mixinStandardHelpOptions = true, description = "Counts sessions.")
    static final class StatsCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();

        @Override
        public Integer call() {
            var statistics = api.get(PATH + "/statistics");
            return output.print(statistics, out -> {
                var table = new Table("ACTIVE", "USERS", "EXPIRED", "DELETED", "OLDEST", "LAST ACTIVITY", "TABLE");
                table.add(text(statistics, "active"), text(statistics, "unique_users"), text(statistics, "expired"),
                        text(statistics, "deleted"), text(statistics, "oldest_session"),
                        text(statistics, "newest_activity"), statistics.path("table_bytes").asLong() / 1024 + " KiB");
                table.print(out);
            });
        }
    }
}
