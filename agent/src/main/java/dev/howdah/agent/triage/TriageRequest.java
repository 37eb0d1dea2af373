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
 * @param knowledge what the knowledge base says about both repositories; may be empty
 */
public record TriageRequest(Relationship relationship, ChangeEvent event, List<ChangedFile> changedFiles,
        List<String> matchedConcerns, List<TargetFile> targetFiles, String knowledge) {
    public TriageRequest {
        changedFiles = List.copyOf(changedFiles);
        matchedConcerns = List.copyOf(matchedConcerns);
        targetFiles = List.copyOf(targetFiles);
    }

    /** What the owners of the relationship say about it, and what else is known. */
    public String architectureContext() {
        return (relationship.description() + "\n" + knowledge).strip();
    }

    /**
     * A file of the dependent repository.
     *
     * @param content its text, or why it is not there
     * @param present whether the file could be read
     */
    public record TargetFile(String path, String content, boolean present) {}
}
