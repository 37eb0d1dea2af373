package dev.howdah.server;

import dev.howdah.postgres.DatabaseHealth;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How the service is: alive (no database asked), ready, and in detail. */
@RestController
@Tag(name = "Health")
final class HealthController {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Howdah howdah;

    HealthController(Howdah howdah) {
        this.howdah = howdah;
    }

    @GetMapping("/health")
    @Operation(summary = "How everything is; always 200, the status says ok, degraded or down")
    ObjectNode health() {
        return HealthReport.of(howdah);
    }

    @GetMapping("/health/live")
    @Operation(summary = "200 while the process serves; asks nobody else")
    Map<String, String> live() {
        return Map.of("status", "ok");
    }

    @GetMapping("/health/ready")
    @Operation(summary = "200 if requests can be answered, else 503 with the reason")
    ResponseEntity<Map<String, String>> ready() {
        var startup = howdah.startup();
        if (!startup.isReady()) {
            return notReady(startup.message());
        }
        var database = howdah.database().health();
        return database.isUp() ? ResponseEntity.ok(Map.of("status", "ok")) : notReady(database.error());
    }

    @GetMapping("/health/db")
    @Operation(summary = "The database and its statements; 503 if it is down or too many statements fail")
    ResponseEntity<ObjectNode> database() {
        var health = howdah.database().health();
        var metrics = howdah.database().metrics();
        var total = metrics.total();
        var answer = JSON.createObjectNode().put("status", TaskViews.label(health.status()))
                .put("timestamp", java.time.Instant.now().toString()).put("version", health.version())
                .put("latency_ms", millis(health.latency()));
        answer.putObject("metrics").put("queries", total.statements()).put("errors", total.errors())
                .put("avg_latency_ms", millis(total.averageTime())).put("healthy", metrics.isHealthy())
                .put("error_rate", total.errorRate()).set("by_type", JSON.valueToTree(byType()));
        if (!health.error().isEmpty()) {
            answer.put("error", health.error());
        }
        boolean ok = health.status() == DatabaseHealth.Status.OK;
        return ResponseEntity.status(ok ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE).body(answer);
    }

    private Map<String, Map<String, Object>> byType() {
        var types = new LinkedHashMap<String, Map<String, Object>>();
        howdah.database().metrics().byType().forEach((type, count) -> types.put(TaskViews.label(type), Map.of(
                "queries", count.statements(), "errors", count.errors(), "avg_latency_ms",
                millis(count.averageTime()))));
        return types;
    }

    private static ResponseEntity<Map<String, String>> notReady(String reason) {
        return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE).body(Map.of("status", "down", "error", reason));
    }

    private static double millis(Duration time) {
        return time.toNanos() / 1e6;
    }
}
