package dev.howdah.documents;

import dev.howdah.documents.value.StoredDocument;
import dev.howdah.documents.value.Values;
import java.time.Instant;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A document of a collection.
 *
 * @param id its {@code _id} as text, see {@link dev.howdah.documents.value.DocumentIds}
 * @param rev 1 when it was inserted, one more with each change
 * @param stored what it holds
 * @param metadata what is kept beside it
 * @param createdAt when it was inserted
 * @param updatedAt when it was changed last
 */
public record Document(String id, long rev, StoredDocument stored, ObjectNode metadata, Instant createdAt,
        Instant updatedAt) {
    /** What it holds, as Extended JSON, the {@code _id} first; otherwise fields have no order. Not to be changed. */
    public ObjectNode value(Values.Format format) {
        var value = Values.denormalise(stored, format);
        var id = value.get("_id");
        // Shorter names come first in jsonb: mostly it stands there already.
        return id == null || value.propertyNames().iterator().next().equals("_id")
                ? value
                : JsonNodeFactory.instance.objectNode().set("_id", id).setAll(value);
    }

    /** What it holds, as relaxed Extended JSON; not to be changed, since it may be what this record keeps. */
    public ObjectNode value() {
        return value(Values.Format.RELAXED);
    }
}
