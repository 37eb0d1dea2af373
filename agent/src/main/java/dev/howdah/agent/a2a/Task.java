package dev.howdah.agent.a2a;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * A task as a client sees it.
 *
 * @param id made by the server
 * @param artifacts in the order in which they began
 * @param history what was said so far, oldest first, without the message of the present status
 */
public record Task(String id, String contextId, TaskStatus status, List<Artifact> artifacts, List<Message> history,
        Optional<ObjectNode> metadata) implements StreamItem {
    public Task {
        artifacts = List.copyOf(artifacts);
        history = List.copyOf(history);
    }

    /** The task after something happened in it: what a client does with a stream, and the server with its events. */
    public Task after(StreamItem item) {
        return switch (item) {
            case Task task -> task;
            case Message message -> with(status, artifacts, plus(history, message));
            case StatusUpdate update -> with(update.status(), artifacts,
                    status.message().map(said -> plus(history, said)).orElse(history));
            case ArtifactUpdate update -> with(status, after(update), history);
        };
    }

    /** With at most the latest messages of its history; 0 for none. */
    public Task withHistory(int length) {
        return with(status, artifacts, history.subList(Math.max(0, history.size() - length), history.size()));
    }

    public Task withoutArtifacts() {
        return with(status, List.of(), history);
    }

    private Task with(TaskStatus newStatus, List<Artifact> newArtifacts, List<Message> newHistory) {
        return new Task(id, contextId, newStatus, newArtifacts, newHistory, metadata);
    }

    private List<Artifact> after(ArtifactUpdate update) {
        var changed = new ArrayList<>(artifacts);
        for (int i = 0; i < changed.size(); i++) {
            if (changed.get(i).artifactId().equals(update.artifact().artifactId())) {
                changed.set(i, update.append() ? changed.get(i).append(update.artifact()) : update.artifact());
                return changed;
            }
        }
        changed.add(update.artifact());
        return changed;
    }

    private static <T> List<T> plus(List<T> list, T element) {
        var longer = new ArrayList<>(list);
        longer.add(element);
        return longer;
    }
}
