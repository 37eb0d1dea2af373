package dev.howdah.knowledge.vector;

import dev.howdah.knowledge.collection.Metric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of one collection in memory. Each is kept as bytes with a scale (its largest component becomes 127), which
 * takes a quarter of the memory and an eighth of the time; the nearest by bytes are candidates, and their order is decided
 * by the vectors themselves, which are kept here, too, where there is room for them.
 *
 * <p>Every metric becomes one form: the larger {@code product · factor − penalty}, the nearer. Not thread-safe: its owner
 * locks.
 */
final class VectorCopy {
    private static final int CHUNK = 8_192;
    private static final int SMALL = 64;
    /** What a vector takes beside its components: number, factor, penalty, and its place in the map. */
    private static final int BYTES_BESIDE = 112;

    private final int dimension;
    private final Metric metric;
    private final boolean withFloats;
    private final List<byte[]> codes = new ArrayList<>();
    private final List<float[]> floats = new ArrayList<>();
    private final Map<Long, Integer> positions = new HashMap<>();
    private long[] entries = new long[0];
    private float[] factors = new float[0];
    private float[] penalties = new float[0];
    private int size;

    VectorCopy(int dimension, Metric metric, boolean withFloats) {
        this.dimension = dimension;
        this.metric = metric;
        this.withFloats = withFloats;
    }

    /** What so many vectors take. */
    static long bytes(long count, int dimension, boolean withFloats) {
        return count * (dimension * (withFloats ? 5L : 1L) + BYTES_BESIDE);
    }

    long bytes() {
        return bytes(size, dimension, withFloats);
    }

    int size() {
        return size;
    }

    boolean withFloats() {
        return withFloats;
    }

    /** Adds a vector, or replaces the one of the entry. */
    void put(long entry, float[] vector) {
        var known = positions.get(entry);
        int position = known == null ? append(entry) : known;
        float largest = 0;
        double squares = 0;
        for (float value : vector) {
            largest = Math.max(largest, Math.abs(value));
            squares += (double) value * value;
        }
        float scale = largest / 127;
        var chunk = codes.get(position / CHUNK);
        int offset = position % CHUNK * dimension;
        for (int i = 0; i < dimension; i++) {
            chunk[offset + i] = (byte) (scale == 0 ? 0 : Math.round(vector[i] / scale));
        }
        if (withFloats) {
            System.arraycopy(vector, 0, floats.get(position / CHUNK), offset, dimension);
        }
        factors[position] = switch (metric) {
            case COSINE -> squares == 0 ? 0 : (float) (scale / Math.sqrt(squares));
            case L2 -> 2 * scale;
            case INNER_PRODUCT -> scale;
        };
        penalties[position] = metric == Metric.L2 ? (float) squares : 0;
    }

    /** Forgets the entry, if it is here: the last one takes its place. */
    void remove(long entry) {
        var position = positions.remove(entry);
        if (position == null) {
            return;
        }
        int last = --size;
        if (position != last) {
            System.arraycopy(codes.get(last / CHUNK), last % CHUNK * dimension, codes.get(position / CHUNK),
                    position % CHUNK * dimension, dimension);
            if (withFloats) {
                System.arraycopy(floats.get(last / CHUNK), last % CHUNK * dimension, floats.get(position / CHUNK),
                        position % CHUNK * dimension, dimension);
            }
            entries[position] = entries[last];
            factors[position] = factors[last];
            penalties[position] = penalties[last];
            positions.put(entries[position], position);
        }
    }

    /**
     * The entries that are nearest by their bytes, in no order.
     *
     * @param among only these; all if null
     */
    long[] candidates(DotProducts dots, float[] query, int limit, long @Nullable [] among) {
        var best = new Best(limit);
        float largest = 0;
        for (float value : query) {
            largest = Math.max(largest, Math.abs(value));
        }
        float scale = largest / 127;
        var code = new byte[dimension];
        for (int i = 0; i < dimension; i++) {
            code[i] = (byte) (scale == 0 ? 0 : Math.round(query[i] / scale));
        }
        if (among == null) {
            scanAll(dots, code, scale, best);
        } else {
            scan(dots, code, scale, among, best);
        }
        return best.positions().mapToLong(position -> entries[position]).toArray();
    }

    private void scanAll(DotProducts dots, byte[] code, float scale, Best best) {
        var products = new int[Math.min(CHUNK, size)];
        for (int from = 0; from < size; from += CHUNK) {
            int count = Math.min(CHUNK, size - from);
            dots.all(codes.get(from / CHUNK), count, code, products);
            for (int i = 0; i < count; i++) {
                best.offer(from + i, products[i] * scale * factors[from + i] - penalties[from + i]);
            }
        }
    }

    private void scan(DotProducts dots, byte[] code, float scale, long[] among, Best best) {
        for (long entry : among) {
            var found = positions.get(entry);
            if (found != null) {
                int position = found;
                int product = dots.one(codes.get(position / CHUNK), position % CHUNK * dimension, code);
                best.offer(position, product * scale * factors[position] - penalties[position]);
            }
        }
    }

    /** The vector itself, for which there was room. */
    float @Nullable [] vector(long entry) {
        var position = positions.get(entry);
        if (position == null || !withFloats) {
            return null;
        }
        int offset = position % CHUNK * dimension;
        return Arrays.copyOfRange(floats.get(position / CHUNK), offset, offset + dimension);
    }

    private int append(long entry) {
        if (size == entries.length) {
            int capacity = Math.max(64, size + size / 2);
            entries = Arrays.copyOf(entries, capacity);
            factors = Arrays.copyOf(factors, capacity);
            penalties = Arrays.copyOf(penalties, capacity);
        }
        makeRoom(size / CHUNK, size % CHUNK);
        entries[size] = entry;
        positions.put(entry, size);
        return size++;
    }

    /** The first chunk grows, so that small collections stay small; the others are made whole. */
    private void makeRoom(int chunk, int position) {
        if (chunk == codes.size()) {
            int first = (chunk == 0 ? SMALL : CHUNK) * dimension;
            codes.add(new byte[first]);
            if (withFloats) {
                floats.add(new float[first]);
            }
        } else if ((position + 1) * dimension > codes.get(chunk).length) {
            int grown = Math.min(CHUNK, 2 * position) * dimension;
            codes.set(chunk, Arrays.copyOf(codes.get(chunk), grown));
            if (withFloats) {
                floats.set(chunk, Arrays.copyOf(floats.get(chunk), grown));
            }
        }
    }
}
