package dev.howdah.agent.http;

import dev.howdah.postgres.InvalidInputException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Decides which hosts and addresses may be asked. Thread-safe. */
final class AddressGuard {
    /** An entry of the allow-list that stands for every host. */
    static final String ANY_HOST = "*";

    private static final Set<String> METADATA_NAMES = Set.of("metadata", "metadata.google.internal", "metadata.goog",
            "metadata.azure.internal", "metadata.azure.com", "metadata.tencentyun.com", "metadata.packet.net",
            "metadata.platformequinix.com", "instance-data", "instance-data.ec2.internal");

    private final boolean allowPrivate;
    private final Set<Integer> ports;
    private final List<Network> networks = new ArrayList<>();
    private final Set<String> hosts = new HashSet<>();
    private final List<String> suffixes = new ArrayList<>();
    private final boolean allowAll;

    AddressGuard(OutboundHttpSettings settings) {
        this.allowPrivate = settings.allowPrivate();
        this.ports = settings.ports();
        this.allowAll = settings.allow().contains(ANY_HOST);
        settings.allow().stream().filter(entry -> !entry.equals(ANY_HOST)).forEach(this::allow);
    }

    /** What is wrong with an entry of the allow-list; empty if nothing is. */
    static Optional<String> problem(String entry) {
        if (entry.equals(ANY_HOST)) {
            return Optional.empty();
        }
        try {
            if (isNetwork(entry)) {
                Network.parse(entry);
            } else {
                new OutboundAddress(java.net.URI.create("http://" + entry.replaceFirst("^\\*\\.", "") + "/"));
            }
            return Optional.empty();
        } catch (InvalidInputException | IllegalArgumentException e) {
            return Optional.of("\"" + entry + "\" is no host, *.domain, address or network such as 10.1.0.0/16");
        }
    }

    /**
     * What can be said without looking the host up.
     *
     * @throws InvalidInputException if it must not be asked
     */
    void check(OutboundAddress address) {
        if (!ports.isEmpty() && !ports.contains(address.port())) {
            throw refused("the port " + address.port() + " is not one of those that may be asked",
                    "use one of them, or add it to howdah.agent.http.ports");
        }
        var host = address.host();
        if (isAllowed(host)) {
            return;
        }
        var literal = address.literal();
        if (literal.isPresent()) {
            check(host, literal.get());
        } else if (METADATA_NAMES.contains(host)) {
            throw refused("the host " + host + " is a cloud's metadata service", allowRemedy());
        } else if (!allowPrivate && (host.equals("localhost") || host.endsWith(".localhost"))) {
            throw refused("the host " + host + " is this machine", privateRemedy());
        }
    }

    /**
     * Checks what a host was looked up as; one address that must not be asked refuses all, because whoever mixes them
     * means the one inside.
     *
     * @throws InvalidInputException if it must not be asked
     */
    void check(String host, InetAddress... addresses) {
        if (isAllowed(host)) {
            return;
        }
        for (var each : addresses) {
            var address = SpecialNetwork.plain(each);
            if (networks.stream().noneMatch(network -> network.contains(address))) {
                SpecialNetwork.of(address).ifPresent(special -> check(host, address, special));
            }
        }
    }

    private void check(String host, InetAddress address, SpecialNetwork special) {
        boolean isPrivate = special.kind() == SpecialNetwork.Kind.PRIVATE;
        if (!isPrivate || !allowPrivate) {
            throw refused("the host " + host + " leads to " + address.getHostAddress() + ", " + special.meaning(),
                    isPrivate ? privateRemedy() : allowRemedy());
        }
    }

    private boolean isAllowed(String host) {
        return allowAll || hosts.contains(host) || suffixes.stream().anyMatch(host::endsWith);
    }

    private void allow(String entry) {
        if (isNetwork(entry)) {
            networks.add(Network.parse(entry));
        } else if (entry.startsWith("*.")) {
            suffixes.add(entry.substring(1).toLowerCase(Locale.ROOT));
        } else {
            hosts.add(entry.toLowerCase(Locale.ROOT));
        }
    }

    private static boolean isNetwork(String entry) {
        return entry.contains("/") || entry.contains(":") || Character.isDigit(entry.charAt(entry.length() - 1));
    }

    private static String privateRemedy() {
        return "use an address of the public internet, or let the operator add it to howdah.agent.http.allow or set "
                + "howdah.agent.http.allow-private";
    }

    private static String allowRemedy() {
        return "use an address of the public internet, or let the operator add it to howdah.agent.http.allow";
    }

    static InvalidInputException refused(String problem, String remedy) {
        return new InvalidInputException(OutboundHttp.ADDRESS_REFUSED, "url", problem, remedy);
    }
}
