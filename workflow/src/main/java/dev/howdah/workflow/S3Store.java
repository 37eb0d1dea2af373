package dev.howdah.workflow;

import dev.howdah.postgres.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Objects in a bucket of an S3-compatible store, addressed by path. Requests are signed with version 4 of AWS' signatures
 * ("Authenticating Requests: Using the Authorization Header", Amazon S3 API Reference). Thread-safe.
 */
final class S3Store {
    static final String EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration REQUEST_TIMEOUT = Duration.ofMinutes(10);
    private static final int ERROR_BODY_MAX = 300;
    private static final int NOT_FOUND = 404;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
            .withZone(ZoneOffset.UTC);

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
    private final URI bucket;
    private final Credentials credentials;
    private final Clock clock;

    /** Who asks, and where the bucket is. */
    record Credentials(String accessKey, String secretKey, String region) {
        @Override
        public String toString() {
            return accessKey + " in " + region; // never the secret
        }
    }

    /**
     * A bucket.
     *
     * @param bucket address of the bucket, maybe with a path below it: {@code https://store.example/bucket/howdah}
     */
    S3Store(URI bucket, Credentials credentials, Clock clock) {
        this.bucket = bucket;
        this.credentials = credentials;
        this.clock = clock;
    }

    /**
     * Stores a file as an object.
     *
     * @param sha256 of its content, in hexadecimal digits
     * @return the object's address
     */
    String put(String key, Path file, String sha256, String contentType) throws IOException {
        var uri = URI.create(bucket.toString().replaceAll("/+$", "") + "/" + encodePath(key));
        var request = signed("PUT", uri, sha256).header("Content-Type", contentType)
                .PUT(HttpRequest.BodyPublishers.ofFile(file)).build();
        expectSuccess(send(request, HttpResponse.BodyHandlers.ofInputStream()));
        return uri.toString();
    }

    /** The content of an object, to be closed. */
    InputStream get(String uri) throws IOException {
        return expectSuccess(send(signed("GET", URI.create(uri), EMPTY_SHA256).GET().build(),
                HttpResponse.BodyHandlers.ofInputStream()));
    }

    /** Removes an object; one that is gone already is fine. */
    void delete(String uri) throws IOException {
        var response = send(signed("DELETE", URI.create(uri), EMPTY_SHA256).DELETE().build(),
                HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() != NOT_FOUND) {
            expectSuccess(response).close();
        } else {
            response.body().close();
        }
    }

    private HttpRequest.Builder signed(String method, URI uri, String sha256) {
        var time = clock.instant();
        var headers = new TreeMap<>(Map.of("host", uri.getAuthority(), "x-amz-content-sha256", sha256, "x-amz-date",
                TIME.format(time)));
        var request = HttpRequest.newBuilder(uri).timeout(REQUEST_TIMEOUT)
                .header("Authorization", authorization(credentials, method, uri, headers, sha256, time));
        headers.remove("host"); // the client sets it
        headers.forEach(request::header);
        return request;
    }

    /**
     * The value of the Authorization header.
     *
     * @param headers to be signed, by their names in lower case
     */
    static String authorization(Credentials credentials, String method, URI uri, SortedMap<String, String> headers,
            String sha256, Instant time) {
        var names = String.join(";", headers.keySet());
        var canonical = method + "\n" + uri.getRawPath() + "\n"
                + (uri.getRawQuery() == null ? "" : uri.getRawQuery()) + "\n"
                + headers.entrySet().stream().map(header -> header.getKey() + ":" + header.getValue() + "\n")
                        .collect(Collectors.joining())
                + "\n" + names + "\n" + sha256;
        var day = TIME.format(time).substring(0, 8);
        var scope = day + "/" + credentials.region + "/s3/aws4_request";
        var toSign = "AWS4-HMAC-SHA256\n" + TIME.format(time) + "\n" + scope + "\n"
                + HexFormat.of().formatHex(digest(canonical.getBytes(StandardCharsets.UTF_8)));
        var key = ("AWS4" + credentials.secretKey).getBytes(StandardCharsets.UTF_8);
        for (var part : new String[]{day, credentials.region, "s3", "aws4_request", toSign}) {
            key = hmac(key, part);
        }
        return "AWS4-HMAC-SHA256 Credential=" + credentials.accessKey + "/" + scope + ",SignedHeaders=" + names
                + ",Signature=" + HexFormat.of().formatHex(key);
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) throws IOException {
        try {
            return client.send(request, handler);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + request.method() + " " + request.uri() + " was under way", e);
        }
    }

    private static InputStream expectSuccess(HttpResponse<InputStream> response) throws IOException {
        if (response.statusCode() / 100 == 2) {
            return response.body();
        }
        try (var body = response.body()) {
            throw new UnavailableException("artifact-store-unavailable", response.request().method() + " "
                    + response.uri() + " answered " + response.statusCode() + ": "
                    + new String(body.readNBytes(ERROR_BODY_MAX), StandardCharsets.UTF_8),
                    "check howdah.workflow.s3-url and the keys", new IOException("HTTP " + response.statusCode()));
        }
    }

    private static String encodePath(String key) {
        return Arrays.stream(key.split("/")).map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8)
                .replace("+", "%20").replace("*", "%2A").replace("%7E", "~")).collect(Collectors.joining("/"));
    }

    private static byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

}
