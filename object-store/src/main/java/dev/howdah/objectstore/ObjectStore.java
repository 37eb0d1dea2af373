package dev.howdah.objectstore;

import dev.howdah.postgres.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Objects in a bucket of an S3-compatible store, addressed by path. Requests are signed with version 4 of AWS' signatures
 * ("Authenticating Requests: Using the Authorization Header", Amazon S3 API Reference). Every request may be repeated, and is a few
 * times if the store is busy or the connection breaks. Google Cloud Storage understands the same with HMAC keys. Thread-safe.
 */
public final class ObjectStore {
    /** SHA-256 of nothing. */
    public static final String EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration REQUEST_TIMEOUT = Duration.ofMinutes(10);
    private static final int ERROR_BODY_MAX = 300;
    private static final int NOT_FOUND = 404;
    private static final int TOO_MANY = 429;
    private static final int ATTEMPTS_MAX = 4;
    private static final Duration PAUSE_FIRST = Duration.ofMillis(200);
    private static final int PAGES_MAX = 100_000;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
            .withZone(ZoneOffset.UTC);

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
    private final URI bucket;
    private final Credentials credentials;
    private final Clock clock;
    private final String setting;

    /** Who asks, and where the bucket is. */
    public record Credentials(String accessKey, String secretKey, String region) {
        @Override
        public String toString() {
            return accessKey + " in " + region; // never the secret
        }
    }

    /**
     * A bucket.
     *
     * @param bucket address of the bucket, maybe with a path below it: {@code https://store.example/bucket/howdah}
     * @param clock the time of signatures, which must be about that of the store
     * @param setting what errors name to be checked
     */
    public ObjectStore(URI bucket, Credentials credentials, Clock clock, String setting) {
        this.bucket = URI.create(bucket.toString().replaceAll("/+$", ""));
        this.setting = setting;
        this.credentials = credentials;
        this.clock = clock;
    }

    /**
     * Stores a file as an object.
     *
     * @param sha256 of its content, in hexadecimal digits
     * @return the object's address
     */
    public String put(String key, Path file, String sha256, String contentType) throws IOException {
        var uri = uri(key);
        var request = signed("PUT", uri, sha256).header("Content-Type", contentType)
                .PUT(HttpRequest.BodyPublishers.ofFile(file)).build();
        expectSuccess(send(request, HttpResponse.BodyHandlers.ofInputStream())).close();
        return uri.toString();
    }

    /** Stores bytes as an object. */
    public void put(String key, byte[] content) throws IOException {
        expectSuccess(send("PUT", uri(key), content)).close();
    }

    /** The address of an object. */
    public URI uri(String key) {
        return URI.create(bucket + "/" + encodePath(key));
    }

    /** The address of the bucket, with the path below it. */
    public URI bucket() {
        return bucket;
    }

    /**
     * The content of an object, to be closed.
     *
     * @throws NoSuchFileException if there is none
     */
    public InputStream get(String uri) throws IOException {
        return expectSuccess(send(signed("GET", URI.create(uri), EMPTY_SHA256).GET().build(),
                HttpResponse.BodyHandlers.ofInputStream()));
    }

    /** Removes an object; one that is gone already is fine. */
    public void delete(String uri) throws IOException {
        var response = send(signed("DELETE", URI.create(uri), EMPTY_SHA256).DELETE().build(),
                HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() != NOT_FOUND) {
            expectSuccess(response).close();
        } else {
            response.body().close();
        }
    }

    /**
     * An object of a list.
     *
     * @param key below the path of the bucket's address
     */
    public record Entry(String key, long size, Instant modifiedAt) {}

    /** All objects whose keys begin so, in their order. The bucket must be the first part of its address' path. */
    public List<Entry> list(String prefix) throws IOException {
        var path = bucket.getPath().replaceAll("^/+", "");
        int end = path.indexOf('/');
        var base = end < 0 ? "" : path.substring(end + 1) + "/";
        var root = bucket.getScheme() + "://" + bucket.getRawAuthority() + "/" + encodePath(end < 0
                ? path
                : path.substring(0, end));
        var found = new ArrayList<Entry>();
        var token = Optional.<String>empty();
        for (int page = 0; page < PAGES_MAX; page++) {
            var query = new TreeMap<>(Map.of("list-type", "2", "prefix", base + prefix));
            token.ifPresent(given -> query.put("continuation-token", given));
            var answer = Xml.parse(expectSuccess(send("GET", URI.create(root + "?" + query(query)), new byte[0])));
            answer.children("Contents").forEach(entry -> found.add(new Entry(entry.text("Key").substring(base.length()),
                    Long.parseLong(entry.text("Size")), Instant.parse(entry.text("LastModified")))));
            token = Optional.of(answer.text("NextContinuationToken")).filter(text -> !text.isEmpty());
            if (token.isEmpty()) {
                return found;
            }
        }
        throw new IOException("there are more than " + PAGES_MAX + " pages of objects below " + bucket);
    }

