package dev.howdah.knowledge.embedding;

import java.util.List;

/**
 * Offers a model that runs in this process. An optional jar declares it in
 * {@code META-INF/services/dev.howdah.knowledge.embedding.EmbeddingModelProvider}; the setting
 * {@code howdah.knowledge.embedding.provider=in-process} looks for it.
 */
public interface EmbeddingModelProvider {
    /** The names of the models that it has; the first is the one for {@code howdah.knowledge.embedding.model} left empty. */
    List<String> models();

    /**
     * Opens a model. May be slow: called once.
     *
     * @param model one of {@link #models}
     */
    EmbeddingModel open(String model, EmbeddingSettings settings);
}
