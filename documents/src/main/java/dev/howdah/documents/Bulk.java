package dev.howdah.documents;

import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.UnavailableException;
import java.util.ArrayList;
import java.util.List;

/** Runs several writes, each within a savepoint, so that one that fails leaves the others. */
final class Bulk {
    private static final String SAVEPOINT = "bulk_operation";

    private final DocumentCollection collection;
    private final Transaction tx;

    Bulk(DocumentCollection collection, Transaction tx) {
        this.collection = collection;
        this.tx = tx;
    }

    BulkResult run(List<BulkOperation> operations, boolean ordered) {
        var outcomes = new ArrayList<BulkResult.Outcome>();
        int oneByOneUntil = 0;
        for (int i = 0; i < operations.size(); i = outcomes.size()) {
            var inserts = i < oneByOneUntil ? List.<NewDocument>of() : insertsFrom(operations, i);
            if (inserts.size() > 1) {
                if (insertAll(inserts, outcomes)) {
                    continue;
                }
                oneByOneUntil = i + inserts.size();
            }
            var outcome = runOne(operations.get(i));
            outcomes.add(outcome);
            if (ordered && outcome.failure().isPresent()) {
                break;
            }
        }
        return new BulkResult(outcomes);
    }

    private static List<NewDocument> insertsFrom(List<BulkOperation> operations, int from) {
        var inserts = new ArrayList<NewDocument>();
        for (int i = from; i < operations.size()
                && operations.get(i) instanceof BulkOperation.Insert(var document); i++) {
            inserts.add(document);
        }
        return inserts;
    }

    /** Inserts that stand side by side go together; if one fails, they are tried one by one. */
    private boolean insertAll(List<NewDocument> inserts, List<BulkResult.Outcome> outcomes) {
        tx.handle().savepoint(SAVEPOINT);
        try {
            collection.insert(tx, inserts)
                    .forEach(document -> outcomes.add(BulkResult.Outcome.inserted(document.id())));
            tx.handle().releaseSavepoint(SAVEPOINT);
            return true;
        } catch (UnavailableException e) {
            throw e;
        } catch (HowdahException e) {
            tx.handle().rollbackToSavepoint(SAVEPOINT);
            return false;
        }
    }

    private BulkResult.Outcome runOne(BulkOperation operation) {
        tx.handle().savepoint(SAVEPOINT);
        try {
            var outcome = apply(operation);
            tx.handle().releaseSavepoint(SAVEPOINT);
            return outcome;
        } catch (UnavailableException e) {
            throw e;
        } catch (HowdahException e) {
            tx.handle().rollbackToSavepoint(SAVEPOINT);
            return BulkResult.Outcome.failed(e);
        }
    }

    private BulkResult.Outcome apply(BulkOperation operation) {
        return switch (operation) {
            case BulkOperation.Insert insert ->
                BulkResult.Outcome.inserted(collection.insert(tx, insert.document()).id());
            case BulkOperation.Change change when change.many() -> BulkResult.Outcome.of(many(change));
            case BulkOperation.Change change -> BulkResult.Outcome.of(collection.updateOne(tx, change.filter(),
                    change.update(), change.upsert()));
            case BulkOperation.Delete delete -> BulkResult.Outcome.deleted(delete.many()
                    ? collection.deleteMany(tx, delete.filter())
                    : collection.deleteOne(tx, delete.filter()) ? 1 : 0);
        };
    }

    private UpdateResult many(BulkOperation.Change change) {
        var result = collection.updateMany(tx, change.filter(), change.update());
        return result.matched() == 0 && change.upsert()
                ? collection.updateOne(tx, change.filter(), change.update(), true)
                : result;
    }
}
