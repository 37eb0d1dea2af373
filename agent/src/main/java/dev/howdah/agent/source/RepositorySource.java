package dev.howdah.agent.source;

import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.UnavailableException;
import java.util.Optional;

/** Reads files of repositories by {@code owner/name}. Thread-safe. */
public interface RepositorySource {
    /**
     * The text of a file at the head of the default branch.
     *
     * @return empty if the file does not exist, is binary or has more than the given number of bytes
     * @throws NotFoundException if the repository is unknown to this source
     * @throws UnavailableException if it cannot be read now
     */
    Optional<String> file(String repository, String path, int bytesMax);

    /** Whether this source knows the repository. */
    boolean has(String repository);
}
