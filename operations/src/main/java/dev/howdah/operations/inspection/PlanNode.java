package dev.howdah.operations.inspection;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A step of a plan, as EXPLAIN (FORMAT JSON) has it.
 *
 * @param type such as {@code Seq Scan}
 * @param relation the table that it reads
 * @param index the index that it uses
 * @param plannedRows how many rows the planner expects of one run
 * @param actualRows how many there were, on average over the runs; absent without ANALYZE
 * @param loops how often it was run
 * @param json everything else
 * @param children the steps below it
 */
record PlanNode(String type, Optional<String> relation, Optional<String> index, double plannedRows,
        OptionalDouble actualRows, OptionalLong loops, JsonNode json, List<PlanNode> children) {
    static PlanNode of(JsonNode json) {
        var actual = json.path("Actual Rows");
        var loops = json.path("Actual Loops");
        return new PlanNode(json.path("Node Type").asString(), text(json, "Relation Name"), text(json, "Index Name"),
                json.path("Plan Rows").asDouble(),
                actual.isNumber() ? OptionalDouble.of(actual.asDouble()) : OptionalDouble.empty(),
                loops.isNumber() ? OptionalLong.of(loops.asLong()) : OptionalLong.empty(), json,
                json.path("Plans").valueStream().map(PlanNode::of).toList());
    }

    /** Whether it was run. */
    boolean isRun() {
        return loops.orElse(0) > 0;
    }

    /** A text of the step. */
    Optional<String> text(String name) {
        return text(json, name);
    }

    /** Hands over every step, each before those below it. */
    void forEach(Consumer<PlanNode> work) {
        work.accept(this);
        children.forEach(child -> child.forEach(work));
    }

    /** The plan as text, a line a step. */
    List<String> lines() {
        var lines = new ArrayList<String>();
        addTo(lines, 0);
        return lines;
    }

    private void addTo(List<String> lines, int depth) {
        lines.add("  ".repeat(depth) + (depth == 0 ? "" : "-> ") + type + relation.map(name -> " on " + name).orElse("")
                + index.map(name -> " using " + name).orElse("") + "  (" + measures() + ")");
        for (var condition : List.of("Index Cond", "Recheck Cond", "Filter", "Hash Cond", "Merge Cond",
                "Join Filter")) {
            text(condition).ifPresent(value -> lines.add("  ".repeat(depth + 2) + condition + ": " + value));
        }
        children.forEach(child -> child.addTo(lines, depth + 1));
    }

    private String measures() {
        var cost = String.format(Locale.ROOT, "cost %.0f, %.0f rows expected", json.path("Total Cost").asDouble(),
                plannedRows);
        if (actualRows.isEmpty()) {
            return cost;
        }
        return isRun()
                ? cost + String.format(Locale.ROOT, ", %.0f found, %d times, %.2f ms each", actualRows.getAsDouble(),
                        loops.orElse(0), json.path("Actual Total Time").asDouble())
                : cost + ", never run";
    }

    private static Optional<String> text(JsonNode json, String name) {
        @Nullable
        String value = json.path(name).asString(null);
        return Optional.ofNullable(value);
    }
}
