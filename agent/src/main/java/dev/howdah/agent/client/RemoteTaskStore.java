package dev.howdah.agent.client;

import dev.howdah.agent.a2a.Task;
import dev.howdah.postgres.Database;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.TaskQueue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/** What is known of tasks of remote agents that are waited for. */
final class RemoteTaskStore {
    private final Database database;
    private final TaskQueue queue;

    RemoteTaskStore(Database database, TaskQueue queue) {
        this.database = database;
        this.queue = queue;
    }

    /** Begins to wait, unless it has begun; whatever ends the waiting is followed by a task of that type. */
    RemoteTaskRow open(UUID task, String agent, String messageId, String endType) {
        return database.inTransaction(tx -> {
            if (tx.handle().createUpdate(RemoteTaskSql.INSERT).bind("task", task).bind("agent", agent)
                    .bind("messageId", messageId).execute() == 1) {
                queue.enqueue(tx, NewTask.of(endType, JsonMapper.shared().createObjectNode().put("task",
                        task.toString())).withMaxAttempts(RemoteTasks.END_ATTEMPTS_MAX).afterEndOf(List.of(task)));
            }
            return tx.handle().createQuery(RemoteTaskSql.FIND).bind("task", task)
                    .map((row, context) -> RemoteTaskRow.of(row)).one();
        });
    }

    Optional<RemoteTaskRow> find(UUID task) {
        return database.withHandle(handle -> handle.createQuery(RemoteTaskSql.FIND).bind("task", task)
                .map((row, context) -> RemoteTaskRow.of(row)).findOne());
    }

    /** To be called before the message is sent: from then on it may have arrived. */
    void sending(UUID task, Optional<String> token) {
        database.useTransaction(tx -> tx.handle().createUpdate(RemoteTaskSql.SENDING).bind("task", task)
                .bind("callback", token.map(RemoteTaskStore::hash).orElse(null)).execute());
    }

    void sent(UUID task, Task remote) {
        database.useTransaction(tx -> tx.handle().createUpdate(RemoteTaskSql.SENT).bind("task", task)
                .bind("remoteId", remote.id()).bind("state", remote.status().state().label()).execute());
    }

    /** Notes that there is something to see; the id of the message whose task it is. */
    Optional<String> wake(String token) {
        return database.inTransaction(tx -> tx.handle().createQuery(RemoteTaskSql.WAKE).bind("callback", hash(token))
                .mapTo(String.class).findOne());
    }

    void delete(UUID task) {
        database.useTransaction(tx -> tx.handle().createUpdate(RemoteTaskSql.DELETE).bind("task", task).execute());
    }

    /** Whoever reads the table cannot call. */
    private static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
