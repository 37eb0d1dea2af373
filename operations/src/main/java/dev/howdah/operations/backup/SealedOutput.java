package dev.howdah.operations.backup;

import dev.howdah.postgres.EncryptionKeys;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Encrypts a stream in chunks: for each one, four bytes with its length, then nonce, text and tag. The chunk's number,
 * whether it is the last one, the file and the backup are authenticated with it, so that a chunk that is missing, comes
 * twice or belongs elsewhere is noticed, and so is a file that ends early. Memory: two chunks.
 */
final class SealedOutput extends OutputStream {
    /** Bytes of a chunk, before it is encrypted. */
    static final int CHUNK = 1 << 20;
    /** In the length, of the last chunk. */
    static final int LAST = 1 << 31;

    private final OutputStream out;
    private final EncryptionKeys keys;
    private final String key;
    private final String place;
    private final byte[] chunk = new byte[CHUNK];
    private int filled;
    private long number;
    private boolean closed;

    /**
     * Writes to a stream.
     *
     * @param key the name of the key
     * @param place backup and file
     */
    SealedOutput(OutputStream out, EncryptionKeys keys, String key, String place) {
        this.out = out;
        this.keys = keys;
        this.key = key;
        this.place = place;
    }

    /** Where a chunk belongs. */
    static String place(String place, long number, boolean isLast) {
        return place + "\n" + number + (isLast ? "\nlast" : "");
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[]{(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        for (int done = 0; done < length;) {
            if (filled == CHUNK) {
                seal(false);
            }
            int some = Math.min(length - done, CHUNK - filled);
            System.arraycopy(bytes, from + done, chunk, filled, some);
            filled += some;
            done += some;
        }
    }

    /** A file that was not written to its end has no last chunk if nobody closes this. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            seal(true);
            out.close();
        }
    }

    private void seal(boolean isLast) throws IOException {
        var sealed = keys.encrypt(key, place(place, number++, isLast), Arrays.copyOf(chunk, filled));
        out.write(ByteBuffer.allocate(4).putInt(sealed.length | (isLast ? LAST : 0)).array());
        out.write(sealed);
        filled = 0;
    }
}
