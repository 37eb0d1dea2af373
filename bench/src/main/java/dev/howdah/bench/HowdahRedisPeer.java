package dev.howdah.bench;

import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.TaskState;
import dev.howdah.queue.Worker;
import dev.howdah.queue.redis.RedisTaskQueue;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Ours on Redis, as ours on PostgreSQL: history is kept, slots are virtual threads. */
final class HowdahRedisPeer extends JavaPeer {
    private final RedisTaskQueue queue;
    private Optional<Worker> worker = Optional.empty();

    /**
     * A queue of its own.
     *
     * @param prefix of its keys
     */
    HowdahRedisPeer(RedisServer redis, String prefix) {
        queue = RedisTaskQueue.open(redis.url(), prefix, QueueSettings.defaults());
    }

    @Override
    public String name() {
        return "howdah";
    }

    @Override
    void enqueueOne(int number) {
        queue.enqueue(HowdahPeer.task(number));
    }

    @Override
    void enqueueBatch(int from, int to) {
        queue.enqueue(IntStream.range(from, to).mapToObj(HowdahPeer::task).toList());
    }

    @Override
    void start(IntConsumer onRun) {
        var result = (JsonNode) JsonMapper.shared().createObjectNode();
        var started = new Worker(queue, QueueSettings.defaults().withConcurrency(HowdahPeer.SLOTS),
                Map.of(HowdahPeer.TYPE, run -> {
                    onRun.accept(run.payload().get("n").intValue());
                    return result;
                }));
        started.start();
        worker = Optional.of(started);
    }

    @Override
    boolean isUnfinished() {
        var states = queue.statistics().byState();
        return states.getOrDefault(TaskState.QUEUED, 0L) + states.getOrDefault(TaskState.STARTED, 0L) > 0;
    }

    @Override
    void stop() {
        worker.ifPresent(Worker::close);
        worker = Optional.empty();
    }

    @Override
    public void close() {
        stop();
        queue.close();
    }
}
