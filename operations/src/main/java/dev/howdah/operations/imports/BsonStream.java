package dev.howdah.operations.imports;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Documents of BSON one after another, each of which begins with its length. */
final class BsonStream {
    /** Ends a block of an archive. */
    static final int TERMINATOR = -1;
    private static final int LENGTH = 4;
    private static final int SMALLEST = 5;
    private static final int LARGEST = 1 << 30;

    private final Path file;
    private final InputStream in;
    private final int bytesMax;
    private long position;

    /** @param bytesMax larger documents are read over */
    BsonStream(Path file, InputStream in, int bytesMax) {
        this.file = file;
        this.in = in;
        this.bytesMax = bytesMax;
    }

    /** What comes next. */
    sealed interface Next {}

    /** A document. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Whole(byte[] bson) implements Next {}

    /** One that was read over. */
    record TooLarge(int bytes) implements Next {}

    /** The end of a block of an archive. */
    record BlockEnd() implements Next {}

    /** The end of the file. */
    record End() implements Next {}

    /**
     * Reads on.
     *
     * @throws EOFException if the file ends within a document
     * @throws dev.howdah.postgres.InvalidInputException if there is no document
     */
    Next next() throws IOException {
        var head = in.readNBytes(LENGTH);
        if (head.length == 0) {
            return new End();
        }
        if (head.length < LENGTH) {
            throw new EOFException();
        }
        int length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt();
        if (length == TERMINATOR) {
            position += LENGTH;
            return new BlockEnd();
        }
        if (length < SMALLEST || length > LARGEST) {
            throw SourceFiles.damaged(file, "has no BSON document at byte " + position + ": its length would be "
                    + length);
        }
        position += length;
        if (length > bytesMax) {
            in.skipNBytes(length - LENGTH);
            return new TooLarge(length);
        }
        return new Whole(document(head, length));
    }

    private byte[] document(byte[] head, int length) throws IOException {
        var bson = new byte[length];
        System.arraycopy(head, 0, bson, 0, LENGTH);
        if (in.readNBytes(bson, LENGTH, length - LENGTH) < length - LENGTH) {
            throw new EOFException();
        }
        if (bson[length - 1] != 0) {
            throw SourceFiles.damaged(file, "has no BSON document before byte " + position + ": it does not end where "
                    + "its length says");
        }
        return bson;
    }
}
