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

/** Documents from rows that begin with {@code id, rev, data, types, metadata, created_at, updated_at}. */
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
        return new Document(row.getString(1), row.getLong(2), stored(row), metadata(row.getBytes(5)),
                row.getObject(6, OffsetDateTime.class).toInstant(), row.getObject(7, OffsetDateTime.class).toInstant());
    }

    /** Most have none, which is not worth a parser. */
    private static ObjectNode metadata(byte[] json) {
        return json.length == "{}".length() ? JsonNodeFactory.instance.objectNode() : Values.parseStored(json);
    }

    private static StoredDocument stored(ResultSet row) throws SQLException {
        return new StoredDocument(Values.parseStored(row.getBytes(3)),
                Optional.ofNullable(row.getBytes(4)).map(Values::parseStored));
    }
}
