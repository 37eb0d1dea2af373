package dev.howdah.agent.a2a;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How events carry their sequence for clients that have asked for {@link Caller#REPLAY_EXTENSION}: in their metadata. */
public final class Replay {
    /** The field of the metadata. */
    public static final String SEQUENCE = Caller.REPLAY_EXTENSION + "/sequence";

    private Replay() {}

    /** A StreamResponse with its sequence, if the caller wants it. */
    public static ObjectNode item(Caller caller, TaskStream.Element element) {
        var json = ProtoJson.item(element.item());
        if (caller.wantsReplay() && element.sequence().isPresent()) {
            json.properties().forEach(
                    only -> number((ObjectNode) only.getValue(), element.sequence().getAsLong()));
        }
        return json;
    }

    /** In a copy: what was written shares its metadata with the event. */
    private static void number(ObjectNode item, long sequence) {
        var metadata = item.path("metadata") instanceof ObjectNode given
                ? given.deepCopy()
                : JsonMapper.shared().createObjectNode();
        item.set("metadata", metadata.put(SEQUENCE, sequence));
    }
}
