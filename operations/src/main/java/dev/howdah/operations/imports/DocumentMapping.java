package dev.howdah.operations.imports;

import dev.howdah.documents.value.DocumentIds;
import dev.howdah.documents.value.DocumentLimits;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * What documents of MongoDB and JSON become.
 *
 * @param idField whose value becomes {@code _id}
 * @param origin what makes ids of documents without one differ from those of other sources
 */
record DocumentMapping(DocumentLimits limits, Optional<String> idField, String origin) {
    private static final String ID = "_id";
    private static final String TYPE = "document";
    private static final int CONTENT_MAX = 2000;
    private static final int SHOWN_BYTES_MAX = 8 * CONTENT_MAX;

    /** A document in BSON. */
    Item ofBson(String target, byte[] bson, String place) {
        try {
            return item(target, BsonJson.read(bson), place);
        } catch (BsonJson.BadBsonException e) {
            return new Item.Rejected(TYPE, place, e.problem(), bson.length + " bytes of BSON");
        }
    }

    /** A document as a text in UTF-8. */
    Item ofJson(String target, byte[] json, String place) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
        } catch (CharacterCodingException e) {
            return new Item.Rejected(TYPE, place, "is not UTF-8", shown(new String(json, 0, Math.min(json.length,
                    SHOWN_BYTES_MAX), StandardCharsets.UTF_8)));
        }
        try {
            return item(target, Values.parseObject(text), place);
        } catch (InvalidInputException e) {
            return new Item.Rejected(TYPE, place, problem(e), shown(text));
        }
    }

    /** A document. */
    Item item(String target, ObjectNode document, String place) {
        try {
            identify(document, place);
            var stored = Values.normalise(document, limits);
            return new Item.Document(TYPE, target, DocumentIds.toId(stored.data().path(ID)), stored, Checksums.of(
                    document), Optional.empty());
        } catch (InvalidInputException e) {
            return new Item.Rejected(TYPE, place, problem(e), content(document));
        }
    }

    private void identify(ObjectNode document, String place) {
        if (idField.isPresent()) {
            var value = document.path(idField.get());
            if (value.isMissingNode() || value.isNull()) {
                throw new InvalidInputException("import-record-invalid", idField.get(), "there is no field \"" + idField
                        .get() + "\", which is to be the id", "correct the record, or name another field");
            }
            document.set(ID, value);
        } else if (!document.has(ID)) {
            document.put(ID, UUID.nameUUIDFromBytes((origin + '\n' + place).getBytes(StandardCharsets.UTF_8))
                    .toString());
        }
    }

    private static String problem(InvalidInputException e) {
        return e.faults().stream().map(fault -> (fault.field().isEmpty() ? "" : fault.field() + " ") + fault.problem())
                .limit(3).collect(java.util.stream.Collectors.joining("; "));
    }

    /** Of a large document only the id: to write it as text would need as much memory again. */
    private static String content(ObjectNode document) {
        return document.size() > CONTENT_MAX ? document.path(ID).toString() : shown(document.toString());
    }

    private static String shown(String text) {
        return text.length() <= CONTENT_MAX ? text : text.substring(0, CONTENT_MAX) + "...";
    }
}
