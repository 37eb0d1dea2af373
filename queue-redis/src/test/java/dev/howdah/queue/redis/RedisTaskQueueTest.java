package dev.howdah.queue.redis;

import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.TaskQueue;
import dev.howdah.queue.TaskQueueContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.ZAddParams;

class RedisTaskQueueTest extends TaskQueueContract {
    private final String prefix = TestRedis.prefix();
    private final String keys = "{" + prefix + "}";
    private final RedisTaskQueue queue = RedisTaskQueue.open(TestRedis.sharedUrl(), prefix,
            QueueSettings.defaults().withRetry(Duration.ZERO, Duration.ZERO));
    private final RedisClient redis = RedisClient.create(TestRedis.sharedUrl());

    @AfterEach
    void close() {
        queue.close();
        redis.close();
    }

    @Override
    protected TaskQueue queue() {
        return queue;
    }

    @Override
    protected void expireLeases() {
        redis.zrange(keys + "leases", 0, -1)
                .forEach(id -> redis.zadd(keys + "leases", 1, id, ZAddParams.zAddParams().xx()));
    }

    @Override
    protected void age(Duration by) {
        redis.zrange(keys + "ended", 0, -1).forEach(id -> redis.zincrby(keys + "ended", (double) -by.toMillis(), id));
    }
}
