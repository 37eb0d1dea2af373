package dev.howdah.agent.dependencies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.howdah.agent.dependencies.Outbox.NewAction;
import dev.howdah.agent.http.OutboundHttp;
import dev.howdah.agent.http.OutboundHttpSettings;
import dev.howdah.postgres.Database;
import dev.howdah.queue.TaskState;
import dev.howdah.queue.Worker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private final Database database = AgentDatabase.create();
    private final AtomicInteger sent = new AtomicInteger();
    private final HttpSender http = new HttpSender(new OutboundHttp(OutboundHttpSettings.defaults().trusting()));

    @Test
    void sendsAnActionOncePerKey() {
        var outbox = outbox(action -> sent.incrementAndGet());
        add(outbox, "issue:1");
        add(outbox, "issue:1");
        add(outbox, "issue:2");
        run(outbox, () -> states().equals(List.of("sent", "sent")));
        assertThat(sent).hasValue(2);
    }

    @Test
    void onlyRecordsWhatNothingIsConfiguredFor() {
        var outbox = new Outbox(database, AgentDatabase.queue(database), Map.of());
        add(outbox, "issue:1");
        assertThat(states()).containsExactly("recorded");
        assertThat(AgentDatabase.queue(database).statistics().byState().getOrDefault(TaskState.QUEUED, 0L)).isZero();
    }

    @Test
    void storesNothingWhenTheCallersTransactionFails() {
        var outbox = outbox(action -> sent.incrementAndGet());
        assertThatThrownBy(() -> database.useTransaction(tx -> {
            outbox.add(tx, List.of(action("issue:1")));
            throw new IllegalStateException("no");
        })).hasMessage("no");
        assertThat(states()).isEmpty();
    }

    @Test
    void triesAgainWhatCertainlyDidNotHappen() {
        var outbox = outbox(action -> {
            if (sent.incrementAndGet() < 3) {
                throw new ActionSender.NotSentException("busy");
            }
        });
        add(outbox, "issue:1");
        run(outbox, () -> states().equals(List.of("sent")));
        assertThat(sent).hasValue(3);
    }

    @Test
    void givesUpAfterTheLastAttempt() {
        var outbox = outbox(action -> {
            sent.incrementAndGet();
            throw new ActionSender.NotSentException("busy");
        });
        add(outbox, "issue:1");
        run(outbox, () -> states().equals(List.of("failed")));
        assertThat(sent).hasValue(3);
    }

    @Test
    void doesNotAskAgainAfterARefusalOrAnUnknownEnd() {
        var outbox = outbox(action -> {
            sent.incrementAndGet();
            if (action.key().equals("issue:refused")) {
                throw new ActionSender.RefusedException("404");
            }
            throw new IllegalStateException("the connection broke");
        });
        add(outbox, "issue:refused");
        add(outbox, "issue:unknown");
        run(outbox, () -> states().equals(List.of("failed", "unknown")));
        assertThat(sent).hasValue(2);
    }

    /** The process died after it had asked the other side, and before it could note the answer. */
    @Test
    void doesNotSendAgainWhatADeadProcessMayHaveSent() {
        var outbox = outbox(action -> sent.incrementAndGet());
        add(outbox, "issue:1");
        database.withHandle(handle -> handle.execute("UPDATE actions SET state = 'sending'"));
        run(outbox, () -> states().equals(List.of("unknown")));
        assertThat(sent).hasValue(0);
    }

    @Test
    void opensAnIssueOverHttpAndTellsTheOutcomesApart() throws Exception {
        var bodies = new java.util.concurrent.LinkedBlockingQueue<String>();
        var status = new AtomicInteger(201);
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            bodies.add(exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        server.start();
        try {
            var issues = new GitHubIssues(URI.create("http://127.0.0.1:" + server.getAddress().getPort()), "token-1",
                    http);
            issues.send(stored());
            assertThat(bodies.take()).startsWith("/repos/a/shop/issues Bearer token-1 {")
                    .contains("\"title\":\"Title\"");
            status.set(503);
            assertThatThrownBy(() -> issues.send(stored())).isInstanceOf(ActionSender.NotSentException.class);
            status.set(404);
            assertThatThrownBy(() -> issues.send(stored())).isInstanceOf(ActionSender.RefusedException.class);
            status.set(500);
            assertThatThrownBy(() -> issues.send(stored())).isInstanceOf(IllegalStateException.class);
        } finally {
            server.stop(0);
        }
        assertThatThrownBy(() -> new Webhook(URI.create("http://127.0.0.1:" + unusedPort()), http).send(stored()))
                .isInstanceOf(ActionSender.NotSentException.class);
    }

    @Test
    void twoWorkersDoNotSendTheSame() {
        var both = new CountDownLatch(1);
        var outbox = outbox(action -> {
            sent.incrementAndGet();
            both.countDown();
        });
        for (int i = 0; i < 50; i++) {
            add(outbox, "issue:" + i);
        }
        var second = worker(outbox);
        second.start();
        try {
            run(outbox, () -> states().stream().allMatch("sent"::equals));
        } finally {
            second.close();
        }
        assertThat(sent).hasValue(50);
    }

    private Outbox outbox(ActionSender sender) {
        return new Outbox(database, AgentDatabase.queue(database), Map.of(ActionKind.ISSUE, sender));
    }

    private void add(Outbox outbox, String key) {
        database.useTransaction(tx -> outbox.add(tx, List.of(action(key))));
    }

    private static NewAction action(String key) {
        return new NewAction(key, ActionKind.ISSUE, "a/shop", "high", "Title", "Body", List.of("dependency"),
                UUID.fromString("01234567-89ab-7def-8123-456789abcdef"));
    }

    private static Action stored() {
        return new Action(UUID.randomUUID(), "issue:1", ActionKind.ISSUE, "a/shop", "high", "Title", "Body",
                List.of("dependency"), ActionState.SENDING, Optional.empty(), Optional.empty(),
                java.time.Instant.EPOCH, Optional.empty());
    }

    private List<String> states() {
        return database.withHandle(handle -> handle.createQuery("SELECT state FROM actions ORDER BY key")
                .mapTo(String.class).list());
    }

    private Worker worker(Outbox outbox) {
        return new Worker(AgentDatabase.queue(database), AgentDatabase.queueSettings()
                .withPollInterval(Duration.ofMillis(20)), Map.of(Outbox.TASK_TYPE, outbox::deliver));
    }

    private void run(Outbox outbox, java.util.concurrent.Callable<Boolean> until) {
        var worker = worker(outbox);
        worker.start();
        try {
            await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20)).until(until);
        } finally {
            worker.close();
        }
    }

    private static int unusedPort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
