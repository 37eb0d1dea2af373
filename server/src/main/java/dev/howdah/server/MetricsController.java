package dev.howdah.server;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Health")
final class MetricsController {
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final PrometheusMeterRegistry registry;
    private final HowdahMetrics metrics;

    MetricsController(PrometheusMeterRegistry registry, HowdahMetrics metrics) {
        this.registry = registry;
        this.metrics = metrics;
    }

    @GetMapping("/metrics")
    @Operation(summary = "All metrics, for Prometheus")
    ResponseEntity<String> metrics(
            @RequestHeader(name = HttpHeaders.ACCEPT, required = false) Optional<String> accept) {
        var type = accept.orElse("").contains("application/openmetrics-text") ? OPEN_METRICS : TEXT;
        metrics.refresh();
        return ResponseEntity.ok().header(HttpHeaders.CONTENT_TYPE, type).body(registry.scrape(type));
    }
}
