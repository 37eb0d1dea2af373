package dev.howdah.agent.http;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import dev.howdah.postgres.Setting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whom requests to addresses of others may reach, and how long and large their answers may be.
 *
 * @param allowPrivate whether loopback, private, shared and link-local addresses may be asked, too
 * @param allow what may be asked besides the public internet: hosts, {@code *.domain}, addresses, networks; {@code *}
 *        stands for all hosts
 * @param ports those that may be asked; empty for all
 * @param connectTimeout how long looking up a host, waiting for a free connection and connecting may take, each
 * @param answerTimeout how long a whole exchange may take; for a streamed answer, until it begins
 * @param answerMax bytes of an answer that is read as a whole
 * @param connectionsPerEndpointMax connections to one host and port at once
 */
public record OutboundHttpSettings(boolean allowPrivate, List<String> allow, Set<Integer> ports,
        Duration connectTimeout, Duration answerTimeout, int answerMax, int connectionsPerEndpointMax) {
    public static final Setting<Boolean> ALLOW_PRIVATE = Setting.flag("howdah.agent.http.allow-private", false,
            "Whether addresses that callers give (webhooks, agents, imports) may lead to this machine and private networks.");
    public static final Setting<List<String>> ALLOW = Setting.list("howdah.agent.http.allow", "",
            "What such addresses may lead to besides the public internet: hosts, *.domain, addresses or networks, separated by commas; * for all.");
    public static final Setting<List<String>> PORTS = Setting.list("howdah.agent.http.ports", "",
            "Ports that such addresses may have, separated by commas; empty for all.");
    public static final Setting<Duration> CONNECT_TIMEOUT = Setting.duration("howdah.agent.http.connect-timeout", "5s",
            "How long looking up such a host may take, and connecting to it.");
    public static final Setting<Duration> ANSWER_TIMEOUT = Setting.duration("howdah.agent.http.answer-timeout", "20s",
            "How long a whole request to such an address may take.");
    public static final Setting<Integer> ANSWER_MAX = Setting.integer("howdah.agent.http.answer-max", 1 << 20, 1,
            64 << 20, "Bytes of an answer of such an address.");
    public static final Setting<Integer> CONNECTIONS_PER_ENDPOINT_MAX = Setting.integer(
            "howdah.agent.http.connections-per-endpoint-max", 16, 1, 1000,
            "Connections to one such host and port at once.");

    private static final Duration TIMEOUT_MAX = Duration.ofHours(1);

    public OutboundHttpSettings {
        allow = List.copyOf(allow);
        ports = Set.copyOf(ports);
        var problems = new ArrayList<String>();
        allow.forEach(entry -> AddressGuard.problem(entry).ifPresent(problem -> problems.add(ALLOW.name() + ": "
                + problem)));
        ports.stream().filter(port -> port < 1 || port > 65_535)
                .forEach(port -> problems.add(portProblem(port.toString())));
        checkTimeout(CONNECT_TIMEOUT.name(), connectTimeout, problems);
        checkTimeout(ANSWER_TIMEOUT.name(), answerTimeout, problems);
        if (answerMax < 1 || connectionsPerEndpointMax < 1) {
            problems.add(ANSWER_MAX.name() + " and " + CONNECTIONS_PER_ENDPOINT_MAX.name() + " must be at least 1");
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    /** The defaults. */
    public static OutboundHttpSettings defaults() {
        return from(Configuration.of(Map.of()));
    }

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static OutboundHttpSettings from(Configuration configuration) {
        boolean allowPrivate = configuration.get(ALLOW_PRIVATE);
        var allow = configuration.get(ALLOW);
        var ports = ports(configuration);
        var connectTimeout = configuration.get(CONNECT_TIMEOUT);
        var answerTimeout = configuration.get(ANSWER_TIMEOUT);
        int answerMax = configuration.get(ANSWER_MAX);
        int connections = configuration.get(CONNECTIONS_PER_ENDPOINT_MAX);
        try {
            return new OutboundHttpSettings(allowPrivate, allow, ports, connectTimeout, answerTimeout, answerMax,
                    connections);
        } catch (ConfigurationException e) {
            e.problems().forEach(configuration::problem);
            return defaults();
        }
    }

    /** The same for addresses that the operator configured: they may lead anywhere. */
    public OutboundHttpSettings trusting() {
        return new OutboundHttpSettings(allowPrivate, List.of(AddressGuard.ANY_HOST), Set.of(), connectTimeout,
                answerTimeout, answerMax, connectionsPerEndpointMax);
    }

    private static Set<Integer> ports(Configuration configuration) {
        var texts = configuration.get(PORTS);
        var valid = texts.stream().filter(text -> text.matches("[0-9]{1,5}")).map(Integer::valueOf)
                .collect(Collectors.toSet());
        texts.stream().filter(text -> !text.matches("[0-9]{1,5}"))
                .forEach(text -> configuration.problem(portProblem(text)));
        return valid;
    }

    private static String portProblem(String text) {
        return PORTS.name() + ": \"" + text + "\" is no port; use 1 to 65535";
    }

    private static void checkTimeout(String name, Duration value, List<String> problems) {
        if (value.toMillis() < 1 || value.compareTo(TIMEOUT_MAX) > 0) {
            problems.add(name + " is " + value + "; use 1ms to 1h");
        }
    }
}
