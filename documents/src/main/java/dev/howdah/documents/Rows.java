package dev.howdah.documents;

import dev.howdah.documents.value.StoredDocument;
import dev.howdah.documents.value.Values;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Documents from rows that begin with {@code id, rev, data, types, metadata, created_at, updated_at}. */
final class Rows {
    private Rows() {}

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
