package dev.howdah.operations.inspection;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * How the server runs a statement, or ran it.
 *
 * @param lines the plan for people
 * @param advice what stands out in it
 * @param planning how long it took to plan
 * @param execution how long it took to run; absent if it was only planned
 * @param plan as the server gave it
 */
public record Explained(List<String> lines, List<PlanAdvice> advice, Optional<Duration> planning,
        Optional<Duration> execution, JsonNode plan) {
    public Explained {
        lines = List.copyOf(lines);
        advice = List.copyOf(advice);
    }
}
