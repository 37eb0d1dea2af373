package dev.howdah.agent.task;

import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.agent.task.TaskStore.Change;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.HowdahException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be done now and then: fails tasks whose run the queue has given up, and deletes old ones. Every process with a
 * worker runs one; that several do so at once does no harm. Started once.
 */
public final class TaskUpkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TaskUpkeep.class);
    private static final Duration ORPHANS_INTERVAL = Duration.ofSeconds(15);
    private static final Duration RETENTION_INTERVAL = Duration.ofMinutes(10);
    private static final int BATCH = 500;

    private final Database database;
    private final TaskSettings settings;
    private final TaskStore store;
    private @Nullable Thread loop;

    TaskUpkeep(Database database, TaskSettings settings, TaskStore store) {
        this.database = database;
        this.settings = settings;
        this.store = store;
    }

    private record Orphan(UUID id, String state, Optional<String> error) {}

    /** Begins. */
    public synchronized void start() {
        loop = Thread.ofVirtual().name("howdah-agent-upkeep").start(this::run);
    }

    @Override
    public synchronized void close() {
        if (loop != null) {
            loop.interrupt();
        }
    }

    /** Fails tasks whose run was ended by others; how many. */
    public int failOrphans() {
        var orphans = database.withHandle(handle -> handle.createQuery(TaskSql.ORPHANS).bind("limit", BATCH)
                .map((row, context) -> new Orphan(row.getObject("id", UUID.class), row.getString("state"),
                        Optional.ofNullable(row.getString("error"))))
                .list());
        int failed = 0;
        for (var orphan : orphans) {
            var before = store.find(orphan.id());
            if (before.isPresent() && fail(before.get(), orphan)) {
                failed++;
            }
        }
        return failed;
    }

    private boolean fail(TaskRow before, Orphan orphan) {
        try {
            return !store.change(new Change(orphan.id(), edit -> {
                boolean isSame = edit.before().runId().equals(before.runId());
                if (isSame && !edit.state().isTerminal() && !edit.state().isInterrupted()) {
                    edit.status(TaskState.FAILED, Optional.of(Message.ofAgent("the task that ran it is "
                            + orphan.state() + orphan.error().map(error -> ": " + error).orElse(""))),
                            Optional.empty());
                }
            })).events().isEmpty();
        } catch (HowdahException e) {
            LOG.debug("Task {} was not failed", orphan.id(), e);
            return false;
        }
    }

    /** Deletes some of the tasks that ended too long ago; how many. */
    public int deleteEnded() {
        return database.inTransaction(tx -> {
            int deleted = tx.handle().createQuery(TaskSql.DELETE).bind("ageMillis", settings.retention().toMillis())
                    .bind("limit", BATCH).mapTo(Integer.class).one();
            tx.handle().createUpdate(TaskSql.DELETE_EMPTY_CONTEXTS)
                    .bind("ageMillis", settings.retention().toMillis()).bind("limit", BATCH).execute();
            return deleted;
        });
    }

    private void run() {
        var nextRetention = Instant.now();
        while (true) {
            try {
                Thread.sleep(ORPHANS_INTERVAL.plusMillis(ThreadLocalRandom.current().nextLong(1000)));
                int failed = failOrphans();
                if (failed > 0) {
                    LOG.warn("{} tasks of agents failed because their runs were ended by others", failed);
                }
                if (Instant.now().isAfter(nextRetention)) {
                    nextRetention = Instant.now().plus(deleteEnded() >= BATCH ? Duration.ZERO : RETENTION_INTERVAL);
                }
            } catch (InterruptedException e) {
                return; // closed
            } catch (RuntimeException e) {
                LOG.debug("Upkeep of agents' tasks failed; the next round is due soon", e);
            }
        }
    }
}
