package dev.howdah.documents;

import dev.howdah.documents.changes.ChangeFeed;
import dev.howdah.documents.query.Filter;
import dev.howdah.documents.update.Update;
import dev.howdah.documents.value.DocumentIds;
import dev.howdah.documents.value.DocumentLimits;
import dev.howdah.documents.value.StoredDocument;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.Uuids;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Changes and deletes documents: locks them, computes what becomes of them here, and writes a batch in one statement. */
final class Writes {
    /** How often an upsert looks again when others insert and delete the document meanwhile. */
    private static final int UPSERTS_MAX = 10;
    /** Bytes of documents that are written at once. */
    private static final long BATCH_BYTES = 8 << 20;

    private final Database database;
    private final Inserts inserts;

    Writes(Database database, Inserts inserts) {
        this.database = database;
        this.inserts = inserts;
    }

    /** One document before and after; it is not there before if it was inserted. */
    record Changed(Optional<Document> before, Document after, boolean isModified) {}

    private record Write(Document before, StoredDocument after) {
        boolean changes() {
            return Update.differ(before.stored(), after);
        }
    }

    /** Changes all that the target names; how many matched and how many are not as they were. */
    UpdateResult updateMany(Transaction tx, Catalogue.Entry collection, Target target, Update update) {
        var counts = new long[2];
        var waiting = new Pending(tx, collection, update);
        Locked.each(tx, collection, target, rows -> {
            for (var row : rows) {
                counts[0]++;
                counts[1] += waiting.add(applied(collection, row, target.filter(), update)) ? 1 : 0;
            }
        });
        waiting.flush();
        return new UpdateResult(counts[0], counts[1], Optional.empty());
    }

    /** Changes the first that the target names, or inserts one if there is none and that is wanted. */
    Optional<Changed> updateOne(Transaction tx, Catalogue.Entry collection, Target target, Update update,
            boolean upsert) {
        for (int attempt = 0; attempt < UPSERTS_MAX; attempt++) {
            var row = Locked.first(tx, collection, target);
            if (row.isPresent()) {
                return Optional.of(change(tx, collection, row.get(), target.filter(), update));
            }
            if (!upsert) {
                return Optional.empty();
            }
            var inserted = upsert(tx, collection, target.filter(), update);
            if (inserted.isPresent()) {
                return inserted;
            }
        }
        throw new ConflictException("documents-contended", "others inserted and deleted the document meanwhile, "
                + UPSERTS_MAX + " times, or another one has a unique key of it",
                "try again, or look at the unique indexes");
    }

    private Changed change(Transaction tx, Catalogue.Entry collection, Locked.Row row, Filter filter, Update update) {
        var write = applied(collection, row, filter, update);
        var before = row.document();
        if (!write.changes()) {
            return new Changed(Optional.of(before), before, false);
        }
        var waiting = new Pending(tx, collection, update);
        waiting.add(write);
        waiting.flush();
        return new Changed(Optional.of(before), new Document(before.id(), before.rev() + 1, write.after,
                before.metadata(), before.createdAt(), row.now()), true);
    }

    private Write applied(Catalogue.Entry collection, Locked.Row row, Filter filter, Update update) {
        var occasion = new Update.Occasion(Optional.of(filter), false, row.now());
        return new Write(row.document(), update.applied(row.document().stored(), occasion, limits(collection)));
    }

    private DocumentLimits limits(Catalogue.Entry collection) {
        return inserts.limits(collection);
    }

    /** Nothing if somebody else has just inserted it. */
    private Optional<Changed> upsert(Transaction tx, Catalogue.Entry collection, Filter filter, Update update) {
        var now = tx.handle().createQuery(DocumentsSql.NOW).mapTo(OffsetDateTime.class).one().toInstant();
        var document = update.apply(UpsertSeed.of(filter, update), new Update.Occasion(Optional.of(filter), true, now));
        var id = UpsertSeed.id(filter).or(() -> Optional.ofNullable(document.get("_id")))
                .orElseGet(() -> JsonNodeFactory.instance.stringNode(Uuids.next().toString()));
        var whole = JsonNodeFactory.instance.objectNode().set("_id", id);
        document.remove("_id");
        var row = inserts.row(collection, NewDocument.of(whole.setAll(document)));
        return inserts.insertNew(tx, collection, List.of(row)).stream().findFirst()
                .map(inserted -> new Changed(Optional.empty(), inserted, true));
    }

    /** Deletes what the target names; how many. */
    long delete(Transaction tx, Catalogue.Entry collection, Target target) {
        var count = new long[1];
        var ids = new ArrayList<String>();
        Locked.each(tx, collection, target, rows -> {
            rows.forEach(row -> ids.add(row.document().id()));
            if (ids.size() >= Inserts.NOTE_MAX) {
                count[0] += delete(tx, collection, ids);
            }
        });
        return count[0] + delete(tx, collection, ids);
    }

    /** Deletes the first that the target names; answers it. */
    Optional<Document> deleteOne(Transaction tx, Catalogue.Entry collection, Target target) {
        return Locked.first(tx, collection, target).map(Locked.Row::document).map(document -> {
            delete(tx, collection, new ArrayList<>(List.of(document.id())));
            return document;
        });
    }

    private long delete(Transaction tx, Catalogue.Entry collection, List<String> ids) {
        int count = ids.size();
        if (count > 0) {
            tx.handle().createUpdate(collection.sql(DocumentsSql.DELETE)).bind("ids", ids.toArray(String[]::new))
                    .execute();
            noteAfterCommit(tx);
            ids.clear();
        }
        return count;
    }

    private void noteAfterCommit(Transaction tx) {
        tx.afterCommit(() -> database.notifications().wake(ChangeFeed.TOPIC));
    }

    /** Sets what is kept beside a document. */
    boolean setMetadata(Transaction tx, Catalogue.Entry collection, String id, ObjectNode metadata) {
        boolean isThere = tx.handle().createUpdate(collection.sql(DocumentsSql.SET_METADATA)).bind("id", id)
                .bind("metadata", Values.write(Values.normaliseValue(metadata, limits(collection)).value()))
                .execute() > 0;
        noteAfterCommit(tx);
        return isThere;
    }

    /** What is to be written, gathered to a statement's worth. */
    private final class Pending {
        private final Transaction tx;
        private final Catalogue.Entry collection;
        private final Update update;
        private final List<Write> writes = new ArrayList<>();
        private long bytes;

        Pending(Transaction tx, Catalogue.Entry collection, Update update) {
            this.tx = tx;
            this.collection = collection;
            this.update = update;
        }

        /** Whether the document is not as it was. */
        boolean add(Write write) {
            if (!write.changes()) {
                return false;
            }
            writes.add(write);
            bytes += Values.bytes(write.after.data());
            if (writes.size() >= Inserts.NOTE_MAX || bytes >= BATCH_BYTES) {
                flush();
            }
            return true;
        }

        void flush() {
            if (writes.isEmpty()) {
                return;
            }
            Faults.translated(collection, () -> tx.handle().createUpdate(collection.sql(DocumentsSql.WRITE))
                    .bind("operation", update.operation()).bind("ids", column(write -> write.before.id()))
                    .bind("data", column(write -> Values.write(write.after.data())))
                    .bind("types", column(Writes::types)).execute());
            noteAfterCommit(tx);
            writes.clear();
            bytes = 0;
        }

        private String[] column(Function<Write, String> value) {
            return writes.stream().map(value).toArray(String[]::new);
        }
    }

    @SuppressWarnings("NullAway") // NULL in the column
    private static String types(Write write) {
        return write.after.types().map(Values::write).orElse(null);
    }
}
