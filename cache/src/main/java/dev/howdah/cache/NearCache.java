package dev.howdah.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Cache;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What this process has read, and may answer without asking. Keys fall into 16,384 stripes by their hash, and each stripe has
 * a generation. A write raises the generation of the key's stripe; a copy counts only while the generation is the one that
 * was seen before it was read. So a reader that was overtaken by a write leaves a copy behind that nobody believes, and
 * others need to be told stripes only, of which many fit into one message. That a write makes its neighbours in the stripe
 * forgotten as well costs them a question.
 *
 * <p>While this process is not told of others' writes, nothing counts. Thread-safe.
 */
final class NearCache {
    static final int STRIPES = 16_384;
    /** As many stripes as a message has room for, with three digits of base 36 and a comma. */
    private static final int STRIPES_PER_MESSAGE = 1_800;
    private static final int STRIPE_RADIX = 36;
    private static final String ALL = "*";
    /** What a copy takes beside its bytes. */
    private static final int OVERHEAD = 160;

    private final BooleanSupplier isTold;
    private final AtomicIntegerArray generations = new AtomicIntegerArray(STRIPES);
    private final AtomicLong flushes = new AtomicLong();
    /** Stripes that others have not been told of. */
    private final BitSet untold = new BitSet(STRIPES);
    private volatile @Nullable Copies copies;

    /** The copies, and the options that they are kept by. */
    private record Copies(Cache<CacheKey, Copy> byKey, long bytesMax, long ttlNanos) {}

    private record Copy(CacheValue value, long deadline, int generation, long flush) {}

    /**
     * What a reader notes before it asks the database.
     *
     * @param isUsable whether a copy may be kept at all
     */
    record Mark(boolean isUsable, int generation, long flush, long at) {
        private static final Mark UNUSABLE = new Mark(false, 0, 0, 0);
    }

    NearCache(BooleanSupplier isTold) {
        this.isTold = isTold;
    }

    /** Keeps copies as the options say, from now on. */
    synchronized void apply(CacheOptions options) {
        var present = copies;
        if (!options.near()) {
            copies = null;
        } else if (present == null || present.bytesMax != options.nearBytesMax()
                || present.ttlNanos != options.nearTtl().toNanos()) {
            copies = new Copies(Caffeine.newBuilder().maximumWeight(options.nearBytesMax())
                    .<CacheKey, Copy>weigher((key, copy) -> key.raw().length + copy.value.size() + OVERHEAD).build(),
                    options.nearBytesMax(), options.nearTtl().toNanos());
        }
    }

    /** The copy, if it counts. */
    Optional<CacheValue> get(CacheKey key) {
        var present = copies;
        if (present == null) {
            return Optional.empty();
        }
        var copy = present.byKey.getIfPresent(key);
        return copy != null && copy.generation == generations.get(stripe(key)) && copy.flush == flushes.get()
                && System.nanoTime() - copy.deadline < 0 && isTold.getAsBoolean()
                        ? Optional.of(copy.value)
                        : Optional.empty();
    }

    /** To be noted before the database is asked. */
    Mark mark(CacheKey key) {
        return copies == null || !isTold.getAsBoolean()
                ? Mark.UNUSABLE
                : new Mark(true, generations.get(stripe(key)), flushes.get(), System.nanoTime());
    }

    /** Keeps what was read after the mark. */
    void put(CacheKey key, EntryStore.Found found, Mark mark) {
        var present = copies;
        if (present != null && mark.isUsable && found.live() && found.value() != null) {
            long deadline = Math.min(mark.at + present.ttlNanos, found.deadline());
            present.byKey.put(key, new Copy(found.value(), deadline, mark.generation, mark.flush));
        }
    }

    /**
     * Forgets what was written, here at once.
     *
     * @return whether others have to be told
     */
    boolean written(Iterable<CacheKey> keys) {
        if (copies == null) {
            return false;
        }
        synchronized (untold) {
            for (var key : keys) {
                int stripe = stripe(key);
                generations.incrementAndGet(stripe);
                untold.set(stripe);
            }
        }
        return true;
    }

    /** Forgets everything, and has others told so. */
    boolean writtenAll() {
        forgetAll();
        synchronized (untold) {
            untold.set(0, STRIPES);
        }
        return copies != null;
    }

    /** Forgets everything. */
    void forgetAll() {
        flushes.incrementAndGet();
        var present = copies;
        if (present != null) {
            present.byKey.invalidateAll();
        }
    }

    /** What others have not been told, as one text; empty if they have been told everything. */
    String takeUntold() {
        synchronized (untold) {
            int count = untold.cardinality();
            var text = new StringBuilder();
            if (count > STRIPES_PER_MESSAGE) {
                text.append(ALL);
            } else {
                untold.stream().forEach(stripe -> text.append(text.isEmpty() ? "" : ",")
                        .append(Integer.toString(stripe, STRIPE_RADIX)));
            }
            untold.clear();
            return text.toString();
        }
    }

    /** Forgets what another process has written. */
    void told(String text) {
        if (text.equals(ALL)) {
            forgetAll();
            return;
        }
        for (var stripe : List.of(text.split(","))) {
            generations.incrementAndGet(Integer.parseInt(stripe, STRIPE_RADIX));
        }
    }

    private static int stripe(CacheKey key) {
        int hash = key.hashCode() * 0x9E3779B9; // the low digits of a hash of bytes are mostly those of its last byte
        return hash >>> 18;
    }
}
