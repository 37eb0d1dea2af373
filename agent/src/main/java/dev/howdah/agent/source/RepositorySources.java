package dev.howdah.agent.source;

import dev.howdah.postgres.NotFoundException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
        return source(repository).file(repository, path, bytesMax);
    }

    @Override
    public List<String> files(String repository, int filesMax) {
        return source(repository).files(repository, filesMax);
    }

    @Override
    public Set<String> changedSince(String repository, Optional<String> sinceCommit, Instant since) {
        return source(repository).changedSince(repository, sinceCommit, since);
    }

    /** The last one is not asked whether it knows the repository: it says so itself when it is used. */
    private RepositorySource source(String repository) {
        for (var source : sources.subList(0, Math.max(sources.size() - 1, 0))) {
            if (source.has(repository)) {
                return source;
            }
        }
        if (sources.isEmpty()) {
            throw new NotFoundException("repository-not-found", "there is nowhere to look for " + repository,
                    "set howdah.agent.repository-roots or GITHUB_TOKEN");
        }
        return sources.getLast();
    }
}
