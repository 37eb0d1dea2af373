package dev.howdah.documents;

import dev.howdah.postgres.HowdahException;
import java.util.List;
import java.util.Optional;

/**
 * What became of each operation of a bulk.
 *
 * @param outcomes in the order of the operations; fewer if an ordered bulk stopped at a failure, which is the last then
 */
public record BulkResult(List<Outcome> outcomes) {
    public BulkResult {
        outcomes = List.copyOf(outcomes);
    }

    /**
     * What became of one operation.
     *
     * @param inserted the id of the document that was inserted, also by an upsert
     * @param matched documents that its filter met
     * @param modified those of them that are not as they were
     * @param deleted documents that are gone
     * @param failure why nothing was done
     */
    public record Outcome(Optional<String> inserted, long matched, long modified, long deleted,
            Optional<HowdahException> failure) {
        static Outcome of(UpdateResult result) {
            return new Outcome(result.upsertedId(), result.matched(), result.modified(), 0, Optional.empty());
        }

        static Outcome inserted(String id) {
            return new Outcome(Optional.of(id), 0, 0, 0, Optional.empty());
        }

        static Outcome deleted(long count) {
            return new Outcome(Optional.empty(), 0, 0, count, Optional.empty());
        }

        static Outcome failed(HowdahException failure) {
            return new Outcome(Optional.empty(), 0, 0, 0, Optional.of(failure));
        }
    }
}
