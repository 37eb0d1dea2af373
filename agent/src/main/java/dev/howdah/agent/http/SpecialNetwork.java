package dev.howdah.agent.http;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A network that is not the public internet: what the registries of IANA set aside, and the addresses where clouds hand
 * out credentials to whoever asks from inside.
 *
 * @param network its addresses
 * @param kind what it takes to allow it
 * @param meaning what it is for, for messages
 */
record SpecialNetwork(Network network, Kind kind, String meaning) {
    /** What it takes to allow a network. */
    enum Kind {
        /** This machine and the networks around it: {@code allow-private}, or the allow-list. */
        PRIVATE,
        /** Where clouds hand out credentials: the allow-list only. */
        METADATA,
        /** Not meant to be asked at all: the allow-list only. */
        RESERVED
    }

    /** The first that matches counts. */
    private static final List<SpecialNetwork> ALL = List.of(
            metadata("169.254.169.254", "169.254.169.253", "169.254.170.2", "169.254.170.23", "169.254.0.23",
                    "169.254.42.42", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254",
                    "fd00:ec2::23", "fd20:ce::254", "fd00:42::42"),
            special(Kind.RESERVED, "an unspecified address", "0.0.0.0/8", "::/128"),
            special(Kind.PRIVATE, "a loopback address", "127.0.0.0/8", "::1/128"),
            special(Kind.PRIVATE, "a private address", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7",
                    "fec0::/10"),
            special(Kind.PRIVATE, "a carrier's shared address", "100.64.0.0/10"),
            special(Kind.PRIVATE, "a link-local address", "169.254.0.0/16", "fe80::/10"),
            special(Kind.RESERVED, "a documentation address", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",
                    "2001:db8::/32", "3fff::/20"),
            special(Kind.RESERVED, "a benchmarking address", "198.18.0.0/15"),
            special(Kind.RESERVED, "a multicast address", "224.0.0.0/4", "ff00::/8"),
            // They lead to an IPv4 address through a relay that nobody runs any more, or through this machine.
            special(Kind.RESERVED, "a tunnel's address", "2002::/16", "192.88.99.0/24", "::/96", "::ffff:0:0:0/96"),
            special(Kind.RESERVED, "a reserved address", "192.0.0.0/24", "240.0.0.0/4", "2001::/23"))
            .stream().flatMap(List::stream).toList();

    private static final Network NAT64 = Network.parse("64:ff9b::/96");
    private static final Network GLOBAL_UNICAST = Network.parse("2000::/3");
    private static final int IPV4_BYTES = 4;
    private static final int ISATAP_AT = 8;

    /** The network that an address lies in; empty if it is a public one. */
    static Optional<SpecialNetwork> of(InetAddress address) {
        var named = ALL.stream().filter(each -> each.network.contains(address)).findFirst();
        if (named.isPresent() || address instanceof Inet4Address) {
            return named;
        }
        if (NAT64.contains(address) || isIsatap(address)) {
            return of(lastFour(address));
        }
        return GLOBAL_UNICAST.contains(address)
                ? Optional.empty()
                : Optional.of(new SpecialNetwork(new Network(address, 128), Kind.RESERVED, "a reserved address"));
    }

    /** The address as IPv4 if it is one that is only written as IPv6: both reach the same host. */
    static InetAddress plain(InetAddress address) {
        return address instanceof Inet6Address ipv6 && isMapped(ipv6.getAddress()) ? lastFour(address) : address;
    }

    private static boolean isMapped(byte[] bytes) {
        return bytes[10] == -1 && bytes[11] == -1
                && Arrays.equals(bytes, 0, 10, new byte[10], 0, 10);
    }

    /** An interface of the form {@code ::[02]00:5efe:a.b.c.d}, which is reached through that IPv4 address. */
    private static boolean isIsatap(InetAddress address) {
        var bytes = address.getAddress();
        return (bytes[ISATAP_AT] & ~2) == 0 && bytes[ISATAP_AT + 1] == 0 && bytes[ISATAP_AT + 2] == 0x5E
                && bytes[ISATAP_AT + 3] == (byte) 0xFE;
    }

    private static InetAddress lastFour(InetAddress address) {
        var bytes = address.getAddress();
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, bytes.length - IPV4_BYTES, bytes.length));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    private static List<SpecialNetwork> metadata(String... addresses) {
        return special(Kind.METADATA, "a cloud's metadata address", addresses);
    }

    private static List<SpecialNetwork> special(Kind kind, String meaning, String... networks) {
        return Arrays.stream(networks).map(text -> new SpecialNetwork(Network.parse(text), kind, meaning)).toList();
    }
}
