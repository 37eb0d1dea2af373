package dev.howdah.server;

import dev.howdah.agent.model.ModelCall;
import dev.howdah.agent.model.ModelCalls;
import dev.howdah.agent.model.ModelUse;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.server.TaskViews.Page;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What was asked of language models, and what it cost. */
@RestController
@Tag(name = "Models")
final class ModelsController {
    private static final String INVALID = "model-calls-invalid";
    private static final Duration USAGE_SPAN = Duration.ofDays(30);

    private final ModelCalls calls;

    ModelsController(Howdah howdah) {
        this.calls = howdah.modelCalls();
    }

    record CallView(UUID id, Instant calledAt, String provider, String model, String purpose, @Nullable UUID taskId,
            long inputTokens, long outputTokens, @Nullable BigDecimal cost, @Nullable String currency, long durationMs,
            int attempts, String outcome, @Nullable String errorCode, @Nullable String error) {
        static CallView of(ModelCall call) {
            return new CallView(call.id(), call.calledAt(), call.provider(), call.model(), call.purpose(),
                    call.taskId().orElse(null), call.inputTokens(), call.outputTokens(),
                    call.cost().map(cost -> cost.amount().stripTrailingZeros()).orElse(null),
                    call.cost().map(ModelCall.Cost::currency).orElse(null), call.duration().toMillis(),
                    call.attempts(), TaskViews.label(call.outcome()),
                    call.failure().map(ModelCall.Failure::code).orElse(null),
                    call.failure().map(ModelCall.Failure::error).orElse(null));
        }
    }

    @GetMapping("/api/models/calls")
    @Operation(summary = "Calls of language models, newest first, by model, purpose, outcome (answered, invalid, failed, "
            + "interrupted), task_id, and begin (from, to). Neither prompts nor answers are kept")
    Page<CallView> calls(@RequestParam(required = false) Optional<String> model,
            @RequestParam(required = false) Optional<String> purpose,
            @RequestParam(required = false) Optional<String> outcome,
            @RequestParam(name = "task_id", required = false) Optional<String> taskId,
            @RequestParam(required = false) Optional<String> from, @RequestParam(required = false) Optional<String> to,
            @RequestParam(required = false) Optional<String> cursor, @RequestParam(defaultValue = "50") int limit) {
        var filter = new ModelCalls.Filter(model, purpose,
                outcome.map(text -> choice(ModelCall.Outcome.values(), "outcome", text)),
                taskId.map(text -> uuid("task_id", text)), from.map(text -> time("from", text)),
                to.map(text -> time("to", text)));
        var found = calls.list(filter, cursor.map(text -> uuid("cursor", text)), limit);
        return new Page<>(found.stream().map(CallView::of).toList(),
                found.size() < limit ? null : found.getLast().id().toString());
    }

    record UseView(String key, long calls, long failed, long attempts, long inputTokens, long outputTokens,
            Map<String, BigDecimal> costs, long unpriced, long averageMs, long longestMs) {
        static UseView of(ModelUse use) {
            var costs = use.costs().entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey,
                    cost -> cost.getValue().stripTrailingZeros(), (a, b) -> a, TreeMap::new));
            return new UseView(use.key(), use.calls(), use.failed(), use.attempts(), use.inputTokens(),
                    use.outputTokens(), costs, use.unpriced(), use.average().toMillis(), use.longest().toMillis());
        }
    }

    record UsageView(String by, Instant from, Instant to, List<UseView> items) {}

    @GetMapping("/api/models/usage")
    @Operation(summary = "What language models were used for, summed up by model, purpose, day or hour (of UTC); of the last 30 "
            + "days unless from and to say otherwise. Calls whose price is not known are counted as unpriced")
    UsageView usage(@RequestParam(required = false) Optional<String> from,
            @RequestParam(required = false) Optional<String> to, @RequestParam(defaultValue = "model") String by) {
        var end = to.map(text -> time("to", text)).orElseGet(Instant::now);
        var begin = from.map(text -> time("from", text)).orElseGet(() -> end.minus(USAGE_SPAN));
        var sum = choice(ModelUse.By.values(), "by", by);
        return new UsageView(TaskViews.label(sum), begin, end, calls.usage(begin, end, sum).stream().map(UseView::of)
                .toList());
    }

    private static <E extends Enum<E>> E choice(E[] values, String field, String text) {
        return Arrays.stream(values).filter(value -> TaskViews.label(value).equals(text)).findFirst()
                .orElseThrow(() -> new InvalidInputException(INVALID, field, "\"" + text + "\" is not known",
                        "use one of " + Arrays.stream(values).map(TaskViews::label).collect(Collectors.joining(", "))));
    }

    private static UUID uuid(String field, String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException(INVALID, field, "\"" + text + "\" is no UUID", field.equals("cursor")
                    ? "use the value of \"next\" of the page before"
                    : "use the id of a task");
        }
    }

    private static Instant time(String field, String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new InvalidInputException(INVALID, field, "\"" + text + "\" is no time",
                    "use ISO 8601 with a zone, such as 2027-01-31T09:00:00Z");
        }
    }
}
