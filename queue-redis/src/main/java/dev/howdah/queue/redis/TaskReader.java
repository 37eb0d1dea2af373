package dev.howdah.queue.redis;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.queue.BulkAction;
import dev.howdah.queue.PayloadCodec;
import dev.howdah.queue.QueueStatistics;
import dev.howdah.queue.Task;
import dev.howdah.queue.TaskAttempt;
import dev.howdah.queue.TaskFilter;
import dev.howdah.queue.TaskPage;
import dev.howdah.queue.TaskReport;
import dev.howdah.queue.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds, lists and counts tasks, and does to them what people ask for. */
final class TaskReader {
    private static final Script ACT = Script.of("act");
    private static final Script SELECT = Script.of("select");
    private static final Script READ = Script.of("read");
    private static final Script STATISTICS = Script.of("statistics");

    /** In the order in which the statistics answer them. */
    private static final List<TaskState> COUNTED = List.of(TaskState.QUEUED, TaskState.STARTED, TaskState.FINISHED,
            TaskState.FAILED, TaskState.CANCELLED);
    private static final int BULK_MAX = 10_000;
    private static final int LINES_MAX = 1000;
    private static final int READ_MAX = 100;

    private final RedisServer server;
    private final String keys;
    private final PayloadCodec codec;

    TaskReader(RedisServer server, String keys, PayloadCodec codec) {
        this.server = server;
        this.keys = keys;
        this.codec = codec;
    }

    /** Answers {@code ok}, or why it was not done: the task's state, {@code key}, or nothing for an unknown one. */
    String act(BulkAction action, UUID id) {
        return ACT.word(server, keys, List.of(StoredTask.label(action), id.toString()));
    }

    int apply(BulkAction action, TaskFilter filter, int limit) {
        if (limit < 1 || limit > BULK_MAX) {
            throw new InvalidInputException("task-bulk-invalid", "limit", limit + " is out of range",
                    "use 1 to " + BULK_MAX);
        }
        if (!filter.ids().isEmpty()) {
            return (int) named(action, filter).limit(limit).filter(id -> act(action, id).equals("ok")).count();
        }
        return select(StoredTask.label(action), filter, states(action, filter), Optional.empty(), limit).size();
    }

    int count(BulkAction action, TaskFilter filter, int max) {
        if (!filter.ids().isEmpty()) {
            return (int) named(action, filter).limit(max).count();
        }
        return select("list", filter, states(action, filter), Optional.empty(), max).size();
    }

    /** Those of the filter's ids of which the rest of it holds, too. */
    private Stream<UUID> named(BulkAction action, TaskFilter filter) {
        var states = states(action, filter);
        return find(filter.ids()).stream()
                .filter(task -> states.contains(task.state()) && filter.type().map(task.type()::equals).orElse(true)
                        && filter.queue().map(task.queue()::equals).orElse(true) && filter.partition().isEmpty())
                .map(Task::id);
    }

    /** Those of the filter's states in which the action can be done. */
    private static Set<TaskState> states(BulkAction action, TaskFilter filter) {
        var possible = switch (action) {
            case CANCEL -> Set.of(TaskState.QUEUED, TaskState.STARTED);
            case RETRY -> Set.of(TaskState.FAILED, TaskState.CANCELLED);
            case DISCARD -> Set.of(TaskState.FINISHED, TaskState.FAILED, TaskState.CANCELLED);
        };
        return possible.stream().filter(state -> filter.states().isEmpty() || filter.states().contains(state))
                .collect(Collectors.toSet());
    }

    TaskPage list(TaskFilter filter) {
        var states = filter.states().isEmpty() ? Set.of(TaskState.values()) : filter.states();
        var cursor = filter.cursor().map(TaskReader::cursor);
        var ids = select("list", filter, states, cursor, filter.limit() + 1); // one more tells of a next page
        boolean more = ids.size() > filter.limit();
        var page = more ? ids.subList(0, filter.limit()) : ids;
        var tasks = find(page).stream().collect(Collectors.toMap(Task::id, Function.identity()));
        return new TaskPage(page.stream().filter(tasks::containsKey).map(tasks::get).toList(),
                more ? Optional.of(page.getLast().toString()) : Optional.empty());
    }

