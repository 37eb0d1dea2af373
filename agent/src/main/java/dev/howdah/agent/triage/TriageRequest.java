package dev.howdah.agent.triage;

import dev.howdah.agent.source.ChangeEvent;
import dev.howdah.agent.source.ChangedFile;
import java.util.List;

/**
 * Everything a model needs to decide.
 *
 * @param changedFiles those of the event that matter for this relationship
 * @param matchedConcerns triggers (consumer) or shared concerns (fork) that the change touches
 * @param targetFiles files of the dependent repository that may be touched
 */
public record TriageRequest(Relationship relationship, ChangeEvent event, List<ChangedFile> changedFiles,
        List<String> matchedConcerns, List<TargetFile> targetFiles) {
    public TriageRequest {
        changedFiles = List.copyOf(changedFiles);
        matchedConcerns = List.copyOf(matchedConcerns);
        targetFiles = List.copyOf(targetFiles);
    }

    /**
     * A file of the dependent repository.
     *
     * @param content its text, or why it is not there
     * @param present whether the file could be read
     */
    public record TargetFile(String path, String content, boolean present) {}
}
