package dev.howdah.agent.client;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Setting;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which remote agents there are, and how patiently they are asked.
 *
 * @param agents by name, in the order in which they were configured
 * @param timeout of one request
 * @param waitMax how long the task of a remote agent is waited for, unless a node says
 * @param pollMin the shortest pause between two looks at such a task
 * @param pollMax the longest one
 */
public record RemoteAgentSettings(Map<String, ConfiguredAgent> agents, Duration timeout, Duration waitMax,
        Duration pollMin, Duration pollMax) {
    public static final Setting<List<String>> AGENTS = Setting.list("howdah.agent.remote", "",
            "Remote agents that workflows can name, as name=https://host/path, separated by commas.");
    public static final Setting<String> CREDENTIALS = Setting.secret("howdah.agent.remote-credentials",
            "API keys or bearer tokens of remote agents, as name:secret, separated by commas; sent as the agent's card asks for it.");
    public static final Setting<List<String>> KEYS = Setting.list("howdah.agent.remote-keys", "",
            "Address or file of the JWK Set that a remote agent's card must be signed with, as name=place, separated by commas.");
    public static final Setting<Duration> TIMEOUT = Setting.duration("howdah.agent.remote-timeout", "30s",
            "How long a request to a remote agent may take.");
    public static final Setting<Duration> WAIT_MAX = Setting.duration("howdah.agent.remote-wait-max", "7d",
            "How long a node waits for the task of a remote agent, unless it has a timeout of its own.");
    public static final Setting<Duration> POLL_MIN = Setting.duration("howdah.agent.remote-poll-min", "1s",
            "Shortest pause between two looks at the task of a remote agent; pauses grow with its age.");
    public static final Setting<Duration> POLL_MAX = Setting.duration("howdah.agent.remote-poll-max", "1m",
            "Longest pause between two looks at the task of a remote agent.");

    /** How many agents can be configured. */
    public static final int AGENTS_MAX = 1000;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}");

    public RemoteAgentSettings {
        agents = Collections.unmodifiableMap(new LinkedHashMap<>(agents));
    }

    /** None, and the defaults. */
    public static RemoteAgentSettings defaults() {
        return from(Configuration.of(Map.of()));
    }

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static RemoteAgentSettings from(Configuration configuration) {
        var addresses = pairs(configuration, AGENTS.name(), configuration.get(AGENTS), '=');
        var secrets = pairs(configuration, CREDENTIALS.name(), Setting.list("", "", "").parser()
                .apply(configuration.get(CREDENTIALS)), ':');
        var keys = pairs(configuration, KEYS.name(), configuration.get(KEYS), '=');
        checkNames(configuration, CREDENTIALS.name(), addresses, secrets);
        checkNames(configuration, KEYS.name(), addresses, keys);
        if (addresses.size() > AGENTS_MAX) {
            configuration.problem(AGENTS.name() + " has " + addresses.size() + " agents; use at most " + AGENTS_MAX);
        }
        var agents = new LinkedHashMap<String, ConfiguredAgent>();
        addresses.forEach((name, address) -> {
            if (!NAME.matcher(name).matches() || !isAddress(address)) {
                configuration.problem(AGENTS.name() + ": \"" + name + "\" has no good name or no address; use name="
                        + "https://host/path, with letters, digits, ., _ and - in the name");
            }
            agents.put(name, new ConfiguredAgent(name, address, Optional.ofNullable(secrets.get(name)),
                    Optional.ofNullable(keys.get(name))));
        });
        return limited(configuration, agents);
    }

    private static RemoteAgentSettings limited(Configuration configuration, Map<String, ConfiguredAgent> agents) {
        var timeout = configuration.get(TIMEOUT);
        var waitMax = configuration.get(WAIT_MAX);
        var pollMin = configuration.get(POLL_MIN);
        var pollMax = configuration.get(POLL_MAX);
        if (timeout.isZero() || waitMax.isZero() || pollMin.isZero() || pollMin.compareTo(pollMax) > 0) {
            configuration.problem("of " + TIMEOUT.name() + ", " + WAIT_MAX.name() + ", " + POLL_MIN.name() + " and "
                    + POLL_MAX.name() + " none can be zero, nor the shortest pause longer than the longest");
        }
        return new RemoteAgentSettings(agents, timeout, waitMax, pollMin, pollMax);
    }

    /** Parts that have no name are told of without repeating them: they may be secrets. */
    private static Map<String, String> pairs(Configuration configuration, String setting, List<String> parts,
            char separator) {
        var pairs = new LinkedHashMap<String, String>();
        for (var part : parts) {
            int at = part.indexOf(separator);
            if (at < 1 || at == part.length() - 1) {
                configuration.problem(setting + " has a part that is not name" + separator + "value");
            } else if (pairs.put(part.substring(0, at).strip(), part.substring(at + 1).strip()) != null) {
                configuration.problem(setting + " names \"" + part.substring(0, at) + "\" twice");
            }
        }
        return pairs;
    }

    private static void checkNames(Configuration configuration, String setting, Map<String, String> agents,
            Map<String, String> given) {
        given.keySet().stream().filter(name -> !agents.containsKey(name)).forEach(name -> configuration.problem(setting
                + " names an agent that " + AGENTS.name() + " does not have"));
    }

    static boolean isAddress(String text) {
        try {
            var uri = URI.create(text);
            return uri.getHost() != null && List.of("http", "https").contains(uri.getScheme());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
