package dev.howdah.documents;

import dev.howdah.documents.aggregate.ForeignDocuments;
import dev.howdah.documents.aggregate.Pipeline;
import dev.howdah.documents.aggregate.PipelineLimits;
import dev.howdah.documents.query.DeclaredIndex;
import dev.howdah.documents.query.Explanation;
import dev.howdah.documents.query.FieldPath;
import dev.howdah.documents.query.Filter;
import dev.howdah.documents.update.Update;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One collection. Ids are texts as of {@link dev.howdah.documents.value.DocumentIds}: an {@code _id} that is a string is its
 * own. Every write has a form that joins the caller's transaction. All methods throw {@link NotFoundException} if the
 * collection is not there, and {@link dev.howdah.postgres.UnavailableException} if the database is not. Thread-safe.
 */
public final class DocumentCollection {
    private final Documents.Store store;
    private final String name;

    DocumentCollection(Documents.Store store, String name) {
        this.store = store;
        this.name = name;
    }

    /** Its name. */
    public String name() {
        return name;
    }

    Documents.Store store() {
        return store;
    }

    Catalogue.Entry entry() {
        return store.catalogue().get(name);
    }

    private Catalogue.Entry entry(Handle handle) {
        return store.catalogue().get(handle, name);
    }

    private <T> T read(BiFunction<Handle, Catalogue.Entry, T> work) {
        var entry = entry();
        return Faults.translated(name, () -> store.database().read(handle -> work.apply(handle, entry)));
    }

    private <T> T inTransaction(Function<Transaction, T> work) {
        return Faults.translated(name, () -> store.database().inTransaction(work));
    }

    /**
     * Inserts a document. Those of several threads share a statement and a commit.
     *
     * @throws ConflictException if its {@code _id} or a unique key of it is there
     * @throws InvalidInputException if it cannot be stored; lists every fault
     */
    public Document insert(NewDocument document) {
        return store.inserts().insert(store.inserts().row(entry(), document));
    }

    /** {@link #insert(NewDocument)} in the caller's transaction. */
    public Document insert(Transaction tx, NewDocument document) {
        return insert(tx, List.of(document)).getFirst();
    }

    /**
     * Inserts all documents or none.
     *
     * @throws ConflictException if an {@code _id} or a unique key is there or comes twice; names it
     * @throws InvalidInputException if one cannot be stored
     * @throws LimitExceededException if they are too many
     */
    public List<Document> insert(List<NewDocument> documents) {
        return inTransaction(tx -> insert(tx, documents));
    }

    /** {@link #insert(List)} in the caller's transaction. */
    public List<Document> insert(Transaction tx, List<NewDocument> documents) {
        var collection = entry(tx.handle());
        return store.inserts().insert(tx, collection, rows(collection, documents));
    }

    /** Inserts those that are new, and says which were not. */
    public InsertResult insertNew(List<NewDocument> documents) {
        return inTransaction(tx -> insertNew(tx, documents));
    }

    /** {@link #insertNew(List)} in the caller's transaction. */
    public InsertResult insertNew(Transaction tx, List<NewDocument> documents) {
        var collection = entry(tx.handle());
        var rows = rows(collection, documents);
        var inserted = store.inserts().insertNew(tx, collection, rows).stream().map(Document::id).toList();
        var refused = new ArrayList<>(rows.stream().map(Inserts.Row::id).toList());
        inserted.forEach(refused::remove);
        return new InsertResult(inserted, refused);
    }

    private List<Inserts.Row> rows(Catalogue.Entry collection, List<NewDocument> documents) {
        return documents.stream().map(document -> store.inserts().row(collection, document)).toList();
    }

    /** The document of this id. */
    public Optional<Document> get(String id) {
        return get(List.of(id)).stream().findFirst();
    }

    /** The documents of these ids that are there, in any order. */
    public List<Document> get(List<String> ids) {
        return read((handle, entry) -> Reads.get(handle, entry, ids));
    }

    /**
     * Writes one document: another in its place, operators, or a patch.
     *
     * @return the document after it, and whether it was inserted
     * @throws NotFoundException if it is not there and is not to be inserted
     * @throws RevisionConflictException if it has another revision
     * @throws ConflictException if the update does not fit the document
     */
    public Written write(String id, Update update, WriteCondition condition) {
        return inTransaction(tx -> write(tx, id, update, condition));
    }

    /** {@link #write(String, Update, WriteCondition)} in the caller's transaction. */
    public Written write(Transaction tx, String id, Update update, WriteCondition condition) {
        return store.writes()
                .updateOne(tx, entry(tx.handle()), Target.id(id, condition.rev()), update, condition.upsert())
                .map(changed -> new Written(changed.after(), changed.before().isEmpty()))
                .orElseThrow(() -> unknown(id));
    }

