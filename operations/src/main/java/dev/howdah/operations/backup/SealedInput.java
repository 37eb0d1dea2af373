package dev.howdah.operations.backup;

import dev.howdah.postgres.EncryptionKeys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;

/** Reads what {@link SealedOutput} wrote; every chunk is authenticated before anybody sees it. */
final class SealedInput extends InputStream {
    /** Nonce and tag. */
    private static final int OVERHEAD = 28;

    private final InputStream in;
    private final EncryptionKeys keys;
    private final String key;
    private final String place;
    private byte[] chunk = new byte[0];
    private int read;
    private long number;
    private boolean ended;

    /** Reads from a stream; the others as when it was written. */
    SealedInput(InputStream in, EncryptionKeys keys, String key, String place) {
        this.in = in;
        this.keys = keys;
        this.key = key;
        this.place = place;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        while (read == chunk.length) {
            if (ended) {
                return -1;
            }
            open();
        }
        int some = Math.min(length, chunk.length - read);
        System.arraycopy(chunk, read, bytes, from, some);
        read += some;
        return some;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private void open() throws IOException {
        var head = in.readNBytes(4);
        if (head.length < 4) {
            throw new DamagedException("it ends before its last chunk");
        }
        int word = ByteBuffer.wrap(head).getInt();
        boolean isLast = (word & SealedOutput.LAST) != 0;
        int length = word & ~SealedOutput.LAST;
        if (length < OVERHEAD || length > SealedOutput.CHUNK + OVERHEAD) {
            throw new DamagedException("chunk " + number + " has an impossible length");
        }
        var sealed = in.readNBytes(length);
        if (sealed.length < length) {
            throw new DamagedException("it ends within chunk " + number);
        }
        try {
            chunk = keys.decrypt(key, SealedOutput.place(place, number, isLast), sealed);
        } catch (GeneralSecurityException e) {
            throw new DamagedException("chunk " + number + " is not what was written, or the key is another one", e);
        }
        number++;
        read = 0;
        ended = isLast;
        if (isLast && in.read() >= 0) {
            throw new DamagedException("it goes on after its last chunk");
        }
    }
}
