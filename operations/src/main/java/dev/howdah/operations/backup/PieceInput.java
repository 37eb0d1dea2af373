package dev.howdah.operations.backup;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.howdah.operations.backup.Manifest.Piece;
import dev.howdah.operations.backup.target.BackupTarget;
import dev.howdah.postgres.EncryptionKeys;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Reads a file of a backup as it was before compression and encryption. Whoever has read to the end, and only they, know that it is
 * what the manifest says: length and SHA-256 as stored, length as it was.
 */
final class PieceInput extends InputStream {
    private final Piece piece;
    private final Measured stored;
    private final InputStream in;
    private long rawBytes;

    private PieceInput(Piece piece, Measured stored, InputStream in) {
        this.piece = piece;
        this.stored = stored;
        this.in = in;
    }

    static PieceInput open(BackupTarget target, Manifest manifest, Piece piece, EncryptionKeys keys)
            throws IOException {
        var stored = new Measured(open(target, manifest, piece));
        try {
            InputStream plain = manifest.key().<InputStream>map(key -> new SealedInput(stored, keys, key, PieceOutput
                    .place(manifest.name(), piece.file()))).orElse(stored);
            return new PieceInput(piece, stored, manifest.engine() == BackupEngine.DUMP
                    ? plain
                    : new ZstdInputStreamNoFinalizer(plain));
        } catch (IOException | RuntimeException e) {
            stored.close();
            throw e;
        }
    }

    private static InputStream open(BackupTarget target, Manifest manifest, Piece piece) throws IOException {
        try {
            return target.open(manifest.name(), piece.file());
        } catch (NoSuchFileException e) {
            throw new DamagedException("file " + piece.file() + " is missing", e);
        }
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        try {
            int count = in.read(bytes, from, length);
            if (count < 0) {
                check();
            } else {
                rawBytes += count;
                if (rawBytes > piece.rawBytes()) {
                    throw new DamagedException("it holds more than was written");
                }
            }
            return count;
        } catch (IOException e) {
            if (stored.failed) {
                throw e; // the target, not the content
            }
            throw new DamagedException("file " + piece.file() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        try (stored) {
            in.close();
        }
    }

    private void check() throws IOException {
        stored.drain();
        if (rawBytes != piece.rawBytes() || stored.bytes != piece.bytes()) {
            throw new DamagedException("it has another length than was written");
        }
        if (!HexFormat.of().formatHex(stored.digest()).equals(piece.sha256())) {
            throw new DamagedException("it is not what was written (SHA-256)");
        }
    }

    private static final class Measured extends FilterInputStream {
        private final MessageDigest digest = PieceOutput.sha256();
        private byte[] result = new byte[0];
        long bytes;
        boolean failed;

        Measured(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            try {
                int count = in.read(into, from, length);
                if (count > 0) {
                    digest.update(into, from, count);
                    bytes += count;
                }
                return count;
            } catch (IOException e) {
                failed = true;
                throw e;
            }
        }

        /** To the end, of which a decompressor may have left something. */
        void drain() throws IOException {
            transferTo(OutputStream.nullOutputStream());
        }

        byte[] digest() {
            if (result.length == 0) {
                result = digest.digest();
            }
            return result;
        }
    }
}
