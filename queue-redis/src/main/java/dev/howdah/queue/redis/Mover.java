package dev.howdah.queue.redis;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.queue.LiveTask;
import dev.howdah.queue.MovableTasks;
import dev.howdah.queue.PayloadCodec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Gives tasks away to another store and takes them from one; see {@link MovableTasks}. */
final class Mover {
    private static final Script HOLD = Script.of("hold");
    private static final Script STORE = Script.of("store");
    private static final Script SETTLE = Script.of("settle");
    private static final Script LEFT = Script.of("left");

    private final RedisServer server;
    private final String keys;
    private final PayloadCodec codec;

    Mover(RedisServer server, String keys, PayloadCodec codec) {
        this.server = server;
        this.keys = keys;
        this.codec = codec;
    }

    /** A task with what is written of it. */
    private record Row(LiveTask task, String json) {}

    List<LiveTask> hold(Optional<UUID> after, int limit) {
        if (limit < 1 || limit > MovableTasks.BATCH_MAX) {
            throw new InvalidInputException("task-move-invalid", "limit", limit + " is out of range",
                    "use 1 to " + MovableTasks.BATCH_MAX);
        }
        var held = new ArrayList<LiveTask>();
        var cursor = after.map(UUID::toString).orElse("");
        do {
            var answer = HOLD.run(server, keys, List.of(cursor, Integer.toString(limit - held.size()),
                    MovableTasks.MOVER));
            cursor = String.valueOf(answer.getFirst());
            for (int i = 1; i + 1 < answer.size(); i += 2) {
                StoredTask.of(UUID.fromString(String.valueOf(answer.get(i))), (List<?>) answer.get(i + 1))
                        .map(stored -> stored.liveTask(codec)).ifPresent(held::add);
            }
        } while (!cursor.isEmpty() && held.size() < limit);
        return held;
    }

    /** Those of a partition are left out: they would lose their turns. */
    Set<UUID> store(List<LiveTask> tasks) {
        var stored = new HashSet<UUID>();
        var rows = tasks.stream().filter(task -> task.partition().isEmpty())
                .map(task -> new Row(task, codec.encode(task.payload().toString()))).toList();
        for (var batch : Batches.of(rows, row -> row.json.length())) {
            var arguments = new ArrayList<String>();
            batch.forEach(row -> add(arguments, row));
            stored.addAll(Runs.allBut(batch.stream().map(row -> row.task.id()).toList(),
                    STORE.run(server, keys, arguments)));
        }
        return stored;
    }

    private static void add(List<String> arguments, Row row) {
        var task = row.task;
        arguments.add(task.id().toString());
        arguments.add(task.type());
        arguments.add(task.queue());
        arguments.add(Integer.toString(task.priority()));
        arguments.add(row.json);
        arguments.add(StoredTask.micros(task.createdAt()));
        arguments.add(StoredTask.micros(task.runAt()));
        arguments.add(Integer.toString(task.attempt()));
        arguments.add(Integer.toString(task.attemptsEnd()));
        arguments.add(Integer.toString(task.maxAttempts()));
        arguments.add(task.key().orElse(""));
        arguments.add(StoredTask.millis(task.timeout()));
        arguments.add(StoredTask.millis(task.resultTtl()));
        arguments.add(task.error().orElse(""));
    }

    void forget(Collection<UUID> held) {
        settle("forget", held);
    }

    void giveBack(Collection<UUID> held) {
        settle("give_back", held);
    }

    private void settle(String how, Collection<UUID> held) {
        for (var batch : Batches.of(List.copyOf(held))) {
            var arguments = new ArrayList<>(List.of(how, MovableTasks.MOVER));
            batch.forEach(id -> arguments.add(id.toString()));
            SETTLE.count(server, keys, arguments);
        }
    }

    /** Nothing waits for other tasks here. */
    MovableTasks.Left left() {
        return new MovableTasks.Left(LEFT.count(server, keys, List.of()), 0);
    }
}
