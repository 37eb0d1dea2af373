package dev.howdah.knowledge.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.knowledge.embedding.EmbeddingModel.Kind;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.UnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OpenAiEmbeddingsTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String KEY = "sk-secret-of-the-test";

    private final List<JsonNode> requests = new CopyOnWriteArrayList<>();
    private final List<Duration> pauses = new ArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Answer answer = OpenAiEmbeddingsTest::vectors;
    private HttpServer server = newServer();

    private interface Answer {
        void to(HttpExchange exchange, JsonNode request, int call) throws IOException;
    }

    private static HttpServer newServer() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void start() {
        server.createContext("/v1/embeddings", exchange -> {
            var request = JSON.readTree(exchange.getRequestBody().readAllBytes());
            requests.add(request);
            try (exchange) {
                answer.to(exchange, request, calls.incrementAndGet());
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        ended.countDown();
        server.stop(0);
    }

    @Test
    void asksInBatchesAndKeepsTheOrder() {
        var made = model(Map.of("batch-max", "2")).embed(Kind.DOCUMENT, List.of("a", "bb", "ccc", "dddd", "eeeee"));
        assertThat(made).extracting(embedding -> embedding.values()[0]).containsExactly(1f, 2f, 3f, 4f, 5f);
        assertThat(requests).hasSize(3);
        assertThat(requests.getFirst().path("model").asString()).isEqualTo("m");
        assertThat(requests.getFirst().path("encoding_format").asString()).isEqualTo("float");
        assertThat(requests.getFirst().has("dimensions")).isFalse();
    }

    @Test
    void cutsLongTextsAndSendsNoEmptyOnes() {
        model(Map.of("characters-max", "100")).embed(Kind.DOCUMENT,
                List.of("", "x".repeat(10_000), "y".repeat(99) + "\uD83D\uDE00"));
        var input = requests.getFirst().path("input");
        assertThat(input.get(0).asString()).isEqualTo(" ");
        assertThat(input.get(1).asString()).hasSize(100);
        assertThat(input.get(2).asString()).as("no half of a character").hasSize(99);
    }

    @Test
    void readsBase64WhetherAskedForOrNot() {
        answer = (exchange, request, call) -> {
            var bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(0.5f).putFloat(-2).array();
            send(exchange, 200, "{\"data\": [{\"index\": 0, \"embedding\": \""
                    + Base64.getEncoder().encodeToString(bytes) + "\"}]}");
        };
        for (var base64 : List.of("true", "false")) {
            assertThat(model(Map.of("base64", base64)).embed(Kind.QUERY, List.of("x")))
                    .containsExactly(Embedding.of(0.5f, -2));
        }
        assertThat(requests.getFirst().path("encoding_format").asString()).isEqualTo("base64");
    }

    @Test
    void waitsAsLongAsABusyServerWishesWithinBounds() {
        answer = (exchange, request, call) -> {
            if (call == 1) {
                exchange.getResponseHeaders().add("Retry-After", "7");
                send(exchange, 429, "slow down");
            } else if (call == 2) {
                send(exchange, 503, "");
            } else {
                vectors(exchange, request, call);
            }
        };
        assertThat(model(Map.of()).embed(Kind.QUERY, List.of("x"))).hasSize(1);
        assertThat(pauses).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(1));
        answer = (exchange, request, call) -> {
            exchange.getResponseHeaders().add("Retry-After", "3600");
            send(exchange, 429, "");
        };
        calls.set(0);
        assertThatThrownBy(() -> model(Map.of()).embed(Kind.QUERY, List.of("x")))
                .isInstanceOf(UnavailableException.class).hasMessageContaining("3600 s");
        assertThat(calls).hasValue(1);
        answer = (exchange, request, call) -> send(exchange, 500, "");
        calls.set(0);
        assertThatThrownBy(() -> model(Map.of()).embed(Kind.QUERY, List.of("x"))).hasMessageContaining("500");
        assertThat(calls).as("attempts").hasValue(3);
    }

    @Test
    void doesNotRepeatWhatIsRefusedAndNeverShowsTheKey() {
        answer = (exchange, request, call) -> send(exchange, 401,
                "bad key " + exchange.getRequestHeaders().getFirst("Authorization"));
        assertThatThrownBy(() -> model(Map.of()).embed(Kind.QUERY, List.of("x")))
                .isInstanceOf(UnavailableException.class).hasMessageContaining("OPENAI_API_KEY")
                .hasMessageContaining("Bearer ***").message().doesNotContain(KEY);
        assertThat(calls).hasValue(1);
        assertThat(settings(Map.of()).toString()).doesNotContain(KEY);
        answer = (exchange, request, call) -> send(exchange, 400, "unknown argument: dimensions");
        assertThatThrownBy(() -> model(Map.of("dimension", "2", "send-dimension", "true")).embed(Kind.QUERY,
                List.of("x"))).hasMessageContaining("send-dimension");
        assertThat(requests.getLast().path("dimensions").asInt()).isEqualTo(2);
    }

    @Test
    void refusesWrongAnswers() {
        for (var wrong : Map.of("{\"data\": []}", "0 vectors for 2 texts",
                "{\"data\": [{\"index\": 0, \"embedding\": [1]}, {\"index\": 0, \"embedding\": [1]}]}", "each once",
                "{\"data\": [{\"index\": 0, \"embedding\": [1]}, {\"index\": 2, \"embedding\": [1]}]}", "each once",
                "{\"data\": [{\"index\": 0, \"embedding\": [1]}, {\"index\": 1, \"embedding\": [1, 2]}]}",
                "2 components and should have 1",
                "{\"data\": [{\"embedding\": [1]}, {\"embedding\": []}]}", "0 components",
                "{\"data\": [{\"embedding\": [1]}, {\"embedding\": [\"x\"]}]}", "NaN",
                "{\"data\": [{\"embedding\": \"%\"}, {\"embedding\": [1]}]}", "Base64", "<html>", "no JSON",
                "", "vectors for 2 texts").entrySet()) {
            answer = (exchange, request, call) -> send(exchange, 200, wrong.getKey());
            assertThatThrownBy(() -> model(Map.of()).embed(Kind.DOCUMENT, List.of("a", "b"))).as(wrong.getKey())
                    .isInstanceOf(UnavailableException.class).hasMessageContaining(wrong.getValue());
        }
        answer = OpenAiEmbeddingsTest::vectors;
        assertThatThrownBy(() -> model(Map.of("dimension", "3")).embed(Kind.DOCUMENT, List.of("a")))
                .hasMessageContaining("2 components and should have 3");
        assertThat(model(Map.of()).dimension()).as("asked for").isEqualTo(2);
    }

    @Test
    void givesUpOnASlowServerAndOneThatIsNotThere() {
        answer = (exchange, request, call) -> {
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        assertThatThrownBy(() -> model(Map.of("timeout", "100ms")).embed(Kind.QUERY, List.of("x")))
                .isInstanceOf(UnavailableException.class);
        ended.countDown();
        server.stop(0);
        assertThatThrownBy(() -> model(Map.of()).embed(Kind.QUERY, List.of("x")))
                .isInstanceOf(UnavailableException.class).hasMessageContaining("embedding.url");
        server = newServer();
    }

    @Test
    void settingsAreReadWithTheirAliases() {
        var defaults = EmbeddingSettings.defaults();
        assertThat(EmbeddingModels.open(defaults)).isEmpty();
        assertThat(defaults).isEqualTo(new EmbeddingSettings(EmbeddingSettings.Provider.NONE,
                java.net.URI.create("https://api.openai.com/v1"), "", "", 0, false, false, 100, 8_000,
                Duration.ofSeconds(30), 3, "", ""));
        var configuration = Configuration.load(Map.of(), Map.of("OPENAI_API_KEY", KEY,
                "HOWDAH_KNOWLEDGE_EMBEDDING_PROVIDER", "openai"), java.nio.file.Path.of("none.yml"));
        var settings = EmbeddingSettings.from(configuration);
        configuration.check();
        assertThat(settings.apiKey()).isEqualTo(KEY);
        assertThat(EmbeddingModels.open(settings)).hasValueSatisfying(model -> {
            assertThat(model.id()).isEqualTo("text-embedding-3-small");
            assertThat(model.dimension()).isEqualTo(1536);
        });
        assertThatThrownBy(() -> EmbeddingModels.open(settings(Map.of("provider", "in-process"))))
                .isInstanceOf(NotFoundException.class).hasMessageContaining("class path");
        var wrong = Configuration.of(Map.of("howdah.knowledge.embedding.url", "ftp://user:word@x"));
        EmbeddingSettings.from(wrong);
        assertThatThrownBy(wrong::check).isInstanceOf(ConfigurationException.class).hasMessageContaining("no address")
                .message().doesNotContain("word@");
    }

    private OpenAiEmbeddings model(Map<String, String> values) {
        return new OpenAiEmbeddings(settings(values), pauses::add);
    }

    private EmbeddingSettings settings(Map<String, String> values) {
        var all = new HashMap<>(Map.of("howdah.knowledge.embedding.provider", "openai",
                "howdah.knowledge.embedding.model", "m", "howdah.knowledge.embedding.api-key", KEY,
                "howdah.knowledge.embedding.url", "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/"));
        values.forEach((name, value) -> all.put("howdah.knowledge.embedding." + name, value));
        var configuration = Configuration.of(all);
        var settings = EmbeddingSettings.from(configuration);
        configuration.check();
        return settings;
    }

    /** Of each text its length and 1, the last one first. */
    private static void vectors(HttpExchange exchange, JsonNode request, int call) throws IOException {
        var answer = JSON.createObjectNode().put("object", "list");
        var data = answer.putArray("data");
        var input = request.path("input");
        for (int i = input.size() - 1; i >= 0; i--) {
            var item = data.addObject().put("object", "embedding").put("index", i);
            item.putArray("embedding").add(input.get(i).asString().length()).add(1);
        }
        send(exchange, 200, answer.toString());
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
    }
}
