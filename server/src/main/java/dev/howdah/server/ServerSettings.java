package dev.howdah.server;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Setting;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How the server is reached, and by whom.
 *
 * @param host the address it binds to
 * @param port the one port for everything; 0 picks a free one
 * @param keysByName what callers send as {@code X-API-Key} or bearer token, by the names of who they are; empty means that
 *        none is configured
 * @param requireAuth whether skills that change something need the key too
 * @param bodyMax the largest request body in bytes
 * @param worker whether this process also runs tasks
 * @param socketTimeout how long a client may keep a write, or a read, waiting until its connection is cut
 * @param profile what the server is started for
 */
public record ServerSettings(String host, int port, Map<String, String> keysByName, boolean requireAuth, int bodyMax,
        boolean worker, Duration socketTimeout, Profile profile) {
    public static final Setting<String> HOST = Setting.text("howdah.server.host", "127.0.0.1",
            "Address to bind to. Anything but loopback needs an API key.");
    public static final Setting<Integer> PORT = Setting.integer("howdah.server.port", 8080, 0, 65535,
            "Port for REST, A2A and the console; 0 picks a free one.", "PORT");
    public static final Setting<String> API_KEY = Setting.secret("howdah.server.api-key",
            "Key that callers send as X-API-Key, at least 16 characters.", "HOWDAH_API_KEY", "ORCHESTRATOR_API_KEY");
    public static final Setting<String> API_KEYS = Setting.secret("howdah.server.api-keys",
            "Further keys with the names of their owners, as name:secret,name:secret. Agents' tasks are seen only by "
                    + "the owner of the key that they were made with; that of the single key is \"default\".",
            "RAD_API_KEYS");
    public static final Setting<Boolean> REQUIRE_AUTH = Setting.flag("howdah.server.require-auth", true,
            "Whether skills that change something need the API key too. Without effect while no key is configured, "
                    + "unless it is set: then they are refused.",
            "REQUIRE_AUTH");
    public static final Setting<Integer> BODY_MAX = Setting.integer("howdah.server.body-max", 1 << 20, 1024, 1 << 28,
            "Largest request body in bytes.");
    public static final Setting<Boolean> WORKER = Setting.flag("howdah.server.worker", true,
            "Whether the server also runs tasks; switch off to run workers as processes of their own.");

    public static final Setting<Duration> SOCKET_TIMEOUT = Setting.duration("howdah.server.socket-timeout", "30s",
            "How long a client may keep a write, or a read, waiting until its connection is cut.");
    public static final Setting<Profile> PROFILE = Setting.choice("howdah.profile", Profile.class, Profile.DEFAULT,
            "What the server is started for: default, or conformance with the agents that public test kits expect, "
                    + "on loopback only.");

    /** Whose key the single one is. */
    private static final String DEFAULT_OWNER = "default";
    private static final int KEY_LENGTH_MIN = 16;
    private static final Pattern OWNER = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    public ServerSettings {
        keysByName = Map.copyOf(keysByName);
    }

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static ServerSettings from(Configuration configuration) {
        var host = configuration.get(HOST);
        var keys = keys(configuration);
        if (keys.isEmpty() && !isLoopback(host)) {
            configuration.problem("howdah.server.host is \"" + host + "\", which others can reach, and there is no API "
                    + "key; set HOWDAH_API_KEY, or bind to 127.0.0.1");
        }
        var profile = configuration.get(PROFILE);
        if (profile == Profile.CONFORMANCE && !isLoopback(host)) {
            configuration
                    .problem("howdah.profile is conformance, which is not meant for others, and howdah.server.host "
                            + "is \"" + host + "\"; bind to 127.0.0.1");
        }
        boolean requireAuth = configuration.get(REQUIRE_AUTH)
                && (!keys.isEmpty() || configuration.isSet(REQUIRE_AUTH));
        return new ServerSettings(host, configuration.get(PORT), keys, requireAuth, configuration.get(BODY_MAX),
                configuration.get(WORKER), configuration.get(SOCKET_TIMEOUT), profile);
    }

    private static Map<String, String> keys(Configuration configuration) {
        var keys = new LinkedHashMap<String, String>();
        var single = configuration.get(API_KEY);
        if (!single.isEmpty()) {
            checkLength(configuration, "the API key", single);
            keys.put(DEFAULT_OWNER, single);
        }
        for (var entry : configuration.get(API_KEYS).split(",", -1)) {
            if (!entry.isBlank()) {
                putNamed(configuration, keys, entry.strip());
            }
        }
        if (new HashSet<>(keys.values()).size() < keys.size()) {
            configuration.problem("two API keys are the same; give every owner one of its own");
        }
        return keys;
    }

    /** What is wrong is told without the key. */
    private static void putNamed(Configuration configuration, Map<String, String> keys, String entry) {
        int colon = entry.indexOf(':');
        var name = colon < 0 ? "" : entry.substring(0, colon);
        if (!OWNER.matcher(name).matches()) {
            configuration.problem("an entry of howdah.server.api-keys does not begin with a name of up to 64 letters, "
                    + "digits, dots, dashes and underscores; write name:secret,name:secret");
            return;
        }
        checkLength(configuration, "the API key of " + name, entry.substring(colon + 1));
        if (keys.put(name, entry.substring(colon + 1)) != null) {
            configuration.problem("there are two API keys of " + name + "; give each a name of its own");
        }
    }

    private static void checkLength(Configuration configuration, String what, String key) {
        if (key.length() < KEY_LENGTH_MIN) {
            configuration.problem(what + " has " + key.length() + " characters; use at least " + KEY_LENGTH_MIN
                    + ", for example from: openssl rand -hex 32");
        }
    }

    /** Whether the public kits' fixtures are there. */
    public boolean isConformance() {
        return profile == Profile.CONFORMANCE;
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Everything but the keys. */
    @Override
    public String toString() {
        return "host=" + host + " port=" + port + " keysOf=" + keysByName.keySet() + " requireAuth=" + requireAuth
                + " bodyMax=" + bodyMax + " worker=" + worker + " socketTimeout=" + socketTimeout + " profile="
                + profile;
    }
}
