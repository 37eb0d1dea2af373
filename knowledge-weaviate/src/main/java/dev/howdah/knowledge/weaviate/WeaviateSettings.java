package dev.howdah.knowledge.weaviate;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Setting;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Where Weaviate is.
 *
 * @param url of its REST API
 * @param grpcUrl of its gRPC API: a scheme, a host and a port
 * @param apiKey empty if it asks for none
 * @param connectTimeout how long the first answer may take; whole seconds, like the others
 * @param searchTimeout how long a search may take
 * @param writeTimeout how long a batch of writes may take
 */
public record WeaviateSettings(URI url, URI grpcUrl, String apiKey, Duration connectTimeout, Duration searchTimeout,
        Duration writeTimeout) {
    public static final Setting<URI> URL = new Setting<>("howdah.knowledge.weaviate-url", List.of("WEAVIATE_URL"),
            WeaviateSettings::address, "http://localhost:8080", false,
            "Weaviate's REST API, where howdah.knowledge.vector-index is weaviate.");
    public static final Setting<String> GRPC_URL = Setting.text("howdah.knowledge.weaviate-grpc-url", "",
            "Weaviate's gRPC API; empty for the same host and port 50051, or 443 with https.");
    public static final Setting<String> API_KEY = Setting.secret("howdah.knowledge.weaviate-api-key",
            "Weaviate's API key, if it asks for one.", "WEAVIATE_API_KEY");
    public static final Setting<Duration> CONNECT_TIMEOUT = Setting.duration(
            "howdah.knowledge.weaviate-connect-timeout", "5s", "How long Weaviate's first answer may take.");
    public static final Setting<Duration> SEARCH_TIMEOUT = Setting.duration(
            "howdah.knowledge.weaviate-search-timeout", "30s", "How long a search of Weaviate may take.");
    public static final Setting<Duration> WRITE_TIMEOUT = Setting.duration("howdah.knowledge.weaviate-write-timeout",
            "60s", "How long Weaviate may take to store a batch.");

    private static final Duration TIMEOUT_MAX = Duration.ofHours(1);
    private static final int GRPC_PORT = 50_051;
    private static final int TLS_PORT = 443;

    public WeaviateSettings {
        checkTimeout(connectTimeout);
        checkTimeout(searchTimeout);
        checkTimeout(writeTimeout);
        if (isSecure(url) != isSecure(grpcUrl)) {
            throw new IllegalArgumentException("use https for both of Weaviate's APIs, or for none");
        }
    }

    /** A Weaviate at an address, with the defaults for everything else. */
    public static WeaviateSettings at(String url, String apiKey) {
        var rest = address(url);
        return new WeaviateSettings(rest, grpcOf(rest), apiKey, CONNECT_TIMEOUT.defaultValue(),
                SEARCH_TIMEOUT.defaultValue(), WRITE_TIMEOUT.defaultValue());
    }

    /** Reads the settings; what is wrong is noted in the configuration. */
    public static WeaviateSettings from(Configuration configuration) {
        var url = configuration.get(URL);
        var given = configuration.get(GRPC_URL).strip();
        var key = configuration.get(API_KEY);
        var connect = configuration.get(CONNECT_TIMEOUT);
        var search = configuration.get(SEARCH_TIMEOUT);
        var write = configuration.get(WRITE_TIMEOUT);
        try {
            return new WeaviateSettings(url, given.isEmpty() ? grpcOf(url) : address(given), key, connect, search,
                    write);
        } catch (IllegalArgumentException e) {
            configuration.problem("howdah.knowledge.weaviate-*: " + e.getMessage());
            return at(URL.defaultText(), key);
        }
    }

    /** The same with another address of the gRPC API. */
    public WeaviateSettings withGrpc(String other) {
        return new WeaviateSettings(url, address(other), apiKey, connectTimeout, searchTimeout, writeTimeout);
    }

    @Override
    public String toString() {
        return "Weaviate at " + url + " and " + grpcUrl + (apiKey.isEmpty() ? ", without a key" : ", with a key");
    }

    static int port(URI address) {
        return address.getPort() > 0 ? address.getPort() : isSecure(address) ? TLS_PORT : 80;
    }

    private static boolean isSecure(URI address) {
        return address.getScheme().equals("https");
    }

    private static URI grpcOf(URI url) {
        return URI.create(url.getScheme() + "://" + url.getHost() + ":" + (isSecure(url) ? TLS_PORT : GRPC_PORT));
    }

    private static URI address(String text) {
        var remedy = "use http://host:port or https://host, without user, path and query";
        try {
            var address = URI.create(text.strip());
            var path = address.getRawPath();
            if (address.getHost() == null || address.getRawUserInfo() != null || address.getRawQuery() != null
                    || !(path.isEmpty() || path.equals("/"))
                    || !("http".equals(address.getScheme()) || "https".equals(address.getScheme()))) {
                throw new IllegalArgumentException(remedy);
            }
            return address;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(remedy, e);
        }
    }

    private static void checkTimeout(Duration timeout) {
        if (timeout.toSeconds() < 1 || timeout.compareTo(TIMEOUT_MAX) > 0) {
            throw new IllegalArgumentException("a timeout of " + timeout.toMillis() + " ms; use 1s to 1h");
        }
    }
}
