package dev.howdah.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From one PostgreSQL to another. */
class PostgresTaskMoveTest extends TaskMoveContract {
    private static final QueueSettings SETTINGS = QueueSettings.defaults().withRetry(Duration.ZERO, Duration.ZERO);

    private final PostgresTaskQueue source = new PostgresTaskQueue(PostgresTaskQueueTest.migrated(), SETTINGS);
    private final PostgresTaskQueue target = new PostgresTaskQueue(PostgresTaskQueueTest.migrated(), SETTINGS);

    @Override
    protected TaskQueue source() {
        return source;
    }

    @Override
    protected TaskQueue target() {
        return target;
    }

    @Test
    void leavesTasksThatDependOnEachOther() {
        var parent = source.enqueue(task(1));
        var child = source.enqueue(task(2).after(List.of(parent)));
        source.enqueue(task(3).withPartition("p"));
        var outcome = move();
        assertThat(outcome.moved()).isEqualTo(1);
        assertThat(outcome.left().bound()).isEqualTo(2);
        assertThat(source.find(List.of(parent, child))).allSatisfy(task -> assertThat(task.state())
                .isEqualTo(TaskState.QUEUED));
    }
}
