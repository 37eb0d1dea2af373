package dev.howdah.documents;

import dev.howdah.documents.changes.ChangeFeed;
import dev.howdah.documents.value.DocumentIds;
import dev.howdah.documents.value.DocumentLimits;
import dev.howdah.documents.value.StoredDocument;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.CopyBuffer;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.GroupCommit;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.Uuids;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.ConnectionException;
import org.postgresql.PGConnection;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts documents in. Single ones of many threads share a statement and a commit; many at once go by COPY. They are written in
 * the order of their ids, so that two callers with the same ones do not wait for each other in a circle.
 */
final class Inserts {
    /** From here on COPY is faster than arrays. */
    private static final int COPY_MIN = 30;
    /** Ids of one row of changes. */
    static final int NOTE_MAX = 1000;
    private static final int GROUP_MAX = 200;

    private final Database database;
    private final DocumentSettings settings;
    private final GroupCommit<Row, Instant> singles;

    Inserts(Database database, DocumentSettings settings) {
        this.database = database;
        this.settings = settings;
        this.singles = new GroupCommit<>(GROUP_MAX, this::insertTogether);
    }

    /** A document in its stored form, for a collection. */
    record Row(Catalogue.Entry collection, String id, StoredDocument stored, ObjectNode metadata) {
        Document at(Instant time) {
            return new Document(id, 1, stored, metadata, time, time);
        }
    }

    Row row(Catalogue.Entry collection, NewDocument given) {
        var stored = Values.normalise(withId(given.document()), limits(collection));
        return new Row(collection, DocumentIds.toId(stored.data().path("_id")), stored,
                (ObjectNode) Values.normaliseValue(given.metadata(), DocumentLimits.DEFAULT).value());
    }

    DocumentLimits limits(Catalogue.Entry collection) {
        return new DocumentLimits(settings.depthMax(),
                collection.options().documentMax().orElse(settings.documentMax()));
    }

    private static ObjectNode withId(ObjectNode document) {
        return document.has("_id")
                ? document
                : JsonNodeFactory.instance.objectNode().put("_id", Uuids.next().toString()).setAll(document);
    }

    /** Inserts one, together with those of other threads. */
    Document insert(Row row) {
        var at = Faults.translated(row.collection.name(), () -> singles.write(List.of(row)).getFirst());
        return row.at(at);
    }

    private List<Instant> insertTogether(List<Row> rows) {
        return database.inTransaction(tx -> {
            var at = insertArrays(tx, rows);
            return rows.stream().map(_ -> at).toList();
        });
    }

    /** Inserts all or none. */
    List<Document> insert(Transaction tx, Catalogue.Entry collection, List<Row> rows) {
        check(rows);
        if (rows.isEmpty()) {
            return List.of();
        }
        var at = Faults.translated(collection.name(), () -> rows.size() < COPY_MIN
                ? insertArrays(tx, rows)
                : copy(tx, collection, sorted(rows)));
        return rows.stream().map(row -> row.at(at)).toList();
    }

    /** Inserts those that nothing stands in the way of; answers them. */
    List<Document> insertNew(Transaction tx, Catalogue.Entry collection, List<Row> rows) {
        checkCount(rows);
        var times = new HashMap<String, Instant>();
        for (var batch : batches(sorted(rows))) {
            tx.handle().createQuery(collection.sql(DocumentsSql.INSERT_NEW))
                    .bind("ids", column(batch, Row::id)).bind("data", column(batch, Inserts::data))
                    .bind("types", column(batch, Inserts::types)).bind("metadata", column(batch, Inserts::metadata))
                    .map((row, context) -> times.put(row.getString("id"),
                            row.getObject("created_at", OffsetDateTime.class).toInstant()))
                    .list();
        }
        noteAfterCommit(tx);
        var inserted = new ArrayList<Document>();
        for (var row : rows) {
            Optional.ofNullable(times.remove(row.id)).ifPresent(at -> inserted.add(row.at(at)));
        }
        return inserted;
    }

    /** Replaces documents that are there, and leaves their metadata. */
    int replace(Transaction tx, Catalogue.Entry collection, List<Row> rows) {
        for (var batch : batches(sorted(rows))) {
            tx.handle().createQuery(collection.sql(DocumentsSql.LOCK_IDS)).bind("ids", column(batch, Row::id))
                    .mapTo(String.class).list();
            tx.handle().createUpdate(collection.sql(DocumentsSql.WRITE)).bind("operation", "replace")
                    .bind("ids", column(batch, Row::id)).bind("data", column(batch, Inserts::data))
                    .bind("types", column(batch, Inserts::types)).execute();
        }
        noteAfterCommit(tx);
        return rows.size();
    }

