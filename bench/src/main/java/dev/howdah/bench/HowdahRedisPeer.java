package dev.howdah.bench;

import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.TaskState;
import dev.howdah.queue.redis.RedisTaskQueue;

/** Ours on Redis. */
final class HowdahRedisPeer extends TaskQueuePeer {
    private final RedisTaskQueue queue;

    private HowdahRedisPeer(RedisTaskQueue queue) {
        super(queue, TaskQueuePeer::task);
        this.queue = queue;
    }

    /**
     * A queue of its own.
     *
     * @param prefix of its keys
     */
    static HowdahRedisPeer on(RedisServer redis, String prefix) {
        return new HowdahRedisPeer(RedisTaskQueue.open(redis.url(), prefix, QueueSettings.defaults()));
    }

    @Override
    boolean isUnfinished() {
        var states = queue.statistics().byState();
        return states.getOrDefault(TaskState.QUEUED, 0L) + states.getOrDefault(TaskState.STARTED, 0L) > 0;
    }

    @Override
    public void close() {
        stop();
        queue.close();
    }
}
