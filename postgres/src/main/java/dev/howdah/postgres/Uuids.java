package dev.howdah.postgres;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.security.SecureRandom;
import java.util.UUID;

/**
 * UUIDs of version 7 (RFC 9562, section 5.7): milliseconds, then a counter seeded at random for each millisecond (method 1
 * of section 6.2), then random bits. Ids of one process sort by creation, so they insert at the end of an index.
 */
public final class Uuids {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int COUNTER_MAX = 0xFFF;
    /** Drawn ahead: one draw of many bytes costs a hundredth of as many small ones. */
    private static final LongBuffer DRAWN = LongBuffer.allocate(512).limit(0);
    private static long millis;
    private static int counter;

    private Uuids() {}

    /** A new id, greater than every one made before in this process. */
    public static UUID next() {
        long low;
        long high;
        synchronized (Uuids.class) {
            low = draw();
            long now = System.currentTimeMillis();
            if (now > millis) {
                millis = now;
                counter = (int) (low >>> 53); // half the range is left to count in
            } else if (++counter > COUNTER_MAX) {
                millis++; // ahead of the clock rather than out of order
                counter = 0;
            }
            high = (millis << 16) | 0x7000 | counter;
        }
        return new UUID(high, (low & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L);
    }

    private static long draw() {
        if (!DRAWN.hasRemaining()) {
            var bytes = new byte[DRAWN.capacity() * Long.BYTES];
            RANDOM.nextBytes(bytes);
            DRAWN.clear().put(ByteBuffer.wrap(bytes).asLongBuffer()).flip();
        }
        return DRAWN.get();
    }
}
