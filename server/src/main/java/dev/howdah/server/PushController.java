package dev.howdah.server;

import dev.howdah.agent.push.PushDelivery;
import dev.howdah.agent.push.PushDeliveryFilter;
import dev.howdah.agent.push.PushEndpoint;
import dev.howdah.agent.task.TaskOverview;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What of agents' tasks is posted to where clients want it, and how the places are. */
@RestController
@Tag(name = "Agent tasks")
final class PushController {
    private final Howdah howdah;
    private final TaskOverview overview;

    PushController(Howdah howdah) {
        this.howdah = howdah;
        this.overview = new TaskOverview(howdah.database());
    }

    record DeliveryView(UUID id, UUID agentTaskId, String configId, long sequence, String state,
            @Nullable String endpoint, int attempts,
            @Nullable Instant nextAttempt, @Nullable Integer lastStatus, @Nullable String lastError,
            Instant createdAt, @Nullable Instant endedAt) {
        static DeliveryView of(PushDelivery delivery) {
            return new DeliveryView(delivery.id(), delivery.taskId(), delivery.configId(), delivery.sequence(),
                    delivery.state().label(),
                    delivery.endpoint().orElse(null), delivery.attempts(), delivery.nextAttempt().orElse(null),
                    delivery.lastStatus().isPresent() ? delivery.lastStatus().getAsInt() : null,
                    delivery.lastError().orElse(null), delivery.createdAt(), delivery.endedAt().orElse(null));
        }
    }

    record DeliveryPage(List<DeliveryView> items, @Nullable String next) {}

    record EndpointView(String endpoint, String state, int failures, @Nullable Instant openedAt,
            @Nullable Instant nextProbe, @Nullable String lastError, @Nullable Instant lastSuccess,
            @Nullable Instant lastFailure, long pending, long dead) {
        static EndpointView of(PushEndpoint endpoint) {
            return new EndpointView(endpoint.endpoint(), endpoint.state().label(), endpoint.failures(),
                    endpoint.openedAt().orElse(null), endpoint.nextProbe().orElse(null),
                    endpoint.lastError().orElse(null), endpoint.lastSuccess().orElse(null),
                    endpoint.lastFailure().orElse(null), endpoint.pending(), endpoint.dead());
        }
    }

    record EndpointPage(List<EndpointView> items, @Nullable String next) {}

    @GetMapping("/api/agent/tasks/{id}/deliveries")
    @Operation(summary = "What of a task is posted, newest first: how often it was tried, and when it is tried next")
    DeliveryPage deliveries(@PathVariable String id, @RequestParam Optional<String> state,
            @RequestParam Optional<String> cursor, @RequestParam(defaultValue = "50") int limit) {
        return page(Optional.of(find(id).owner()), Optional.of(uuid("id", id)), state, cursor, limit);
    }

    @GetMapping("/api/agent/deliveries")
    @Operation(summary = "What is posted of tasks of all callers, newest first, by owner and state (pending, delivered, dead, discarded)")
    DeliveryPage allDeliveries(@RequestParam Optional<String> owner, @RequestParam Optional<String> state,
            @RequestParam Optional<String> cursor, @RequestParam(defaultValue = "50") int limit) {
        return page(owner, Optional.empty(), state, cursor, limit);
    }

    private DeliveryPage page(Optional<String> owner, Optional<UUID> task, Optional<String> state,
            Optional<String> cursor, int limit) {
        var found = howdah.pushDeliveries().list(new PushDeliveryFilter(owner, task,
                state.filter(text -> !text.isBlank()).map(PushController::state),
                cursor.map(text -> uuid("cursor", text)), limit));
        return new DeliveryPage(found.stream().map(DeliveryView::of).toList(),
                found.size() < limit ? null : found.getLast().id().toString());
    }

    @PostMapping("/api/agent/tasks/{id}/deliveries/{delivery}/retry")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Sends a dead delivery again, with a fresh set of attempts")
    void retry(@PathVariable String id, @PathVariable String delivery) {
        check(delivery, howdah.pushDeliveries().retry(find(id).owner(), Set.of(uuid("delivery", delivery))),
                "is not dead, or its place is gone");
    }

    @PostMapping("/api/agent/tasks/{id}/deliveries/{delivery}/discard")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Gives up a delivery that is pending or dead")
    void discard(@PathVariable String id, @PathVariable String delivery) {
        check(delivery, howdah.pushDeliveries().discard(find(id).owner(), Set.of(uuid("delivery", delivery))),
                "is neither pending nor dead");
    }

    @GetMapping("/api/agent/endpoints")
    @Operation(summary = "How the places are that tasks are posted to: of all callers, or of one (owner)")
    EndpointPage endpoints(@RequestParam Optional<String> owner, @RequestParam(defaultValue = "") String cursor,
            @RequestParam(defaultValue = "50") int limit) {
        var found = howdah.pushDeliveries().endpoints(owner, cursor, limit);
        return new EndpointPage(found.stream().map(EndpointView::of).toList(),
                found.size() < limit ? null : found.getLast().endpoint());
    }

    private TaskOverview.Entry find(String id) {
        return overview.find(uuid("id", id)).orElseThrow(() -> new NotFoundException("agent-task-not-found",
                "there is no task " + id, "list those there are with: howdah agent tasks"));
    }

    private static void check(String delivery, Set<UUID> done, String otherwise) {
        if (done.isEmpty()) {
            throw new ConflictException("push-delivery-unchanged", "delivery " + delivery + " " + otherwise,
                    "look at it at /api/agent/tasks/{id}/deliveries");
        }
    }

    private static UUID uuid(String field, String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("push-filter-invalid", field, "\"" + text + "\" is no id",
                    "use one that a list answered, a UUID");
        }
    }

    private static PushDelivery.State state(String text) {
        return Arrays.stream(PushDelivery.State.values()).filter(state -> state.label().equals(text)).findFirst()
                .orElseThrow(() -> new InvalidInputException("push-filter-invalid", "state", "\"" + text
                        + "\" is no state",
                        "use one of " + Arrays.stream(PushDelivery.State.values())
                                .map(PushDelivery.State::label).collect(Collectors.joining(", "))));
    }
}
