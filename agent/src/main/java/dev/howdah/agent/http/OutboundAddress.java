package dev.howdah.agent.http;

import dev.howdah.postgres.InvalidInputException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An http or https address in the one spelling that every reader understands alike. What another parser could take for
 * another host (octal or hexadecimal numbers, short forms, percent signs, user names, zones, letters beyond ASCII) is
 * refused rather than interpreted. Whether the address may be asked is for {@link OutboundHttp#check} to say.
 *
 * @param uri absolute, with a host, without user, password and fragment
 */
public record OutboundAddress(URI uri) {
    /** Characters of an address. */
    public static final int LENGTH_MAX = 2048;

    private static final int HOST_LENGTH_MAX = 253;
    private static final int PORT_MAX = 65_535;
    private static final Pattern DECIMAL_BYTE = Pattern.compile("0|[1-9][0-9]{0,2}");
    /** What some resolver reads as a number: then the whole host must be a plain IPv4 address. */
    private static final Pattern NUMBER = Pattern.compile("[0-9]+|0x[0-9a-f]*");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    public OutboundAddress {
        var scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!List.of("http", "https").contains(scheme) || uri.isOpaque()) {
            throw refused("is no http or https address", "use https://host/path");
        }
        var authority = String.valueOf(uri.getRawAuthority());
        if (authority.contains("@")) {
            throw refused("has a user or password in it", "give credentials in the fields that are meant for them");
        }
        if (uri.getHost() == null || authority.contains("%") || !isHost(hostOf(uri))) {
            throw refused("names no host in its plain spelling",
                    "use a name, 192.0.2.1 or [2001:db8::1]; other spellings of numbers and names are not taken");
        }
        if (uri.getPort() == 0 || uri.getPort() > PORT_MAX) {
            throw refused("has the port " + uri.getPort(), "use 1 to " + PORT_MAX);
        }
        if (uri.getRawPath().startsWith("//") || uri.getRawFragment() != null) {
            throw refused("has a path that starts with two slashes, or a fragment", "use https://host/path?query");
        }
    }

    /**
     * Reads an address.
     *
     * @throws InvalidInputException with the code {@code address-refused} if it is none in its plain spelling; the
     *         message does not repeat it, because it may hold a token
     */
    public static OutboundAddress of(String text) {
        if (text.length() > LENGTH_MAX) {
            throw refused("has " + text.length() + " characters", "use at most " + LENGTH_MAX);
        }
        if (text.isEmpty() || !text.chars().allMatch(each -> each > ' ' && each < 0x7F)) {
            throw refused("is empty or has spaces or letters beyond ASCII in it",
                    "encode them: xn--… in the host, %… in the path");
        }
        try {
            return new OutboundAddress(new URI(text));
        } catch (URISyntaxException e) {
            throw refused("is no address: " + e.getReason(), "use https://host/path");
        }
    }

    /** In lower case, without brackets and without a dot at its end. */
    public String host() {
        return hostOf(uri);
    }

    /** {@code http} or {@code https}. */
    public String scheme() {
        return uri.getScheme().toLowerCase(Locale.ROOT);
    }

    /** The port given, or the scheme's. */
    public int port() {
        if (uri.getPort() > 0) {
            return uri.getPort();
        }
        return scheme().equals("https") ? 443 : 80;
    }

    /** {@code scheme://host:port}: who is talked to, without the path, which may hold a token. */
    public String origin() {
        var host = host();
        return scheme() + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
    }

    /** The origin only: safe to be logged and shown. */
    @Override
    public String toString() {
        return origin();
    }

    /** The host as a number, if it is one; no name is looked up. */
    Optional<InetAddress> literal() {
        var host = host();
        boolean isNumber = host.contains(":") || isDotted(host);
        return isNumber ? Optional.of(InetAddress.ofLiteral(host)) : Optional.empty();
    }

    private static String hostOf(URI uri) {
        var host = uri.getHost().toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) {
            return host.substring(1, host.length() - 1);
        }
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    private static boolean isHost(String host) {
        if (host.contains(":")) {
            return true; // URI has checked it, and zones have a percent sign
        }
        var labels = host.split("\\.", -1);
        return NUMBER.matcher(labels[labels.length - 1]).matches()
                ? isDotted(host)
                : host.length() <= HOST_LENGTH_MAX && List.of(labels).stream().allMatch(LABEL.asMatchPredicate());
    }

    private static boolean isDotted(String host) {
        var parts = host.split("\\.", -1);
        return parts.length == 4 && List.of(parts).stream()
                .allMatch(part -> DECIMAL_BYTE.matcher(part).matches() && Integer.parseInt(part) <= 255);
    }

    private static InvalidInputException refused(String problem, String remedy) {
        return AddressGuard.refused("the address " + problem, remedy);
    }
}
