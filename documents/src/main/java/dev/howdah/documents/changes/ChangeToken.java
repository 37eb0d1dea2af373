package dev.howdah.documents.changes;

import dev.howdah.postgres.InvalidInputException;
import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * A place in the feed: everything up to it is known. For callers it is a text to keep and give back.
 *
 * @param tx the transaction, as an unsigned 64-bit number
 * @param seq the statement in it
 * @param position the document in that, from 1; 0 before the first
 */
public record ChangeToken(long tx, long seq, int position) implements Comparable<ChangeToken> {
    private static final byte VERSION = 1;
    private static final int BYTES = 1 + Long.BYTES + Long.BYTES + Integer.BYTES;

    /**
     * The place of a text.
     *
     * @throws InvalidInputException if the text is no token
     */
    public static ChangeToken parse(String text) {
        try {
            var bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
            if (bytes.remaining() == BYTES && bytes.get() == VERSION) {
                return new ChangeToken(bytes.getLong(), bytes.getLong(), bytes.getInt());
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw new InvalidInputException("change-token-invalid", "after", "is no token of the change feed",
                "use the token of the last change that arrived, as it was");
    }

    String txText() {
        return Long.toUnsignedString(tx);
    }

    @Override
    public int compareTo(ChangeToken other) {
        int byTx = Long.compareUnsigned(tx, other.tx);
        int bySeq = Long.compare(seq, other.seq);
        return byTx != 0 ? byTx : bySeq != 0 ? bySeq : Integer.compare(position, other.position);
    }

    /** The text to keep. */
    @Override
    public String toString() {
        return Base64.getUrlEncoder().withoutPadding()
                .encodeToString(ByteBuffer.allocate(BYTES).put(VERSION).putLong(tx)
                        .putLong(seq).putInt(position).array());
    }
}
