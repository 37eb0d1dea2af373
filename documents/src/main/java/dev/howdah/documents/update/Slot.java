package dev.howdah.documents.update;

import dev.howdah.postgres.ConflictException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/** A place in a document that can be read, set and emptied. */
final class Slot {
    /** An array is filled up with null to what is set behind its end; MongoDB allows 1.5 million. */
    private static final int FILL_MAX = 10_000;

    private final JsonNode container;
    private final String key;

    private Slot(JsonNode container, String key) {
        this.container = container;
        this.key = key;
    }

    /** The place, if all above it is there; it may be empty itself. */
    static Optional<Slot> find(ObjectNode root, List<String> path) {
        JsonNode at = root;
        for (var name : path.subList(0, path.size() - 1)) {
            var below = child(at, name);
            if (below == null) {
                return Optional.empty();
            }
            at = below;
        }
        return at.isContainer() ? Optional.of(new Slot(at, path.getLast())) : Optional.empty();
    }

    /**
     * The place; objects above it that are missing are made.
     *
     * @throws ConflictException if something else than an object or array stands above it
     */
    static Slot make(ObjectNode root, List<String> path) {
        JsonNode at = root;
        for (int i = 0; i < path.size() - 1; i++) {
            var slot = new Slot(at, path.get(i));
            var below = slot.get();
            if (below == null) {
                below = JsonNodeFactory.instance.objectNode();
                slot.set(below);
            }
            if (!below.isContainer()) {
                throw cannotStand(path, path.subList(0, i + 1));
            }
            at = below;
        }
        var slot = new Slot(at, path.getLast());
        if (at.isArray() && index(slot.key) < 0) {
            throw cannotStand(path, path.subList(0, path.size() - 1));
        }
        return slot;
    }

    /** What is there; null if nothing. */
    @Nullable
    JsonNode get() {
        return child(container, key);
    }

    void set(JsonNode value) {
        switch (container) {
            case ObjectNode object -> object.set(key, value);
            case ArrayNode array -> setElement(array, value);
            default -> throw new IllegalStateException(key);
        }
    }

    private void setElement(ArrayNode array, JsonNode value) {
        int index = index(key);
        if (index < 0) {
            throw new ConflictException("update-not-applicable", "\"" + key + "\" is no place in an array",
                    "name an element by its number");
        }
        if (index - array.size() > FILL_MAX) {
            throw new ConflictException("update-not-applicable", "element " + index + " is far behind the end of an "
                    + "array with " + array.size(), "set one at most " + FILL_MAX + " behind it, or use $push");
        }
        while (array.size() <= index) {
            array.addNull();
        }
        array.set(index, value);
    }

    /** Takes away what is there; an element of an array becomes null, so that the others keep their places. */
    void remove() {
        switch (container) {
            case ObjectNode object -> object.remove(key);
            case ArrayNode array when index(key) >= 0 && index(key) < array.size() -> array.set(index(key),
                    NullNode.getInstance());
            default -> {
                // nothing is there
            }
        }
    }

    boolean isElement() {
        return container.isArray();
    }

    private static @Nullable JsonNode child(JsonNode container, String name) {
        return switch (container) {
            case ObjectNode object -> object.get(name);
            case ArrayNode array -> index(name) < 0 ? null : array.get(index(name));
            default -> null;
        };
    }

    private static int index(String name) {
        return name.matches("0|[1-9][0-9]{0,8}") ? Integer.parseInt(name) : -1;
    }

    private static ConflictException cannotStand(List<String> path, List<String> above) {
        return new ConflictException("update-not-applicable",
                "\"" + String.join(".", path) + "\" cannot be set, because \""
                        + String.join(".", above) + "\" is no object that it could stand in",
                "set that first, or another path");
    }
}
