package dev.howdah.postgres;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.postgresql.copy.CopyIn;

/**
 * Rows in the binary format of COPY, sent while they are being written, so that the server reads the first ones
 * meanwhile. Without {@link #end} nothing is stored. Not thread-safe.
 */
public final class CopyBuffer implements AutoCloseable {
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
    private static final int CHUNK = 16 * 1024;
    /** From where PostgreSQL counts. */
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");
    private static final byte JSONB_VERSION = 1;

    private final CopyIn copy;
    private ByteBuffer buffer = ByteBuffer.allocate(2 * CHUNK);

    /** Writes to a COPY that was begun. */
    public CopyBuffer(CopyIn copy) {
        this.copy = copy;
        buffer.put(SIGNATURE).putInt(0).putInt(0);
    }

    /** Begins a row of so many columns, which follow. */
    public CopyBuffer row(int columns) throws SQLException {
        if (buffer.position() >= CHUNK) {
            send();
        }
        room(2).putShort((short) columns);
        return this;
    }

    /** A column of type uuid. */
    public CopyBuffer uuid(UUID value) {
        room(20).putInt(16).putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits());
        return this;
    }

    /** A column of type integer. */
    public CopyBuffer integer(int value) {
        room(8).putInt(4).putInt(value);
        return this;
    }

    /** A column of type bigint. */
    public CopyBuffer bigint(long value) {
        room(12).putInt(8).putLong(value);
        return this;
    }

    /** A column of type smallint. */
    public CopyBuffer smallint(int value) {
        room(6).putInt(2).putShort((short) value);
        return this;
    }

    /** A column of type bytea. */
    public CopyBuffer bytea(byte[] value) {
        room(4 + value.length).putInt(value.length).put(value);
        return this;
    }

    /** A column of type timestamptz, to the microsecond. */
    public CopyBuffer timestamptz(Instant value) {
        return bigint(ChronoUnit.MICROS.between(EPOCH, value));
    }

    /** The end of time, as a column of type timestamptz. */
    public CopyBuffer infinity() {
        return bigint(Long.MAX_VALUE);
    }

    /** A column of type text. */
    public CopyBuffer text(String value) {
        var bytes = value.getBytes(StandardCharsets.UTF_8);
        room(4 + bytes.length).putInt(bytes.length).put(bytes);
        return this;
    }

    /** A column without a value. */
    public CopyBuffer nothing() {
        room(4).putInt(-1);
        return this;
    }

    /** A column of type jsonb. */
    public CopyBuffer jsonb(String value) {
        var bytes = value.getBytes(StandardCharsets.UTF_8);
        room(5 + bytes.length).putInt(1 + bytes.length).put(JSONB_VERSION).put(bytes);
        return this;
    }

    /** Sends the rest; the rows are stored. */
    public void end() throws SQLException {
        room(2).putShort((short) -1);
        send();
        copy.endCopy();
    }

    /** Gives up, unless it was ended. */
    @Override
    public void close() throws SQLException {
        if (copy.isActive()) {
            copy.cancelCopy();
        }
    }

    private void send() throws SQLException {
        copy.writeToCopy(buffer.array(), 0, buffer.position());
        copy.flushCopy();
        buffer.clear();
    }

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            buffer = ByteBuffer.allocate(Math.max(buffer.capacity() * 2, buffer.position() + bytes)).put(buffer.flip());
        }
        return buffer;
    }
}
