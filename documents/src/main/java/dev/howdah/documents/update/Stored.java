package dev.howdah.documents.update;

import dev.howdah.documents.value.DocumentLimits;
import dev.howdah.documents.value.Values;
import tools.jackson.databind.JsonNode;

/** Operands in the form that rows keep, to be compared with what is there. */
final class Stored {
    private Stored() {}

    static JsonNode value(JsonNode given) {
        return Values.normaliseValue(given, DocumentLimits.DEFAULT).value();
    }
}
