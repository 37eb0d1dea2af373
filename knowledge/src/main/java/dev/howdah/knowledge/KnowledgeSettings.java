package dev.howdah.knowledge;

import dev.howdah.knowledge.embedding.EmbeddingSettings;
import dev.howdah.knowledge.search.SearchSettings;
import dev.howdah.knowledge.vector.VectorIndexSettings;
import dev.howdah.postgres.Configuration;

/**
 * How knowledge is found.
 *
 * @param vectors what searches vectors
 * @param embedding what makes them
 * @param search how words and vectors are weighed
 */
public record KnowledgeSettings(VectorIndexSettings vectors, EmbeddingSettings embedding, SearchSettings search) {
    /** Reads all settings; what is wrong is noted in the configuration. */
    public static KnowledgeSettings from(Configuration configuration) {
        return new KnowledgeSettings(VectorIndexSettings.from(configuration), EmbeddingSettings.from(configuration),
                SearchSettings.from(configuration));
    }
}
