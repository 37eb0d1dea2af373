package dev.howdah.workflow.definition;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/**
 * What expressions see.
 *
 * @param input what the execution was started with: {@code input}, also {@code context} and {@code global_context}
 * @param outputs of the nodes that completed, by id: {@code outputs}
 * @param item of a map's child: {@code item}
 * @param index its place in the list, from 0: {@code index}
 */
public record Scope(JsonNode input, Map<String, JsonNode> outputs, Optional<JsonNode> item, OptionalInt index) {
    /** Outside a map. */
    public static Scope of(JsonNode input, Map<String, JsonNode> outputs) {
        return new Scope(input, outputs, Optional.empty(), OptionalInt.empty());
    }

    /** The same for one element of a list. */
    public Scope withItem(JsonNode element, int place) {
        return new Scope(input, outputs, Optional.of(element), OptionalInt.of(place));
    }
}
