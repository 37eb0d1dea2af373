package dev.howdah.documents;

import dev.howdah.documents.query.Filter;
import dev.howdah.documents.query.FilterSql;
import dev.howdah.documents.query.SortSql;
import dev.howdah.documents.query.SqlCondition;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Transaction;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Documents that a transaction has locked to write them. Many are locked in the order of their ids, so that two writers do not
 * wait for each other in a circle, and read by a cursor, so that few are held at once.
 */
final class Locked {
    private static final int FETCH = 50;
    /** How often to look again when others have changed what was about to be locked. */
    private static final int ATTEMPTS_MAX = 10;

    private Locked() {}

    /** A document and the database's time. */
    record Row(Document document, Instant now) {}

    /** Locks the documents and hands them over in batches. */
    static void each(Transaction tx, Catalogue.Entry collection, Target target, Consumer<List<Row>> batches) {
        if (!target.many()) {
            first(tx, collection, target).ifPresent(row -> batches.accept(List.of(row)));
            return;
        }
        var condition = condition(collection, target.filter());
        var sql = collection.sql(DocumentsSql.LOCK) + " AND (" + condition.sql() + ") ORDER BY id FOR UPDATE";
        var query = condition.bind(tx.handle().createQuery(sql)).setFetchSize(FETCH);
        try (var rows = query.map((row, context) -> new Row(Rows.document(row),
                row.getObject("now", OffsetDateTime.class).toInstant())).iterator()) {
            var batch = new ArrayList<Row>();
            while (rows.hasNext()) {
                batch.add(rows.next());
                if (batch.size() == FETCH || !rows.hasNext()) {
                    batches.accept(List.copyOf(batch));
                    batch.clear();
                }
            }
        }
    }

    /**
     * Locks one. A document that somebody else changed while this waited for its lock may not match any more; then the next one
     * is looked for.
     *
     * @throws RevisionConflictException if it has another revision than the one that is expected
     * @throws ConflictException if others were always faster
     */
    static Optional<Row> first(Transaction tx, Catalogue.Entry collection, Target target) {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            var row = lock(tx, collection, target);
            if (row.isPresent() || !exists(tx, collection, target)) {
                row.ifPresent(found -> checkRevision(collection, found.document, target));
                return row;
            }
        }
        throw new ConflictException("documents-contended", "others changed every document that matched, "
                + ATTEMPTS_MAX + " times", "try again");
    }

    private static Optional<Row> lock(Transaction tx, Catalogue.Entry collection, Target target) {
        var condition = condition(collection, target.filter());
        var order = target.sort().map(sort -> SortSql.of(sort, "sort"));
        var sql = collection.sql(DocumentsSql.LOCK) + " AND (" + condition.sql() + ")"
                + order.map(given -> " ORDER BY " + given.sql()).orElse("") + " LIMIT 1 FOR UPDATE";
        var query = condition.bind(tx.handle().createQuery(sql));
        order.ifPresent(given -> given.bind(query));
        return query.map((row, context) -> new Row(Rows.document(row),
                row.getObject("now", OffsetDateTime.class).toInstant())).findOne();
    }

    private static SqlCondition condition(Catalogue.Entry collection, Filter filter) {
        return FilterSql.of(filter, collection.indexes());
    }

    private static boolean exists(Transaction tx, Catalogue.Entry collection, Target target) {
        var condition = condition(collection, target.filter());
        var sql = collection.sql(DocumentsSql.FIND) + " AND (" + condition.sql() + ") LIMIT 1";
        return condition.bind(tx.handle().createQuery(sql)).map((row, context) -> true).findOne().isPresent();
    }

    private static void checkRevision(Catalogue.Entry collection, Document document, Target target) {
        if (target.rev().isPresent() && target.rev().getAsLong() != document.rev()) {
            throw new RevisionConflictException(collection.name(), document.id(), target.rev().getAsLong(),
                    document.rev());
        }
    }
}