    private void check(List<Row> rows) {
        checkCount(rows);
        var ids = new HashSet<String>();
        for (var row : rows) {
            if (!ids.add(row.id)) {
                throw Faults.exists(row.collection.name(), row.id);
            }
        }
    }

    private void checkCount(List<Row> rows) {
        if (rows.size() > settings.batchMax()) {
            throw new LimitExceededException("documents-too-many", rows.size() + " documents were given at once",
                    "give at most " + settings.batchMax() + ", or raise howdah.documents.batch-max");
        }
    }

    private static List<Row> sorted(List<Row> rows) {
        return rows.stream().sorted(Comparator.comparing(Row::id)).toList();
    }

    private static <T> List<List<T>> batches(List<T> all) {
        var batches = new ArrayList<List<T>>();
        for (int from = 0; from < all.size(); from += NOTE_MAX) {
            batches.add(all.subList(from, Math.min(from + NOTE_MAX, all.size())));
        }
        return batches;
    }

    private Instant insertArrays(Transaction tx, List<Row> given) {
        var rows = sorted(given);
        var connection = tx.handle().getConnection();
        long begin = System.nanoTime();
        boolean failed = true;
        try (var statement = connection.prepareStatement(DocumentsSql.INSERT)) {
            statement.setArray(1, connection.createArrayOf("int4", rows.stream().map(row -> row.collection.number())
                    .toArray()));
            statement.setArray(2, connection.createArrayOf("text", column(rows, Row::id)));
            statement.setArray(3, connection.createArrayOf("text", column(rows, Inserts::data)));
            statement.setArray(4, connection.createArrayOf("text", column(rows, Inserts::types)));
            statement.setArray(5, connection.createArrayOf("text", column(rows, Inserts::metadata)));
            try (var answer = statement.executeQuery()) {
                answer.next();
                failed = false;
                noteAfterCommit(tx);
                return answer.getObject(1, OffsetDateTime.class).toInstant();
            }
        } catch (SQLException e) {
            throw new ConnectionException(e); // translated with those of the other statements
        } finally {
            database.metrics().record(DocumentsSql.INSERT, Duration.ofNanos(System.nanoTime() - begin), failed);
        }
    }

    private Instant copy(Transaction tx, Catalogue.Entry collection, List<Row> rows) {
        long begin = System.nanoTime();
        boolean failed = true;
        try {
            var copy = tx.handle().getConnection().unwrap(PGConnection.class).getCopyAPI().copyIn(DocumentsSql.COPY);
            try (var buffer = new CopyBuffer(copy)) {
                for (var row : rows) {
                    buffer.row(5).integer(collection.number()).text(row.id).jsonb(data(row));
                    row.stored.types().map(Values::write).ifPresentOrElse(buffer::jsonb, buffer::nothing);
                    someMetadata(row).ifPresentOrElse(buffer::jsonb, buffer::nothing);
                }
                buffer.end();
            }
            failed = false;
        } catch (SQLException e) {
            throw new ConnectionException(e); // translated with those of the other statements
        } finally {
            database.metrics().record(DocumentsSql.COPY, Duration.ofNanos(System.nanoTime() - begin), failed);
        }
        return noteCopied(tx, collection, rows);
    }

    private Instant noteCopied(Transaction tx, Catalogue.Entry collection, List<Row> rows) {
        var at = Instant.MIN;
        for (var batch : batches(rows)) {
            at = tx.handle().createQuery(collection.sql(DocumentsSql.NOTE_INSERTS)).bind("ids", column(batch, Row::id))
                    .mapTo(OffsetDateTime.class).one().toInstant();
        }
        noteAfterCommit(tx);
        return at;
    }

    private void noteAfterCommit(Transaction tx) {
        tx.afterCommit(() -> database.notifications().wake(ChangeFeed.TOPIC));
    }

    private static String[] column(List<Row> rows, Function<Row, Object> value) {
        return rows.stream().map(value).toArray(String[]::new);
    }

    private static String data(Row row) {
        return Values.write(row.stored.data());
    }

    @SuppressWarnings("NullAway") // NULL in the column
    private static String types(Row row) {
        return row.stored.types().map(Values::write).orElse(null);
    }

    @SuppressWarnings("NullAway") // NULL in the column
    private static String metadata(Row row) {
        return someMetadata(row).orElse(null);
    }

    private static Optional<String> someMetadata(Row row) {
        return Optional.of(row.metadata).filter(metadata -> !metadata.isEmpty()).map(Values::write);
    }
}
