package dev.howdah.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.UnavailableException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutboundHttpTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress PUBLIC = InetAddress.ofLiteral("93.184.215.14");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/echo", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Host") + " "
                    + exchange.getRequestHeaders().getFirst("Content-Type"));
            exchange.getResponseHeaders().add("X-Seen", String.valueOf(
                    exchange.getRequestHeaders().getFirst("Authorization")));
            answer(exchange, 200, exchange.getRequestBody().readAllBytes());
        });
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        for (var each : open) {
            each.close();
        }
        server.stop(0);
    }

    @Test
    void sendsTextsAndReadsAnswers() {
        var answer = trusting().send(OutboundRequest.post(address("/echo?a=%20b"), "application/a2a+json",
                "{\"text\": \"Grüße\"}").withHeader("authorization", "Bearer one"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"text\": \"Grüße\"}");
        assertThat(answer.head().header("x-seen")).contains("Bearer one");
        assertThat(asked).containsExactly("POST /echo?a=%20b 127.0.0.1:" + port() + " application/a2a+json");
    }

    @Test
    void answersOfAnyStatusButARedirectAreAnswers() {
        status("/gone", 410);
        status("/same", 304);
        status("/away", 302);
        var http = trusting();
        assertThat(http.send(OutboundRequest.get(address("/gone"))).status()).isEqualTo(410);
        assertThat(http.send(OutboundRequest.get(address("/same"))).status()).isEqualTo(304);
        assertCode(OutboundHttp.REDIRECTED, () -> http.send(OutboundRequest.get(address("/away"))));
        assertThat(asked).isEmpty(); // the redirect led to /echo
    }

    @Test
    void whatLeadsInsideIsRefusedBeforeAConnectionIsMade() {
        var http = outbound(OutboundHttpSettings.defaults(), host -> new InetAddress[]{LOOPBACK});
        assertCode(OutboundHttp.ADDRESS_REFUSED, () -> http.send(OutboundRequest.get(address("/echo"))));
        assertCode(OutboundHttp.ADDRESS_REFUSED, () -> http.send(OutboundRequest.get(named("hook.example"))));
        assertCode(OutboundHttp.ADDRESS_REFUSED,
                () -> http.open(OutboundRequest.get(named("hook.example")), PATIENCE, 1000));
        assertThat(asked).isEmpty();
    }

    /** The name means a public address when it is checked, and the inside ever after. */
    @Test
    void theAddressThatWasCheckedIsTheOneThatIsAsked() {
        var lookups = new AtomicInteger();
        var settings = settings(false, Duration.ofMillis(300), Duration.ofMillis(600), 1000);
        var http = outbound(settings, host -> new InetAddress[]{lookups.incrementAndGet() == 1 ? PUBLIC : LOOPBACK});
        var address = named("rebinding.example");
        http.check(address);
        assertThatThrownBy(() -> http.send(OutboundRequest.get(address))).isInstanceOf(UnavailableException.class);
        assertThat(lookups).hasValue(1); // nobody is there to answer for it, and nobody else was looked up
        assertCode(OutboundHttp.ADDRESS_REFUSED, () -> http.send(OutboundRequest.get(address)));
        assertThat(lookups).hasValue(2);
        assertThat(asked).isEmpty();
    }

    @Test
    void aHostOnTheAllowListIsAskedByItsName() {
        var settings = new OutboundHttpSettings(false, List.of("hook.example"), Set.of(), PATIENCE, PATIENCE, 1000, 2);
        var http = outbound(settings, host -> new InetAddress[]{LOOPBACK});
        assertThat(http.send(OutboundRequest.get(named("HOOK.example."))).status()).isEqualTo(200);
        assertThat(asked).containsExactly("GET /echo hook.example:" + port() + " null");
    }

    @Test
    void anIpv6AddressIsAskedInBrackets() throws IOException {
        var ipv6 = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0), 0);
        open.add(() -> ipv6.stop(0));
        ipv6.createContext("/", exchange -> answer(exchange, 200,
                exchange.getRequestHeaders().getFirst("Host").getBytes(StandardCharsets.US_ASCII)));
        ipv6.start();
        var origin = "http://[::1]:" + ipv6.getAddress().getPort();
        assertThat(trusting().send(OutboundRequest.get(OutboundAddress.of(origin + "/"))).body())
                .isEqualTo(origin.substring("http://".length()));
    }

    @Test
    void whoIsNotThereIsUnreachable() throws IOException {
        int free;
        try (var socket = new ServerSocket(0, 1, LOOPBACK)) {
            free = socket.getLocalPort();
        }
        var http = trusting();
        assertCode(OutboundHttp.UNREACHABLE,
                () -> http.send(OutboundRequest.get(OutboundAddress.of("http://127.0.0.1:" + free + "/"))));
        var nobody = outbound(OutboundHttpSettings.defaults(), host -> {
            throw new java.net.UnknownHostException(host);
        });
        assertCode(OutboundHttp.UNREACHABLE, () -> nobody.send(OutboundRequest.get(named("nobody.example"))));
    }

    @Test
    void aLookupThatNeverEndsIsGivenUp() {
        var never = new CountDownLatch(1);
        var http = outbound(settings(true, Duration.ofMillis(100), PATIENCE, 1000), host -> {
            await(never);
            return new InetAddress[]{LOOPBACK};
        });
        assertCode(OutboundHttp.UNREACHABLE, () -> http.send(OutboundRequest.get(named("slow.example"))));
        never.countDown();
    }

    @Test
    void aSlowEndpointIsGivenUpHoweverSteadilyItGoesOn() {
        var gone = new CountDownLatch(1);
        server.createContext("/silent", exchange -> await(gone));
        server.createContext("/drip", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (var out = exchange.getResponseBody()) {
                while (!gone.await(20, TimeUnit.MILLISECONDS)) {
                    out.write('.');
                    out.flush();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        var http = outbound(settings(true, PATIENCE, Duration.ofMillis(300), 1 << 20), InetAddress::getAllByName);
        assertCode(OutboundHttp.TIMEOUT, () -> http.send(OutboundRequest.get(address("/silent"))));
        assertCode(OutboundHttp.TIMEOUT, () -> http.send(OutboundRequest.get(address("/drip"))));
        gone.countDown();
    }

    @Test
    void anAnswerHasALargestSize() {
        server.createContext("/large", exchange -> answer(exchange, 200,
                new byte[Integer.parseInt(exchange.getRequestURI().getQuery())]));
        var http = outbound(settings(true, PATIENCE, PATIENCE, 1000), InetAddress::getAllByName);
        assertThat(http.send(OutboundRequest.get(address("/large?1000"))).body()).hasSize(1000);
        assertThatThrownBy(() -> http.send(OutboundRequest.get(address("/large?1001"))))
                .isInstanceOf(LimitExceededException.class).hasMessageContaining("1000 bytes");
    }

    @Test
    void anAnswerThatBreaksOffIsBroken() throws IOException {
        var rude = new ServerSocket(0, 1, LOOPBACK);
        open.add(rude);
        Thread.ofVirtual().start(() -> {
            try (var socket = rude.accept()) {
                socket.getInputStream().read();
                socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"
                        .getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                // the test has ended
            }
        });
        var address = OutboundAddress.of("http://127.0.0.1:" + rude.getLocalPort() + "/");
        var http = trusting();
        assertCode(OutboundHttp.BROKEN, () -> http.send(OutboundRequest.get(address)));
    }

    @Test
    void aStreamIsReadWhileItComesAndClosingItEndsIt() throws IOException {
        var ended = new CountDownLatch(1);
        server.createContext("/events", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (var out = exchange.getResponseBody()) {
                while (true) {
                    out.write("data: 1\n".getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                }
            } catch (IOException e) {
                ended.countDown();
            }
        });
        var http = outbound(settings(true, PATIENCE, PATIENCE, 10), InetAddress::getAllByName);
        var stream = http.open(OutboundRequest.get(address("/events")), PATIENCE, 1 << 20);
        var lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
        for (int line = 0; line < 100; line++) {
            assertThat(lines.readLine()).isEqualTo("data: 1");
        }
        stream.close();
        assertThat(await(ended)).isTrue();
    }

    @Test
    void aStreamThatFallsSilentIsBroken() {
        var gone = new CountDownLatch(1);
        server.createContext("/silent", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('.');
            exchange.getResponseBody().flush();
            await(gone);
        });
        try (var stream = trusting().open(OutboundRequest.get(address("/silent")), Duration.ofMillis(100), 100)) {
            assertThatThrownBy(() -> stream.body().readAllBytes()).isInstanceOf(IOException.class);
        } finally {
            gone.countDown();
        }
    }

    @Test
    void anEndpointHasALimitedNumberOfConnections() {
        var release = new CountDownLatch(1);
        server.createContext("/held", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().flush();
            await(release);
        });
        var settings = new OutboundHttpSettings(true, List.of(), Set.of(), Duration.ofMillis(100), PATIENCE, 10, 2);
        var http = outbound(settings, InetAddress::getAllByName);
        var held = OutboundRequest.get(address("/held"));
        try (var first = http.open(held, PATIENCE, 10); var second = http.open(held, PATIENCE, 10)) {
            assertThat(List.of(first.head().status(), second.head().status())).containsOnly(200);
            assertCode(OutboundHttp.BUSY, () -> http.send(OutboundRequest.get(address("/echo"))));
        }
        release.countDown();
        assertThat(http.send(OutboundRequest.get(address("/echo"))).status()).isEqualTo(200);
    }

    @Test
    void headersCannotSmuggleAnything() {
        var request = OutboundRequest.get(address("/echo"));
        for (var name : List.of("Host", "content-length", "Transfer-Encoding", "Connection", "a b", "a:b", "", "ä")) {
            assertThatThrownBy(() -> request.withHeader(name, "x")).as(name).isInstanceOf(InvalidInputException.class);
        }
        for (var value : List.of("a\r\nHost: b", "a\nb", "ä", "a\0b", "a".repeat(8001))) {
            assertThatThrownBy(() -> request.withHeader("X-A", value)).isInstanceOf(InvalidInputException.class)
                    .hasMessageNotContaining("Host: b");
        }
        assertThatThrownBy(() -> new OutboundRequest("GET /", address("/echo"), java.util.Map.of(), Optional.empty(),
                Optional.empty())).isInstanceOf(InvalidInputException.class);
        assertThat(request.withHeader("Authorization", "Bearer secret").toString()).doesNotContain("secret");
    }

    private OutboundHttp trusting() {
        return outbound(OutboundHttpSettings.defaults().trusting(), InetAddress::getAllByName);
    }

    private OutboundHttp outbound(OutboundHttpSettings settings, HostLookup lookup) {
        var http = new OutboundHttp(settings, lookup);
        open.add(http);
        return http;
    }

    private static OutboundHttpSettings settings(boolean allowPrivate, Duration connect, Duration answer,
            int answerMax) {
        return new OutboundHttpSettings(allowPrivate, List.of(), Set.of(), connect, answer, answerMax, 4);
    }

    private int port() {
        return server.getAddress().getPort();
    }

    private OutboundAddress address(String path) {
        return OutboundAddress.of("http://127.0.0.1:" + port() + path);
    }

    private OutboundAddress named(String host) {
        return OutboundAddress.of("http://" + host + ":" + port() + "/echo");
    }

    private void status(String path, int status) {
        server.createContext(path, exchange -> {
            exchange.getResponseHeaders().add("Location", "http://127.0.0.1:" + port() + "/echo");
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static void assertCode(String code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(HowdahException.class,
                e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
