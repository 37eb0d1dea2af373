package dev.howdah.server;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Setting;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * How the server is reached, and by whom.
 *
 * @param host the address it binds to
 * @param port the one port for everything; 0 picks a free one
 * @param apiKey what callers send as {@code X-API-Key}; empty means none is configured
 * @param requireAuth whether skills that change something need the key too
 * @param bodyMax the largest request body in bytes
 * @param worker whether this process also runs tasks
 * @param profile what the server is started for
 */
public record ServerSettings(String host, int port, String apiKey, boolean requireAuth, int bodyMax, boolean worker,
        Profile profile) {
    /** What a server is started for. */
    public enum Profile {
        /** Its users. */
        DEFAULT,
        /** The public conformance kits: their fixtures, no authentication, this machine only. */
        CONFORMANCE
    }

    public static final Setting<Profile> PROFILE = Setting.choice("howdah.profile", Profile.class, Profile.DEFAULT,
            "What the server is started for: default, or conformance (the public kits' fixtures, without authentication, on "
                    + "loopback only).");
    public static final Setting<String> HOST = Setting.text("howdah.server.host", "127.0.0.1",
            "Address to bind to. Anything but loopback needs an API key.");
    public static final Setting<Integer> PORT = Setting.integer("howdah.server.port", 8080, 0, 65535,
            "Port for REST, A2A and the console; 0 picks a free one.", "PORT");
    public static final Setting<String> API_KEY = Setting.secret("howdah.server.api-key",
            "Key that callers send as X-API-Key, at least 16 characters.", "HOWDAH_API_KEY", "ORCHESTRATOR_API_KEY");
    public static final Setting<Boolean> REQUIRE_AUTH = Setting.flag("howdah.server.require-auth", true,
            "Whether skills that change something need the API key too. Without effect while no key is configured, "
                    + "unless it is set: then they are refused.",
            "REQUIRE_AUTH");
    public static final Setting<Integer> BODY_MAX = Setting.integer("howdah.server.body-max", 1 << 20, 1024, 1 << 28,
            "Largest request body in bytes.");
    public static final Setting<Boolean> WORKER = Setting.flag("howdah.server.worker", true,
            "Whether the server also runs tasks; switch off to run workers as processes of their own.");

    private static final int KEY_LENGTH_MIN = 16;

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static ServerSettings from(Configuration configuration) {
        var host = configuration.get(HOST);
        var key = configuration.get(API_KEY);
        if (!key.isEmpty() && key.length() < KEY_LENGTH_MIN) {
            configuration.problem("the API key has " + key.length() + " characters; use at least " + KEY_LENGTH_MIN
                    + ", for example from: openssl rand -hex 32");
        }
        if (key.isEmpty() && !isLoopback(host)) {
            configuration.problem("howdah.server.host is \"" + host + "\", which others can reach, and there is no API "
                    + "key; set HOWDAH_API_KEY, or bind to 127.0.0.1");
        }
        var profile = configuration.get(PROFILE);
        if (profile == Profile.CONFORMANCE && (!isLoopback(host) || !key.isEmpty())) {
            configuration
                    .problem("howdah.profile is conformance, which answers everybody; bind to 127.0.0.1, and set no "
                            + "API key");
        }
        boolean requireAuth = configuration.get(REQUIRE_AUTH)
                && (!key.isEmpty() || configuration.isSet(REQUIRE_AUTH));
        return new ServerSettings(host, configuration.get(PORT), key, requireAuth, configuration.get(BODY_MAX),
                configuration.get(WORKER), profile);
    }

    public boolean hasApiKey() {
        return !apiKey.isEmpty();
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

    /** Everything but the key. */
    @Override
    public String toString() {
        return "host=" + host + " port=" + port + " apiKey=" + (hasApiKey() ? "***" : "none") + " requireAuth="
                + requireAuth + " bodyMax=" + bodyMax + " worker=" + worker + " profile=" + profile;
    }
}
