package dev.howdah.agent.triage;

import java.util.List;

/**
 * What a change means for one dependent repository.
 *
 * @param confidence 0 to 1
 * @param affectedFiles evidence, {@code path} or {@code path:line}, of the source's diff or the target's files
 * @param model which model decided: {@code filter} when the change was not relevant and no model was asked
 */
public record TriageResult(boolean requiresAction, Urgency urgency, String impactSummary, List<String> affectedFiles,
        String recommendedChanges, double confidence, String reasoning, String architectureContext, String model) {
    public TriageResult {
        affectedFiles = List.copyOf(affectedFiles);
        if (!(confidence >= 0 && confidence <= 1)) {
            throw new IllegalArgumentException("confidence must be 0 to 1, not " + confidence);
        }
    }
}
