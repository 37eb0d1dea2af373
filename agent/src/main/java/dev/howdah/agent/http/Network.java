package dev.howdah.agent.http;

import java.net.InetAddress;
import java.util.Locale;

/**
 * A range of addresses in CIDR notation.
 *
 * @param base its first address
 * @param prefix how many leading bits all its addresses share
 */
record Network(InetAddress base, int prefix) {
    Network {
        if (prefix < 0 || prefix > base.getAddress().length * Byte.SIZE) {
            throw new IllegalArgumentException("the prefix " + prefix + " is out of range");
        }
    }

    /**
     * Reads {@code 10.0.0.0/8}, or a single address.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static Network parse(String text) {
        int slash = text.indexOf('/');
        var base = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
        int bits = base.getAddress().length * Byte.SIZE;
        return new Network(base, slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1)));
    }

    boolean contains(InetAddress address) {
        var mine = base.getAddress();
        var other = address.getAddress();
        if (mine.length != other.length) {
            return false;
        }
        int bytes = prefix / Byte.SIZE;
        if (java.util.Arrays.mismatch(mine, 0, bytes, other, 0, bytes) >= 0) {
            return false;
        }
        int rest = prefix % Byte.SIZE;
        return rest == 0 || (mine[bytes] ^ other[bytes]) >> (Byte.SIZE - rest) == 0;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s/%d", base.getHostAddress(), prefix);
    }
}
