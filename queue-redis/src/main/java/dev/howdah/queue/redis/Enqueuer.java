package dev.howdah.queue.redis;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import dev.howdah.postgres.Uuids;
import dev.howdah.postgres.GroupCommit;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.PayloadCodec;
import dev.howdah.queue.QueueSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Puts tasks into Redis: those of many callers in one script, and so in one write to its log. */
final class Enqueuer {
    private static final Script ENQUEUE = Script.of("enqueue");
    private static final int STRIDE = 13;

    private final RedisServer server;
    private final String keys;
    private final PayloadCodec codec;
    private final int payloadMax;
    private final GroupCommit<Row, UUID> calls = new GroupCommit<>(Batches.TASKS_MAX, this::store);

    Enqueuer(RedisServer server, String keys, QueueSettings settings, PayloadCodec codec) {
        this.server = server;
        this.keys = keys;
        this.codec = codec;
        this.payloadMax = settings.payloadMax();
    }

    /** A task with what is written of it. */
    private record Row(NewTask task, String json) {}

    List<UUID> enqueue(List<NewTask> tasks) {
        return tasks.isEmpty() ? List.of() : calls.write(rows(tasks));
    }

    /** Checks all of them before anything is stored. */
    private List<Row> rows(List<NewTask> tasks) {
        var rows = new ArrayList<Row>(tasks.size());
        var faults = new ArrayList<Fault>();
        for (var task : tasks) {
            if (task.partition().isPresent()) {
                throw RedisErrors.unsupported("partition", "partitions that take turns are not kept in Redis");
            }
            if (!task.dependsOn().isEmpty()) {
                throw RedisErrors.unsupported("dependsOn", "tasks that wait for others are not kept in Redis");
            }
            var json = task.payload().toString();
            faults.addAll(task.faultsInStore(json, payloadMax));
            rows.add(new Row(task, codec.encode(json)));
        }
        if (!faults.isEmpty()) {
            throw new InvalidInputException("task-invalid", faults);
        }
        return rows;
    }

    private List<UUID> store(List<Row> rows) {
        var ids = new ArrayList<UUID>(rows.size());
        Batches.of(rows, row -> row.json.length()).forEach(batch -> ids.addAll(storeBatch(batch)));
        return ids;
    }

    private List<UUID> storeBatch(List<Row> rows) {
        var ids = new ArrayList<UUID>(rows.size());
        var arguments = new ArrayList<String>(rows.size() * STRIDE);
        for (var row : rows) {
            var task = row.task;
            var id = Uuids.next();
            ids.add(id);
            arguments.add(id.toString());
            arguments.add(task.type());
            arguments.add(task.queue());
            arguments.add(Integer.toString(task.priority()));
            arguments.add(row.json);
            arguments.add(Integer.toString(task.maxAttempts()));
            arguments.add(Long.toString(task.delay().toMillis()));
            arguments.add(task.runAt().map(StoredTask::micros).orElse(""));
            arguments.add(task.key().orElse(""));
            arguments.add(StoredTask.millis(task.timeout()));
            arguments.add(StoredTask.millis(task.resultTtl()));
            arguments.add(StoredTask.millis(task.uniqueFor()));
            arguments.add(task.key().isPresent() ? StoredTask.label(task.onConflict()) : "");
        }
        var taken = ENQUEUE.run(server, keys, arguments);
        for (int i = 0; i + 1 < taken.size(); i += 2) {
            ids.set(Math.toIntExact((Long) taken.get(i)), UUID.fromString((String) taken.get(i + 1)));
        }
        return ids;
    }
}
