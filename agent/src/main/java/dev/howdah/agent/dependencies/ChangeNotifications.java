package dev.howdah.agent.dependencies;

import dev.howdah.knowledge.RelationshipType;

import dev.howdah.agent.source.ChangeEvent;
import dev.howdah.agent.triage.Relationship;
import dev.howdah.agent.triage.Triage;
import dev.howdah.agent.triage.TriageResult;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.queue.TaskQueue;
import java.util.List;
import java.util.UUID;

/** The main job: a change arrives, and each repository that depends on its source is triaged by a task. Thread-safe. */
public final class ChangeNotifications {
    private final Relationships relationships;
    private final TaskQueue queue;
    private final Triage triage;

    public ChangeNotifications(Relationships relationships, TaskQueue queue, Triage triage) {
        this.relationships = relationships;
        this.queue = queue;
        this.triage = triage;
    }

    /** A triage that was enqueued. */
    public record Scheduled(Relationship edge, UUID taskId) {}

    /**
     * Enqueues a triage for each dependent repository, all or none.
     *
     * @return empty if nothing depends on the source
     */
    public List<Scheduled> receive(ChangeEvent event) {
        return enqueue("receive_change_notification", relationships.dependentsOf(event.sourceRepo()), event);
    }

    /** Enqueues the triage of one relationship. */
    public UUID schedule(String skill, Relationship edge, ChangeEvent event) {
        return enqueue(skill, List.of(edge), event).getFirst().taskId();
    }

    /**
     * Triages at once, on the caller's thread, and stores nothing.
     *
     * @throws NotFoundException if there is no such relationship
     */
    public TriageResult decide(String source, String target, RelationshipType type, ChangeEvent event) {
        return triage.decide(relationships.find(source, target, type).orElseThrow(() -> missing(source, target)),
                event);
    }

    static NotFoundException missing(String source, String target) {
        return new NotFoundException("relationship-not-found", "no relationship from " + source + " to " + target,
                "import it with: howdah relationships import FILE");
    }

    private List<Scheduled> enqueue(String skill, List<Relationship> edges, ChangeEvent event) {
        var ids = queue.enqueue(edges.stream().map(edge -> new TriageTask(skill, edge, event).toTask()).toList());
        var scheduled = new java.util.ArrayList<Scheduled>();
        for (int i = 0; i < ids.size(); i++) {
            scheduled.add(new Scheduled(edges.get(i), ids.get(i)));
        }
        return scheduled;
    }
}
