package dev.howdah.postgres;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * How far the database had come when a caller's writes were done: whoever reads with it sees them, wherever the read is
 * answered. It crosses processes as an opaque text that may stand in URLs and headers. It is no secret and grants nothing.
 *
 * <p>A token of another timeline than the primary's (it is from before a failover) is answered by the primary, as is a text
 * that cannot be read.
 *
 * @param timeline counts failovers; more than 0
 * @param position end of the write-ahead log, a number without sign
 */
public record ConsistencyToken(int timeline, long position) {
    private static final byte VERSION = 1;
    private static final int BODY_BYTES = 1 + Integer.BYTES + Long.BYTES;
    private static final int TEXT_MAX = 64;

    public ConsistencyToken {
        if (timeline == 0) {
            throw new IllegalArgumentException("timelines begin with 1");
        }
    }

    /** Reads the text of a token; empty if it is none, of a later version, or was damaged. */
    public static Optional<ConsistencyToken> parse(String text) {
        if (text.length() > TEXT_MAX) {
            return Optional.empty();
        }
        try {
            var token = Base64.getUrlDecoder().decode(text);
            var bytes = ByteBuffer.wrap(token);
            if (token.length != BODY_BYTES + Integer.BYTES || token[0] != VERSION
                    || bytes.getInt(BODY_BYTES) != checksum(token)) {
                return Optional.empty();
            }
            int timeline = bytes.getInt(1);
            return timeline == 0
                    ? Optional.empty()
                    : Optional.of(new ConsistencyToken(timeline, bytes.getLong(1 + Integer.BYTES)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The later of the two; of different timelines the one of the later timeline. */
    public ConsistencyToken later(ConsistencyToken other) {
        int order = Integer.compareUnsigned(timeline, other.timeline);
        return order > 0 || (order == 0 && Long.compareUnsigned(position, other.position) >= 0) ? this : other;
    }

    /** The text that {@link #parse} reads. */
    public String text() {
        var token = new byte[BODY_BYTES + Integer.BYTES];
        var bytes = ByteBuffer.wrap(token).put(VERSION).putInt(timeline).putLong(position);
        bytes.putInt(checksum(token));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    private static int checksum(byte[] token) {
        var sum = new CRC32C();
        sum.update(token, 0, BODY_BYTES);
        return (int) sum.getValue();
    }

    /** Timeline and position as PostgreSQL writes them. */
    @Override
    public String toString() {
        return Integer.toUnsignedString(timeline) + ":" + WalPosition.format(position);
    }
}
