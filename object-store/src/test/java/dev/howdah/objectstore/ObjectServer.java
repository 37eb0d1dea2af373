package dev.howdah.objectstore;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** An S3-compatible store in memory, on the loopback address: objects, parts and lists in pages of two. Checks signatures. */
public final class ObjectServer implements AutoCloseable {
    /** What it lets in. */
    public static final ObjectStore.Credentials CREDENTIALS = new ObjectStore.Credentials("key", "secret", "here");
    private static final int PAGE = 2;

    private final ConcurrentSkipListMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<String, byte[]> parts = new ConcurrentSkipListMap<>();
    private final AtomicInteger uploads = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final HttpServer server;

    private ObjectServer(HttpServer server) {
        this.server = server;
    }

    /** Starts one on a free port. */
    public static ObjectServer start() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        var made = new ObjectServer(server);
        server.createContext("/", made::answer);
        server.start();
        return made;
    }

    /** The address of a bucket. */
    public URI bucket(String name) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + name);
    }

    /** All objects, by bucket and key. */
    public Map<String, byte[]> objects() {
        return objects;
    }

    /** Parts of uploads that were neither ended nor given up. */
    public int parts() {
        return parts.size();
    }

    /** The next requests are answered with 503. */
    public void fail(int requests) {
        failures.set(requests);
    }

    private void answer(HttpExchange exchange) throws IOException {
        var body = exchange.getRequestBody().readAllBytes();
        var path = URLDecoder.decode(exchange.getRequestURI().getRawPath().substring(1).replace("+", "%2B"),
                StandardCharsets.UTF_8);
        var query = query(exchange.getRequestURI());
        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            send(exchange, 503, new byte[0]);
        } else if (!isSigned(exchange)) {
            send(exchange, 403, "<Error><Message>signature</Message></Error>".getBytes(StandardCharsets.UTF_8));
        } else {
            switch (exchange.getRequestMethod()) {
                case "PUT" -> put(exchange, path, query, body);
                case "POST" -> post(exchange, path, query);
                case "DELETE" -> delete(exchange, path, query);
                default -> get(exchange, path, query);
            }
        }
    }

    private static boolean isSigned(HttpExchange exchange) {
        var headers = exchange.getRequestHeaders();
        var names = new TreeMap<String, String>();
        for (var name : new String[]{"host", "x-amz-content-sha256", "x-amz-date"}) {
            names.put(name, headers.getFirst(name));
        }
        var time = Instant.parse(names.getOrDefault("x-amz-date", "").replaceFirst("(....)(..)(..)T(..)(..)(..)Z",
                "$1-$2-$3T$4:$5:$6Z"));
        var uri = URI.create("http://" + names.get("host") + exchange.getRequestURI());
        return ObjectStore.authorization(CREDENTIALS, exchange.getRequestMethod(), uri, names, names.getOrDefault(
                "x-amz-content-sha256", ""), time).equals(headers.getFirst("Authorization"));
    }

    private void put(HttpExchange exchange, String path, Map<String, String> query, byte[] body) throws IOException {
        if (query.containsKey("uploadId")) {
            var number = "%05d".formatted(Integer.parseInt(query.get("partNumber")));
            parts.put(query.get("uploadId") + "/" + number, body);
            exchange.getResponseHeaders().add("ETag", "\"" + number + "\"");
        } else {
            objects.put(path, body);
        }
        send(exchange, 200, new byte[0]);
    }

    private void post(HttpExchange exchange, String path, Map<String, String> query) throws IOException {
        if (query.containsKey("uploads")) {
            send(exchange, 200, ("<InitiateMultipartUploadResult><UploadId>u&amp;" + uploads.incrementAndGet()
                    + "</UploadId></InitiateMultipartUploadResult>").getBytes(StandardCharsets.UTF_8));
            return;
        }
        var whole = new ByteArrayOutputStream();
        var ofUpload = parts.subMap(query.get("uploadId") + "/", query.get("uploadId") + "0");
        for (var part : ofUpload.values()) {
            whole.write(part);
        }
        ofUpload.clear();
        objects.put(path, whole.toByteArray());
        send(exchange, 200, "<CompleteMultipartUploadResult/>".getBytes(StandardCharsets.UTF_8));
    }

    private void delete(HttpExchange exchange, String path, Map<String, String> query) throws IOException {
        if (query.containsKey("uploadId")) {
            parts.subMap(query.get("uploadId") + "/", query.get("uploadId") + "0").clear();
        } else {
            objects.remove(path);
        }
        send(exchange, 204, new byte[0]);
    }

    private void get(HttpExchange exchange, String path, Map<String, String> query) throws IOException {
        if (query.containsKey("list-type")) {
            var after = path + "/" + query.getOrDefault("continuation-token", "");
            var found = objects.tailMap(after, false).entrySet().stream().filter(entry -> entry.getKey().startsWith(path
                    + "/" + query.get("prefix"))).toList();
            var next = found.size() <= PAGE ? "" : found.get(PAGE - 1).getKey().substring(path.length() + 1);
            send(exchange, 200, ("<ListBucketResult xmlns=\"urn:x\">" + found.stream().limit(PAGE).map(
                    entry -> "<Contents><Key>" + entry.getKey().substring(path.length() + 1) + "</Key><Size>" + entry
                            .getValue().length
                            + "</Size><LastModified>2020-01-01T00:00:00.000Z</LastModified></Contents>")
                    .collect(Collectors.joining())
                    + (next.isEmpty()
                            ? ""
                            : "<NextContinuationToken>" + next + "</NextContinuationToken>")
                    + "</ListBucketResult>").getBytes(StandardCharsets.UTF_8));
            return;
        }
        var object = objects.get(path);
        send(exchange, object == null ? 404 : 200, object == null ? new byte[0] : object);
    }

    private static Map<String, String> query(URI uri) {
        var query = new TreeMap<String, String>();
        for (var part : uri.getRawQuery() == null ? new String[0] : uri.getRawQuery().split("&")) {
            var pair = part.split("=", 2);
            query.put(pair[0], URLDecoder.decode(pair[1].replace("+", "%2B"), StandardCharsets.UTF_8));
        }
        return query;
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
