package dev.howdah.knowledge.inprocess;

import dev.howdah.knowledge.embedding.EmbeddingModel;
import dev.howdah.knowledge.embedding.EmbeddingModelProvider;
import dev.howdah.knowledge.embedding.EmbeddingSettings;
import java.util.Arrays;
import java.util.List;

/** Offers the models of this module to a server that has it on its class path. */
public final class InProcessProvider implements EmbeddingModelProvider {
    /** Enough for a few thousand texts a minute, and leaves a larger machine to its other work. */
    private static final int THREADS = 2;

    @Override
    public List<String> models() {
        return Arrays.stream(Model.values()).map(Model::id).toList();
    }

    @Override
    public EmbeddingModel open(String model, EmbeddingSettings settings) {
        return InProcessEmbeddings.open(Model.of(model), THREADS);
    }
}
