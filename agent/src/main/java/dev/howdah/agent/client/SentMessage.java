package dev.howdah.agent.client;

import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.ListTasksRequest;
import dev.howdah.agent.a2a.Task;
import dev.howdah.postgres.InvalidInputException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/** Finds out whether a message arrived whose answer is not known. */
final class SentMessage {
    /** Pages of the agent's tasks that are looked through. */
    private static final int PAGES_MAX = 10;
    private static final int HISTORY_MAX = 100;
    /** How far the agent's clock may be behind ours. */
    private static final Duration SKEW_MAX = Duration.ofMinutes(5);

    private SentMessage() {}

    /** The task that a message has begun; absent if the agent does not have it, or does not list tasks. */
    static Optional<Task> find(RemoteAgent agent, String messageId, Instant sentAt) {
        var token = "";
        for (int page = 0; page < PAGES_MAX; page++) {
            try {
                var tasks = agent.list(new ListTasksRequest(Optional.empty(), Optional.empty(),
                        ListTasksRequest.PAGE_MAX, token, OptionalInt.of(HISTORY_MAX),
                        Optional.of(sentAt.minus(SKEW_MAX)), false));
                var found = tasks.tasks().stream().filter(task -> task.history().stream()
                        .anyMatch(message -> message.messageId().equals(messageId))).findFirst();
                if (found.isPresent() || tasks.nextPageToken().isEmpty()) {
                    return found;
                }
                token = tasks.nextPageToken();
            } catch (A2aException | InvalidInputException e) {
                return Optional.empty(); // it is sent again then, and its id tells the agent that it is the same
            }
        }
        return Optional.empty();
    }
}
