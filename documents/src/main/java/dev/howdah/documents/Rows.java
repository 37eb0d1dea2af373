package dev.howdah.documents;

import dev.howdah.documents.value.StoredDocument;
import dev.howdah.documents.value.Values;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Documents from rows. */
final class Rows {
    private Rows() {}

    static Document document(ResultSet row) throws SQLException {
        return new Document(row.getString("id"), row.getLong("rev"), stored(row),
                metadata(row.getString("metadata")),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("updated_at", OffsetDateTime.class).toInstant());
    }

    /** Most have none, which is not worth a parser. */
    private static ObjectNode metadata(String json) {
        return json.equals("{}") ? JsonNodeFactory.instance.objectNode() : Values.parseStored(json);
    }

    private static StoredDocument stored(ResultSet row) throws SQLException {
        @Nullable
        String types = row.getString("types");
        return new StoredDocument(Values.parseStored(row.getString("data")),
                Optional.ofNullable(types).map(Values::parseStored));
    }
}
