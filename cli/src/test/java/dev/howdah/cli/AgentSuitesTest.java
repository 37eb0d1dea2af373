package dev.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.postgres.TestDatabase;
import dev.howdah.server.HowdahServer;
import dev.howdah.server.HowdahSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The suites and clients that others wrote for the agent protocols, against a server in their profile. */
class AgentSuitesTest {
    private static final String CONFORMANCE = "node_modules/@modelcontextprotocol/conformance/dist/index.js";
    private static final String INSPECTOR = "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js";

    private static HowdahServer server;

    @BeforeAll
    static void start() throws Exception {
        Suites.PROTOCOLS.install();
        var database = TestDatabase.settings();
        server = HowdahServer.start(HowdahSettings.load(Map.of("howdah.profile", "conformance", "howdah.server.port",
                "0", "howdah.database.url", database.url(), "howdah.database.user", database.user(),
                "howdah.database.password", database.password(), "howdah.database.schema", database.schema(),
                "howdah.database.pool-min-idle", "0", "howdah.agent.grpc.port", freePort()), Map.of(),
                Path.of("none.yml")));
        server.howdah().start(true);
        assertThat(server.howdah().awaitStarted(Duration.ofMinutes(1))).isTrue();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Integer.toString(socket.getLocalPort());
        }
    }

    /** The suite compares with what hosts call this machine, so it is asked by name. */
    private static String url() {
        return "http://localhost:" + server.port() + "/mcp";
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-07-28", "2025-11-25"})
    void everyRevisionConforms(String revision) throws Exception {
        var ended = Suites.PROTOCOLS.node(CONFORMANCE, "server", "--url", url(), "--requirements", revision,
                "--expected-failures", "mcp-expected-failures-" + revision + ".yaml", "-o", "results-" + revision);
        assertThat(ended.code()).as(ended.output()).isZero();
        assertThat(ended.output()).contains(" 0 failed").doesNotContain("✗");
    }

    @ParameterizedTest
    @ValueSource(strings = {"legacy", "auto", "modern"})
    void theInspectorWorksInEveryEra(String era) throws Exception {
        var tools = inspect(era, "--method", "tools/list");
        assertThat(tools.at("/tools")).extracting(tool -> tool.path("name").asString()).contains("search_patterns");
        var called = inspect(era, "--method", "tools/call", "--tool-name", "greet", "--tool-arg", "name=Ada");
        assertThat(called.at("/content/0/text").asString()).isEqualTo("Hello, Ada!");
        var read = inspect(era, "--method", "resources/read", "--uri", "test://static-text");
        assertThat(read.at("/contents/0/mimeType").asString()).isEqualTo("text/plain");
    }

    /** What it prints before its answer is about itself. */
    private static JsonNode inspect(String era, String... arguments) throws Exception {
        var all = Stream.concat(Stream.of(INSPECTOR, "--cli", "--transport", "http",
                "--server-url", url(), "--protocol-era", era), Stream.of(arguments))
                .toArray(String[]::new);
        var ended = Suites.PROTOCOLS.node(all);
        assertThat(ended.code()).as(ended.output()).isZero();
        var output = ended.output();
        return JsonMapper.shared().readTree(output.substring(output.indexOf("{\n"), output.lastIndexOf("\n}") + 2));
    }

    @Test
    void theClientOfA2aIsServedOverThreeBindings() throws Exception {
        var ended = Suites.PROTOCOLS.node("a2a-client.mjs", "http://localhost:" + server.port());
        assertThat(ended.code()).as(ended.output()).isZero();
        assertThat(ended.output()).contains("JSONRPC: served", "HTTP+JSON: served", "GRPC: served");
    }

    @Test
    void bothClientsOfTypeScriptAreServed() throws Exception {
        var ended = Suites.PROTOCOLS.node("mcp-clients.mjs", url());
        assertThat(ended.code()).as(ended.output()).isZero();
    }
}
