package dev.howdah.documents;

import dev.howdah.documents.value.DocumentIds;
import dev.howdah.postgres.HowdahException;

/** A document has another revision than the one that was expected; nothing was written. */
public final class RevisionConflictException extends HowdahException {
    private final long current;

    RevisionConflictException(String collection, String id, long expected, long current) {
        super("revision-conflict",
                "document " + DocumentIds.toValue(id) + " of \"" + collection + "\" has the revision "
                        + current + ", not " + expected,
                "read it again, then write with its revision", null);
        this.current = current;
    }

    /** The revision that it has. */
    public long current() {
        return current;
    }
}
