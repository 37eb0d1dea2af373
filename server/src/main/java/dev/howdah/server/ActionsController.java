package dev.howdah.server;

import dev.howdah.agent.dependencies.Action;
import dev.howdah.agent.dependencies.ActionKind;
import dev.howdah.agent.dependencies.Outbox;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.server.TaskViews.Page;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Actions")
final class ActionsController {
    private static final int DIGEST_ENTRIES_MAX = 500;
    private static final int DIGEST_DAYS_MAX = 90;

    private final Outbox outbox;

    ActionsController(Outbox outbox) {
        this.outbox = outbox;
    }

    record ActionView(UUID id, String key, String kind, String targetRepo, String urgency, String state, String title,
            String body, List<String> labels, @Nullable String error, @Nullable UUID taskId, Instant createdAt,
            @Nullable Instant sentAt) {
        static ActionView of(Action action) {
            return new ActionView(action.id(), action.key(), TaskViews.label(action.kind()), action.targetRepo(),
                    action.urgency(), TaskViews.label(action.state()), action.title(), action.body(), action.labels(),
                    action.error().orElse(null), action.taskId().orElse(null), action.createdAt(),
                    action.sentAt().orElse(null));
        }
    }

    /** What was put off because it is not urgent, by repository. */
    record Digest(Instant since, int entries, Map<String, List<ActionView>> repositories) {}

    @GetMapping("/api/actions")
    @Operation(summary = "Lists what triage asked to be done outside, newest first, and whether it was done")
    Page<ActionView> list(@RequestParam(required = false) Optional<String> cursor,
            @RequestParam(defaultValue = "50") int limit) {
        var actions = outbox.list(Optional.empty(), Optional.empty(), cursor.map(ActionsController::uuid), limit);
        return new Page<>(actions.stream().map(ActionView::of).toList(),
                actions.size() < limit ? null : actions.getLast().id().toString());
    }

    @GetMapping("/api/digest")
    @Operation(summary = "Changes of low urgency of the last days, by repository; at most 500 entries")
    Digest digest(@RequestParam(defaultValue = "7") int days) {
        if (days < 1 || days > DIGEST_DAYS_MAX) {
            throw new InvalidInputException("digest-invalid", "days", days + " is out of range",
                    "use 1 to " + DIGEST_DAYS_MAX);
        }
        var since = Instant.now().minus(Duration.ofDays(days));
        var entries = outbox.list(Optional.of(ActionKind.DIGEST), Optional.of(since), Optional.empty(),
                DIGEST_ENTRIES_MAX);
        return new Digest(since, entries.size(), entries.stream().map(ActionView::of)
                .collect(Collectors.groupingBy(ActionView::targetRepo, TreeMap::new, Collectors.toList())));
    }

    private static UUID uuid(String cursor) {
        try {
            return UUID.fromString(cursor);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("action-filter-invalid", "cursor", "\"" + cursor + "\" is no cursor",
                    "use the value of \"next\" of the page before");
        }
    }
}
