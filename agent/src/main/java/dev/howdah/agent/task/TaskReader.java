package dev.howdah.agent.task;

import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.StatusUpdate;
import dev.howdah.agent.a2a.Task;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.json.JsonMapper;

/**
 * Puts tasks together from their rows and events. A row tells up to which sequence it holds, and events are never changed:
 * what is read of them later still fits it.
 */
final class TaskReader {
    private TaskReader() {}

    /**
     * Tasks as clients see them, in the order of the rows.
     *
     * @param history at most so many of the latest messages
     */
    static List<Task> tasks(Handle handle, List<TaskRow> rows, int history, boolean withArtifacts) {
        var messages = history == 0 ? Map.<UUID, List<TaskEvent>>of() : messages(handle, rows, history + 1L);
        var made = withArtifacts ? artifacts(handle, rows) : Map.<UUID, List<TaskEvent>>of();
        return rows.stream().map(row -> {
            var task = row.bare();
            for (var event : made.getOrDefault(row.id(), List.of())) {
                task = task.after(event.item());
            }
            return new Task(task.id(), task.contextId(), task.status(), task.artifacts(),
                    history(row, messages.getOrDefault(row.id(), List.of()), history), task.metadata());
        }).toList();
    }

    /** Without the message of the present status, which is not past yet. */
    private static List<Message> history(TaskRow row, List<TaskEvent> events, int limit) {
        var said = new ArrayList<Message>();
        boolean isPresent = row.statusMessage().isPresent();
        for (var event : events.reversed()) {
            switch (event.item()) {
                case Message message -> said.add(message);
                case StatusUpdate update -> {
                    if (!isPresent) {
                        update.status().message().ifPresent(said::add);
                    }
                    isPresent = false;
                }
                default -> throw new IllegalStateException("an artifact says nothing");
            }
        }
        return said.subList(0, Math.min(limit, said.size())).reversed();
    }

    /** Events that say something, oldest first. */
    static Map<UUID, List<TaskEvent>> messages(Handle handle, List<TaskRow> rows, long limit) {
        return grouped(handle.createQuery(TaskSql.MESSAGES).bind("ids", ids(rows)).bind("upTo", sequences(rows))
                .bind("limit", limit).map((row, context) -> event(row, rows)).list());
    }

    private static Map<UUID, List<TaskEvent>> artifacts(Handle handle, List<TaskRow> rows) {
        return grouped(handle.createQuery(TaskSql.ARTIFACTS).bind("ids", ids(rows)).bind("upTo", sequences(rows))
                .map((row, context) -> event(row, rows)).list());
    }

    private static Map<UUID, List<TaskEvent>> grouped(List<TaskEvent> events) {
        return events.stream().sorted(java.util.Comparator.comparingLong(TaskEvent::sequence))
                .collect(Collectors.groupingBy(TaskEvent::taskId));
    }

    private static TaskEvent event(ResultSet row, Collection<TaskRow> rows) throws SQLException {
        var id = row.getObject("task_id", UUID.class);
        var context = rows.stream().filter(each -> each.id().equals(id)).findFirst().map(TaskRow::contextId);
        return event(row, context.orElse(""));
    }

    private static TaskEvent event(ResultSet row, String contextId) throws SQLException {
        return TaskEvent.of(row.getObject("task_id", UUID.class), contextId, row.getLong("sequence"),
                row.getString("kind"), JsonMapper.shared().readTree(row.getString("payload")),
                TaskRow.time(row, "created_at"));
    }

    /**
     * What happened after what is known.
     *
     * @param contexts of the tasks, by their ids
     * @param after the sequence that is known of each
     * @param limit events of each
     */
    static List<TaskEvent> events(Handle handle, Map<UUID, String> contexts, Map<UUID, Long> after, int limit) {
        var known = new HashMap<>(after);
        return handle.createQuery(TaskSql.EVENTS).bind("ids", known.keySet().toArray(UUID[]::new))
                .bind("after", known.values().toArray(Long[]::new)).bind("limit", limit)
                .map((row, context) -> event(row, Optional.ofNullable(contexts.get(row.getObject("task_id",
                        UUID.class))).orElse("")))
                .list();
    }

    private static UUID[] ids(List<TaskRow> rows) {
        return rows.stream().map(TaskRow::id).toArray(UUID[]::new);
    }

    private static Long[] sequences(List<TaskRow> rows) {
        return rows.stream().map(TaskRow::lastSequence).toArray(Long[]::new);
    }
}
