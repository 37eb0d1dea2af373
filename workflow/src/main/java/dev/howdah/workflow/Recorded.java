package dev.howdah.workflow;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that a branch of a program did before, to be found again when it is replayed.
 *
 * @param node its name, unique in the execution
 * @param at when it was stored, by the database's clock
 */
record Recorded(Kind kind, String node, JsonNode data, Instant at) {
    /** What it was. */
    enum Kind {
        COMPLETED("step"), FAILED("step"), RETRYING("step"), TIMER("sleep"), SLEPT("sleep"), WAIT("signal"), SIGNAL(
                "signal"), NO_SIGNAL("signal"), NOW("time"), PATCH("patch");

        /** What in the code leads to it. */
        private final String operation;

        Kind(String operation) {
            this.operation = operation;
        }

        String operation() {
            return operation;
        }
    }

    /** The kind of an event that is one, by its type. */
    static final Map<String, Kind> EVENTS = Map.of("step_completed", Kind.COMPLETED, "step_failed", Kind.FAILED,
            "step_retrying", Kind.RETRYING, "timer_started", Kind.TIMER, "signal_awaited", Kind.WAIT);

    /** Small things are stored with the next event of their branch; nothing that followed lasts if they do not. */
    static ObjectNode note(Kind kind, String node, JsonNode data) {
        return JsonMapper.shared().createObjectNode().put("kind", kind.name()).put("node", node).set("data", data);
    }

    static Recorded ofNote(JsonNode note, Instant at) {
        return new Recorded(Kind.valueOf(note.path("kind").asString()), note.path("node").asString(), note.path("data"),
                at);
    }

    static ArrayNode notes(List<ObjectNode> notes) {
        var array = JsonMapper.shared().createArrayNode();
        notes.forEach(array::add);
        return array;
    }

    /** The branch that the node belongs to: empty, or its path up to and with the last slash. */
    static String branchOf(String node) {
        return node.substring(0, node.lastIndexOf('/') + 1);
    }
}
