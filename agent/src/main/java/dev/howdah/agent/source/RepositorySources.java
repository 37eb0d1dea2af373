package dev.howdah.agent.source;

import dev.howdah.postgres.NotFoundException;
import java.util.List;
import java.util.Optional;

/** Several sources as one: the first that knows a repository reads it. */
public final class RepositorySources implements RepositorySource {
    private final List<RepositorySource> sources;

    public RepositorySources(List<RepositorySource> sources) {
        this.sources = List.copyOf(sources);
    }

    @Override
    public boolean has(String repository) {
        return sources.stream().anyMatch(source -> source.has(repository));
    }

    @Override
    public Optional<String> file(String repository, String path, int bytesMax) {
        for (var source : sources.subList(0, Math.max(sources.size() - 1, 0))) {
            if (source.has(repository)) {
                return source.file(repository, path, bytesMax);
            }
        }
        if (sources.isEmpty()) {
            throw new NotFoundException("repository-not-found", "there is nowhere to look for " + repository,
                    "set howdah.agent.repository-roots or GITHUB_TOKEN");
        }
        return sources.getLast().file(repository, path, bytesMax);
    }
}
