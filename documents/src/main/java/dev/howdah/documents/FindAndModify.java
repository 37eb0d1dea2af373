package dev.howdah.documents;

import dev.howdah.documents.query.Filter;
import dev.howdah.documents.query.Sort;
import dev.howdah.documents.update.Update;
import java.util.Optional;

/**
 * One document is found and changed or deleted in one step.
 *
 * @param filter which document
 * @param sort which of those that match comes first
 * @param update what becomes of it; it is deleted if absent
 * @param upsert whether one is inserted if there is none
 * @param returnsAfter whether the answer is the document after the change instead of before it
 */
public record FindAndModify(Filter filter, Optional<Sort> sort, Optional<Update> update, boolean upsert,
        boolean returnsAfter) {
    /** Changes a document and answers what it was. */
    public static FindAndModify update(Filter filter, Update update) {
        return new FindAndModify(filter, Optional.empty(), Optional.of(update), false, false);
    }

    /** Deletes a document and answers what it was. */
    public static FindAndModify delete(Filter filter) {
        return new FindAndModify(filter, Optional.empty(), Optional.empty(), false, false);
    }

    public FindAndModify sortedBy(Sort order) {
        return new FindAndModify(filter, Optional.of(order), update, upsert, returnsAfter);
    }

    public FindAndModify orInsert() {
        return new FindAndModify(filter, sort, update, true, returnsAfter);
    }

    public FindAndModify returningAfter() {
        return new FindAndModify(filter, sort, update, upsert, true);
    }
}
