package dev.howdah.server;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends spans to a collector by OTLP over HTTP, in batches on a thread of its own; of what waits longer than the collector is
 * away, the newest is dropped. Apart from {@link Tracing}, so that the SDK is loaded only by those who want it.
 */
final class OtlpTracing {
    private static final Logger LOG = LoggerFactory.getLogger(OtlpTracing.class);
    private static final String PATH = "/v1/traces";
    private static final long FLUSH_SECONDS_MAX = 5;

    private OtlpTracing() {}

    static Tracing open(String endpoint, TracingSettings settings) {
        var address = endpoint.endsWith(PATH) ? endpoint : endpoint.replaceFirst("/+$", "") + PATH;
        var exporter = OtlpHttpSpanExporter.builder().setEndpoint(address);
        settings.headers().forEach(exporter::addHeader);
        LOG.info("Traces are sent to {}, {} % of those that begin here", address, settings.samplePercent());
        return of(BatchSpanProcessor.builder(exporter.build()).build(), settings);
    }

    /** With another receiver of spans. */
    static Tracing of(SpanProcessor processor, TracingSettings settings) {
        var provider = SdkTracerProvider.builder().addSpanProcessor(processor)
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(settings.samplePercent() / 100.0)))
                .setResource(Resource.getDefault().merge(Resource.create(Attributes.of(
                        AttributeKey.stringKey("service.name"), settings.serviceName(),
                        AttributeKey.stringKey("service.version"), HowdahServer.version()))))
                .build();
        return new Tracing(Optional.of(provider.get("dev.howdah")),
                () -> provider.shutdown().join(FLUSH_SECONDS_MAX, TimeUnit.SECONDS));
    }
}
