package dev.howdah.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.TaskMoveContract;
import dev.howdah.queue.TaskQueue;
import dev.howdah.queue.TaskState;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Tasks go from either store to the other. */
class RedisTaskMoveTest {
    private static final QueueSettings SETTINGS = QueueSettings.defaults().withRetry(Duration.ZERO, Duration.ZERO);

    private static PostgresTaskQueue postgres() {
        var database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("queue")).up();
        return new PostgresTaskQueue(database, SETTINGS);
    }

    private static RedisTaskQueue redis() {
        return RedisTaskQueue.open(TestRedis.sharedUrl(), TestRedis.prefix(), SETTINGS);
    }

    @Nested
    class FromRedisToPostgres extends TaskMoveContract {
        private final RedisTaskQueue redis = redis();
        private final PostgresTaskQueue postgres = postgres();

        @AfterEach
        void close() {
            redis.close();
        }

        @Override
        protected TaskQueue source() {
            return redis;
        }

        @Override
        protected TaskQueue target() {
            return postgres;
        }
    }

    @Nested
    class FromPostgresToRedis extends TaskMoveContract {
        private final RedisTaskQueue redis = redis();
        private final PostgresTaskQueue postgres = postgres();

        @AfterEach
        void close() {
            redis.close();
        }

        @Override
        protected TaskQueue source() {
            return postgres;
        }

        @Override
        protected TaskQueue target() {
            return redis;
        }

        @Test
        void leavesATaskOfAPartitionWhereItIs() {
            var id = postgres.enqueue(task(1).withPartition("tenant"));
            assertThat(move().refused()).containsExactly(id);
            assertThat(postgres.find(id).orElseThrow().state()).isEqualTo(TaskState.QUEUED);
        }
    }
}
