package dev.howdah.agent.dependencies;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Posts JSON once and tells "certainly not done", "refused" and "unknown" apart. */
final class HttpSender {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(20);

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT_LIMIT)
            .followRedirects(HttpClient.Redirect.NEVER).build();

    void post(URI uri, Map<String, String> headers, JsonNode body)
            throws ActionSender.NotSentException, ActionSender.RefusedException {
        var request = HttpRequest.newBuilder(uri).timeout(ANSWER_LIMIT).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
        headers.forEach(request::header);
        try {
            int status = client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status == 429 || status == 503) {
                throw new ActionSender.NotSentException(uri.getHost() + " answered " + status);
            }
            if (status >= 500) {
                throw new IllegalStateException(uri.getHost() + " answered " + status);
            }
            if (status >= 300) {
                throw new ActionSender.RefusedException(uri.getHost() + " answered " + status);
            }
        } catch (ConnectException e) {
            throw new ActionSender.NotSentException(uri.getHost() + " cannot be reached");
        } catch (IOException e) {
            throw new IllegalStateException("the connection to " + uri.getHost() + " broke: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending to " + uri.getHost(), e);
        }
    }
}
