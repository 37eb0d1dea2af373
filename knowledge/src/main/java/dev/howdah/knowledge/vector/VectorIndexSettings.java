package dev.howdah.knowledge.vector;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Setting;
import java.util.Map;

/**
 * Which index is used, and how much memory it may take.
 *
 * @param choice which
 * @param memoryMax bytes that the exact index may take
 */
public record VectorIndexSettings(Choice choice, long memoryMax) {
    public static final Setting<Choice> CHOICE = Setting.choice("howdah.knowledge.vector-index", Choice.class,
            Choice.AUTO,
            "What searches vectors: auto (pgvector where the server has it, else exact), pgvector, exact, or weaviate.");
    public static final Setting<Integer> MEMORY_MB = Setting.integer("howdah.knowledge.vector-memory-mb", 0, 0, 1 << 20,
            "MiB of heap that the exact index may take; 0 for a third of the heap.");

    /** What searches vectors. */
    public enum Choice {
        AUTO, PGVECTOR, EXACT, WEAVIATE
    }

    /** The defaults. */
    public static VectorIndexSettings defaults() {
        return from(Configuration.of(Map.of()));
    }

    /** Reads the settings; what is wrong is noted in the configuration. */
    public static VectorIndexSettings from(Configuration configuration) {
        int megabytes = configuration.get(MEMORY_MB);
        return new VectorIndexSettings(configuration.get(CHOICE),
                megabytes == 0 ? Runtime.getRuntime().maxMemory() / 3 : (long) megabytes << 20);
    }

    /** The same with another choice. */
    public VectorIndexSettings with(Choice other) {
        return new VectorIndexSettings(other, memoryMax);
    }
}
