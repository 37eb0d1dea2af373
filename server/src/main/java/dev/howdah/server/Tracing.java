package dev.howdah.server;

import dev.howdah.postgres.Statement;
import dev.howdah.postgres.StatementListener;
import dev.howdah.queue.Snooze;
import dev.howdah.queue.TraceContext;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Makes the spans of OpenTelemetry, if somebody wants them; otherwise none of its classes are loaded. What is under way
 * stands in {@link TraceContext}, not in OpenTelemetry's own context: it goes with tasks through the database and from thread to
 * thread with {@code CurrentTask.carry}. Thread-safe.
 */
final class Tracing implements AutoCloseable {
    /** No traces. */
    static final Tracing OFF = new Tracing(Optional.empty(), () -> {});

    private final Optional<Tracer> tracer;
    private final Runnable end;

    Tracing(Optional<Tracer> tracer, Runnable end) {
        this.tracer = tracer;
        this.end = end;
    }

    /** With the exporter that the settings name. */
    static Tracing open(TracingSettings settings) {
        return settings.endpoint().map(endpoint -> OtlpTracing.open(endpoint, settings)).orElse(OFF);
    }

    boolean isOn() {
        return tracer.isPresent();
    }

    /** What is part of a span and knows it. */
    interface Work<T, E extends Throwable> {
        T call(Span span) throws E;
    }

    /**
     * Does work within a span, which ends with it; what it throws marks the span as failed by its class alone, since messages
     * may hold what does not belong there.
     *
     * @param parent the step before, if it is known
     * @param isLinked whether the parent did not wait for this, such as who enqueued a task
     */
    <T, E extends Exception> T within(String name, SpanKind kind, Optional<TraceContext> parent, boolean isLinked,
            Attributes attributes, Work<T, E> work) throws E {
        var builder = tracer.orElseThrow().spanBuilder(name).setSpanKind(kind).setAllAttributes(attributes)
                .setParent(context(parent));
        if (isLinked) {
            parent.ifPresent(before -> builder.addLink(spanContext(before)));
        }
        var span = builder.startSpan();
        var context = span.getSpanContext();
        try {
            return new TraceContext(context.getTraceId(), context.getSpanId(), context.isSampled())
                    .call(() -> work.call(span));
        } catch (Throwable e) {
            if (!(e instanceof Snooze)) { // it goes on later: no failure
                span.setStatus(StatusCode.ERROR).setAttribute("error.type", e.getClass().getName());
            }
            throw e;
        } finally {
            span.end();
        }
    }

    /** Makes a span of every statement that belongs to a trace. */
    StatementListener statements() {
        return (statement, duration, rows, failed) -> TraceContext.current().filter(TraceContext::sampled)
                .ifPresent(parent -> add(statement, duration, failed, parent));
    }

    private void add(Statement statement, Duration duration, boolean failed, TraceContext parent) {
        var operation = statement.type().name().toUpperCase(Locale.ROOT);
        var now = Instant.now();
        var span = tracer.orElseThrow().spanBuilder(statement.table().map(table -> operation + " " + table)
                .orElse(operation)).setSpanKind(SpanKind.CLIENT).setParent(context(Optional.of(parent)))
                .setStartTimestamp(now.minus(duration)).setAttribute("db.system.name", "postgresql")
                .setAttribute("db.operation.name", operation).startSpan();
        statement.table().ifPresent(table -> span.setAttribute("db.collection.name", table));
        if (failed) {
            span.setStatus(StatusCode.ERROR);
        }
        span.end(now);
    }

    private static Context context(Optional<TraceContext> parent) {
        return parent.map(before -> Context.root().with(Span.wrap(spanContext(before)))).orElseGet(Context::root);
    }

    private static SpanContext spanContext(TraceContext context) {
        return SpanContext.createFromRemoteParent(context.traceId(), context.spanId(), context.sampled()
                ? TraceFlags.getSampled()
                : TraceFlags.getDefault(), TraceState.getDefault());
    }

    /** Sends what is there still. */
    @Override
    public void close() {
        end.run();
    }
}
