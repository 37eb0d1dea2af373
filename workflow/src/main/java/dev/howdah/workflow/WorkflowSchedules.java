package dev.howdah.workflow;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.Schedule;
import dev.howdah.queue.Schedules;
import dev.howdah.queue.Snooze;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskRun;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Schedules of workflows. A firing is a task of the queue ({@value #TASK}), enqueued once by any number of processes, that
 * starts an execution. The execution's key is made of the schedule and the time of the firing, and it is looked for under a lock of
 * the schedule's row, also among those that have ended: so a task that runs twice, and a backfill of a range that has fired
 * already, start nothing twice. Thread-safe.
 */
public final class WorkflowSchedules {
    /** The type of the tasks that start executions. */
    public static final String TASK = "workflow.start";
    /** Firings of one backfill. */
    public static final int BACKFILL_MAX = 1000;

    private static final Duration QUEUE_PAUSE = Duration.ofSeconds(2);
    /** How far the clocks of processes may be apart. */
    private static final Duration SLACK = Duration.ofMinutes(1);
    private static final String KEY_PREFIX = "schedule:";

    static final String LOCK = """
        SELECT name
          FROM schedules
         WHERE name = :schedule
           FOR UPDATE
        """;

    /** Ids of executions begin with the time of their creation, which is not before the firing. */
    static final String STARTED = """
        SELECT id
          FROM workflow_executions
         WHERE schedule = :schedule AND id >= :since AND key = :key
         LIMIT 1
        """;

    static final String LIVE = """
        SELECT id
          FROM workflow_executions
         WHERE schedule = :schedule AND completed_at IS NULL
         ORDER BY id
         LIMIT 1000
        """;

    private final Database database;
    private final PostgresTaskQueue queue;
    private final Workflows workflows;
    private final Schedules schedules;

    public WorkflowSchedules(Database database, PostgresTaskQueue queue, Workflows workflows) {
        this.database = database;
        this.queue = queue;
        this.workflows = workflows;
        this.schedules = new Schedules(database, queue);
    }

    /**
     * A schedule as it stands.
     *
     * @param entry its rhythm, next and last run
     */
    public record Entry(WorkflowSchedule schedule, Schedules.Entry entry) {}

    /**
     * What a backfill did.
     *
     * @param started the executions of this call
     * @param existing how many firings of the range had theirs before
     * @param next where to go on if the limit was reached
     */
    public record Backfill(List<UUID> started, int existing, Optional<Instant> next) {}

    /** To be given to a {@link dev.howdah.queue.Worker}. */
    public Map<String, TaskHandler> handlers() {
        return Map.of(TASK, this::fire);
    }

    /**
     * Adds the schedule, or replaces the one of its name.
     *
     * @throws NotFoundException if there is no such workflow or version
     */
    public Entry put(WorkflowSchedule schedule) {
        var id = schedule.workflowId();
        if (schedule.version().map(number -> workflows.definitions().version(id, number))
                .orElseGet(() -> workflows.definitions().latest(id)).isEmpty()) {
            throw new NotFoundException("workflow-not-found", "there is no workflow " + id
                    + schedule.version().map(number -> " of version " + number).orElse(""),
                    "apply it before it is scheduled");
        }
        var payload = Engine.object().put("workflow", id).put("overlap", schedule.overlap().label())
                .put("schedule", schedule.fullName());
        schedule.version().ifPresent(number -> payload.put("version", number));
        payload.set("input", schedule.input());
        return entry(schedules.put(new Schedule(schedule.fullName(), schedule.cron(), schedule.every(), schedule.zone(),
                schedule.catchUp(), NewTask.of(TASK, payload))));
    }

    /** Those of a workflow, by name. */
    public List<Entry> list(String workflowId) {
        return schedules.list().stream().filter(entry -> entry.schedule().task().type().equals(TASK)
                && entry.schedule().name().startsWith(workflowId + ".")).map(WorkflowSchedules::entry).toList();
    }

    /**
     * One schedule.
     *
     * @throws NotFoundException if there is none of the name
     */
    public Entry get(String workflowId, String name) {
        return entry(schedules.get(checked(workflowId, name)));
    }

    /** Stops firing until it is resumed. */
    public Entry pause(String workflowId, String name) {
        return entry(schedules.pause(checked(workflowId, name)));
    }

    /** Fires again; what was missed is treated as its catch-up says. */
    public Entry resume(String workflowId, String name) {
        return entry(schedules.resume(checked(workflowId, name)));
    }

    /** Removes it; executions that it started stay. */
    public void delete(String workflowId, String name) {
        schedules.delete(checked(workflowId, name));
    }

    private String checked(String workflowId, String name) {
        var fullName = workflowId + "." + name;
        if (!schedules.get(fullName).schedule().task().type().equals(TASK)) {
            throw new NotFoundException("schedule-not-found", "workflow " + workflowId + " has no schedule " + name,
                    "the schedule " + fullName + " is one of tasks: howdah schedules list");
        }
        return fullName;
    }

    private static Entry entry(Schedules.Entry entry) {
        var schedule = entry.schedule();
        var payload = schedule.task().payload();
        var workflow = payload.path("workflow").asString("");
        return new Entry(new WorkflowSchedule(workflow, schedule.name().substring(workflow.length() + 1),
                version(payload), payload.path("input"), schedule.cron(), schedule.every(), schedule.zone(),
                schedule.catchUp(), overlap(payload)), entry);
    }

    private static Optional<Integer> version(JsonNode payload) {
        return Optional.of(payload.path("version")).filter(JsonNode::isInt).map(JsonNode::asInt);
    }

    private static WorkflowSchedule.Overlap overlap(JsonNode payload) {
        return WorkflowSchedule.Overlap.valueOf(payload.path("overlap").asString("allow").toUpperCase(Locale.ROOT));
    }

    /**
     * Starts an execution for each firing of a range that has none, whatever the overlap: they are different times of one rhythm.
     *
     * @param from the first time that counts
     * @param to the last one
     * @param limit 1 to {@link #BACKFILL_MAX} firings
     */
    public Backfill backfill(String workflowId, String name, Instant from, Instant to, int limit) {
        var entry = get(workflowId, name);
        if (limit < 1 || limit > BACKFILL_MAX) {
            throw new InvalidInputException("backfill-invalid", "limit", limit + " is out of range",
                    "use 1 to " + BACKFILL_MAX);
        }
        if (to.isBefore(from)) {
            throw new InvalidInputException("backfill-invalid", "to", to + " is before " + from, "give a later time");
        }
        return database.inTransaction(tx -> {
            lock(tx, entry.schedule.fullName());
            var started = new ArrayList<UUID>();
            int existing = 0;
            var time = first(entry.entry, from);
            while (!time.isAfter(to) && started.size() + existing < limit) {
                var key = key(entry.schedule.fullName(), time);
                if (find(tx, entry.schedule.fullName(), key, time).isPresent()) {
                    existing++;
                } else {
                    started.add(workflows.start(tx, execution(entry.entry.schedule().task().payload(), key, time)));
                }
                time = entry.entry.schedule().nextAfter(time);
            }
            return new Backfill(started, existing, Optional.of(time).filter(next -> !next.isAfter(to)));
        });
    }

    /** An interval goes on from its next run, backwards as well. */
    private static Instant first(Schedules.Entry entry, Instant from) {
        return entry.schedule().every().map(every -> {
            long step = every.toMillis();
            long behind = Math.floorMod(entry.nextRunAt().toEpochMilli() - from.toEpochMilli(), step);
            return from.plusMillis(behind);
        }).orElseGet(() -> entry.schedule().nextAfter(from.minusNanos(1)));
    }

    private static String key(String schedule, Instant time) {
        return KEY_PREFIX + schedule + ":" + time;
    }

    /** A firing. */
    private JsonNode fire(TaskRun task) {
        var payload = task.payload();
        var schedule = payload.path("schedule").asString("");
        // Its key tells the time; one that was triggered by hand has none.
        var taskKey = queue.find(task.id()).flatMap(found -> found.key()).filter(text -> text.startsWith(KEY_PREFIX
                + schedule + ":"));
        var key = taskKey.orElse("task:" + task.id());
        var time = taskKey.map(text -> Instant.parse(text.substring(KEY_PREFIX.length() + schedule.length() + 1)))
                .orElseGet(() -> Instant.ofEpochMilli(task.id().getMostSignificantBits() >>> 16));
        var overlap = overlap(payload);
        if (overlap == WorkflowSchedule.Overlap.CANCEL_PREVIOUS
                && database.inTransaction(tx -> find(tx, schedule, key, time)).isEmpty()) {
            live(schedule).forEach(id -> cancel(id, time));
        }
        return database.inTransaction(tx -> {
            lock(tx, schedule);
            var before = find(tx, schedule, key, time);
            if (before.isPresent()) {
                return Engine.object().put("execution_id", before.get().toString());
            }
            var live = tx.handle().createQuery(LIVE).bind("schedule", schedule).mapTo(UUID.class).list();
            if (!live.isEmpty() && overlap == WorkflowSchedule.Overlap.SKIP) {
                return Engine.object().put("skipped_for", live.getFirst().toString());
            }
            if (!live.isEmpty() && overlap == WorkflowSchedule.Overlap.QUEUE) {
                throw new Snooze(QUEUE_PAUSE);
            }
            return Engine.object().put("execution_id", workflows.start(tx, execution(payload, key, time)).toString());
        });
    }

    private void cancel(UUID id, Instant time) {
        try {
            workflows.cancel(id, "overtaken by the firing of " + time);
        } catch (ConflictException e) {
            // It has ended by itself, which is as good.
        }
    }

    private List<UUID> live(String schedule) {
        return database.withHandle(handle -> handle.createQuery(LIVE).bind("schedule", schedule).mapTo(UUID.class)
                .list());
    }

    private static void lock(Transaction tx, String schedule) {
        tx.handle().createQuery(LOCK).bind("schedule", schedule).mapTo(String.class).findOne();
    }

    private static Optional<UUID> find(Transaction tx, String schedule, String key, Instant time) {
        return tx.handle().createQuery(STARTED).bind("schedule", schedule)
                .bind("since", WorkflowEvents.firstOf(time.minus(SLACK))).bind("key", key).mapTo(UUID.class).findOne();
    }

    private static NewExecution execution(JsonNode payload, String key, Instant time) {
        var input = payload.path("input") instanceof ObjectNode object
                ? object.deepCopy()
                : JsonMapper.shared().createObjectNode();
        return new NewExecution(payload.path("workflow").asString(""), version(payload),
                input.put("scheduled_at", time.toString()), Optional.of(key),
                Optional.of(payload.path("schedule").asString("")));
    }
}
