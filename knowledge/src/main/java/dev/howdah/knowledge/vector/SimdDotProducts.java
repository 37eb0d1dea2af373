package dev.howdah.knowledge.vector;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The sum of two products of bytes from −127 to 127 fits into a short (2 · 127 · 127 = 32,258). So bytes are widened to
 * shorts, two products are added as such, and only their sum is widened to ints. Four vectors at a time share the query.
 */
final class SimdDotProducts implements DotProducts {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class,
            VectorShape.forBitSize(INTS.vectorBitSize() / 2));
    private static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class,
            VectorShape.forBitSize(INTS.vectorBitSize() / 4));
    private static final int STEP = INTS.length();

    private final ScalarDotProducts scalar = new ScalarDotProducts();

    @Override
    public void all(byte[] codes, int count, byte[] query, int[] products) {
        int dimension = query.length;
        int i = 0;
        for (; i + 4 <= count; i += 4) {
            four(codes, i * dimension, query, products, i);
        }
        for (; i < count; i++) {
            products[i] = one(codes, i * dimension, query);
        }
    }

    private void four(byte[] codes, int offset, byte[] query, int[] products, int at) {
        int n = query.length;
        var sum0 = IntVector.zero(INTS);
        var sum1 = IntVector.zero(INTS);
        var sum2 = IntVector.zero(INTS);
        var sum3 = IntVector.zero(INTS);
        int end = n - n % (2 * STEP);
        for (int i = 0; i < end; i += 2 * STEP) {
            var q = shorts(query, i);
            var r = shorts(query, i + STEP);
            sum0 = sum0.add(ints(pair(codes, offset + i, q, r)));
            sum1 = sum1.add(ints(pair(codes, offset + n + i, q, r)));
            sum2 = sum2.add(ints(pair(codes, offset + 2 * n + i, q, r)));
            sum3 = sum3.add(ints(pair(codes, offset + 3 * n + i, q, r)));
        }
        products[at] = sum0.reduceLanes(VectorOperators.ADD) + tail(codes, offset, query, end);
        products[at + 1] = sum1.reduceLanes(VectorOperators.ADD) + tail(codes, offset + n, query, end);
        products[at + 2] = sum2.reduceLanes(VectorOperators.ADD) + tail(codes, offset + 2 * n, query, end);
        products[at + 3] = sum3.reduceLanes(VectorOperators.ADD) + tail(codes, offset + 3 * n, query, end);
    }

    @Override
    public int one(byte[] codes, int offset, byte[] query) {
        if (query.length < STEP) {
            return scalar.one(codes, offset, query);
        }
        var sum = IntVector.zero(INTS);
        int end = BYTES.loopBound(query.length);
        for (int i = 0; i < end; i += STEP) {
            sum = sum.add(ints(shorts(codes, offset + i).mul(shorts(query, i))));
        }
        return sum.reduceLanes(VectorOperators.ADD) + tail(codes, offset, query, end);
    }

    private static ShortVector pair(byte[] codes, int from, ShortVector q, ShortVector r) {
        return shorts(codes, from).mul(q).add(shorts(codes, from + STEP).mul(r));
    }

    private static int tail(byte[] codes, int offset, byte[] query, int from) {
        int sum = 0;
        for (int i = from; i < query.length; i++) {
            sum += codes[offset + i] * query[i];
        }
        return sum;
    }

    private static ShortVector shorts(byte[] bytes, int from) {
        return (ShortVector) ByteVector.fromArray(BYTES, bytes, from).convertShape(VectorOperators.B2S, SHORTS, 0);
    }

    private static IntVector ints(ShortVector shorts) {
        return (IntVector) shorts.convertShape(VectorOperators.S2I, INTS, 0);
    }
}
