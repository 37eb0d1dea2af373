package dev.howdah.operations.services;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.howdah.operations.services.ServiceStatus.State;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TcpProxy;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.queue.redis.TestRedis;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServiceChecksTest {
    private static final String HEALTHY = "{\"service\": \"howdah\", \"status\": \"ok\", \"version\": \"1.2\"}";
    private final Database database = TestDatabase.create();
    private final HttpServer web = web();

    private static HttpServer web() {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.start();
            return server;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void stop() {
        web.stop(0);
    }

    private void answer(String path, int status, String body) {
        web.createContext(path, exchange -> {
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    private URI url() {
        return URI.create("http://127.0.0.1:" + web.getAddress().getPort());
    }

    private Map<String, ServiceStatus> check(Database of, ServiceTargets targets) throws InterruptedException {
        return new ServiceChecks(of, targets).check().stream().collect(java.util.stream.Collectors.toMap(
                ServiceStatus::name, status -> status));
    }

    private static ServiceStatus named(Map<String, ServiceStatus> statuses, String name) {
        assertThat(statuses).containsKey(name);
        return statuses.getOrDefault(name, new ServiceStatus(name, State.DOWN, true, java.time.Duration.ZERO, "", "",
                ""));
    }

    @Test
    void tellsWhatIsThereAndWhatIsNot() throws Exception {
        new Migrator(database, Migrations.ofModules("queue", "sessions")).up();
        answer("/health", 200, HEALTHY);
        var statuses = check(database, ServiceTargets.of(url()));
        assertThat(named(statuses, "database")).satisfies(status -> {
            assertThat(status.state()).isEqualTo(State.OK);
            assertThat(status.version()).isNotBlank();
            assertThat(status.latency()).isPositive();
        });
        assertThat(named(statuses, "pgvector").detail()).contains("not needed");
        assertThat(named(statuses, "server")).satisfies(status -> {
            assertThat(status.state()).isEqualTo(State.OK);
            assertThat(status.version()).isEqualTo("1.2");
        });
        assertThat(named(statuses, "queue workers").state()).isEqualTo(State.DEGRADED);
        assertThat(named(statuses, "sessions").state()).isEqualTo(State.OK);
        database.withHandle(handle -> handle.execute("""
            INSERT INTO workers (id, types, concurrency, seen_at)
            VALUES ('killed', '{}', 1, now() - interval '3 min')
            """));
        assertThat(named(check(database, ServiceTargets.of(url())), "queue workers").state()).isEqualTo(State.DEGRADED);
        database.withHandle(handle -> handle.execute("UPDATE workers SET seen_at = now()"));
        assertThat(named(check(database, ServiceTargets.of(url())), "queue workers").state()).isEqualTo(State.OK);
        assertThat(statuses).doesNotContainKeys("Redis", "Weaviate");
    }

    @Test
    void isDownWithoutItsTablesServerOrDatabase() throws Exception {
        var statuses = check(database, ServiceTargets.of(URI.create("http://user:hush@127.0.0.1:1")));
        assertThat(named(statuses, "sessions").remedy()).contains("howdah migrate up");
        assertThat(named(statuses, "queue workers").remedy()).contains("howdah migrate up");
        assertThat(named(statuses, "server")).satisfies(status -> {
            assertThat(status.state()).isEqualTo(State.DOWN);
            assertThat(status.detail()).contains("127.0.0.1:1").doesNotContain("hush");
            assertThat(status.remedy()).contains("howdah up");
        });
        assertThat(ServiceChecks.isDown(List.copyOf(statuses.values()))).isTrue();

        var settings = TestDatabase.settings();
        try (var proxy = TcpProxy.cutOff(settings)) {
            var unreachable = check(TestDatabase.open(proxy.through(settings)), ServiceTargets.of(url()));
            assertThat(named(unreachable, "database").state()).isEqualTo(State.DOWN);
            assertThat(named(unreachable, "sessions").detail()).contains("which is down");
        }
    }

    @Test
    void asksWeaviateAndRedisWhereTheyAreUsed() throws Exception {
        answer("/health", 200,
                "{\"service\": \"howdah\", \"status\": \"degraded\", \"problems\": [{\"problem\": \"slow\"}]}");
        answer("/v1/.well-known/ready", 200, "");
        answer("/v1/meta", 200, "{\"version\": \"1.32.0\"}");
        try (var redis = TestRedis.start()) {
            var statuses = check(database,
                    new ServiceTargets(url(), Optional.of(url()), "key", Optional.of(redis.url()),
                            true));
            assertThat(named(statuses, "Weaviate").version()).isEqualTo("1.32.0");
            assertThat(named(statuses, "Redis")).satisfies(status -> {
                assertThat(status.state()).isEqualTo(State.OK);
                assertThat(status.version()).startsWith("7.");
                assertThat(status.isRequired()).isTrue();
            });
            assertThat(named(statuses, "server").remedy()).isEqualTo("slow");
            assertThat(statuses).doesNotContainKey("queue workers");
        }
        var gone = check(database, new ServiceTargets(url(), Optional.of(URI.create("http://127.0.0.1:1")), "",
                Optional.of("redis://:hush@127.0.0.1:1"), false));
        assertThat(named(gone, "Redis").state()).isEqualTo(State.DOWN);
        assertThat(named(gone, "Redis").isRequired()).isFalse();
        assertThat(named(gone, "Weaviate").state()).isEqualTo(State.DOWN);
        assertThat(gone.toString()).doesNotContain("hush");
    }

    @Test
    void tellsAnotherProgramFromAServerAndAWrongKeyFromAReadyWeaviate() throws Exception {
        answer("/health", 200, "<html>");
        answer("/v1/.well-known/ready", 200, "");
        answer("/v1/meta", 401, "{}");
        var statuses = check(database, new ServiceTargets(url(), Optional.of(url()), "wrong", Optional.of("no url"),
                false));
        assertThat(named(statuses, "server").detail()).contains("is no Howdah");
        assertThat(named(statuses, "Weaviate").remedy()).contains("WEAVIATE_API_KEY");
        assertThat(named(statuses, "Redis").state()).isEqualTo(State.DOWN);
    }
}
