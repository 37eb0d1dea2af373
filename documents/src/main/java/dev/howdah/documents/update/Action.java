package dev.howdah.documents.update;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** What is done at a place. */
sealed interface Action {
    /** Whether places that are missing are made for it. */
    default boolean makesPlace() {
        return true;
    }

    record Set(JsonNode value) implements Action {}

    /** Only in a document that is made by the update. */
    record SetOnInsert(JsonNode value) implements Action {}

    record Unset() implements Action {
        @Override
        public boolean makesPlace() {
            return false;
        }
    }

    record Increase(JsonNode by) implements Action {}

    record Multiply(JsonNode by) implements Action {}

    /** {@code $min} with the sign 1, {@code $max} with -1: sets the value if it stands on that side. */
    record Bound(JsonNode value, int sign) implements Action {}

    record Rename(UpdatePath to) implements Action {
        @Override
        public boolean makesPlace() {
            return false;
        }
    }

    record CurrentDate(boolean isTimestamp) implements Action {}

    /**
     * Adds elements.
     *
     * @param position where; from the end if negative, at the end if absent
     * @param slice how many are kept: the first, or the last if negative
     * @param order how they are sorted before
     */
    record Push(List<JsonNode> values, Optional<Integer> position, Optional<Integer> slice,
            Optional<ElementOrder> order) implements Action {}

    record AddToSet(List<JsonNode> values) implements Action {}

    record Pull(Predicate<JsonNode> condition) implements Action {
        @Override
        public boolean makesPlace() {
            return false;
        }
    }

    record Pop(boolean first) implements Action {
        @Override
        public boolean makesPlace() {
            return false;
        }
    }
}
