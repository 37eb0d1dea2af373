package dev.howdah.documents.update;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON value that looks like what it changes (RFC 7396): members are set, those that are null are removed, anything else
 * than an object takes the place of what was there.
 *
 * @param patch the value
 */
public record MergePatch(JsonNode patch) {
    public MergePatch {
        patch = patch.deepCopy();
    }

    /** A changed copy. */
    public JsonNode apply(JsonNode value) {
        return merge(value.deepCopy(), patch);
    }

    private static JsonNode merge(JsonNode target, JsonNode patch) {
        if (!(patch instanceof ObjectNode members)) {
            return patch.deepCopy();
        }
        var object = target instanceof ObjectNode there ? there : JsonNodeFactory.instance.objectNode();
        members.properties().forEach(entry -> {
            if (entry.getValue().isNull()) {
                object.remove(entry.getKey());
            } else {
                var before = object.get(entry.getKey());
                object.set(entry.getKey(), merge(before == null ? JsonNodeFactory.instance.missingNode() : before,
                        entry.getValue()));
            }
        });
        return object;
    }
}
