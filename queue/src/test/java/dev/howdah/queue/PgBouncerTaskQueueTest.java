package dev.howdah.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.Database;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The contract through PgBouncer in transaction mode: every transaction may have another connection to the server. */
class PgBouncerTaskQueueTest extends TaskQueueContract {
    private static final QueueSettings SETTINGS = QueueSettings.defaults().withRetry(Duration.ZERO, Duration.ZERO);

    private final Database direct = PostgresTaskQueueTest.migrated();
    private final PgBouncer bouncer = PgBouncer.before(direct.settings());
    private final Database database = Database.open(bouncer.settings());
    private final PostgresTaskQueue queue = new PostgresTaskQueue(database, SETTINGS);

    @AfterEach
    void stop() {
        database.close();
        bouncer.close();
    }

    @Override
    protected TaskQueue queue() {
        return queue;
    }

    @Override
    protected void expireLeases() {
        direct.withHandle(handle -> handle.execute("UPDATE claims SET lease_until = now() - interval '1 second'"));
    }

    @Override
    protected void age(Duration by) {
        direct.withHandle(handle -> handle.execute("UPDATE task_history SET ended_at = ended_at - interval '"
                + by.toSeconds() + " seconds'"));
    }

    @Test
    void runsTasksByPolling() {
        try (var worker = new Worker(queue, SETTINGS, Map.of("a", run -> JsonMapper.shared().createObjectNode()))) {
            worker.start();
            queue.enqueue(IntStream.range(0, 500).mapToObj(i -> task("a")).toList());
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> queue.statistics().byState().getOrDefault(TaskState.FINISHED, 0L) == 500);
        }
        assertThat(queue.list(TaskFilter.newest(1)).items()).hasSize(1);
    }
}
