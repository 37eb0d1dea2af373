package dev.howdah.documents;

import dev.howdah.postgres.InvalidInputException;
import java.time.Duration;
import java.util.Optional;

/**
 * What holds for one collection instead of what is configured for all.
 *
 * @param changesRetention how long its changes can be read
 * @param documentMax bytes of one document as JSON text
 */
public record CollectionOptions(Optional<Duration> changesRetention, Optional<Integer> documentMax) {
    private static final int DOCUMENT_MIN = 100;
    private static final int DOCUMENT_MAX = 64 << 20;

    /** @throws InvalidInputException if a value is out of its range */
    public CollectionOptions {
        if (changesRetention.filter(time -> time.isNegative() || time.isZero()).isPresent()) {
            throw new InvalidInputException("collection-invalid", "changes_retention", "is not positive",
                    "use a time such as 7d");
        }
        if (documentMax.filter(bytes -> bytes < DOCUMENT_MIN || bytes > DOCUMENT_MAX).isPresent()) {
            throw new InvalidInputException("collection-invalid", "document_max", "is " + documentMax.get(),
                    "use " + DOCUMENT_MIN + " to " + DOCUMENT_MAX + " bytes");
        }
    }

    /** Nothing special. */
    public static CollectionOptions none() {
        return new CollectionOptions(Optional.empty(), Optional.empty());
    }
}
