package dev.howdah.postgres;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/** Statements of the last quarter of an hour, in slots of ten seconds. Thread-safe, without a lock. */
final class QueryWindow {
    static final Duration LENGTH_MAX = Duration.ofMinutes(15);

    private static final long SLOT_NANOS = Duration.ofSeconds(10).toNanos();
    private static final int SLOTS = (int) (LENGTH_MAX.toNanos() / SLOT_NANOS);

    private final AtomicReferenceArray<Slot> slots = new AtomicReferenceArray<>(SLOTS);
    private final long begin;

    private record Slot(long number, LongAdder statements, LongAdder errors, LongAdder nanos) {
        Slot(long number) {
            this(number, new LongAdder(), new LongAdder(), new LongAdder());
        }
    }

    QueryWindow(long nanoTime) {
        begin = nanoTime;
        for (int i = 0; i < SLOTS; i++) {
            slots.set(i, new Slot(-1));
        }
    }

    void add(long nanoTime, long nanos, boolean failed) {
        var slot = slot((nanoTime - begin) / SLOT_NANOS);
        slot.statements.increment();
        slot.nanos.add(nanos);
        if (failed) {
            slot.errors.increment();
        }
    }

    /** Of the last so long, up to {@link #LENGTH_MAX}; the slot of the moment counts as a whole. */
    QueryMetrics.Count sum(long nanoTime, Duration length) {
        long now = (nanoTime - begin) / SLOT_NANOS;
        long oldest = now - Math.min(SLOTS, Math.max(1, length.toNanos() / SLOT_NANOS));
        long statements = 0;
        long errors = 0;
        long nanos = 0;
        for (int i = 0; i < SLOTS; i++) {
            var slot = slots.get(i);
            if (slot.number > oldest && slot.number <= now) {
                statements += slot.statements.sum();
                errors += slot.errors.sum();
                nanos += slot.nanos.sum();
            }
        }
        return new QueryMetrics.Count(statements, errors, Duration.ofNanos(nanos));
    }

    private Slot slot(long number) {
        int index = (int) (number % SLOTS);
        var slot = slots.get(index);
        while (slot.number < number) {
            slots.compareAndSet(index, slot, new Slot(number));
            slot = slots.get(index);
        }
        return slot;
    }
}
