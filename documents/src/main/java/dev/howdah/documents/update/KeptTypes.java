package dev.howdah.documents.update;

import dev.howdah.documents.value.StoredDocument;
import tools.jackson.databind.JsonNode;

/** Numbers that an update leaves alone keep their types. */
final class KeptTypes {
    private KeptTypes() {}

    static StoredDocument of(StoredDocument before, StoredDocument after) {
        if (before.types().isEmpty()) {
            return after;
        }
        var types = after.typesByPointer();
        before.typesByPointer().forEach((pointer, type) -> {
            JsonNode old = before.data().at(pointer);
            JsonNode now = after.data().at(pointer);
            if (JsonEquality.identical(old, now)) {
                types.putIfAbsent(pointer, type);
            }
        });
        return StoredDocument.of(after.data(), types);
    }
}
