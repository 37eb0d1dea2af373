package dev.howdah.agent.dependencies;

import dev.howdah.agent.dependencies.Outbox.NewAction;
import dev.howdah.agent.triage.IssueText;
import dev.howdah.agent.triage.Triage;
import dev.howdah.agent.triage.TriageJson;
import dev.howdah.agent.triage.TriageResult;
import dev.howdah.agent.triage.Urgency;
import dev.howdah.knowledge.Lesson;
import dev.howdah.knowledge.Lessons;
import dev.howdah.postgres.Database;
import dev.howdah.queue.TaskRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs triage tasks: decides, or takes the answer from the cache; then, in one transaction, stores the answer and what is
 * to be done about it. Run again after a crash it finds its answer in the cache and its actions under their keys.
 */
final class TriageHandler {
    private static final int TITLE_CHARACTERS_MAX = 200;

    private final Database database;
    private final Triage triage;
    private final TriageCache cache;
    private final Outbox outbox;
    private final Lessons lessons;

    TriageHandler(Database database, Triage triage, TriageCache cache, Outbox outbox, Lessons lessons) {
        this.database = database;
        this.triage = triage;
        this.cache = cache;
        this.outbox = outbox;
        this.lessons = lessons;
    }

    JsonNode handle(TaskRun run) {
        var task = TriageTask.of(run.payload());
        var result = cache.get(task.edge(), task.event())
                .orElseGet(() -> triage.decide(task.edge(), task.event()));
        database.useTransaction(tx -> {
            cache.put(tx, task.edge(), task.event(), result);
            outbox.add(tx, actions(task, result, run.id()));
            if (result.requiresAction()) {
                lessons.put(tx, task.edge().sourceRepo(), List.of(lesson(task, result)));
            }
        });
        return TriageJson.toJson(result);
    }

    /** What a change of the source did to its dependents, for whoever changes it next. The same again is one lesson. */
    private static Lesson lesson(TriageTask task, TriageResult result) {
        var event = task.event();
        var text = task.edge().targetRepo() + ": " + result.impactSummary();
        return new Lesson(TriageTask.type(task.edge().type()),
                text.substring(0, Math.min(text.length(), TITLE_CHARACTERS_MAX)), text,
                "Commit " + event.shortSha() + ": " + event.commitMessage().lines().findFirst().orElse(""),
                TriageJson.label(result.urgency()), result.model(), result.affectedFiles(), List.of("triage"),
                Optional.empty(), JsonMapper.shared().createObjectNode().put("source_commit", event.commitSha())
                        .put("target_repo", task.edge().targetRepo()).put("confidence", result.confidence()));
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
