package dev.howdah.documents.aggregate;

import dev.howdah.documents.aggregate.Stage.Accumulation;
import dev.howdah.documents.value.ValueOrder;
import dev.howdah.documents.value.ValueType;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What {@code $group} keeps while documents pass: for each id, the state of its accumulators. */
final class Groups {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Stage.Group stage;
    private final MemoryBudget budget;
    private final Evaluator evaluator = new Evaluator("$group");
    private final Map<String, Kept> groups = new LinkedHashMap<>();

    Groups(Stage.Group stage, MemoryBudget budget) {
        this.stage = stage;
        this.budget = budget;
    }

    void add(ObjectNode document) {
        var id = evaluator.value(stage.id(), document);
        var key = ValueOrder.key(id);
        var group = groups.get(key);
        if (group == null) {
            budget.add(100L + 2L * key.length() + 100L * stage.fields().size());
            group = new Kept(id == null ? NODES.nullNode() : id,
                    stage.fields().values().stream().map(field -> new State(field.operator(), budget)).toList());
            groups.put(key, group);
        }
        int i = 0;
        for (var field : stage.fields().values()) {
            group.states().get(i++).add(evaluator.value(field.value(), document));
        }
    }

    Stream<ObjectNode> results() {
        return groups.values().stream().map(this::result);
    }

    private ObjectNode result(Kept group) {
        var document = NODES.objectNode();
        document.set("_id", group.id());
        int i = 0;
        for (var name : stage.fields().keySet()) {
            document.set(name, group.states().get(i++).result());
        }
        return document;
    }

    private record Kept(JsonNode id, List<State> states) {}

    /** One accumulator of one group. */
    private static final class State {
        private final Accumulation.Operator operator;
        private final MemoryBudget budget;
        private final ArrayNode values = NODES.arrayNode();
        private final Set<String> seen = new HashSet<>();
        private @Nullable JsonNode chosen;
        private BigDecimal sum = BigDecimal.ZERO;
        private double special;
        private long count;

        State(Accumulation.Operator operator, MemoryBudget budget) {
            this.operator = operator;
            this.budget = budget;
        }

        void add(@Nullable JsonNode value) {
            switch (operator) {
                case SUM, AVG -> addNumber(value);
                case MIN -> choose(value, -1);
                case MAX -> choose(value, 1);
                case FIRST -> chosen = count++ == 0 ? orNull(value) : chosen;
                case LAST -> chosen = orNull(value);
                case PUSH -> {
                    if (value != null) {
                        values.add(budget.keep(value));
                    }
                }
                case ADD_TO_SET -> {
                    if (value != null && seen.add(ValueOrder.key(value))) {
                        values.add(budget.keep(value));
                    }
                }
                case COUNT -> count++;
            }
        }

        /** What is no number is left out. */
        private void addNumber(@Nullable JsonNode value) {
            if (value == null || ValueType.of(value) != ValueType.NUMBER) {
                return;
            }
            count++;
            if (value.isNumber()) {
                sum = sum.add(value.decimalValue(), MathContext.DECIMAL128);
            } else {
                special += Evaluator.asDouble(value);
            }
        }

        private void choose(@Nullable JsonNode value, int sign) {
            if (value != null && !Evaluator.isNull(value)
                    && (chosen == null || ValueOrder.INSTANCE.compare(value, chosen) * sign > 0)) {
                chosen = budget.keep(value);
            }
        }

        JsonNode result() {
            return switch (operator) {
                case SUM -> special == 0 ? Evaluator.ofDecimal(sum) : Evaluator.ofDouble(special);
                case AVG -> average();
                case MIN, MAX, FIRST, LAST -> orNull(chosen);
                case PUSH, ADD_TO_SET -> values;
                case COUNT -> NODES.numberNode(count);
            };
        }

        private JsonNode average() {
            if (count == 0) {
                return NODES.nullNode();
            }
            return Evaluator.ofDouble(special == 0
                    ? sum.divide(BigDecimal.valueOf(count), MathContext.DECIMAL128).doubleValue()
                    : special);
        }

        private static JsonNode orNull(@Nullable JsonNode value) {
            return value == null ? NODES.nullNode() : value;
        }
    }
}
