package dev.howdah.bench;

import dev.howdah.queue.NewTask;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskMiddleware;
import dev.howdah.queue.TaskQueue;
import dev.howdah.queue.Worker;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Ours, on whatever store: history is kept, slots are virtual threads. */
abstract class TaskQueuePeer extends JavaPeer {
    static final int SLOTS = 1000;
    static final String TYPE = "work";

    private final TaskQueue queue;
    private final IntFunction<NewTask> shape;
    private List<TaskMiddleware> middleware = List.of();
    private Optional<Worker> worker = Optional.empty();

    /**
     * A peer for a queue.
     *
     * @param shape a task by its number, which its payload holds as {@code n}
     */
    TaskQueuePeer(TaskQueue queue, IntFunction<NewTask> shape) {
        this.queue = queue;
        this.shape = shape;
    }

    static NewTask task(int number) {
        return NewTask.of(TYPE, JsonMapper.shared().createObjectNode().put("n", number));
    }

    @Override
    public String name() {
        return "howdah";
    }

    @Override
    void enqueueOne(int number) {
        queue.enqueue(shape.apply(number));
    }

    @Override
    void enqueueBatch(int from, int to) {
        queue.enqueue(IntStream.range(from, to).mapToObj(shape).toList());
    }

    @Override
    void start(IntConsumer onRun) {
        var result = (JsonNode) JsonMapper.shared().createObjectNode();
        handle(run -> {
            onRun.accept(run.payload().get("n").intValue());
            return result;
        });
    }

    /** What is to be done around every handler from now on; the first is the outermost. */
    void around(List<TaskMiddleware> given) {
        middleware = List.copyOf(given);
    }

    /** The same with a handler that does more. */
    void handle(TaskHandler handler) {
        var started = new Worker(queue, QueueSettings.defaults().withConcurrency(SLOTS), Map.of(TYPE, handler),
                middleware);
        started.start();
        worker = Optional.of(started);
    }

    @Override
    void stop() {
        worker.ifPresent(Worker::close);
        worker = Optional.empty();
    }
}
