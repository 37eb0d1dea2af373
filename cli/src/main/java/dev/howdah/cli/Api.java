package dev.howdah.cli;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.UnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Talks to a running server; its problem documents become our errors. */
final class Api {
    static final String DEFAULT_URL = "http://127.0.0.1:8080";

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration ANSWER_LIMIT = Duration.ofMinutes(2);

    @Option(names = "--server", paramLabel = "URL", defaultValue = "${env:HOWDAH_URL:-" + DEFAULT_URL
            + "}", description = "The server to talk to (HOWDAH_URL, default ${DEFAULT-VALUE}).")
    private String url = DEFAULT_URL;

    private static final int ERRORS = 400;
    private static final String EVENT_DATA = "data: ";
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

    private @Nullable HttpClient client;

    static Api at(String url) {
        var api = new Api();
        api.url = url;
        return api;
    }

    String url() {
        return url.replaceFirst("/+$", "");
    }

    /** Whatever stands there, as text. */
    String text(String path) {
        return body(request(path).GET());
    }

    JsonNode get(String path) {
        return send(request(path).GET());
    }

    JsonNode post(String path, @Nullable JsonNode body) {
        return send(request(path).header("Content-Type", "application/json").POST(body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    /** Sends a text as it is. */
    JsonNode post(String path, String contentType, String text) {
        return send(request(path).header("Content-Type", contentType).POST(HttpRequest.BodyPublishers.ofString(text)));
    }

    /** Sends a text as it is. */
    JsonNode put(String path, String contentType, String text) {
        return send(request(path).header("Content-Type", contentType).PUT(HttpRequest.BodyPublishers.ofString(text)));
    }

    JsonNode put(String path, JsonNode body) {
        return send(request(path).header("Content-Type", "application/json").PUT(
                HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    /** A request without a body that is answered with JSON. */
    JsonNode send(String method, String path) {
        return send(request(path).method(method, HttpRequest.BodyPublishers.noBody()));
    }

    void delete(String path) {
        body(request(path).DELETE());
    }

    /** Writes what stands there into a file. */
    void download(String path, Path file) {
        answered(request(path).GET(), info -> info.statusCode() < ERRORS
                ? HttpResponse.BodySubscribers.mapping(HttpResponse.BodySubscribers.ofFile(file), Path::toString)
                : HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8));
    }

    /**
     * Hands the data of each server-sent event over, until the server ends the stream.
     *
     * @param last the number of the last event that is known
     */
    void events(String path, long last, Consumer<String> event) {
        events(path, String.valueOf(last), event);
    }

    /** The same of a stream whose events have no numbers. */
    void events(String path, String last, Consumer<String> event) {
        var request = unlimited(path).header("Last-Event-ID", last).GET();
        try (var lines = answered(request, HttpResponse.BodyHandlers.ofLines())) {
            lines.filter(line -> line.startsWith(EVENT_DATA))
                    .forEach(line -> event.accept(line.substring(EVENT_DATA.length())));
        } catch (UncheckedIOException e) {
            throw unavailable(e);
        }
    }

    /** Runs a skill and answers its data. */
    JsonNode execute(String skill, JsonNode input) {
        var body = JSON.createObjectNode().put("skill_name", skill);
        body.set("input_data", input);
        var answer = post("/a2a/execute", body);
        if (!answer.path("success").asBoolean()) {
            throw new ConflictException("skill-failed", answer.path("error").asString("the skill failed"), "");
        }
        return answer.path("data");
    }

    /** Whether a Howdah answers there. */
    boolean isUp() {
        try {
            return get("/health/live").path("status").asString().equals("ok");
        } catch (UnavailableException | NotFoundException e) {
            return false;
        }
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private HttpRequest.Builder request(String path) {
        return unlimited(path).timeout(ANSWER_LIMIT);
    }

    private HttpRequest.Builder unlimited(String path) {
        var request = HttpRequest.newBuilder(URI.create(url() + path)).header("Accept", "application/json, */*;q=0.5")
                .header("Howdah-Consistency", "strong"); // what one command wrote the next one shows
        Optional.ofNullable(System.getenv("HOWDAH_API_KEY")).ifPresent(key -> request.header("X-API-Key", key));
        return request;
    }

    private JsonNode send(HttpRequest.Builder request) {
        return json(body(request));
    }

    private JsonNode json(String body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            throw new UnavailableException("not-howdah", "what answers at " + url() + " is no Howdah",
                    "name the server with --server or HOWDAH_URL", e);
        }
    }

    private String body(HttpRequest.Builder request) {
        return answered(request, HttpResponse.BodyHandlers.ofString());
    }

    private <T> T answered(HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler) {
        try {
            var response = client().send(request.build(), handler);
            if (response.statusCode() >= ERRORS) {
                throw failure(response.statusCode(), json(text(response.body())));
            }
            return response.body();
        } catch (IOException e) {
            throw unavailable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("interrupted", "interrupted while waiting for " + url(), "", e);
        }
    }

    private static String text(Object body) {
        return body instanceof Stream<?> lines
                ? lines.map(String::valueOf).collect(Collectors.joining("\n"))
                : String.valueOf(body);
    }

    private UnavailableException unavailable(Exception e) {
        return new UnavailableException("server-unavailable", "no server answers at " + url(),
                "start it with: ./howdah up", e);
    }

    /** Made on first use: every command has an Api, and a client takes a third of a second to make. */
    private HttpClient client() {
        var made = client;
        if (made == null) {
            made = HttpClient.newBuilder().connectTimeout(CONNECT_LIMIT).build();
            client = made;
        }
        return made;
    }

    private static RuntimeException failure(int status, JsonNode problem) {
        var code = problem.path("code").asString("http-" + status);
        var detail = problem.path("detail").asString("the server answered " + status);
        var remedy = problem.path("remedy").asString("");
        return switch (status) {
            case 400 -> {
                var faults = problem.path("errors").valueStream().map(e -> new InvalidInputException.Fault(
                        e.path("pointer").asString(""), e.path("detail").asString(""), e.path("remedy").asString("")))
                        .toList();
                yield faults.isEmpty()
                        ? new InvalidInputException(code, "", detail, remedy)
                        : new InvalidInputException(code, faults);
            }
            case 404 -> new NotFoundException(code, detail, remedy);
            case 413 -> new LimitExceededException(code, detail, remedy);
            case 503 -> new UnavailableException(code, detail, remedy, null);
            default -> new ConflictException(code, detail, remedy);
        };
    }
}
