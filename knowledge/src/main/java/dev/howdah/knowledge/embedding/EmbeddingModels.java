package dev.howdah.knowledge.embedding;

import dev.howdah.postgres.NotFoundException;
import java.util.Optional;
import java.util.ServiceLoader;

/** Opens the model that the settings name. */
public final class EmbeddingModels {
    private EmbeddingModels() {}

    /**
     * The model; absent if none is configured.
     *
     * @throws NotFoundException if a model in this process is asked for and no jar offers it; says which there are
     */
    public static Optional<EmbeddingModel> open(EmbeddingSettings settings) {
        return switch (settings.provider()) {
            case NONE -> Optional.empty();
            case OPENAI -> Optional.of(new OpenAiEmbeddings(settings));
            case IN_PROCESS -> Optional.of(inProcess(settings));
        };
    }

    private static EmbeddingModel inProcess(EmbeddingSettings settings) {
        var providers = ServiceLoader.load(EmbeddingModelProvider.class).stream().map(ServiceLoader.Provider::get)
                .toList();
        for (var provider : providers) {
            var name = settings.model().isEmpty() ? provider.models().getFirst() : settings.model();
            if (provider.models().contains(name)) {
                return provider.open(name, settings);
            }
        }
        var known = providers.stream().flatMap(provider -> provider.models().stream()).toList();
        throw new NotFoundException("embedding-model-unknown",
                "there is no model \"" + settings.model() + "\" that runs in this process",
                known.isEmpty()
                        ? "put a jar with a model on the class path, or set "
                                + EmbeddingSettings.PROVIDER.name() + " to openai or none"
                        : "use one of " + known);
    }
}
