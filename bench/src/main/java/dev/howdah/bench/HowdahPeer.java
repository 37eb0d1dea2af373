package dev.howdah.bench;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.Worker;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Ours: history is kept, slots are virtual threads. */
final class HowdahPeer extends JavaPeer {
    static final int SLOTS = 1000;
    static final String TYPE = "work";
    /** Tasks from this position on are not ours to wait for. */
    static final long BACKLOG_POSITION = 1_000_000_000_000L;
    private static final String UNFINISHED = """
        SELECT EXISTS (SELECT
                         FROM tasks
                        WHERE queue = 'default' AND priority = 0 AND ready AND position < :backlog)
        """;

    private final Database database;
    private final PostgresTaskQueue queue;
    private final IntFunction<NewTask> shape;
    private Optional<Worker> worker = Optional.empty();

    HowdahPeer(DatabaseSettings settings) {
        this(settings, HowdahPeer::task);
    }

    /**
     * One that enqueues other tasks than usual.
     *
     * @param shape a task by its number, which its payload holds as {@code n}
     */
    HowdahPeer(DatabaseSettings settings, IntFunction<NewTask> shape) {
        this.shape = shape;
        database = Database.open(settings.withPool(25, 10));
        new Migrator(database, Migrations.ofModules("queue")).up();
        queue = new PostgresTaskQueue(database, QueueSettings.defaults());
    }

    static NewTask task(int number) {
        return NewTask.of(TYPE, JsonMapper.shared().createObjectNode().put("n", number));
    }

    Database database() {
        return database;
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

    /** The same with a handler that does more. */
    void handle(TaskHandler handler) {
        var started = new Worker(queue, QueueSettings.defaults().withConcurrency(SLOTS), Map.of(TYPE, handler));
        started.start();
        worker = Optional.of(started);
    }

    @Override
    boolean isUnfinished() {
        return database.withHandle(handle -> handle.createQuery(UNFINISHED).bind("backlog", BACKLOG_POSITION)
                .mapTo(Boolean.class).one());
    }

    @Override
    void stop() {
        worker.ifPresent(Worker::close);
        worker = Optional.empty();
    }

    @Override
    public void close() {
        stop();
        database.close();
    }
}
