package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.TcpProxy;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.postgres.UnavailableException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The database is not there at the start, or goes away in the middle. */
class OutageTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int DEPENDENTS = 300;

    @Test
    void waitsForADatabaseThatIsDownAtTheStart() throws Exception {
        var settings = TestDatabase.settings();
        try (var proxy = TcpProxy.cutOff(settings); var server = TestServer.open(proxy.through(settings), Map.of())) {
            server.howdah().start(true);
            assertThat(server.get("/health/live").status()).isEqualTo(200);
            assertThat(server.get("/health/ready").status()).isEqualTo(503);
            var refused = server.get("/api/tasks");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("retry-after")).isEqualTo("2");
            assertThat(refused.json().path("detail").asString()).isEqualTo("waiting for the database");
            assertThat(server.get("/health").json().path("status").asString()).isEqualTo("down");
            assertThat(server.get("/health/db").status()).isEqualTo(503);
            assertThat(server.get("/console/index.html").status()).isEqualTo(200);
            assertThat(server.get("/metrics").status()).isEqualTo(200);

            proxy.heal();
            assertThat(server.howdah().awaitStarted(LIMIT)).isTrue();
            assertThat(server.get("/api/tasks").status()).isEqualTo(200);
            assertThat(server.get("/health/ready").status()).isEqualTo(200);
        }
    }

    @Test
    void losesNothingWhenTheDatabaseGoesAwayInTheMiddle() throws Exception {
        var settings = TestDatabase.settings();
        try (var proxy = TcpProxy.cutOff(settings);
                var server = TestServer.open(proxy.through(settings),
                        Map.of("howdah.queue.concurrency", "4", "howdah.queue.lease", "3s", "howdah.queue.heartbeat",
                                "500ms",
                                "howdah.queue.poll-interval", "200ms"))) {
            proxy.heal();
            server.howdah().start(true);
            assertThat(server.howdah().awaitStarted(LIMIT)).isTrue();
            server.post("/api/relationships", "{\"relationships\": {\"a/api\": {\"consumers\": ["
                    + IntStream.range(0, DEPENDENTS).mapToObj(i -> "{\"repo\": \"a/c" + i + "\", \"interface_files\": "
                            + "[\"x\"], \"change_triggers\": [\"endpoints\"]}").collect(Collectors.joining(","))
                    + "]}}}");
            server.post("/api/webhook/change-notification", """
                {"source_repo": "a/api", "commit_sha": "0123456", "commit_message": "Drop an endpoint",
                 "branch": "main"}""");
            await().atMost(LIMIT).pollInterval(Duration.ofMillis(5)).until(() -> finished(server) > 0);
            proxy.cut();
            var refused = server.get("/api/tasks");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.json().path("code").asString()).isEqualTo("database-unavailable");
            await().atMost(LIMIT).until(() -> server.get("/health").json().path("problems").size() > 1); // the worker too
            proxy.heal();

            await().atMost(LIMIT).until(() -> finished(server) == DEPENDENTS);
            await().atMost(LIMIT).until(() -> server.get("/health").json().path("worker").path("status").asString()
                    .equals("ok"));
            assertThat(server.howdah().database().<Integer>withHandle(handle -> handle.createQuery("""
                SELECT count(*) FROM task_history WHERE state <> 'finished'
                """).mapTo(Integer.class).one())).isZero();
        }
    }

    @Test
    void saysThatThePortIsInUse() {
        try (var server = TestServer.start(Map.of(), false)) {
            var port = Integer.toString(server.port());
            assertThatThrownBy(() -> TestServer.open(TestDatabase.settings(), Map.of("howdah.server.port", port)))
                    .isInstanceOf(UnavailableException.class).message().contains("port " + port, "is in use", "--port");
        }
    }

    @Test
    void saysThatThePoolIsFull() throws Exception {
        try (var server = TestServer.start(Map.of("howdah.database.pool-max", "2", "howdah.database.acquire-timeout",
                "300ms"), false)) {
            var done = new CountDownLatch(1);
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 2; i++) {
                    threads.execute(() -> server.howdah().database().inTransaction(tx -> {
                        tx.handle().execute("SELECT 1");
                        return hold(done);
                    }));
                }
                await().atMost(LIMIT).until(() -> server.howdah().database().poolUse().active() == 2);
                var refused = server.get("/api/tasks");
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.json().path("code").asString()).isEqualTo("pool-exhausted");
                assertThat(refused.json().path("remedy").asString()).contains("howdah.database.pool-max");
                done.countDown();
            }
            assertThat(server.get("/api/tasks").status()).isEqualTo(200);
        }
    }

    private static boolean hold(CountDownLatch latch) {
        try {
            return latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long finished(TestServer server) {
        var answer = server.get("/api/statistics");
        return answer.status() == 200 ? answer.json().path("by_state").path("finished").asLong() : 0;
    }
}
