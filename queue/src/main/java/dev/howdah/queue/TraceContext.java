package dev.howdah.queue;

import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.MDC;

/**
 * Which step of which trace the work of this thread belongs to, in the form of W3C Trace Context. A task that is made meanwhile
 * carries it, as do requests to other servers; log lines have it under {@code trace_id} and {@code span_id}. Who makes spans is
 * not known here: a server binds the step that it has begun.
 *
 * @param traceId 32 hexadecimal digits in lower case, not all 0
 * @param spanId 16 of them: the step under way
 * @param sampled whether somebody keeps the trace
 */
public record TraceContext(String traceId, String spanId, boolean sampled) {
    /** The header's name in HTTP. */
    public static final String HEADER = "traceparent";

    private static final Pattern FORM = Pattern
            .compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");
    private static final Pattern ZEROS = Pattern.compile("0+");
    private static final int SAMPLED = 1;
    private static final ScopedValue<TraceContext> CURRENT = ScopedValue.newInstance();

    public TraceContext {
        if (!isId(traceId, 32) || !isId(spanId, 16)) {
            throw new IllegalArgumentException("\"" + traceId + "\" and \"" + spanId + "\" are no ids of a trace and a "
                    + "span; use 32 and 16 hexadecimal digits in lower case, not all 0");
        }
    }

    private static boolean isId(String id, int length) {
        return id.length() == length
                && id.chars().allMatch(c -> Character.digit(c, 16) >= 0 && !Character.isUpperCase(c))
                && !ZEROS.matcher(id).matches();
    }

    /** Reads a header; empty for one that is not of that form, which is to be taken as if there were none. */
    public static Optional<TraceContext> parse(String header) {
        var match = FORM.matcher(header);
        if (!match.matches() || match.group(1).equals("ff") || (match.group(1).equals("00") && match.group(5) != null)
                || !isId(match.group(2), 32) || !isId(match.group(3), 16)) {
            return Optional.empty();
        }
        return Optional.of(new TraceContext(match.group(2), match.group(3),
                (Integer.parseInt(match.group(4), 16) & SAMPLED) != 0));
    }

    /** That of this thread, if there is one. */
    public static Optional<TraceContext> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** The header's value. */
    public String header() {
        return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
    }

    /** Does the work as part of this step. */
    public <T, E extends Throwable> T call(ScopedValue.CallableOp<T, E> work) throws E {
        try (var _ = MDC.putCloseable("trace_id", traceId); var _ = MDC.putCloseable("span_id", spanId)) {
            return ScopedValue.where(CURRENT, this).call(work);
        }
    }

    /** The work, to be done on another thread as part of the step of this one. */
    public static Runnable carry(Runnable work) {
        return current().<Runnable>map(context -> () -> context.call(() -> {
            work.run();
            return true;
        })).orElse(work);
    }
}
