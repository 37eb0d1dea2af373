package dev.howdah.knowledge.vector;

/** Plain loops. */
final class ScalarDotProducts implements DotProducts {
    @Override
    public void all(byte[] codes, int count, byte[] query, int[] products) {
        for (int i = 0; i < count; i++) {
            products[i] = one(codes, i * query.length, query);
        }
    }

    @Override
    public int one(byte[] codes, int offset, byte[] query) {
        int sum = 0;
        for (int i = 0; i < query.length; i++) {
            sum += codes[offset + i] * query[i];
        }
        return sum;
    }
}