    /**
     * A document that was written.
     *
     * @param document as it is now
     * @param isNew whether it was inserted
     */
    public record Written(Document document, boolean isNew) {}

    private NotFoundException unknown(String id) {
        return new NotFoundException("document-not-found", "collection \"" + name + "\" has no document " + id,
                "insert it, or ask for another");
    }

    /**
     * Sets what is kept beside a document, which is a change of it.
     *
     * @throws NotFoundException if the document is not there
     */
    public void setMetadata(String id, ObjectNode metadata) {
        store.database().useTransaction(tx -> {
            if (!store.writes().setMetadata(tx, entry(tx.handle()), id, metadata)) {
                throw unknown(id);
            }
        });
    }

    /**
     * Deletes a document; whether it was there.
     *
     * @param rev only if it has this revision
     * @throws RevisionConflictException if it has another one
     */
    public boolean delete(String id, OptionalLong rev) {
        return inTransaction(tx -> delete(tx, id, rev));
    }

    /** {@link #delete(String, OptionalLong)} in the caller's transaction. */
    public boolean delete(Transaction tx, String id, OptionalLong rev) {
        return store.writes().deleteOne(tx, entry(tx.handle()), Target.id(id, rev)).isPresent();
    }

    /**
     * A page of what is found.
     *
     * @param cursor {@link DocumentPage#next} of the page before; empty for the first. Without sort, skip and limit, a page
     *        begins behind the id that the last one ended with, whatever is inserted or deleted meanwhile; with them it begins
     *        behind as many documents as were there before
     * @param limit documents of the page, 1 to the limit of the settings
     */
    public DocumentPage page(Query query, Optional<String> cursor, int limit) {
        return read((handle, entry) -> store.reads().page(handle, entry, query, cursor, limit));
    }

    /** All that is found; for queries with a limit or a selective filter. */
    public List<Document> find(Query query) {
        return read((handle, entry) -> store.reads().find(handle, entry, query));
    }

    /**
     * Hands over all that is found, as of one moment, holding few documents at once.
     *
     * @return how many there were
     */
    public long stream(Query query, Consumer<Document> consumer) {
        return inTransaction(tx -> store.reads().stream(tx.handle(), entry(tx.handle()), query, consumer));
    }

    /**
     * Hands over what an aggregation makes of the documents, as of one moment. What stands first in it is done by the database,
     * the rest here.
     *
     * @return how many documents came out
     * @throws LimitExceededException if a stage would keep more than the limits allow; names it
     */
    public long aggregate(Pipeline pipeline, PipelineLimits limits, Consumer<ObjectNode> consumer) {
        return inTransaction(tx -> {
            var first = pipeline.pushDown();
            var query = new Query(first.filter(), first.sort(), Optional.empty(), first.skip(), first.limit());
            long count = 0;
            try (var found = Reads.data(tx.handle(), entry(tx.handle()), query);
                    var results = first.rest().run(found, foreign(tx.handle()), limits)) {
                for (var all = results.iterator(); all.hasNext(); count++) {
                    consumer.accept(all.next());
                }
            }
            return count;
        });
    }

    private ForeignDocuments foreign(Handle handle) {
        return (collection, filter) -> Reads.data(handle, store.catalogue().get(handle, collection), Query.of(filter));
    }

    /** Which index serves which part of a query, what to declare where none does, and PostgreSQL's plan. */
    public Explanation explain(Query query) {
        return read((handle, entry) -> store.reads().explain(handle, entry, query));
    }

    /**
     * How many documents match.
     *
     * @param limit where to stop counting
     */
    public long count(Filter filter, OptionalLong limit) {
        return read((handle, entry) -> Reads.count(handle, entry, filter, limit));
    }

    /**
     * The different values at a path, in MongoDB's order; elements of arrays count each for themselves.
     *
     * @throws LimitExceededException if there are more than 100,000
     */
    public List<JsonNode> distinct(FieldPath path, Filter filter) {
        var distinct = new Distinct(path);
        stream(Query.of(filter), distinct::add);
        return distinct.values();
    }

    /** About how many documents there are, without counting; as the primary knows it, which alone counts rows. */
    public long estimate() {
        return store.database().withHandle(handle -> Reads.estimate(handle, entry(handle)));
    }

    /**
     * Changes the first document that matches, or inserts one.
     *
     * @param upsert whether to insert one if none matches
     * @throws ConflictException if the update does not fit the document, or a unique key is there
     */
    public UpdateResult updateOne(Filter filter, Update update, boolean upsert) {
        return inTransaction(tx -> updateOne(tx, filter, update, upsert));
    }

