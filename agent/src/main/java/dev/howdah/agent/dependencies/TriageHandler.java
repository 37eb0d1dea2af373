package dev.howdah.agent.dependencies;

import dev.howdah.agent.dependencies.Outbox.NewAction;
import dev.howdah.agent.triage.IssueText;
import dev.howdah.agent.triage.Triage;
import dev.howdah.agent.triage.TriageJson;
import dev.howdah.agent.triage.TriageResult;
import dev.howdah.agent.triage.Urgency;
import dev.howdah.postgres.Database;
import dev.howdah.queue.TaskRun;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * Runs triage tasks: decides, or takes the answer from the cache; then, in one transaction, stores the answer and what is
 * to be done about it. Run again after a crash it finds its answer in the cache and its actions under their keys.
 */
final class TriageHandler {
    private final Database database;
    private final Triage triage;
    private final TriageCache cache;
    private final Outbox outbox;

    TriageHandler(Database database, Triage triage, TriageCache cache, Outbox outbox) {
        this.database = database;
        this.triage = triage;
        this.cache = cache;
        this.outbox = outbox;
    }

    JsonNode handle(TaskRun run) {
        var task = TriageTask.of(run.payload());
        var result = cache.get(task.edge(), task.event())
                .orElseGet(() -> triage.decide(task.edge(), task.event()));
        database.useTransaction(tx -> {
            cache.put(tx, task.edge(), task.event(), result);
            outbox.add(tx, actions(task, result, run.id()));
        });
        return TriageJson.toJson(result);
    }

    /** Without anything to do: nothing. Of low urgency: an entry for the digest. Otherwise an issue, and a post if it burns. */
    private static List<NewAction> actions(TriageTask task, TriageResult result, UUID taskId) {
        if (!result.requiresAction()) {
            return List.of();
        }
        var text = IssueText.of(task.edge(), task.event(), result);
        var actions = new ArrayList<NewAction>();
        if (result.urgency().compareTo(Urgency.LOW) <= 0) {
            actions.add(action(ActionKind.DIGEST, task, result, text, taskId));
        } else {
            actions.add(action(ActionKind.ISSUE, task, result, text, taskId));
        }
        if (result.urgency().compareTo(Urgency.HIGH) >= 0) {
            actions.add(action(ActionKind.WEBHOOK, task, result, text, taskId));
        }
        return actions;
    }

    private static NewAction action(ActionKind kind, TriageTask task, TriageResult result, IssueText text,
            UUID taskId) {
        return new NewAction(TriageJson.label(kind) + ":" + task.key(), kind, task.edge().targetRepo(),
                TriageJson.label(result.urgency()), text.title(), text.body(), text.labels(), taskId);
    }
}
