package dev.howdah.workflow;

import dev.howdah.postgres.Database;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be done now and then: stores what handlers have noted, ends executions whose time is over, looks for nodes
 * whose task others have ended, and deletes old executions. Every process with a worker runs one; that several do so at once does no harm. Started once.
 */
public final class Upkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final Duration HEARTBEAT_INTERVAL = Duration.ofMillis(500);
    private static final Duration OVERDUE_INTERVAL = Duration.ofSeconds(5);
    private static final Duration ORPHANS_INTERVAL = Duration.ofSeconds(30);
    private static final Duration RETENTION_INTERVAL = Duration.ofMinutes(10);
    private static final int BATCH = 500;

    /** Executions that ended longer ago than this. */
    static final String OLD = """
        SELECT id
          FROM workflow_executions
         WHERE completed_at < now() - :ageMillis * interval '1 ms'
         ORDER BY id
         LIMIT :limit
        """;

    /** Ended executions beyond so many of their workflow. */
    static final String SURPLUS = """
        SELECT id
          FROM (SELECT id, row_number() OVER (PARTITION BY workflow_id ORDER BY id DESC) AS place
                  FROM workflow_executions
                 WHERE completed_at IS NOT NULL) AS ended
         WHERE place > :keep
         LIMIT :limit
        """;

    /** With everything of them, unless one goes on again meanwhile. */
    static final String DELETE = """
        WITH gone AS (
          DELETE FROM workflow_executions
           WHERE id = ANY (:ids::uuid[]) AND completed_at IS NOT NULL
          RETURNING id),
        nodes AS (DELETE FROM node_states USING gone WHERE execution_id = gone.id),
        events AS (DELETE FROM execution_events USING gone WHERE execution_id = gone.id),
        signals AS (DELETE FROM execution_signals USING gone WHERE execution_id = gone.id),
        made AS (DELETE FROM artifacts USING gone WHERE execution_id = gone.id RETURNING artifacts.id, s3_uri),
        chunks AS (DELETE FROM artifact_chunks USING made WHERE artifact_id = made.id)
        SELECT (SELECT count(*) FROM gone) AS executions,
               (SELECT array_agg(s3_uri) FROM made WHERE s3_uri IS NOT NULL) AS objects
        """;

    private final Database database;
    private final WorkflowSettings settings;
    private final Engine engine;
    private final NodeTasks nodes;
    private final Artifacts artifacts;
    private @Nullable Thread loop;

    Upkeep(Database database, WorkflowSettings settings, Engine engine, NodeTasks nodes,
            Artifacts artifacts) {
        this.database = database;
        this.settings = settings;
        this.engine = engine;
        this.nodes = nodes;
        this.artifacts = artifacts;
    }

    /** Begins. */
    public synchronized void start() {
        loop = Thread.ofVirtual().name("howdah-workflow-upkeep").start(this::run);
    }

    @Override
    public synchronized void close() {
        if (loop != null) {
            loop.interrupt();
        }
    }

    /** Fails executions that have taken longer than their workflow allows; how many. */
    public int endOverdue() {
        return engine.endOverdue(BATCH);
    }

    /** Fails nodes whose task was ended by others; how many. */
    public int failOrphans() {
        return engine.failOrphans(BATCH);
    }

    /** Deletes some of the executions that are too old or too many; how many. */
    public int deleteEnded() {
        record Deleted(int executions, List<String> objects) {}
        var deleted = database.inTransaction(tx -> {
            var ids = new ArrayList<>(tx.handle().createQuery(OLD).bind("ageMillis", settings.retention().toMillis())
                    .bind("limit", BATCH).mapTo(UUID.class).list());
            if (settings.keep() > 0) {
                ids.addAll(tx.handle().createQuery(SURPLUS).bind("keep", settings.keep()).bind("limit", BATCH)
                        .mapTo(UUID.class).list());
            }
            return tx.handle().createQuery(DELETE).bind("ids", ids.toArray(UUID[]::new)).map((row, context) -> {
                var objects = row.getArray("objects");
                return new Deleted(row.getInt("executions"), objects == null
                        ? List.of()
                        : List.of((String[]) objects.getArray()));
            }).one();
        });
        artifacts.forget(deleted.objects);
        return deleted.executions;
    }

    private void run() {
        var nextOverdue = Instant.now();
        var nextOrphans = Instant.now().plusMillis(ThreadLocalRandom.current().nextLong(ORPHANS_INTERVAL.toMillis()));
        var nextRetention = Instant.now();
        while (true) {
            try {
                nodes.saveHeartbeats();
                if (Instant.now().isAfter(nextOverdue)) {
                    nextOverdue = Instant.now().plus(endOverdue() >= BATCH ? HEARTBEAT_INTERVAL : OVERDUE_INTERVAL);
                }
                if (Instant.now().isAfter(nextOrphans)) {
                    int failed = failOrphans();
                    if (failed > 0) {
                        LOG.warn("{} nodes failed because their tasks were ended by others", failed);
                    }
                    nextOrphans = Instant.now().plus(ORPHANS_INTERVAL);
                }
                if (Instant.now().isAfter(nextRetention)) {
                    nextRetention = Instant.now()
                            .plus(deleteEnded() >= BATCH ? HEARTBEAT_INTERVAL : RETENTION_INTERVAL);
                }
            } catch (RuntimeException e) {
                LOG.debug("Upkeep of workflows failed; the next round is due soon", e);
            }
            try {
                Thread.sleep(HEARTBEAT_INTERVAL);
            } catch (InterruptedException e) {
                return; // closed
            }
        }
    }
}
