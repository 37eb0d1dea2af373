package dev.howdah.documents.changes;

import dev.howdah.postgres.InvalidInputException;
import java.util.Arrays;
import java.util.Locale;

/** What happened to a document. */
public enum ChangeOperation {
    /** It is new. */
    INSERT,
    /** Parts of it were changed. */
    UPDATE,
    /** All of it was. */
    REPLACE,
    /** It is gone. */
    DELETE;

    /** As it is stored and sent. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The operation of a text.
     *
     * @throws InvalidInputException if the text names none
     */
    public static ChangeOperation of(String text) {
        return Arrays.stream(values()).filter(value -> value.text().equals(text)).findFirst()
                .orElseThrow(() -> new InvalidInputException("change-operation-unknown", "operation",
                        "\"" + text + "\" is no operation", "use insert, update, replace or delete"));
    }
}
