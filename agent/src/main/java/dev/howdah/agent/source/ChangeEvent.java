package dev.howdah.agent.source;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A commit that arrived in a repository.
 *
 * @param sourceRepo {@code owner/name}
 * @param commitSha 7 to 64 hexadecimal digits
 * @param changedFiles as far as they are known; may be empty
 * @param patternSummary what an analysis found in the change; may be empty
 */
public record ChangeEvent(String sourceRepo, String commitSha, String commitMessage, String branch,
        List<ChangedFile> changedFiles, PatternSummary patternSummary, Optional<Instant> timestamp) {
    public ChangeEvent {
        changedFiles = List.copyOf(changedFiles);
    }

    /** The first eight digits of the commit, for people. */
    public String shortSha() {
        return commitSha.substring(0, Math.min(8, commitSha.length()));
    }
}
