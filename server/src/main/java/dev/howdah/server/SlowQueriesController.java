package dev.howdah.server;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.ServerStatements;
import dev.howdah.postgres.SlowQueryLog;
import dev.howdah.postgres.SlowQueryLog.Severity;
import dev.howdah.postgres.SlowQueryStatistics;
import dev.howdah.postgres.StatementType;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Database")
final class SlowQueriesController {
    private final Howdah howdah;

    SlowQueriesController(Howdah howdah) {
        this.howdah = howdah;
    }

    record SlowQueryView(String id, String query, String normalized, String type, @Nullable String table,
            double durationMs, String severity, @Nullable String caller, @Nullable Long rowCount, Instant executedAt) {
        static SlowQueryView of(SlowQueryLog.Entry entry) {
            return new SlowQueryView(entry.id(), entry.query(), entry.normalized(), label(entry.statement().type()),
                    entry.statement().table().orElse(null), millis(entry.duration()),
                    TaskViews.label(entry.severity()), entry.caller().orElse(null),
                    entry.rows().isPresent() ? entry.rows().getAsLong() : null, entry.executedAt());
        }
    }

    @GetMapping("/api/database/slow-queries")
    @Operation(summary = "Slow statements of this process, newest first, without their values")
    Map<String, List<SlowQueryView>> slowQueries(@RequestParam(required = false) Optional<String> severity,
            @RequestParam(required = false) Optional<String> since, @RequestParam(defaultValue = "100") int limit) {
        check("limit", limit, SlowQueryLog.ENTRIES_MAX);
        var wanted = severity.map(SlowQueriesController::severity);
        var after = since.map(SlowQueriesController::time).orElse(Instant.MIN);
        return Map.of("items", howdah.database().metrics().slowQueries()
                .recent(entry -> wanted.filter(only -> entry.severity() != only).isEmpty()
                        && !entry.executedAt().isBefore(after), limit)
                .stream().map(SlowQueryView::of).toList());
    }

    record SumView(String id, String query, String type, @Nullable String table, long count, double totalMs,
            double averageMs, double maxMs, Instant lastAt) {
        static SumView of(SlowQueryStatistics.Sum sum) {
            return new SumView(sum.id(), sum.query(), label(sum.statement().type()),
                    sum.statement().table().orElse(null), sum.count(), millis(sum.total()), millis(sum.average()),
                    millis(sum.max()), sum.lastAt());
        }
    }

    @GetMapping("/api/database/slow-queries/statistics")
    @Operation(summary = "Slow runs of this process by statement, of the last day at most, by the time that they took")
    Map<String, List<SumView>> statistics(@RequestParam(required = false) Optional<String> since) {
        var from = since.map(SlowQueriesController::time).orElseGet(() -> Instant.now().minus(
                SlowQueryStatistics.KEPT));
        return Map.of("items", howdah.database().metrics().slowQueries().statistics(from).stream().map(SumView::of)
                .toList());
    }

    record StatementLineView(String id, String query, String type, @Nullable String table, long calls, long rows,
            double totalMs, double meanMs, double maxMs, double cacheHitRatio) {
        static StatementLineView of(ServerStatements.Line line) {
            return new StatementLineView(Long.toString(line.id()), line.query(), label(line.statement().type()),
                    line.statement().table().orElse(null), line.calls(), line.rows(), millis(line.total()),
                    millis(line.mean()), millis(line.max()), line.cacheHitRatio());
        }
    }

    record StatementsView(boolean available, String remedy, List<StatementLineView> items) {}

    @GetMapping("/api/database/statements")
    @Operation(summary = "What the server has counted of all statements, where pg_stat_statements is loaded")
    StatementsView statements(@RequestParam(defaultValue = "50") int limit) {
        var statements = ServerStatements.of(howdah.database(), limit);
        return new StatementsView(statements.isThere(), statements.remedy(),
                statements.statements().stream().map(StatementLineView::of).toList());
    }

    private static void check(String field, int limit, int max) {
        if (limit < 1 || limit > max) {
            throw new InvalidInputException("limit-invalid", field, limit + " is out of range", "use 1 to " + max);
        }
    }

    private static Severity severity(String word) {
        return Arrays.stream(Severity.values()).filter(value -> TaskViews.label(value).equals(word)).findFirst()
                .orElseThrow(() -> new InvalidInputException("severity-invalid", "severity", "\"" + word
                        + "\" is not known", "use warning, critical or fatal"));
    }

    private static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new InvalidInputException("time-invalid", "since", "\"" + text + "\" is no time",
                    "use ISO 8601 with a zone, such as 2027-01-31T09:00:00Z");
        }
    }

    private static String label(StatementType type) {
        return TaskViews.label(type);
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }
}
