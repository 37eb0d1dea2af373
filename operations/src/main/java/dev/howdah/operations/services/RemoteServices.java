package dev.howdah.operations.services;

import dev.howdah.operations.services.ServiceStatus.State;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.regex.Pattern;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Services that are reached over the network: asked once, and told apart by how they fail. */
final class RemoteServices {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Pattern REDIS_VERSION = Pattern.compile("(?m)^redis_version:(\\S+)");
    private static final int OK = 200;

    /** An answer and how long it took. */
    private record Answer(int status, JsonNode json, Duration latency) {}

    ServiceStatus server(URI url) {
        var shown = ServiceChecks.shown(url);
        try {
            var answer = get(url.resolve("/health"), "");
            var status = answer.json.path("status").asString("");
            var state = switch (status) {
                case "ok" -> State.OK;
                case "degraded" -> State.DEGRADED;
                default -> State.DOWN;
            };
            if (!answer.json.path("service").asString("").equals("howdah")) {
                return down("server", true, "what answers at " + shown + " is no Howdah",
                        "name the server with --server or HOWDAH_URL");
            }
            return new ServiceStatus("server", state, true, answer.latency, answer.json.path("version").asString(""),
                    shown + " says " + status, state == State.OK
                            ? ""
                            : answer.json.path("problems").path(0).path("problem").asString("see its log"));
        } catch (IOException e) {
            return down("server", true, "does not answer at " + shown, "start it with: howdah up");
        }
    }

    ServiceStatus weaviate(URI url, String key) {
        var shown = ServiceChecks.shown(url);
        try {
            var ready = get(url.resolve("/v1/.well-known/ready"), key);
            if (ready.status != OK) {
                return down("Weaviate", true, shown + " is not ready: it answered " + ready.status, "see its log");
            }
            var meta = get(url.resolve("/v1/meta"), key);
            return meta.status == OK
                    ? new ServiceStatus("Weaviate", State.OK, true, ready.latency, meta.json.path("version").asString(
                            ""), shown + " is ready", "")
                    : new ServiceStatus("Weaviate", State.DOWN, true, ready.latency, "",
                            shown + " refuses: it answered "
                                    + meta.status,
                            "correct WEAVIATE_API_KEY");
        } catch (IOException e) {
            return down("Weaviate", true, "does not answer at " + shown,
                    "start it, correct WEAVIATE_URL, or choose another howdah.knowledge.vector-index");
        }
    }

    ServiceStatus redis(String url, boolean isRequired) {
        int timeout = (int) LIMIT.toMillis();
        try (var redis = new Jedis(URI.create(url), timeout)) {
            long start = System.nanoTime();
            redis.ping();
            var latency = Duration.ofNanos(System.nanoTime() - start);
            var version = REDIS_VERSION.matcher(redis.info("server"));
            return new ServiceStatus("Redis", State.OK, isRequired, latency, version.find() ? version.group(1) : "",
                    isRequired ? "keeps the tasks" : "is configured, and not used", "");
        } catch (JedisException | IllegalArgumentException e) { // its message may hold the URL, and that a password
            return down("Redis", isRequired, "does not answer, or refuses", "start it, or correct REDIS_URL"
                    + (isRequired ? "; or keep tasks in PostgreSQL: USE_POSTGRESQL=true" : "; or unset it"));
        }
    }

    private static ServiceStatus down(String name, boolean isRequired, String detail, String remedy) {
        return new ServiceStatus(name, State.DOWN, isRequired, Duration.ZERO, "", detail, remedy);
    }

    private static Answer get(URI url, String key) throws IOException {
        var request = HttpRequest.newBuilder(url).timeout(LIMIT).GET();
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        try (var client = HttpClient.newBuilder().connectTimeout(LIMIT).build()) {
            long start = System.nanoTime();
            var response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), json(response.body()),
                    Duration.ofNanos(System.nanoTime() - start));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static JsonNode json(String body) {
        try {
            return JsonMapper.shared().readTree(body);
        } catch (JacksonException e) {
            return JsonMapper.shared().createObjectNode();
        }
    }
}
