package dev.howdah.cli;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** A task of the server that a command waits for. */
final class FollowedTask {
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final Api api;
    private final String id;

    FollowedTask(Api api, String id) {
        this.api = api;
        this.id = id;
    }

    /**
     * Waits for its end.
     *
     * @param progress hears what the task says of its progress, each time it says something new
     * @return its result
     * @throws InvalidInputException if it failed
     * @throws UnavailableException if it goes on after the limit
     */
    JsonNode result(Duration limit, Consumer<String> progress) throws InterruptedException {
        var end = Instant.now().plus(limit);
        var said = "";
        while (Instant.now().isBefore(end)) {
            var task = api.get("/api/tasks/" + id);
            switch (task.path("state").asString()) {
                case "finished" -> {
                    return task.path("result");
                }
                case "failed", "cancelled" -> throw new InvalidInputException("task-failed", "",
                        task.path("error").asString("the task was cancelled"), "see: howdah tasks show " + id);
                default -> {
                    var message = task.path("progress_message").asString("");
                    if (!message.isEmpty() && !message.equals(said)) {
                        progress.accept(message);
                        said = message;
                    }
                    Thread.sleep(PAUSE);
                }
            }
        }
        throw new UnavailableException("task-unfinished", "the task is not done after " + limit.toSeconds()
                + " seconds; it goes on", "see: howdah tasks show " + id, null);
    }
}
