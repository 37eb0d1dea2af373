package dev.howdah.workflow;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.queue.Schedule;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * An execution that is started again and again.
 *
 * @param name unique among the schedules of the workflow
 * @param version the newest at each firing if absent
 * @param input an object; each execution's has {@code scheduled_at} besides
 * @param cron five fields; absent if there is an interval
 * @param every the interval; absent if there is a cron expression
 * @param zone in which the cron expression is meant
 * @param catchUp what becomes of firings that were missed while nothing ran
 * @param overlap what becomes of a firing while an execution of an earlier one is under way
 */
public record WorkflowSchedule(String workflowId, String name, Optional<Integer> version, JsonNode input,
        Optional<String> cron, Optional<Duration> every, ZoneId zone, Schedule.CatchUp catchUp, Overlap overlap) {
    /** What becomes of a firing while an execution of an earlier one is under way. */
    public enum Overlap {
        /** Both run. */
        ALLOW,
        /** It starts nothing. */
        SKIP,
        /** The earlier ones are cancelled. */
        CANCEL_PREVIOUS,
        /** It starts when they have ended. */
        QUEUE;

        /** Its name in JSON. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public WorkflowSchedule {
        if (!input.isObject()) {
            throw new InvalidInputException("schedule-invalid", "input", "is no object", "give a JSON object");
        }
    }

    /** What the schedule and its executions are called beyond the workflow: ids of workflows have no dots. */
    public String fullName() {
        return workflowId + "." + name;
    }
}
