package dev.howdah.agent.dependencies;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Something to be done outside because of a triage, such as opening an issue.
 *
 * @param key at most one action per key ever happens
 * @param urgency in lower case
 * @param body Markdown
 * @param taskId the triage that asked for it
 */
public record Action(UUID id, String key, ActionKind kind, String targetRepo, String urgency, String title, String body,
        List<String> labels, ActionState state, Optional<String> error, Optional<UUID> taskId, Instant createdAt,
        Optional<Instant> sentAt) {
    public Action {
        labels = List.copyOf(labels);
    }
}
