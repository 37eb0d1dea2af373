package dev.howdah.agent.task;

import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.Part;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.agent.task.TaskStore.Change;
import dev.howdah.agent.task.TaskStore.RunLostException;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.queue.PermanentFailure;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskRun;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the agent on tasks and ends each run together with what it has come to. */
final class TaskRunner implements TaskHandler {
    private static final Logger LOG = LoggerFactory.getLogger(TaskRunner.class);
    /** What ends sooner does not say that it is being worked on. */
    private static final Duration TELL_AFTER = Duration.ofMillis(25);
    private static final Duration OUTAGE_PAUSE_FIRST = Duration.ofMillis(100);
    private static final Duration OUTAGE_PAUSE_MAX = Duration.ofSeconds(5);
    private static final int ERROR_MAX = 10_000;
    private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("howdah-agent-clock").factory());

    private final TaskStore store;
    private final Agent agent;

    TaskRunner(TaskStore store, Agent agent) {
        this.store = store;
        this.agent = agent;
    }

    @Override
    public JsonNode handle(TaskRun run) throws Exception {
        var id = UUID.fromString(run.payload().path("task").asString());
        var opened = store.open(id, run.id());
        if (opened.isEmpty() || opened.get().row().state().isTerminal()) {
            return TaskStore.NOTHING;
        }
        var task = new RunningTask(store, run, opened.get());
        try {
            if (run.attempt() > 1) {
                task.takeOver();
            }
            var tell = CLOCK.schedule(() -> Thread.ofVirtual().start(() -> tell(task)), TELL_AFTER.toMillis(),
                    TimeUnit.MILLISECONDS);
            AgentOutcome outcome;
            try {
                outcome = run(task, run);
            } finally {
                tell.cancel(false);
                task.end();
            }
            end(task, run, outcome);
        } catch (RunLostException e) {
            LOG.debug("Task {} of an agent was taken over or has ended", id);
        }
        return TaskStore.NOTHING;
    }

    private static void tell(RunningTask task) {
        try {
            task.working();
        } catch (RuntimeException e) {
            LOG.debug("That task {} is being worked on was not stored", task.taskId(), e);
        }
    }

    private AgentOutcome run(RunningTask task, TaskRun run) throws InterruptedException {
        try {
            return agent.run(task);
        } catch (InterruptedException | RunLostException e) {
            throw e;
        } catch (InvalidInputException e) {
            return new AgentOutcome.Rejected(Message.ofAgent(List.of(Part.text(String.valueOf(e.getMessage())),
                    Part.data(faults(e)))));
        } catch (UnavailableException e) {
            if (!run.isLastAttempt()) {
                throw e; // the queue tries again
            }
            return failed(e);
        } catch (RuntimeException e) {
            LOG.warn("Task {} of an agent failed", task.taskId(), e);
            return failed(e);
        }
    }

    private static JsonNode faults(InvalidInputException e) {
        var json = JsonMapper.shared().createObjectNode().put("code", e.code());
        var faults = json.putArray("faults");
        e.faults().forEach(fault -> faults.addObject().put("field", fault.field()).put("problem", fault.problem())
                .put("remedy", fault.remedy()));
        return json;
    }

    private static AgentOutcome failed(RuntimeException e) {
        var text = e instanceof HowdahException || e instanceof PermanentFailure
                ? String.valueOf(e.getMessage())
                : e.toString();
        return new AgentOutcome.Failed(Message.ofAgent(text.substring(0, Math.min(ERROR_MAX, text.length()))
                .replace('\0', '\uFFFD')));
    }

    /** What has been worked out waits through an outage; once the claim is lost the thread is interrupted. */
    private void end(RunningTask task, TaskRun run, AgentOutcome outcome) throws InterruptedException {
        var change = new Change(task.taskId(), task.fenced(edit -> apply(edit, outcome)),
                Optional.of(run), Optional.empty());
        var pause = OUTAGE_PAUSE_FIRST;
        while (true) {
            try {
                store.change(change);
                return;
            } catch (UnavailableException e) {
                LOG.warn("The outcome of task {} is not stored yet: {}", task.taskId(), e.getMessage());
                Thread.sleep(pause);
                pause = pause.multipliedBy(2).compareTo(OUTAGE_PAUSE_MAX) < 0
                        ? pause.multipliedBy(2)
                        : OUTAGE_PAUSE_MAX;
            }
        }
    }

    private static void apply(TaskEdit edit, AgentOutcome outcome) {
        switch (outcome) {
            case AgentOutcome.Completed(var message) -> edit.status(TaskState.COMPLETED, message, Optional.empty());
            case AgentOutcome.Failed(var message) -> edit.status(TaskState.FAILED, Optional.of(message),
                    Optional.empty());
            case AgentOutcome.Rejected(var message) -> edit.status(TaskState.REJECTED, Optional.of(message),
                    Optional.empty());
            case AgentOutcome.Asking(var message, var forAuthorization, var continuation) -> {
                edit.keep(continuation);
                edit.status(forAuthorization ? TaskState.AUTH_REQUIRED : TaskState.INPUT_REQUIRED,
                        Optional.of(message), Optional.empty());
            }
            case AgentOutcome.Waiting(var queueTask, var continuation) -> {
                edit.keep(continuation);
                if (edit.state() != TaskState.WORKING) {
                    edit.status(TaskState.WORKING, Optional.empty(), Optional.empty());
                }
                edit.runBy(TaskStore.run(edit.before().id()).afterEndOf(Set.of(queueTask)));
            }
        }
    }
}
