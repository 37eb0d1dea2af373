package dev.howdah.documents;

import dev.howdah.documents.query.DeclaredIndex;
import java.util.Locale;
import java.util.Optional;

/**
 * A declared index as it is.
 *
 * @param index what was declared
 * @param state how far it is
 * @param error why it failed
 * @param bytes what it takes on disk
 */
public record IndexState(DeclaredIndex index, State state, Optional<String> error, long bytes) {
    /** How far an index is. */
    public enum State {
        /** Being built, or waiting to be. */
        BUILDING,
        /** In use. */
        READY,
        /** It could not be built. */
        FAILED;

        static State of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }

        /** As it is stored and sent. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
