package dev.howdah.server;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Setting;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Whether traces are kept, and where they go.
 *
 * @param endpoint of a collector that takes OTLP over HTTP; without one there are no traces
 * @param headers what the collector asks for, such as a key; never logged
 * @param serviceName who made them
 * @param samplePercent of the traces that begin here, how many are kept; whoever calls decides for those that he began
 */
public record TracingSettings(Optional<String> endpoint, Map<String, String> headers, String serviceName,
        int samplePercent) {
    /** Where they go. */
    public static final Setting<String> ENDPOINT = Setting.text("howdah.tracing.endpoint", "",
            "Collector that takes OTLP over HTTP, such as http://localhost:4318. Unset, there are no traces.",
            "OTEL_EXPORTER_OTLP_ENDPOINT");
    /** What is sent along. */
    public static final Setting<String> HEADERS = Setting.secret("howdah.tracing.headers",
            "Headers that the collector asks for, as name=value,name=value.", "OTEL_EXPORTER_OTLP_HEADERS");
    /** Who made them. */
    public static final Setting<String> SERVICE_NAME = Setting.text("howdah.tracing.service-name", "howdah",
            "Name of this service in traces.", "OTEL_SERVICE_NAME");
    /** How many are kept. */
    public static final Setting<Integer> SAMPLE_PERCENT = Setting.integer("howdah.tracing.sample-percent", 100, 0, 100,
            "Traces that are kept, of those that begin here; a caller's own traceparent decides for itself.");

    /** No traces. */
    public static final TracingSettings OFF = new TracingSettings(Optional.empty(), Map.of(), "howdah", 100);

    public TracingSettings {
        headers = Map.copyOf(headers);
    }

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static TracingSettings from(Configuration configuration) {
        var endpoint = configuration.get(ENDPOINT).strip();
        if (!endpoint.isEmpty() && !isAddress(endpoint)) {
            configuration.problem(ENDPOINT.name() + " is \"" + endpoint + "\"; use an address such as "
                    + "http://localhost:4318");
            endpoint = "";
        }
        return new TracingSettings(Optional.of(endpoint).filter(text -> !text.isEmpty()), headers(configuration),
                configuration.get(SERVICE_NAME), configuration.get(SAMPLE_PERCENT));
    }

    private static boolean isAddress(String text) {
        try {
            var address = URI.create(text);
            return address.getHost() != null && ("http".equals(address.getScheme())
                    || "https".equals(address.getScheme()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** What is wrong is told without the values. */
    private static Map<String, String> headers(Configuration configuration) {
        var headers = new LinkedHashMap<String, String>();
        for (var entry : configuration.get(HEADERS).split(",", -1)) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                headers.put(entry.substring(0, equals).strip(), entry.substring(equals + 1).strip());
            } else if (!entry.isBlank()) {
                configuration.problem("an entry of " + HEADERS.name() + " has no name; write name=value,name=value");
            }
        }
        return headers;
    }

    /** Everything but the headers. */
    @Override
    public String toString() {
        return "endpoint=" + endpoint.orElse("none") + " serviceName=" + serviceName + " samplePercent="
                + samplePercent;
    }
}
