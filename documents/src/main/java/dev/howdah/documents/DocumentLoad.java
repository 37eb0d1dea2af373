package dev.howdah.documents;

import dev.howdah.documents.Inserts.Row;
import dev.howdah.documents.value.StoredDocument;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.ConnectionException;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Puts many documents, which are in their stored form already, into a collection, as imports do. COPY is tried first; if an id of
 * a batch is taken, the batch is written again by a statement that knows what to do about that, and so are those after it. Used by
 * one thread.
 */
public final class DocumentLoad {
    private static final String TAKEN = "document-exists";

    private final DocumentCollection collection;
    private boolean isTaken;

    /** Loads into a collection. */
    public DocumentLoad(DocumentCollection collection) {
        this.collection = collection;
    }

    /** A document by its id. */
    public record Loaded(String id, StoredDocument stored) {}

    /**
     * Inserts those whose ids are not taken, and answers their ids.
     *
     * @param documents with ids that differ
     * @throws ConflictException if a unique index has a key of one already
     * @throws dev.howdah.postgres.NotFoundException if there is no such collection
     */
    public Set<String> insertNew(Transaction tx, Collection<Loaded> documents) {
        var entry = collection.entry();
        var rows = documents.stream().map(document -> new Row(entry, document.id(), document.stored(),
                JsonNodeFactory.instance.objectNode())).toList();
        if (!isTaken && isCopied(tx, entry, rows)) {
            return new HashSet<>(rows.stream().map(Row::id).toList());
        }
        isTaken = true;
        return new HashSet<>(
                Faults.translated(entry.name(), () -> collection.store().inserts().insertNew(tx, entry, rows))
                        .stream().map(Document::id).toList());
    }

    /** Inserts or replaces; metadata stay. What {@link #insertNew} says holds here, too. */
    public void write(Transaction tx, Collection<Loaded> documents) {
        var inserted = insertNew(tx, documents);
        var others = documents.stream().filter(document -> !inserted.contains(document.id()))
                .sorted(Comparator.comparing(Loaded::id)).toList();
        if (others.isEmpty()) {
            return;
        }
        var entry = collection.entry();
        var rows = others.stream().map(document -> new Row(entry, document.id(), document.stored(),
                JsonNodeFactory.instance.objectNode())).toList();
        Faults.translated(entry.name(), () -> collection.store().inserts().replace(tx, entry, rows));
    }

    private boolean isCopied(Transaction tx, Catalogue.Entry entry, List<Row> rows) {
        var connection = tx.handle().getConnection();
        try {
            var before = connection.setSavepoint();
            return isCopied(tx, entry, rows, connection, before);
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    private boolean isCopied(Transaction tx, Catalogue.Entry entry, List<Row> rows, Connection connection,
            Savepoint before) throws SQLException {
        try {
            collection.store().inserts().insert(tx, entry, rows);
            connection.releaseSavepoint(before);
            return true;
        } catch (ConflictException e) {
            if (!e.code().equals(TAKEN)) {
                throw e;
            }
            connection.rollback(before);
            return false;
        }
    }
}
