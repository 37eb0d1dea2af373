package dev.howdah.server;

import dev.howdah.operations.inspection.Explainer;
import dev.howdah.operations.inspection.Inspection;
import dev.howdah.server.DatabaseViews.CancelledView;
import dev.howdah.server.DatabaseViews.ExplainedView;
import dev.howdah.server.DatabaseViews.IndexUseView;
import dev.howdah.server.DatabaseViews.LocksView;
import dev.howdah.server.DatabaseViews.MigrationView;
import dev.howdah.server.DatabaseViews.MigrationsView;
import dev.howdah.server.DatabaseViews.DatabaseSessionView;
import dev.howdah.server.DatabaseViews.SessionsView;
import dev.howdah.server.DatabaseViews.ParameterView;
import dev.howdah.server.DatabaseViews.SizeView;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.MigrationPlan;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What goes on in the database, for a console. */
@RestController
@RequestMapping("/api/database")
@Tag(name = "Database")
final class DatabaseController {
    private final Howdah howdah;
    private final Inspection inspection;
    private final Explainer explainer;

    DatabaseController(Howdah howdah) {
        this.howdah = howdah;
        this.inspection = new Inspection(howdah.database());
        this.explainer = new Explainer(howdah.database());
    }

    @GetMapping("/sizes")
    @Operation(summary = "Tables with what they take on disk and their dead rows, the largest first")
    Map<String, List<SizeView>> sizes(@RequestParam(defaultValue = "100") int limit) {
        return Map.of("items", inspection.sizes(limit).stream().map(SizeView::of).toList());
    }

    @GetMapping("/activity")
    @Operation(summary = "Sessions of this database, the oldest transaction first; statements without values")
    SessionsView activity(@RequestParam(defaultValue = "100") int limit) {
        return SessionsView.of(inspection.sessions(limit));
    }

    /**
     * How to cancel.
     *
     * @param terminate whether to end the session, not only what it runs; false if absent
     */
    record CancelStatementInput(@Nullable Boolean terminate) {}

    @PostMapping("/activity/{pid}/cancel")
    @Operation(summary = "Cancels what a session of this database runs, or ends the session: {terminate: true}")
    CancelledView cancel(@PathVariable int pid, @RequestBody(required = false) @Nullable CancelStatementInput input) {
        boolean isTerminated = input != null && Boolean.TRUE.equals(input.terminate);
        inspection.cancel(pid, isTerminated);
        return new CancelledView(pid, isTerminated);
    }

    @GetMapping("/locks")
    @Operation(summary = "Who waits for whom: the longest wait first, and those who wait for nobody and are waited for")
    LocksView locks(@RequestParam(defaultValue = "100") int limit) {
        var found = inspection.lockWaits(limit);
        return new LocksView(found.waits().stream().map(DatabaseViews::lock).toList(), found.holders().stream().map(
                DatabaseSessionView::of).toList());
    }

    @GetMapping("/indexes")
    @Operation(summary = "Indexes with their size and use, the largest first")
    Map<String, List<IndexUseView>> indexes(@RequestParam(defaultValue = "100") int limit) {
        return Map.of("items", inspection.indexes(limit).stream().map(IndexUseView::of).toList());
    }

    @GetMapping("/settings")
    @Operation(summary = "Settings of the server that explain how it behaves; none that may hold secrets")
    Map<String, List<ParameterView>> settings() {
        return Map.of("items", inspection.settings().stream().map(ParameterView::of).toList());
    }

    @GetMapping("/migrations")
    @Operation(summary = "Every migration with its state, and of those that are pending what they would lock")
    MigrationsView migrations() {
        var migrator = howdah.migrator();
        var status = migrator.status();
        var pending = status.isUpToDate()
                ? Map.<Long, MigrationPlan.Step>of()
                : migrator.plan(Long.MAX_VALUE).steps().stream().collect(Collectors.toMap(MigrationPlan.Step::version,
                        Function.identity()));
        return new MigrationsView(status.version(), status.isUpToDate(), status.entries().stream()
                .map(entry -> MigrationView.of(entry, Optional.ofNullable(pending.get(entry.version())))).toList());
    }

    /**
     * What to explain.
     *
     * @param analyze whether it is run; false if absent
     * @param timeout a duration such as {@code 5s}
     */
    record ExplainInput(@Nullable String sql, @Nullable Boolean analyze, @Nullable String timeout) {}

    @PostMapping("/explain")
    @Operation(summary = "The plan of a statement that reads, and what stands out in it: {sql, analyze, timeout}; read-only")
    ExplainedView explain(@RequestBody ExplainInput input) {
        if (input.sql == null) {
            throw new InvalidInputException("statement-invalid", "sql", "is missing", "add the statement");
        }
        return ExplainedView.of(explainer.explain(input.sql, Boolean.TRUE.equals(input.analyze),
                TaskInput.duration("timeout", input.timeout).orElse(Explainer.LIMIT_DEFAULT)));
    }
}
