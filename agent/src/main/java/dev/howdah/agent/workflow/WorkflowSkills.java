package dev.howdah.agent.workflow;

import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillCategory;
import dev.howdah.agent.SkillHandler;
import dev.howdah.agent.SkillResult;
import dev.howdah.agent.SkillRun;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.TaskQueue;
import dev.howdah.workflow.Definitions;
import dev.howdah.workflow.definition.PublishedSkill;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Skills of the workflows that are published as such, as they are now: whoever asks for them has what is older than a few
 * seconds looked up again, so that what another instance applies is seen. Calling one enqueues a task that starts the execution
 * and waits for it ({@link SkillExecutions}). Thread-safe.
 */
public final class WorkflowSkills implements Supplier<Collection<Skill>> {
    private static final Logger LOG = LoggerFactory.getLogger(WorkflowSkills.class);
    private static final Duration FRESH = Duration.ofSeconds(2);
    /** How long a call that comes again is known: by then its agent's task has ended. */
    private static final Duration KNOWN_FOR = Duration.ofDays(7);

    private final TaskQueue queue;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Known known = new Known("", List.of(), 0);
    private volatile @Nullable Definitions definitions;

    /**
     * None, until {@link #open}.
     *
     * @param queue where executions are waited for
     */
    public WorkflowSkills(TaskQueue queue) {
        this.queue = queue;
    }

    /** Skills of a revision of the definitions, and when that was looked up, by {@link System#nanoTime}. */
    private record Known(String revision, List<Skill> skills, long lookedAt) {}

    /** To be called once the tables are there. What is applied in this process is seen at once from then on. */
    public void open(Definitions given) {
        definitions = given;
        refresh(given);
        given.whenApplied(() -> known = new Known(known.revision, known.skills, System.nanoTime() - FRESH.toNanos()));
    }

    private void refresh(Definitions from) {
        lock.lock();
        try {
            var revision = from.revision();
            known = new Known(revision, revision.equals(known.revision)
                    ? known.skills
                    : from.published().stream().flatMap(version -> version.definition().skill().stream()
                            .map(published -> skill(version, published))).toList(),
                    System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    /** As they are now; while the database cannot be reached, as they were. */
    @Override
    public Collection<Skill> get() {
        var given = definitions;
        if (given != null && System.nanoTime() - known.lookedAt >= FRESH.toNanos()) {
            try {
                refresh(given);
            } catch (UnavailableException e) {
                LOG.debug("The workflows that are skills are those of a while ago", e);
            }
        }
        return known.skills;
    }

    private Skill skill(Definitions.Version version, PublishedSkill published) {
        var output = JsonMapper.shared().createObjectNode().put("type", "object");
        var fields = output.putObject("properties");
        fields.putObject("workflow").put("type", "string");
        fields.putObject("version").put("type", "integer");
        fields.putObject("status").put("type", "string");
        return new Skill(published.name(), version.definition().name(), published.description(), SkillCategory.ACTION,
                published.inputSchema(), output, Map.of(), true, true, SkillHandler.running(
                        (input, run) -> call(version, input, run)));
    }

    private SkillResult call(Definitions.Version version, ObjectNode input, SkillRun run) {
        var payload = JsonMapper.shared().createObjectNode().put(SkillExecutions.WORKFLOW, version.definition().id())
                .put(SkillExecutions.VERSION, version.version());
        payload.set(SkillExecutions.INPUT, input);
        run.taskId().ifPresent(id -> payload.put(SkillExecutions.AGENT_TASK, id.toString()));
        var task = NewTask.of(SkillExecutions.TYPE, payload).withMaxAttempts(SkillExecutions.ATTEMPTS_MAX);
        // A call that comes again after a crash finds the task that it had enqueued.
        var enqueued = queue.enqueue(run.taskId().map(id -> task.withKey(SkillExecutions.TYPE + ":" + id)
                .withUniqueFor(KNOWN_FOR)).orElse(task));
        return SkillResult.enqueued(JsonMapper.shared().createObjectNode().put("workflow", version.definition().id())
                .put("version", version.version()).put("status", "enqueued"), enqueued);
    }
}
