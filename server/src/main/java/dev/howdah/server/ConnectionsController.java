package dev.howdah.server;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.PoolAdvice;
import dev.howdah.postgres.PoolUse;
import dev.howdah.postgres.ReplicaStatus;
import dev.howdah.postgres.RouterStatistics;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The connections of this process, and the replicas as it sees them. */
@RestController
@Tag(name = "Database")
final class ConnectionsController {
    private final Database database;

    ConnectionsController(Howdah howdah) {
        this.database = howdah.database();
    }

    record PoolView(int active, int idle, int waiting, int max, int peak, int minIdle, String maxLifetime,
            String idleTimeout, String acquireTimeout, AcquireView acquire, PoolAdviceView advice) {
        static PoolView of(Database database) {
            var use = database.poolUse();
            var settings = database.settings();
            return new PoolView(use.active(), use.idle(), use.waiting(), use.max(), use.peak(), settings.poolMinIdle(),
                    settings.maxLifetime().toString(), settings.idleTimeout().toString(),
                    settings.acquireTimeout().toString(), AcquireView.of(use.acquiring()),
                    PoolAdviceView.of(database.poolAdvice()));
        }
    }

    record AcquireView(long count, long timeouts, double averageMs, double medianMs, double p99Ms, double longestMs,
            double recentWaitedShare) {
        static AcquireView of(PoolUse.Acquiring acquiring) {
            return new AcquireView(acquiring.count(), acquiring.timeouts(),
                    acquiring.count() == 0 ? 0 : millis(acquiring.total()) / acquiring.count(),
                    millis(acquiring.median()), millis(acquiring.p99()), millis(acquiring.longest()),
                    acquiring.recent().waitedShare());
        }
    }

    record PoolAdviceView(String verdict, String reason, String remedy) {
        static PoolAdviceView of(PoolAdvice advice) {
            return new PoolAdviceView(TaskViews.label(advice.verdict()), advice.reason(), advice.remedy());
        }
    }

    record ReplicaView(String name, String state, @Nullable Long lagBytes, @Nullable Double lagMs, int inFlight,
            double latencyMs, String breaker, long reads, long failures, String problem) {
        static ReplicaView of(ReplicaStatus status) {
            return new ReplicaView(status.name(), TaskViews.label(status.state()), status.lagBytes().orElse(null),
                    status.lag().map(ConnectionsController::millis).orElse(null), status.inFlight(),
                    millis(status.latency()), status.breaker(), status.reads(), status.failures(), status.problem());
        }
    }

    record DecisionsView(long primary, long replica, long waited, long fallback, long diverted, long shed,
            long repeated, double replicaShare, double waitMs, double waitP99Ms) {
        static DecisionsView of(RouterStatistics routing) {
            return new DecisionsView(routing.primary(), routing.replica(), routing.waited(), routing.fallback(),
                    routing.diverted(), routing.shed(), routing.repeated(), routing.replicaShare(),
                    millis(routing.waitTime()), millis(routing.waitP99()));
        }
    }

    record ReplicasView(List<ReplicaView> items, DecisionsView decisions) {}

    @GetMapping("/api/database/pool")
    @Operation(summary = "Connections of this process: use, waits, settings in force, and whether the size fits")
    PoolView pool() {
        return PoolView.of(database);
    }

    @GetMapping("/api/database/replicas")
    @Operation(summary = "Replicas as this process sees them, and where reads went")
    ReplicasView replicas() {
        return new ReplicasView(database.replicas().stream().map(ReplicaView::of).toList(),
                DecisionsView.of(database.routing()));
    }

    private static double millis(Duration time) {
        return time.toNanos() / 1e6;
    }
}
