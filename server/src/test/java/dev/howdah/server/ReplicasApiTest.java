package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.ConsistencyToken;
import dev.howdah.postgres.ReplicaStatus;
import dev.howdah.postgres.TestCluster;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients see of replicas: headers, tokens, and which routes replicas answer. */
class ReplicasApiTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String EVENTUAL = "eventual";
    /** Routes that only the primary or this process can answer, and why. */
    private static final Map<String, String> NOT_FROM_REPLICAS = Map.ofEntries(
            Map.entry("/api/statistics/storage", "statistics of tables are the primary's own"),
            Map.entry("/api/documents", "rows are counted by the primary alone"),
            Map.entry("/api/settings", "this process's own"),
            Map.entry("/api/skills", "asks no table"),
            Map.entry("/api/personas", "asks no table"),
            Map.entry("/api/agents", "asks no table"),
            Map.entry("/api/agent/mcp-sessions", "this process's own"),
            Map.entry("/api/database/pool", "this process's own"),
            Map.entry("/api/database/replicas", "this process's own"),
            Map.entry("/api/database/slow-queries", "this process's own"),
            Map.entry("/api/database/slow-queries/statistics", "this process's own"),
            Map.entry("/api/database/statements", "counted by each server for itself"),
            Map.entry("/api/database/activity", "sessions of the primary"),
            Map.entry("/api/database/locks", "sessions of the primary"),
            Map.entry("/api/database/indexes", "statistics of indexes are the primary's own"),
            Map.entry("/api/database/sizes", "statistics of tables are the primary's own"),
            Map.entry("/api/database/settings", "settings of the primary"),
            Map.entry("/api/database/migrations", "what the primary has decides"),
            Map.entry("/api/backups", "asks the place of backups, or says that there is none"),
            Map.entry("/api/backup-runs", "says that there is no place for backups"),
            Map.entry("/api/drills", "says that there is no place for backups"));

    private final TestCluster cluster = TestCluster.start();
    private final TestServer server = TestServer.open(cluster.settings(), Map.of("howdah.database.replicas",
            cluster.standby(0).address(), "howdah.database.replica-wait", "2s"));

    @BeforeEach
    void start() throws Exception {
        server.howdah().start(false);
        assertThat(server.howdah().awaitStarted(LIMIT)).isTrue();
        await().atMost(LIMIT).until(() -> server.howdah().database().replicas().stream()
                .allMatch(ReplicaStatus::isReady));
    }

    @AfterEach
    void stop() {
        server.close();
        cluster.close();
    }

    @Test
    void aReadWithTheTokenOfAWriteSeesIt() {
        for (int i = 0; i < 50; i++) {
            var written = write("{\"type\": \"seen\"}");
            var token = written.header(ConsistencyFilter.TOKEN);
            assertThat(ConsistencyToken.parse(token)).isPresent();
            var path = "/api/tasks/" + written.json().path("id").asString();
            var read = server.get(path, ConsistencyFilter.ASKED, token);
            assertThat(read.status()).isEqualTo(200);
            assertThat(read.header(ConsistencyFilter.TOKEN)).as("passed on").isEqualTo(token);
            assertThat(read.header("Vary")).contains(ConsistencyFilter.ASKED);
            assertThat(server.get(path, ConsistencyFilter.TOKEN, token).status()).isEqualTo(200);
        }
        var decisions = server.get("/api/database/replicas").json().path("decisions");
        assertThat(decisions.path("replica").asLong() + decisions.path("waited").asLong()).isGreaterThanOrEqualTo(100);
        assertThat(decisions.path("replica_share").asDouble()).isGreaterThan(0.8);
    }

    @Test
    void whatReplicasDoIsScraped() {
        var replica = cluster.standby(0).address();
        assertThat(server.get("/metrics").text()).contains("howdah_db_replica_ready{replica=\"" + replica + "\"} 1.0");
        var token = write("{\"type\": \"scraped\"}").header(ConsistencyFilter.TOKEN);
        assertThat(server.get("/api/tasks", ConsistencyFilter.ASKED, token).status()).isEqualTo(200);
        var scraped = server.get("/metrics").text();
        for (var name : List.of("reads_total", "failures_total", "lag_seconds")) {
            assertThat(scraped).contains("howdah_db_replica_" + name + "{replica=\"" + replica + "\"}");
        }
        var counts = server.howdah().database().routing();
        assertThat(counts.replica() + counts.waited()).isPositive();
        assertThat(scraped)
                .contains("howdah_db_replica_wait_seconds_count", "howdah_db_reads_total{decision=\"shed\"} 0.0")
                .doesNotContain("howdah_db_replica_reads_total{replica=\"" + replica + "\"} 0.0");
        cluster.standby(0).kill();
        await().atMost(LIMIT).untilAsserted(() -> assertThat(server.get("/metrics").text())
                .contains("howdah_db_replica_ready{replica=\"" + replica + "\"} 0.0"));
    }

    @Test
    void writesWithoutABodyGiveATokenAndFailedOnesNone() {
        server.send(server.request("/api/schedules/nightly").header("Content-Type", "application/json").PUT(
                HttpRequest.BodyPublishers.ofString("{\"every\": \"1h\", \"task\": {\"type\": \"tidy\"}}")));
        var gone = server.send(server.request("/api/schedules/nightly").DELETE());
        assertThat(gone.status()).isEqualTo(204);
        assertThat(ConsistencyToken.parse(gone.header(ConsistencyFilter.TOKEN))).isPresent();
        assertThat(server.get("/api/schedules/nightly", ConsistencyFilter.ASKED, gone.header(ConsistencyFilter.TOKEN))
                .status()).isEqualTo(404);
        assertThat(server.post("/api/tasks", "{\"type\": \"Not a type\"}").header(ConsistencyFilter.TOKEN)).isEmpty();
    }

    @Test
    void whoeverAsksForLessSeesLessAndWhatCannotBeReadAsksForThePrimary() {
        cluster.standby(0).pauseReplay();
        var written = write("{\"type\": \"late\"}");
        var path = "/api/tasks/" + written.json().path("id").asString();
        assertThat(server.get(path, ConsistencyFilter.ASKED, EVENTUAL).status()).isEqualTo(404);
        for (var asked : List.of("strong", "bounded=1ms", "nonsense", "")) {
            assertThat(server.get(path, ConsistencyFilter.ASKED, asked).status()).as(asked).isEqualTo(200);
        }
        assertThat(server.get(path).status()).as("the default").isEqualTo(200);
        cluster.standby(0).resumeReplay();
        var token = ConsistencyToken.parse(written.header(ConsistencyFilter.TOKEN)).orElseThrow();
        var old = new ConsistencyToken(token.timeline() + 1, token.position());
        var renewed = server.get(path, ConsistencyFilter.ASKED, old.text());
        assertThat(renewed.status()).isEqualTo(200);
        assertThat(ConsistencyToken.parse(renewed.header(ConsistencyFilter.TOKEN)).orElseThrow().timeline())
                .isEqualTo(token.timeline());
    }

    @Test
    void replicasAnswerEveryReadingRouteButThoseThatSayWhyNot() {
        var data = write("{\"type\": \"seen\", \"queue\": \"looked-at\"}");
        var ids = List.of("/api/tasks/" + data.json().path("id").asString(), "/api/queues/looked-at", "/api/tasks/"
                + data.json().path("id").asString() + "/log");
        var token = data.header(ConsistencyFilter.TOKEN);
        await().atMost(LIMIT)
                .until(() -> server.get(ids.getFirst(), ConsistencyFilter.ASKED, EVENTUAL).status() == 200);
        var elsewhere = new TreeSet<String>();
        for (var path : reads(ids)) {
            long before = fromReplicas();
            var answer = server.get(path, ConsistencyFilter.ASKED, token);
            assertThat(answer.status()).as(path + ": " + answer.text()).isLessThan(500);
            if (answer.status() == 200 && fromReplicas() == before) {
                elsewhere.add(path.replaceFirst("\\?.*", ""));
            }
        }
        assertThat(elsewhere).isEqualTo(NOT_FROM_REPLICAS.keySet());
    }

    /** Every GET route of the documented API that needs no more than a question, and some that name something. */
    private List<String> reads(List<String> more) {
        var questions = Map.of("/api/knowledge/search", "?query=cache", "/api/documents/{collection}/_search",
                "?query=cache");
        var paths = new ArrayList<>(more);
        server.get("/docs/openapi").json().path("paths").properties().forEach(path -> {
            if (path.getValue().has("get") && path.getKey().startsWith("/api/") && !path.getKey().contains("{")
                    && !path.getKey().contains("current") && !path.getKey().equals("/api/live")) { // it never ends
                paths.add(path.getKey() + questions.getOrDefault(path.getKey(), ""));
            }
        });
        assertThat(paths).hasSizeGreaterThan(20);
        return paths;
    }

    private long fromReplicas() {
        var routing = server.howdah().database().routing();
        return routing.replica() + routing.waited();
    }

    @Test
    void aReplicaThatIsGoneIsToldAndCostsNothing() {
        assertThat(server.get("/health").json().path("status").asString()).isEqualTo("ok");
        cluster.standby(0).kill();
        await().atMost(LIMIT).until(() -> server.get("/health").json().path("status").asString().equals("degraded"));
        var health = server.get("/health").json();
        assertThat(health.path("replicas").path("ready").asInt()).isZero();
        assertThat(health.path("problems").toString()).contains("replica " + cluster.standby(0).address()
                + " is unreachable", "howdah replicas");
        assertThat(server.get("/api/queues", ConsistencyFilter.ASKED, EVENTUAL).status()).isEqualTo(200);
        assertThat(server.get("/health/ready").status()).isEqualTo(200);
        var replica = server.get("/api/database/replicas").json().path("items").get(0);
        assertThat(replica.path("state").asString()).isEqualTo("unreachable");
        assertThat(Set.of("open", "half-open")).contains(replica.path("breaker").asString());
    }

    @Test
    void tellsOfThePool() {
        var pool = server.get("/api/database/pool").json();
        assertThat(pool.path("max").asInt()).isEqualTo(10);
        assertThat(pool.path("max_lifetime").asString()).isEqualTo("PT15M");
        assertThat(pool.path("acquire").path("count").asLong()).isPositive();
        assertThat(pool.path("advice").path("verdict").asString()).isEqualTo("fits");
    }

    private TestServer.Answer write(String task) {
        var answer = server.post("/api/tasks", task);
        assertThat(answer.status()).isEqualTo(201);
        return answer;
    }
}
