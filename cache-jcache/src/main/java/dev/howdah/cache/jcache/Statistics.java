package dev.howdah.cache.jcache;

import java.util.concurrent.atomic.LongAdder;
import javax.cache.management.CacheStatisticsMXBean;

/** What this process has counted of a cache since it began to, or was cleared; that of all processes is in the database. */
final class Statistics implements CacheStatisticsMXBean {
    private static final float NANOS_PER_MICRO = 1_000;

    private volatile boolean enabled;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder puts = new LongAdder();
    private final LongAdder removals = new LongAdder();
    private final LongAdder getNanos = new LongAdder();
    private final LongAdder putNanos = new LongAdder();
    private final LongAdder removeNanos = new LongAdder();

    void setEnabled(boolean value) {
        enabled = value;
    }

    void hits(long count, long nanos) {
        add(hits, count, getNanos, nanos);
    }

    void misses(long count, long nanos) {
        add(misses, count, getNanos, nanos);
    }

    void puts(long count, long nanos) {
        add(puts, count, putNanos, nanos);
    }

    void removals(long count, long nanos) {
        add(removals, count, removeNanos, nanos);
    }

    /** The calls that they count took the time together. */
    private void add(LongAdder counter, long count, LongAdder time, long nanos) {
        if (enabled && count > 0) {
            counter.add(count);
            time.add(nanos);
        }
    }

    @Override
    public void clear() {
        for (var counter : new LongAdder[]{hits, misses, puts, removals, getNanos, putNanos, removeNanos}) {
            counter.reset();
        }
    }

    @Override
    public long getCacheHits() {
        return hits.sum();
    }

    @Override
    public float getCacheHitPercentage() {
        return percentage(getCacheHits());
    }

    @Override
    public long getCacheMisses() {
        return misses.sum();
    }

    @Override
    public float getCacheMissPercentage() {
        return percentage(getCacheMisses());
    }

    private float percentage(long count) {
        return getCacheGets() == 0 ? 0 : 100f * count / getCacheGets();
    }

    @Override
    public long getCacheGets() {
        return getCacheHits() + getCacheMisses();
    }

    @Override
    public long getCachePuts() {
        return puts.sum();
    }

    @Override
    public long getCacheRemovals() {
        return removals.sum();
    }

    /** None by this process: the housekeeping counts them in the database. */
    @Override
    public long getCacheEvictions() {
        return 0;
    }

    @Override
    public float getAverageGetTime() {
        return average(getNanos, getCacheGets());
    }

    @Override
    public float getAveragePutTime() {
        return average(putNanos, getCachePuts());
    }

    @Override
    public float getAverageRemoveTime() {
        return average(removeNanos, getCacheRemovals());
    }

    private static float average(LongAdder nanos, long count) {
        return count == 0 ? 0 : nanos.sum() / NANOS_PER_MICRO / count;
    }
}
