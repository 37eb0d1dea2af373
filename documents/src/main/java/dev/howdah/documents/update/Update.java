package dev.howdah.documents.update;

import dev.howdah.documents.query.Filter;
import dev.howdah.documents.value.DocumentLimits;
import dev.howdah.documents.value.StoredDocument;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.InvalidInputException;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What becomes of a document. */
public sealed interface Update permits OperatorUpdate, Update.Replacement, Update.Patch, Update.Merge {
    /**
     * When an update is applied.
     *
     * @param filter that met the document, for {@code $} in paths
     * @param isInsert whether the document is made by this update
     * @param now the database's time
     */
    record Occasion(Optional<Filter> filter, boolean isInsert, Instant now) {}

    /**
     * Another document in its place; it keeps its {@code _id}.
     *
     * @param document the new one
     */
    record Replacement(ObjectNode document) implements Update {
        @Override
        public ObjectNode apply(ObjectNode before, Occasion occasion) {
            return document.deepCopy();
        }

        @Override
        public String operation() {
            return "replace";
        }
    }

    /**
     * A JSON Patch, of the document as relaxed Extended JSON.
     *
     * @param patch its operations
     */
    record Patch(JsonPatch patch) implements Update {
        @Override
        public ObjectNode apply(ObjectNode before, Occasion occasion) {
            return object(patch.apply(before));
        }

        @Override
        public String operation() {
            return "update";
        }
    }

    /**
     * A JSON Merge Patch.
     *
     * @param patch what is merged
     */
    record Merge(MergePatch patch) implements Update {
        @Override
        public ObjectNode apply(ObjectNode before, Occasion occasion) {
            return object(patch.apply(before));
        }

        @Override
        public String operation() {
            return "update";
        }
    }

    /**
     * A changed copy of a stored document, still to be brought into the stored form.
     *
     * @throws dev.howdah.postgres.ConflictException if the document is not of the kind that the update needs
     */
    ObjectNode apply(ObjectNode document, Occasion occasion);

    /** What the change feed calls it: {@code update} or {@code replace}. */
    String operation();

    /**
     * The changed document as it is stored, with the {@code _id} of the one before.
     *
     * @throws InvalidInputException if it is too large or too deep, holds what cannot be stored, or has another {@code _id}
     * @throws dev.howdah.postgres.ConflictException if the document is not of the kind that the update needs
     */
    default StoredDocument applied(StoredDocument before, Occasion occasion, DocumentLimits limits) {
        var changed = apply(before.data(), occasion);
        var id = before.data().get("_id");
        if (id != null) {
            var given = changed.get("_id");
            if (given == null) {
                changed = JsonNodeFactory.instance.objectNode().set("_id", id).setAll(changed);
            } else if (!JsonEquality.equal(Stored.value(given), id)) {
                throw new InvalidInputException("update-invalid", "_id", "the _id of a document never changes",
                        "leave it out, or insert a new document");
            }
        }
        return KeptTypes.of(before, Values.normalise(changed, limits));
    }

    /** Whether two stored documents differ, in a value or in the type of a number. */
    static boolean differ(StoredDocument before, StoredDocument after) {
        return !JsonEquality.identical(before.data(), after.data()) || !before.types().equals(after.types());
    }

    /**
     * Reads operators, or a whole document that takes the place of another.
     *
     * @throws InvalidInputException if it is neither, or both
     */
    static Update parse(JsonNode update) {
        return parse(update, JsonNodeFactory.instance.arrayNode());
    }

    /** The same with conditions for elements, which paths name by {@code $[name]}. */
    static Update parse(JsonNode update, ArrayNode arrayFilters) {
        if (!(update instanceof ObjectNode object)) {
            throw new InvalidInputException("update-invalid", "", "an update is an object",
                    "use operators, such as {\"$set\": {\"a\": 1}}, or a whole document");
        }
        long operators = object.propertyStream().filter(entry -> entry.getKey().startsWith("$")).count();
        if (operators == 0) {
            return new Replacement(object);
        }
        if (operators < object.size()) {
            throw new InvalidInputException("update-invalid", "", "has operators and fields side by side",
                    "put the fields into $set");
        }
        return OperatorUpdate.parse(object, arrayFilters);
    }

    /**
     * The same, only operators.
     *
     * @throws InvalidInputException also if it is a whole document
     */
    static OperatorUpdate operators(JsonNode update, ArrayNode arrayFilters) {
        if (parse(update, arrayFilters) instanceof OperatorUpdate operators) {
            return operators;
        }
        throw new InvalidInputException("update-invalid", "", "has no operator",
                "use one of " + String.join(", ", ActionReader.OPERATORS) + "; to replace a document, say so");
    }

    private static ObjectNode object(JsonNode patched) {
        if (patched instanceof ObjectNode object) {
            return object;
        }
        throw new InvalidInputException("update-invalid", "", "what the patch makes is no object",
                "a document is an object");
    }
}
