package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.documents.CollectionOptions;
import dev.howdah.documents.NewDocument;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.TcpProxy;
import dev.howdah.postgres.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is scraped, and what dashboards and alerts make of it. */
class MetricsTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern METRIC = Pattern
            .compile("\\b(?:howdah|http_server|jvm|disk|process|system)_[a-z0-9_]+");
    private static final Pattern HELD = Pattern.compile("howdah_documents_changes_held_seconds [0-9.]*[1-9]");
    private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{| )");

    @TempDir
    Path directory;

    private static TestServer busyServer() {
        var server = TestServer.start(Map.of(), true);
        server.post("/api/tasks", "{\"type\": \"nobody-runs-this\", \"queue\": \"mail\", \"payload\": {}}");
        server.get("/api/nothing");
        server.post("/api/workflows/sdlc_linear/execute", "{\"requirement\": \"A form by which readers send us what "
                + "they think of an article\"}");
        server.howdah().caches().open("pages");
        server.get("/api/knowledge/search?q=outbox");
        await().atMost(LIMIT).until(() -> server.get("/metrics").text()
                .contains("howdah_workflow_events_total{event=\"workflow_completed\"} 1.0"));
        return server;
    }

    /** Metrics of caches come with the first statistics, of imports and agents' tasks with the first of them, of replicas
     * where there are some. */
    private static final List<String> NEED_ROWS = List.of("howdah_cache_", "howdah_imports", "howdah_agent_tasks",
            "howdah_workflow_executions", "howdah_db_replica_");

    @Test
    void everyMetricOfDashboardsAlertsAndGuideIsScraped() throws Exception {
        try (var server = busyServer()) {
            var text = server.get("/metrics").text();
            var scraped = new TreeSet<String>();
            SAMPLE.matcher(text).results().forEach(match -> scraped.add(match.group(1)));
            assertThat(text).contains("howdah_queue_tasks{queue=\"mail\",state=\"queued\"} 1.0",
                    "howdah_metrics_up{source=\"database\"} 1.0", "howdah_migrations_pending 0.0");
            var used = new TreeSet<String>();
            for (var file : files()) {
                METRIC.matcher(Files.readString(file)).results().forEach(match -> used.add(match.group()));
            }
            used.removeIf(name -> NEED_ROWS.stream().anyMatch(name::startsWith));
            assertThat(used).hasSizeGreaterThan(40);
            assertThat(scraped).containsAll(used);
            var told = new TreeSet<String>();
            METRIC.matcher(Files.readString(ROOT.resolve("docs/monitoring.md"))).results()
                    .forEach(match -> told.add(match.group()));
            for (var metric : MetricCatalog.all().keySet()) {
                assertThat(told).as("the table of docs/monitoring.md").anyMatch(name -> name.startsWith(
                        metric.replace('.', '_')));
            }
        }
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> dashboards = Files.list(ROOT.resolve("deploy/grafana"))) {
            return Stream.concat(dashboards, Stream.of(ROOT.resolve("deploy/prometheus/rules.yml"))).toList();
        }
    }

    /** Readers of the changes get them when all transactions before them have ended. */
    @Test
    void changesThatAnOpenTransactionHoldsBackAreTimed() {
        try (var server = TestServer.start(Map.of(), false)) {
            server.howdah().documents().create("letters", CollectionOptions.none());
            var letters = server.howdah().documents().collection("letters");
            server.howdah().database().inTransaction(tx -> {
                tx.handle().execute("SELECT pg_current_xact_id()");
                // On this thread it would be part of the transaction.
                CompletableFuture.runAsync(() -> letters.insert(NewDocument.of(Values.parseObject(
                        "{\"to\": \"Ada\"}")))).join();
                await().atMost(LIMIT).until(() -> HELD.matcher(server.get("/metrics").text()).find());
                return true;
            });
            await().atMost(LIMIT).until(() -> server.get("/metrics").text()
                    .contains("howdah_documents_changes_held_seconds 0.0\n"));
        }
    }

    @Test
    void theAlertsDoWhatTheyPromise() throws Exception {
        var prometheus = ROOT.resolve("deploy/prometheus");
        assertThat(promtool(prometheus, "check", "rules", "rules.yml")).contains("SUCCESS");
        assertThat(promtool(prometheus, "check", "config", "--syntax-only", "prometheus.yml")).contains("SUCCESS");
        assertThat(promtool(prometheus, "test", "rules", "rules.test.yml")).contains("SUCCESS");
    }

    @Test
    void everyExpressionOfTheDashboardsParses() throws Exception {
        var rules = new ArrayList<Map<String, String>>();
        for (var file : files()) {
            if (file.toString().endsWith(".json")) {
                var dashboard = JsonMapper.shared().readTree(file);
                assertThat(dashboard.path("uid").asString()).startsWith("howdah-");
                for (var panel : dashboard.path("panels")) {
                    panel.path("targets").forEach(target -> rules.add(rule(rules.size(), target)));
                }
            }
        }
        assertThat(rules).hasSizeGreaterThan(60);
        var generated = JsonMapper.shared().writeValueAsString(Map.of("groups", List.of(Map.of("name", "dashboards",
                "rules", rules))));
        Files.writeString(directory.resolve("dashboards.yml"), generated); // JSON is YAML
        assertThat(promtool(directory, "check", "rules", "dashboards.yml")).contains("SUCCESS");
    }

    private static Map<String, String> rule(int number, JsonNode target) {
        return Map.of("record", "panel:number:" + number, "expr", target.path("expr").asString()
                .replace("$__rate_interval", "5m").replace("$instance", ".*"));
    }

    private static String promtool(Path directory, String... arguments) throws Exception {
        var command = new ArrayList<String>();
        command.add(System.getProperty("howdah.test.promtool", "promtool"));
        command.addAll(List.of(arguments));
        try {
            var process = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(output).isZero();
            return output;
        } catch (IOException e) {
            throw new AssertionError("promtool is not there; install it with: apt-get install prometheus, or name it "
                    + "with -Dhowdah.test.promtool=…", e);
        }
    }

    @Test
    void aDatabaseThatIsDownDoesNotBreakTheScrape() throws Exception {
        var settings = TestDatabase.settings();
        try (var proxy = TcpProxy.cutOff(settings); var server = TestServer.open(proxy.through(settings), Map.of())) {
            proxy.heal();
            server.howdah().start(false);
            assertThat(server.howdah().awaitStarted(LIMIT)).isTrue();
            assertThat(server.get("/metrics").text()).contains("howdah_metrics_up{source=\"database\"} 1.0",
                    "howdah_db_size_bytes ");
            proxy.cut();
            await().atMost(LIMIT).untilAsserted(() -> {
                var scrape = server.get("/metrics");
                assertThat(scrape.status()).isEqualTo(200);
                assertThat(scrape.text()).contains("howdah_metrics_up{source=\"database\"} 0.0",
                        "howdah_metrics_up{source=\"queue\"} 0.0", "howdah_db_pool_max 10.0")
                        .doesNotContain("howdah_db_size_bytes ");
            });
            proxy.heal();
            await().atMost(LIMIT).untilAsserted(() -> assertThat(server.get("/metrics").text())
                    .contains("howdah_metrics_up{source=\"database\"} 1.0", "howdah_db_size_bytes "));
        }
    }

    @Test
    void slowStatementsCanBeAskedFor() {
        try (var server = TestServer.start(Map.of("howdah.database.slow-query", "150ms"), false)) {
            server.howdah().database().withHandle(handle -> handle.execute(
                    "SELECT pg_sleep(0.2), (SELECT count(*) FROM tasks WHERE type = 'secret')"));
            var slow = server.get("/api/database/slow-queries?limit=1000").json().path("items").valueStream()
                    .filter(entry -> entry.path("query").asString().contains("pg_sleep")).findFirst().orElseThrow();
            assertThat(slow.path("query").asString()).doesNotContain("secret");
            assertThat(slow.path("table").asString()).isEqualTo("tasks");
            assertThat(slow.path("type").asString()).isEqualTo("select");
            assertThat(slow.path("caller").asString()).contains("MetricsTest.", "slowStatementsCanBeAskedFor");
            assertThat(slow.path("id").asString()).matches("[0-9a-f]{16}");
            assertThat(server.get("/api/database/slow-queries?severity=fatal").json().path("items")).isEmpty();
            assertThat(server.get("/api/database/slow-queries?since=2999-01-01T00:00:00Z").json().path("items"))
                    .isEmpty();
            assertThat(server.get("/api/database/slow-queries/statistics").json().path("items").valueStream()
                    .filter(sum -> sum.path("id").equals(slow.path("id")))).singleElement()
                    .satisfies(sum -> assertThat(sum.path("average_ms").asDouble()).isGreaterThan(150));
            var statements = server.get("/api/database/statements").json();
            assertThat(statements.path("available").asBoolean() || !statements.path("remedy").asString().isEmpty())
                    .isTrue();
            for (var wrong : List.of("severity=bad", "since=yesterday", "limit=0", "limit=1001")) {
                assertThat(server.get("/api/database/slow-queries?" + wrong).status()).as(wrong).isEqualTo(400);
            }
        }
    }
}
