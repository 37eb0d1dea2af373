package dev.howdah.agent.source;

import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.UnavailableException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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

    /**
     * The paths of the files at the head of the default branch, sorted.
     *
     * @param filesMax how many at most
     * @throws NotFoundException if the repository is unknown to this source
     * @throws UnavailableException if it cannot be read now, or this source cannot list files
     */
    List<String> files(String repository, int filesMax);

    /**
     * The paths of the files that were changed on the default branch since a commit or a time.
     *
     * @param sinceCommit a commit, which is not part of it; if absent, the time counts
     * @throws NotFoundException if the repository is unknown to this source
     * @throws UnavailableException if it cannot be read now, or this source cannot read the history
     */
    Set<String> changedSince(String repository, Optional<String> sinceCommit, Instant since);
}
