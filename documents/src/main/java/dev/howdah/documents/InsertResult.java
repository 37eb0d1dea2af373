package dev.howdah.documents;

import java.util.List;

/**
 * What was inserted.
 *
 * @param ids of the documents that were, in the order given
 * @param refused the ids of those that were not, because they or a unique key of them were there
 */
public record InsertResult(List<String> ids, List<String> refused) {
    public InsertResult {
        ids = List.copyOf(ids);
        refused = List.copyOf(refused);
    }
}
