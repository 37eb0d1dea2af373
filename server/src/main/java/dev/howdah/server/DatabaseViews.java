package dev.howdah.server;

import dev.howdah.operations.inspection.Explained;
import dev.howdah.operations.inspection.IndexUse;
import dev.howdah.operations.inspection.LockWait;
import dev.howdah.operations.inspection.ServerSetting;
import dev.howdah.operations.inspection.Session;
import dev.howdah.operations.inspection.TableSize;
import dev.howdah.postgres.MigrationPlan;
import dev.howdah.postgres.MigrationStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The database as the API shows it. */
final class DatabaseViews {
    private DatabaseViews() {}

    record SizeView(String name, @Nullable String parent, long liveRows, long deadRows, long tableBytes,
            long indexBytes,
            long toastBytes, long totalBytes, @Nullable Instant vacuumedAt, @Nullable Instant analyzedAt) {
        static SizeView of(TableSize size) {
            return new SizeView(size.name(), size.parent().orElse(null), size.liveRows(), size.deadRows(),
                    size.tableBytes(), size.indexBytes(), size.toastBytes(), size.totalBytes(),
                    size.vacuumedAt().orElse(null), size.analyzedAt().orElse(null));
        }
    }

    record DatabaseSessionView(int pid, String role, String application, @Nullable String client, String state,
            @Nullable String waitsFor, @Nullable Long transactionMs, @Nullable Long queryMs, String query,
            List<Integer> blockedBy) {
        static DatabaseSessionView of(Session session) {
            return new DatabaseSessionView(session.pid(), session.role(), session.application(),
                    session.client().orElse(null),
                    session.state(), session.waitsFor().orElse(null), millis(session.transactionAge()),
                    millis(session.queryAge()), session.query(), session.blockedBy());
        }
    }

    record SessionsView(Map<String, Long> byState, List<DatabaseSessionView> items) {
        static SessionsView of(List<Session> sessions) {
            return new SessionsView(sessions.stream().collect(Collectors.groupingBy(Session::state, TreeMap::new,
                    Collectors.counting())), sessions.stream().map(DatabaseSessionView::of).toList());
        }
    }

    record LockView(String mode, String object, @Nullable Long waitedMs, DatabaseSessionView session) {}

    static LockView lock(LockWait wait) {
        return new LockView(wait.mode(), wait.object(), millis(wait.waited()), DatabaseSessionView.of(wait.session()));
    }

    record LocksView(List<LockView> items, List<DatabaseSessionView> holders) {}

    record CancelledView(int pid, boolean terminated) {}

    record IndexUseView(String name, String table, String definition, long bytes, long scans, long rowsRead,
            boolean unique,
            boolean valid) {
        static IndexUseView of(IndexUse index) {
            return new IndexUseView(index.name(), index.table(), index.definition(), index.bytes(), index.scans(),
                    index.rowsRead(), index.isUnique(), index.isValid());
        }
    }

    record ParameterView(String name, String value, String defaultValue, String source, String category,
            String description, boolean pendingRestart) {
        static ParameterView of(ServerSetting setting) {
            return new ParameterView(setting.name(), setting.value(), setting.defaultValue(), setting.source(),
                    setting.category(), setting.description(), setting.isPendingRestart());
        }
    }

    record MigrationView(long version, String module, String name, String state, boolean reversible,
            @Nullable Instant appliedAt, @Nullable Long durationMs, @Nullable Boolean transactional,
            @Nullable List<String> locks) {
        static MigrationView of(MigrationStatus.Entry entry, Optional<MigrationPlan.Step> step) {
            return new MigrationView(entry.version(), entry.module(), entry.name(), TaskViews.label(entry.state()),
                    entry.reversible(), entry.appliedAt().orElse(null), millis(entry.duration()),
                    step.map(MigrationPlan.Step::transactional).orElse(null),
                    step.map(MigrationPlan.Step::notes).orElse(null));
        }
    }

    record MigrationsView(long version, boolean upToDate, List<MigrationView> items) {}

    record AdviceView(String kind, String detail, @Nullable String fix) {}

    record ExplainedView(List<String> lines, List<AdviceView> advice, @Nullable Double planningMs,
            @Nullable Double executionMs, JsonNode plan) {
        static ExplainedView of(Explained explained) {
            return new ExplainedView(explained.lines(), explained.advice().stream()
                    .map(each -> new AdviceView(TaskViews.label(each.kind()), each.detail(), each.fix().orElse(null)))
                    .toList(), exactMillis(explained.planning()), exactMillis(explained.execution()), explained.plan());
        }
    }

    private static @Nullable Long millis(Optional<Duration> time) {
        return time.map(Duration::toMillis).orElse(null);
    }

    private static @Nullable Double exactMillis(Optional<Duration> time) {
        return time.map(given -> given.toNanos() / 1e6).orElse(null);
    }
}
