package dev.howdah.knowledge.vector;

/**
 * Inner products of one vector of bytes with many. Two implementations: plain loops, and SIMD where the JVM was started
 * with {@code --add-modules jdk.incubator.vector}.
 */
interface DotProducts {
    /**
     * Computes the inner products of the query with consecutive vectors.
     *
     * @param codes vectors one after the other, each as long as the query
     * @param count how many, from the beginning
     * @param query components from −127 to 127
     * @param products receives one number per vector
     */
    void all(byte[] codes, int count, byte[] query, int[] products);

    /** The inner product with the vector that begins at the offset. */
    int one(byte[] codes, int offset, byte[] query);

    /** SIMD if this JVM has it. */
    static DotProducts best() {
        return isSimd() ? new SimdDotProducts() : new ScalarDotProducts();
    }

    /** Whether the Vector API's module is in this JVM. */
    static boolean isSimd() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }
}
