package dev.howdah.agent.model;

import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.UnavailableException;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The wire to providers. LangChain4j's own client drops the header {@code Retry-After}, has no limit on the size of an answer,
 * and its time limit ends with the first byte; this one hands the header on ({@link Attempt}), bounds the size, and ends the
 * whole exchange in time. Everything happens on the caller's thread, also streaming. Thread-safe.
 */
final class ProviderHttp implements HttpClient {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    private static final int ANSWER_BYTES_MAX = 16 << 20;
    private static final int REFUSAL_BYTES_MAX = 64 << 10;
    private static final int SUCCESS_MIN = 200;
    private static final int SUCCESS_MAX = 299;

    private final java.net.http.HttpClient client = java.net.http.HttpClient.newBuilder()
            .connectTimeout(CONNECT_LIMIT).followRedirects(java.net.http.HttpClient.Redirect.NEVER).build();

    /** Gives this client to a model; times are limited by the attempt instead of the builder. */
    HttpClientBuilder builder() {
        return new Builder(this);
    }

    @Override
    public SuccessfulHttpResponse execute(HttpRequest request) {
        var attempt = Attempt.current();
        var response = send(attempt, request);
        try (var body = new Bounded(response.body(), ANSWER_BYTES_MAX); var _ = new Deadline(attempt, body)) {
            return answer(response).body(new String(body.readAllBytes(), StandardCharsets.UTF_8)).build();
        } catch (IOException e) {
            throw lost(attempt, e);
        }
    }

    @Override
    public void execute(HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
        var attempt = Attempt.current();
        var response = send(attempt, request);
        try (var body = new Bounded(response.body(), ANSWER_BYTES_MAX); var _ = new Deadline(attempt, body)) {
            attempt.onStop(body);
            listener.onOpen(answer(response).build());
            parser.parse(body, listener);
            body.check(); // the parser has told the listener only
            if (attempt.left() <= 0 || Thread.currentThread().isInterrupted()) {
                throw new IOException("the stream was ended");
            }
            listener.onClose();
        } catch (IOException e) {
            throw lost(attempt, e);
        }
    }

    private static SuccessfulHttpResponse.Builder answer(HttpResponse<?> response) {
        return SuccessfulHttpResponse.builder().statusCode(response.statusCode()).headers(response.headers().map());
    }

    private HttpResponse<InputStream> send(Attempt attempt, HttpRequest request) {
        var future = client.sendAsync(toJdk(request), BodyHandlers.ofInputStream());
        try {
            var response = future.get(Math.max(0, attempt.left()), TimeUnit.NANOSECONDS);
            attempt.answered(response.statusCode(), retryAfter(response));
            if (response.statusCode() < SUCCESS_MIN || response.statusCode() > SUCCESS_MAX) {
                throw refused(attempt, response);
            }
            return response;
        } catch (TimeoutException e) {
            future.cancel(true);
            throw timedOut(attempt, e);
        } catch (ExecutionException e) {
            throw lost(attempt, e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            future.cancel(true);
            throw ModelErrors.interrupted(e);
        }
    }

    private static java.net.http.HttpRequest toJdk(HttpRequest given) {
        var uri = URI.create(given.url());
        var request = java.net.http.HttpRequest.newBuilder(uri).method(given.method().name(), given.body() == null
                ? BodyPublishers.noBody()
                : BodyPublishers.ofString(given.body()));
        if ("http".equals(uri.getScheme())) {
            // Servers of local models stumble over the offer to go on with HTTP/2.
            request.version(java.net.http.HttpClient.Version.HTTP_1_1);
        }
        given.headers().forEach((name, values) -> values.forEach(value -> request.header(name, value)));
        return request.build();
    }

    private static HttpException refused(Attempt attempt, HttpResponse<InputStream> response) {
        try (var body = response.body(); var _ = new Deadline(attempt, body)) {
            attempt.refused(new String(body.readNBytes(REFUSAL_BYTES_MAX), StandardCharsets.UTF_8));
        } catch (IOException e) {
            attempt.refused(""); // the status says enough
        }
        return new HttpException(response.statusCode(), attempt.refusal());
    }

    /** Seconds, or a date. */
    private static Optional<Duration> retryAfter(HttpResponse<?> response) {
        return response.headers().firstValue("retry-after").flatMap(text -> {
            try {
                return Optional.of(text.strip().matches("\\d{1,9}")
                        ? Duration.ofSeconds(Long.parseLong(text.strip()))
                        : Duration.between(Instant.now(), ZonedDateTime.parse(text.strip(),
                                DateTimeFormatter.RFC_1123_DATE_TIME)));
            } catch (DateTimeParseException e) {
                return Optional.empty();
            }
        }).map(time -> time.isNegative() ? Duration.ZERO : time);
    }

    private static RuntimeException lost(Attempt attempt, Throwable e) {
        if (attempt.left() <= 0) {
            return timedOut(attempt, e);
        }
        if (Thread.currentThread().isInterrupted()) {
            return ModelErrors.interrupted(e);
        }
        if (e instanceof TooLarge) {
            return new LimitExceededException("model-answer-too-large", "the model's answer has more than "
                    + ANSWER_BYTES_MAX + " bytes", "ask for less at once");
        }
        return new UnavailableException(ModelErrors.UNREACHABLE, "the model's provider cannot be reached: " + e,
                "check the network and howdah.agent.model.url", e);
    }

    private static UnavailableException timedOut(Attempt attempt, Throwable e) {
        return new UnavailableException("model-timeout", "the model did not answer within " + attempt.limit(),
                "ask for less at once, or raise howdah.agent.model.timeout", e);
    }

    /** Closes what is read when the time of the attempt is over, which ends the reading. */
    private static final class Deadline implements AutoCloseable {
        private final CompletableFuture<Void> closing;

        Deadline(Attempt attempt, InputStream body) {
            closing = CompletableFuture.runAsync(() -> close(body), CompletableFuture.delayedExecutor(
                    Math.max(0, attempt.left()), TimeUnit.NANOSECONDS));
        }

        private static void close(InputStream body) {
            try {
                body.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e); // ends this future alone
            }
        }

        @Override
        public void close() {
            closing.cancel(false);
        }
    }

    private static final class TooLarge extends IOException {}

    /** Refuses to read on after so many bytes. */
    private static final class Bounded extends FilterInputStream {
        private long left;

        Bounded(InputStream in, long max) {
            super(in);
            this.left = max;
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            count(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int count = super.read(into, offset, length);
            count(Math.max(0, count));
            return count;
        }

        private void count(int bytes) throws TooLarge {
            left -= bytes;
            check();
        }

        void check() throws TooLarge {
            if (left < 0) {
                throw new TooLarge();
            }
        }
    }

    private record Builder(ProviderHttp client) implements HttpClientBuilder {
        @Override
        public Duration connectTimeout() {
            return CONNECT_LIMIT;
        }

        @Override
        public HttpClientBuilder connectTimeout(Duration ignored) {
            return this;
        }

        @Override
        public Duration readTimeout() {
            return CONNECT_LIMIT;
        }

        @Override
        public HttpClientBuilder readTimeout(Duration ignored) {
            return this;
        }

        @Override
        public HttpClient build() {
            return client;
        }
    }
}