    /** {@link #updateOne(Filter, Update, boolean)} in the caller's transaction. */
    public UpdateResult updateOne(Transaction tx, Filter filter, Update update, boolean upsert) {
        return store.writes().updateOne(tx, entry(tx.handle()), Target.first(filter, Optional.empty()), update, upsert)
                .map(changed -> changed.before().isPresent()
                        ? new UpdateResult(1, changed.isModified() ? 1 : 0, Optional.empty())
                        : new UpdateResult(0, 0, Optional.of(changed.after().id())))
                .orElse(UpdateResult.NONE);
    }

    /** Changes all documents that match, or none if one of them cannot be changed. */
    public UpdateResult updateMany(Filter filter, Update update) {
        return inTransaction(tx -> updateMany(tx, filter, update));
    }

    /** {@link #updateMany(Filter, Update)} in the caller's transaction. */
    public UpdateResult updateMany(Transaction tx, Filter filter, Update update) {
        if (update instanceof Update.Replacement) {
            throw new InvalidInputException("update-invalid", "update",
                    "a whole document cannot take the place of many",
                    "use operators, such as $set");
        }
        return store.writes().updateMany(tx, entry(tx.handle()), Target.all(filter), update);
    }

    /** Deletes the first document that matches; whether there was one. */
    public boolean deleteOne(Filter filter) {
        return inTransaction(tx -> deleteOne(tx, filter));
    }

    /** {@link #deleteOne(Filter)} in the caller's transaction. */
    public boolean deleteOne(Transaction tx, Filter filter) {
        return store.writes().deleteOne(tx, entry(tx.handle()), Target.first(filter, Optional.empty())).isPresent();
    }

    /** Deletes all documents that match; how many. */
    public long deleteMany(Filter filter) {
        return inTransaction(tx -> deleteMany(tx, filter));
    }

    /** {@link #deleteMany(Filter)} in the caller's transaction. */
    public long deleteMany(Transaction tx, Filter filter) {
        return store.writes().delete(tx, entry(tx.handle()), Target.all(filter));
    }

    /** Changes or deletes one document and answers it, as it was or as it is; nothing if there was or is none. */
    public Optional<Document> findAndModify(FindAndModify wanted) {
        return inTransaction(tx -> findAndModify(tx, wanted));
    }

    /** {@link #findAndModify(FindAndModify)} in the caller's transaction. */
    public Optional<Document> findAndModify(Transaction tx, FindAndModify wanted) {
        var target = Target.first(wanted.filter(), wanted.sort());
        if (wanted.update().isEmpty()) {
            return store.writes().deleteOne(tx, entry(tx.handle()), target);
        }
        return store.writes().updateOne(tx, entry(tx.handle()), target, wanted.update().get(), wanted.upsert())
                .flatMap(changed -> wanted.returnsAfter() ? Optional.of(changed.after()) : changed.before());
    }

    /**
     * Several writes in one transaction.
     *
     * @param ordered whether to stop at the first that fails; those before it stay
     */
    public BulkResult bulk(List<BulkOperation> operations, boolean ordered) {
        return inTransaction(tx -> bulk(tx, operations, ordered));
    }

    /** {@link #bulk(List, boolean)} in the caller's transaction. */
    public BulkResult bulk(Transaction tx, List<BulkOperation> operations, boolean ordered) {
        if (operations.size() > store.settings().batchMax()) {
            throw new LimitExceededException("operations-too-many",
                    operations.size() + " operations were given at once",
                    "give at most " + store.settings().batchMax() + ", or raise howdah.documents.batch-max");
        }
        return new Bulk(this, tx).run(operations, ordered);
    }

    /**
     * Declares an index and builds it, beside reads and writes. Returns when it is ready, or at once if another process builds
     * it.
     *
     * @throws ConflictException if there is another index of its name, or it is unique and documents have the same key
     */
    public void createIndex(DeclaredIndex index) {
        declareIndex(index);
        store.indexes().build(entry(), index);
    }

    /** Declares an index; {@link DocumentUpkeep} builds it. */
    public void declareIndex(DeclaredIndex index) {
        store.indexes().declare(entry(), index);
    }

    /** The declared indexes, by name. */
    public List<IndexState> indexes() {
        return store.indexes().list(entry());
    }

    /**
     * Drops an index.
     *
     * @throws NotFoundException if there is none of this name
     */
    public void dropIndex(String index) {
        store.indexes().drop(entry(), index);
    }
}