    private static UUID cursor(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("task-filter-invalid", "cursor", "\"" + text + "\" is no cursor",
                    "use the value of \"next\" of the page before");
        }
    }

    /** Newest first. A script looks at a bounded number of tasks, so it may take several. */
    private List<UUID> select(String action, TaskFilter filter, Set<TaskState> states, Optional<UUID> before,
            int limit) {
        var ids = new ArrayList<UUID>();
        if (states.isEmpty() || filter.partition().isPresent()) { // there are no partitions here
            return ids;
        }
        var cursor = before.map(UUID::toString).orElse("");
        do {
            var arguments = new ArrayList<String>();
            arguments.add(action);
            arguments.add(cursor);
            arguments.add(Integer.toString(Math.min(limit - ids.size(), Batches.TASKS_MAX)));
            arguments.add(filter.type().orElse(""));
            arguments.add(filter.queue().orElse(""));
            StoredTask.labels(states).forEach(arguments::add);
            var answer = SELECT.run(server, keys, arguments);
            cursor = String.valueOf(answer.getFirst());
            answer.subList(1, answer.size()).forEach(id -> ids.add(UUID.fromString(String.valueOf(id))));
        } while (!cursor.isEmpty() && ids.size() < limit);
        return ids;
    }

    List<Task> find(Collection<UUID> ids) {
        return read(List.copyOf(ids)).stream().map(stored -> stored.task(codec)).toList();
    }

    private List<StoredTask> read(List<UUID> ids) {
        var found = new ArrayList<StoredTask>(ids.size());
        for (int from = 0; from < ids.size(); from += READ_MAX) {
            var some = ids.subList(from, Math.min(from + READ_MAX, ids.size()));
            var answer = READ.run(server, keys, some.stream().map(UUID::toString).toList());
            for (int i = 0; i < some.size(); i++) {
                StoredTask.of(some.get(i), (List<?>) answer.get(i)).ifPresent(found::add);
            }
        }
        return found;
    }

    List<TaskAttempt> attempts(UUID id) {
        var attempts = new ArrayList<TaskAttempt>();
        server.call(redis -> redis.lrange(keys + "attempts:" + id, 0, -1))
                .forEach(entry -> attempts.add(StoredTask.attempt(entry)));
        read(List.of(id)).stream().flatMap(stored -> stored.lastAttempt(codec).stream()).forEach(attempts::add);
        return attempts;
    }

    List<TaskReport.Line> log(UUID id, long after, int limit) {
        if (limit < 1 || limit > LINES_MAX) {
            throw new InvalidInputException("task-log-invalid", "limit", limit + " is out of range",
                    "use 1 to " + LINES_MAX);
        }
        long from = Math.max(0, after);
        var lines = new ArrayList<TaskReport.Line>();
        for (var entry : server.call(redis -> redis.lrange(keys + "log:" + id, from, from + limit - 1))) {
            var parts = entry.split(" ", 3);
            lines.add(new TaskReport.Line(from + lines.size() + 1, Integer.parseInt(parts[0]),
                    StoredTask.instantOf(parts[1]), parts[2]));
        }
        return lines;
    }

    QueueStatistics statistics() {
        var answer = STATISTICS.run(server, keys, List.of()).stream().map(String::valueOf).toList();
        var byState = new EnumMap<TaskState, Long>(TaskState.class);
        for (int i = 0; i < COUNTED.size(); i++) {
            byState.put(COUNTED.get(i), Long.parseLong(answer.get(i)));
        }
        var byType = new HashMap<String, Long>();
        for (int i = 8; i + 1 < answer.size(); i += 2) {
            byType.put(answer.get(i), Long.parseLong(answer.get(i + 1)));
        }
        return new QueueStatistics(byState, byType, micros(answer.get(6)), micros(answer.get(5)),
                Long.parseLong(answer.get(7)), Optional.empty(), Optional.empty());
    }

    private static Optional<Duration> micros(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(Duration.ofNanos(Long.parseLong(text) * 1000));
    }
}
