package dev.howdah.operations.backup;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.howdah.operations.backup.Manifest.Piece;
import dev.howdah.operations.backup.target.BackupTarget;
import dev.howdah.postgres.EncryptionKeys;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

/** A file of a backup that is being written: compressed, encrypted if there is a key, measured as it is stored. */
final class PieceOutput extends OutputStream {
    private final String file;
    private final Measured stored;
    private final OutputStream out;
    private long rawBytes;

    private PieceOutput(String file, Measured stored, OutputStream out) {
        this.file = file;
        this.stored = stored;
        this.out = out;
    }

    /**
     * Begins a file.
     *
     * @param backup the name, which is authenticated with the file's
     * @param level of the compression; 0 for what is compressed already
     */
    static PieceOutput create(BackupTarget.Unfinished into, String backup, String file, EncryptionKeys keys, int level)
            throws IOException {
        var stored = new Measured(into.file(file));
        try {
            OutputStream sealed = keys.current().<OutputStream>map(key -> new SealedOutput(stored, keys, key, place(
                    backup, file))).orElse(stored);
            return new PieceOutput(file, stored, level == 0 ? sealed : new ZstdOutputStreamNoFinalizer(sealed, level));
        } catch (IOException | RuntimeException e) {
            stored.close();
            throw e;
        }
    }

    static String place(String backup, String file) {
        return backup + "/" + file;
    }

    @Override
    public void write(int b) throws IOException {
        rawBytes++;
        out.write(b);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        rawBytes += length;
        out.write(bytes, from, length);
    }

    /** Ends the file, which is stored then. */
    Piece finish(long rows) throws IOException {
        out.close();
        return new Piece(file, rows, rawBytes, stored.bytes, HexFormat.of().formatHex(stored.digest.digest()));
    }

    /** Gives up, unless it was finished. */
    @Override
    public void close() throws IOException {
        stored.close();
    }

    private static final class Measured extends FilterOutputStream {
        final MessageDigest digest = sha256();
        long bytes;

        Measured(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[]{(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] written, int from, int length) throws IOException {
            out.write(written, from, length);
            digest.update(written, from, length);
            bytes += length;
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
