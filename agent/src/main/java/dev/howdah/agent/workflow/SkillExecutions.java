package dev.howdah.agent.workflow;

import dev.howdah.agent.task.AgentTasks;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.PermanentFailure;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.Snooze;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskRun;
import dev.howdah.queue.TaskState;
import dev.howdah.workflow.Execution;
import dev.howdah.workflow.NewExecution;
import dev.howdah.workflow.Workflows;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs workflows that were called as skills: a task of the queue starts the execution once, looks at it now and then, shows its
 * progress as that of the agent's task, and ends with its output or its error. Between two looks nothing is held. Whatever ends
 * the waiting is followed by a task that cancels an execution that nobody waits for any longer. Thread-safe.
 */
public final class SkillExecutions {
    /** The type of the tasks that wait. */
    public static final String TYPE = "agent.workflow";

    static final String END_TYPE = "agent.workflow-end";
    static final String WORKFLOW = "workflow";
    static final String VERSION = "version";
    static final String INPUT = "input";
    static final String AGENT_TASK = "agent_task";
    /** A process may die while it looks. */
    static final int ATTEMPTS_MAX = 100;
    private static final int START_ATTEMPTS_MAX = 5;
    private static final Duration PAUSE_MIN = Duration.ofMillis(100);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(10);
    /** Pauses grow with the age of the execution: so much of it is added at most to how long it takes. */
    private static final int AGE_PART = 8;
    private static final int PERCENT_MAX = 100;
    private static final JsonNode NOTHING = JsonMapper.shared().createObjectNode();

    private final Database database;
    private final PostgresTaskQueue queue;
    private final Workflows workflows;
    private final AgentTasks tasks;

    /**
     * Executions for skills.
     *
     * @param tasks who may have called them
     */
    public SkillExecutions(Database database, PostgresTaskQueue queue, Workflows workflows, AgentTasks tasks) {
        this.database = database;
        this.queue = queue;
        this.workflows = workflows;
        this.tasks = tasks;
    }

    /** To be given to a {@link dev.howdah.queue.Worker}. */
    public Map<String, TaskHandler> handlers() {
        return Map.of(TYPE, this::look, END_TYPE, this::end);
    }

    private JsonNode look(TaskRun run) {
        var id = started(run);
        var execution = workflows.executions().find(id).orElseThrow(
                () -> new PermanentFailure("execution " + id + " was deleted before its end was seen"));
        return switch (execution.status()) {
            case COMPLETED -> execution.output().orElse(NOTHING);
            case FAILED, CANCELLED -> throw new PermanentFailure("execution " + id + " of " + execution.workflowId()
                    + " is " + execution.status().name().toLowerCase(java.util.Locale.ROOT)
                    + execution.error().map(error -> ": " + error).orElse(""));
            case PENDING, RUNNING, PAUSED -> throw later(run, execution);
        };
    }

    private UUID started(TaskRun run) {
        try {
            return database.inTransaction(tx -> find(tx, run.id()).orElseGet(() -> start(tx, run)));
        } catch (UnavailableException e) {
            throw e;
        } catch (HowdahException e) {
            if (run.attempt() < START_ATTEMPTS_MAX && e instanceof ConflictException) {
                throw e;
            }
            throw new PermanentFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private static Optional<UUID> find(Transaction tx, UUID task) {
        return tx.handle().createQuery(SkillExecutionSql.FIND).bind("task", task).mapTo(UUID.class).findOne();
    }

    /** Together with the note of it, and with what follows the end of the waiting. */
    private UUID start(Transaction tx, TaskRun run) {
        var payload = run.payload();
        var id = workflows.start(tx, NewExecution.of(payload.path(WORKFLOW).asString(), payload.path(INPUT))
                .withVersion(payload.path(VERSION).asInt()));
        tx.handle().createUpdate(SkillExecutionSql.INSERT).bind("task", run.id()).bind("execution", id).execute();
        queue.enqueue(tx, NewTask.of(END_TYPE, object().put("task", run.id().toString()))
                .withMaxAttempts(ATTEMPTS_MAX).afterEndOf(List.of(run.id())));
        return id;
    }

    private Snooze later(TaskRun run, Execution execution) {
        int percent = Math.min(PERCENT_MAX, (int) execution.progressPercent());
        var message = execution.completedNodes() + execution.skippedNodes() + " of " + execution.totalNodes()
                + " nodes of " + execution.workflowId() + " are done";
        run.progress(percent, message);
        boolean isWanted = agentTask(run).map(id -> tasks.progress(id, percent, message)).orElse(true);
        if (!isWanted) {
            throw new PermanentFailure("the agent's task that called it has ended");
        }
        var age = Duration.between(execution.createdAt(), Instant.now()).dividedBy(AGE_PART);
        return new Snooze(age.compareTo(PAUSE_MIN) < 0 ? PAUSE_MIN : age.compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : age);
    }

    private static Optional<UUID> agentTask(TaskRun run) {
        return Optional.of(run.payload().path(AGENT_TASK)).filter(JsonNode::isString)
                .map(json -> UUID.fromString(json.asString()));
    }

    /** The waiting is over: well, badly, or because nobody wants it any more. */
    private JsonNode end(TaskRun run) {
        var task = UUID.fromString(run.payload().path("task").asString());
        var execution = database.inTransaction(tx -> find(tx, task));
        boolean isFinished = queue.find(task).filter(ended -> ended.state() == TaskState.FINISHED).isPresent();
        if (execution.isPresent() && !isFinished) {
            try {
                workflows.cancel(execution.get(), "nobody waits for it any longer");
            } catch (ConflictException | NotFoundException e) {
                run.log("execution " + execution.get() + " has ended already");
            }
        }
        database.useTransaction(tx -> tx.handle().createUpdate(SkillExecutionSql.DELETE).bind("task", task).execute());
        return NOTHING;
    }

    private static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }
}
