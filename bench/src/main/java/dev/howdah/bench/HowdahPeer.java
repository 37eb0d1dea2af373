package dev.howdah.bench;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Worker;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Ours: history is kept, slots are virtual threads. */
final class HowdahPeer implements QueuePeer {
    private static final int SLOTS = 1000;
    private static final String UNFINISHED = """
        SELECT count(*)
          FROM (SELECT FROM tasks LIMIT 1) AS one
        """;

    private final Database database;
    private final PostgresTaskQueue queue;
    private Optional<Worker> worker = Optional.empty();

    HowdahPeer(DatabaseSettings settings) {
        database = Database.open(settings.withPool(25, 10));
        new Migrator(database, Migrations.ofModules("queue")).up();
        queue = new PostgresTaskQueue(database, QueueSettings.defaults());
    }

    @Override
    public String name() {
        return "howdah";
    }

    @Override
    public void enqueueOne(int number) {
        queue.enqueue(task(number));
    }

    @Override
    public void enqueueMany(int count) {
        for (int from = 0; from < count; from += BATCH) {
            queue.enqueue(IntStream.range(from, Math.min(count, from + BATCH)).mapToObj(HowdahPeer::task).toList());
        }
    }

    @Override
    public void start(Runnable onRun) {
        var result = (JsonNode) JsonMapper.shared().createObjectNode();
        var started = new Worker(queue, QueueSettings.defaults().withConcurrency(SLOTS),
                Map.of("work", run -> {
                    onRun.run();
                    return result;
                }));
        started.start();
        worker = Optional.of(started);
    }

    @Override
    public long unfinished() {
        return database.withHandle(handle -> handle.createQuery(UNFINISHED).mapTo(Long.class).one());
    }

    @Override
    public void stop() {
        worker.ifPresent(Worker::close);
    }

    @Override
    public void close() {
        stop();
        database.close();
    }

    private static NewTask task(int number) {
        return NewTask.of("work", JsonMapper.shared().createObjectNode().put("n", number));
    }
}
