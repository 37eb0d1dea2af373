package dev.howdah.operations.imports;

import com.moilioncircle.redis.replicator.util.CRC64;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads a snapshot once before anything is written: its first bytes, and the checksum at its end over all that comes before. */
final class RdbCheck {
    private static final int HEAD = 9;
    private static final int CHECKSUM = 8;
    private static final int FIRST_WITH_CHECKSUM = 5;
    private static final int NEWEST = 13;
    private static final byte EOF = (byte) 0xff;

    private RdbCheck() {}

    /**
     * @throws dev.howdah.postgres.InvalidInputException if it is no snapshot, truncated or damaged
     */
    static void check(Path file) throws InterruptedException {
        SourceFiles.reading(file, in -> {
            var head = in.readNBytes(HEAD);
            int version = version(file, head);
            checkEnd(file, in, head, version);
            return version;
        });
    }

    private static int version(Path file, byte[] head) {
        var text = new String(head, StandardCharsets.US_ASCII);
        if (!text.matches("REDIS\\d{4}")) {
            throw SourceFiles.damaged(file, "does not begin with REDIS and a version: it is no RDB file");
        }
        int version = Integer.parseInt(text.substring(5));
        if (version < 1 || version > NEWEST) {
            throw SourceFiles.damaged(file, "has version " + version + " of the format; known are 1 to " + NEWEST);
        }
        return version;
    }

    private static void checkEnd(Path file, InputStream in, byte[] head, int version) throws IOException {
        int tail = version < FIRST_WITH_CHECKSUM ? 0 : CHECKSUM;
        long crc = CRC64.crc64(head, 0L);
        var buffer = new byte[(1 << 16) + CHECKSUM];
        int held = 0;
        byte last = 0;
        for (int count = in.read(buffer, held, buffer.length - held); count >= 0; count = in.read(buffer, held,
                buffer.length - held)) {
            held += count;
            int complete = Math.max(0, held - tail);
            if (complete > 0) {
                crc = CRC64.crc64(buffer, 0, complete, crc);
                last = buffer[complete - 1];
                System.arraycopy(buffer, complete, buffer, 0, held - complete);
                held -= complete;
            }
        }
        long given = held == CHECKSUM
                ? ByteBuffer.wrap(Arrays.copyOf(buffer, CHECKSUM)).order(ByteOrder.LITTLE_ENDIAN)
                        .getLong()
                : 0;
        if (held < tail || (given != 0 && given != crc) || (given == 0 && last != EOF)) {
            throw SourceFiles.damaged(file, "is truncated or damaged: its checksum is not that of its content");
        }
    }
}
