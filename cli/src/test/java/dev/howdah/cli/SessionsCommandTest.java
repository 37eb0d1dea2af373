package dev.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.postgres.TestDatabase;
import dev.howdah.server.HowdahServer;
import dev.howdah.server.HowdahSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class SessionsCommandTest {
    @Test
    void listsShowsCountsAndEndsSessions() throws Exception {
        var database = TestDatabase.settings();
        try (var server = HowdahServer.start(HowdahSettings.load(Map.of("howdah.server.port", "0",
                "howdah.database.url", database.url(), "howdah.database.user", database.user(),
                "howdah.database.password", database.password(), "howdah.database.schema", database.schema(),
                "howdah.database.pool-min-idle", "0"), Map.of(), Path.of("none.yml")))) {
            server.howdah().start(false);
            assertThat(server.howdah().awaitStarted(Duration.ofSeconds(30))).isTrue();
            var api = Api.at(server.url());
            for (var user : List.of("ada/b", "ada/b", "bob", "bob")) {
                api.post("/api/sessions", JsonMapper.shared().createObjectNode().put("user", user)
                        .put("ip_address", "192.0.2.7"));
            }
            assertThat(run(server, "sessions", "list", "--user", "ada/b")).contains("192.0.2.7", "ada/b")
                    .doesNotContain("bob");
            assertThat(run(server, "sessions", "list", "--limit", "3")).contains("there are more: --cursor");
            var handle = api.get("/api/sessions?user=bob").path("items").get(0).path("handle").asString();
            assertThat(run(server, "session", "show", handle)).contains("bob", "expires_at");
            assertThat(run(server, "sessions", "revoke", handle)).contains("1 ended");
            assertThat(run(server, "sessions", "revoke", "--user", "ada/b")).contains("2 ended");
            assertThat(run(server, "sessions", "stats", "--json")).contains("\"active\" : 1");
            assertThat(run(server, "sessions", "stats")).contains("ACTIVE", "KiB");
            assertThat(run(server, "sessions", "list", "--ended")).contains("revoked");
            assertThat(Main.commandLine().execute("sessions", "revoke", "--server", server.url())).isEqualTo(
                    Main.INVALID);
            assertThat(Main.commandLine().execute("sessions", "show", "none", "--server", server.url())).isEqualTo(
                    Main.INVALID);
        }
    }

    private static String run(HowdahServer server, String... words) {
        var arguments = new ArrayList<>(List.of(words));
        arguments.addAll(List.of("--server", server.url()));
        var out = new StringWriter();
        var command = Main.commandLine().setOut(new PrintWriter(out));
        assertThat(command.execute(arguments.toArray(String[]::new))).as(out.toString()).isZero();
        return out.toString();
    }
}
