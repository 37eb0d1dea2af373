package dev.howdah.documents;

import dev.howdah.documents.value.StoredDocument;
import dev.howdah.documents.value.Values;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.statement.StatementContext;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Documents from rows that begin with id, revision, data, types, metadata, when it was created and when it was updated; NULL as
 * the last ones says that it has none, and that it never was.
 */
final class Rows {
    private Rows() {}

    /** All of a statement's, without what a mapper costs for each. */
    static List<Document> documents(Supplier<ResultSet> statement, StatementContext context) throws SQLException {
        try (context; var rows = statement.get()) {
            var documents = new ArrayList<Document>();
            while (rows.next()) {
                documents.add(document(rows));
            }
            return documents;
        }
    }

    static Document document(ResultSet row) throws SQLException {
        var metadata = row.getBytes(5);
        var created = row.getObject(6, OffsetDateTime.class).toInstant();
        var updated = row.getObject(7, OffsetDateTime.class);
        return new Document(row.getString(1), row.getLong(2), stored(row),
                metadata == null ? JsonNodeFactory.instance.objectNode() : Values.parseStored(metadata), created,
                updated == null ? created : updated.toInstant());
    }

    private static StoredDocument stored(ResultSet row) throws SQLException {
        return new StoredDocument(Values.parseStored(row.getBytes(3)),
                Optional.ofNullable(row.getBytes(4)).map(Values::parseStored));
    }
}
