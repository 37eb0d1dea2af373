package dev.howdah.cli;

import dev.howdah.postgres.UnavailableException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The tasks that a change notification scheduled: waits for them. */
final class Triages {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Set<String> ENDED = Set.of("finished", "failed", "cancelled");

    private Triages() {}

    /** A triage that came to its end. */
    record Ended(JsonNode task) {
        boolean isFinished() {
            return task.path("state").asString().equals("finished");
        }

        void print(PrintWriter out) {
            if (isFinished()) {
                TriageText.triage(task, out);
            } else {
                TriageText.task(task, out);
            }
        }
    }

    /** The tasks' ids, from the answer of receive_change_notification. */
    static List<String> ids(JsonNode accepted) {
        var ids = new ArrayList<String>();
        for (var list : List.of("consumers_scheduled", "derivatives_scheduled")) {
            accepted.path(list).forEach(one -> ids.add(one.path("task_id").asString()));
        }
        return ids;
    }

    /**
     * Waits for the end of all tasks.
     *
     * @throws UnavailableException if they have not all ended within the limit; they go on
     */
    static List<Ended> await(Api api, List<String> ids, Duration limit) throws InterruptedException {
        var deadline = Instant.now().plus(limit);
        var ended = new ArrayList<Ended>();
        for (var id : ids) {
            var task = api.get("/api/tasks/" + id);
            while (!ENDED.contains(task.path("state").asString())) {
                if (Instant.now().isAfter(deadline)) {
                    throw new UnavailableException("triage-unfinished", "task " + id + " is still "
                            + task.path("state").asString() + " after " + limit.toSeconds() + " s",
                            "it goes on; see: "
                                    + "howdah tasks show " + id,
                            null);
                }
                Thread.sleep(POLL);
                task = api.get("/api/tasks/" + id);
            }
            ended.add(new Ended(task));
        }
        return ended;
    }
}
