package dev.howdah.documents;

import dev.howdah.documents.query.FieldPath;
import dev.howdah.documents.query.Filter;
import dev.howdah.documents.query.Sort;
import dev.howdah.documents.value.DocumentIds;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which documents are written.
 *
 * @param filter those that match
 * @param rev only at this revision; if the document has another, nothing is written
 * @param sort which comes first
 * @param many whether all, or the first one only
 */
record Target(Filter filter, OptionalLong rev, Optional<Sort> sort, boolean many) {
    static Target id(String id, OptionalLong rev) {
        return new Target(new Filter.Field(FieldPath.parse("_id"), new Filter.In(List.of(DocumentIds.toValue(id)),
                List.of())), rev, Optional.empty(), false);
    }

    static Target first(Filter filter, Optional<Sort> sort) {
        return new Target(filter, OptionalLong.empty(), sort, false);
    }

    static Target all(Filter filter) {
        return new Target(filter, OptionalLong.empty(), Optional.empty(), true);
    }
}
