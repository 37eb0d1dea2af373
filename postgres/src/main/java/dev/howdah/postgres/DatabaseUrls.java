package dev.howdah.postgres;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** JDBC URLs of a primary that may fail over, and of replicas. */
final class DatabaseUrls {
    private static final String PREFIX = "jdbc:postgresql://";
    /**
     * For a URL with several hosts, unless it says otherwise: connect to the primary, look again each second who that is, and
     * do not hang on a host that is gone or frozen. The limit on connecting ends when the kernel has accepted, which it does
     * for a frozen server: then come the limit on the answer to the question for TLS, which the driver asks first, and that of
     * {@link ConnectionSource} on the rest.
     */
    private static final Map<String, String> FAILOVER = parameters("targetServerType=primary", "hostRecheckSeconds=1",
            "connectTimeout=2", "sslResponseTimeout=2000", "loginTimeout=20");
    private static final Set<String> OF_FAILOVER = Set.of("targetServerType", "hostRecheckSeconds", "loadBalanceHosts");

    private DatabaseUrls() {}

    /** Completes a URL with several hosts so that it follows a failover. */
    static String followingFailover(String url) {
        if (!url.startsWith(PREFIX) || !authority(url).contains(",")) {
            return url;
        }
        var all = new LinkedHashMap<>(FAILOVER);
        all.putAll(query(url));
        return withQuery(url, all);
    }

    /** The primary's URL with the host of a replica in place of the primary's. */
    static String ofReplica(String primary, String hostAndPort) {
        var path = primary.substring(PREFIX.length() + authority(primary).length());
        var query = query(primary);
        query.keySet().removeAll(OF_FAILOVER);
        return withQuery(PREFIX + hostAndPort + path, query);
    }

    /** The URL of several hosts in another order: the one named first, if it is one of them. */
    static String startingWith(@Nullable String host, String url) {
        var hosts = authority(url);
        if (host == null) {
            return url;
        }
        var ordered = Stream
                .concat(Stream.of(host), Arrays.stream(hosts.split(",")).filter(other -> !isSame(other, host)))
                .toList();
        return ordered.size() == hosts.split(",").length
                ? PREFIX + String.join(",", ordered) + url.substring(PREFIX.length() + hosts.length())
                : url;
    }

    private static boolean isSame(String host, String withPort) {
        return host.equals(withPort) || (host + ":5432").equals(withPort);
    }

    /** Hosts and ports, which may be shown. */
    static String authority(String url) {
        var rest = url.substring(PREFIX.length());
        int end = 0;
        while (end < rest.length() && rest.charAt(end) != '/' && rest.charAt(end) != '?') {
            end++;
        }
        return rest.substring(0, end);
    }

    static boolean isJdbc(String url) {
        return url.startsWith(PREFIX);
    }

    private static Map<String, String> query(String url) {
        int at = url.indexOf('?');
        return at < 0 ? new LinkedHashMap<>() : parameters(url.substring(at + 1).split("&"));
    }

    private static String withQuery(String url, Map<String, String> query) {
        var bare = url.replaceFirst("\\?.*$", "");
        return query.isEmpty()
                ? bare
                : bare + "?" + query.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue())
                        .collect(Collectors.joining("&"));
    }

    private static Map<String, String> parameters(String... pairs) {
        var parameters = new LinkedHashMap<String, String>();
        for (var pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                parameters.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        return parameters;
    }
}