    /**
     * Begins an object that is stored in parts, of 5 MiB at least but for the last one.
     *
     * @return the number of the upload
     */
    public String beginParts(String key) throws IOException {
        return Xml.parse(expectSuccess(send("POST", URI.create(uri(key) + "?uploads="), new byte[0]))).text("UploadId");
    }

    /**
     * Stores a part.
     *
     * @param number from 1
     * @return its tag, for the end
     */
    public String putPart(String key, String upload, int number, byte[] content) throws IOException {
        var response = send("PUT", URI.create(uri(key) + "?" + query(new TreeMap<>(Map.of("partNumber", String.valueOf(
                number), "uploadId", upload)))), content);
        expectSuccess(response).close();
        return response.headers().firstValue("ETag").orElse("");
    }

    /**
     * Makes the object of its parts.
     *
     * @param tags of the parts, in their order
     */
    public void endParts(String key, String upload, List<String> tags) throws IOException {
        var xml = new StringBuilder("<CompleteMultipartUpload>");
        for (int i = 0; i < tags.size(); i++) {
            xml.append("<Part><PartNumber>").append(i + 1).append("</PartNumber><ETag>").append(tags.get(i).replace("&",
                    "&amp;").replace("<", "&lt;")).append("</ETag></Part>");
        }
        xml.append("</CompleteMultipartUpload>");
        var answer = Xml
                .parse(expectSuccess(send("POST", URI.create(uri(key) + "?" + query(new TreeMap<>(Map.of("uploadId",
                        upload)))), xml.toString().getBytes(StandardCharsets.UTF_8))));
        if (answer.is("Error")) { // which may come with status 200 here
            throw new IOException("the store could not put " + key + " together: " + answer.text("Message"));
        }
    }

    /** Gives up an object in parts; what was stored of it is removed. */
    public void abortParts(String key, String upload) throws IOException {
        var response = send("DELETE", URI.create(uri(key) + "?" + query(new TreeMap<>(Map.of("uploadId", upload)))),
                new byte[0]);
        response.body().close(); // one that is gone already is fine
    }

    private HttpResponse<InputStream> send(String method, URI uri, byte[] content) throws IOException {
        return send(signed(method, uri, HexFormat.of().formatHex(digest(content))).method(method,
                HttpRequest.BodyPublishers.ofByteArray(content)).build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    /** As it is signed: sorted, and encoded like paths, but for slashes. */
    private static String query(SortedMap<String, String> parameters) {
        return parameters.entrySet().stream().map(parameter -> encode(parameter.getKey()) + "=" + encode(parameter
                .getValue())).collect(Collectors.joining("&"));
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
    public static String authorization(Credentials credentials, String method, URI uri,
            SortedMap<String, String> headers,
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

    private HttpResponse<InputStream> send(HttpRequest request, HttpResponse.BodyHandler<InputStream> handler)
            throws IOException {
        try {
            for (int attempt = 1;; attempt++) {
                try {
                    var response = client.send(request, handler);
                    if (attempt == ATTEMPTS_MAX || !isBusy(response.statusCode())) {
                        return response;
                    }
                    response.body().close();
                } catch (IOException e) {
                    if (attempt == ATTEMPTS_MAX) {
                        throw new IOException(request.method() + " " + request.uri() + " failed: " + e, e);
                    }
                }
                Thread.sleep(PAUSE_FIRST.multipliedBy(1L << attempt));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + request.method() + " " + request.uri() + " was under way", e);
        }
    }

    private static boolean isBusy(int status) {
        return status / 100 == 5 || status == TOO_MANY;
    }

    private InputStream expectSuccess(HttpResponse<InputStream> response) throws IOException {
        if (response.statusCode() / 100 == 2) {
            return response.body();
        }
        try (var body = response.body()) {
            if (response.statusCode() == NOT_FOUND) {
                throw new NoSuchFileException(response.uri().toString());
            }
            throw new UnavailableException("object-store-unavailable", response.request().method() + " "
                    + response.uri() + " answered " + response.statusCode() + ": "
                    + new String(body.readNBytes(ERROR_BODY_MAX), StandardCharsets.UTF_8),
                    "check " + setting + " and the keys", new IOException("HTTP " + response.statusCode()));
        }
    }

    private static String encodePath(String key) {
        return Arrays.stream(key.split("/")).map(ObjectStore::encode).collect(Collectors.joining("/"));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A").replace("%7E",
                "~");
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
