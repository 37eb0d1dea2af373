package dev.howdah.spring;

import dev.howdah.queue.NewTask;
import dev.howdah.queue.TaskQueue;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/**
 * Enqueues tasks as an application with Spring does: within {@code @Transactional} they are there if and when its transaction commits,
 * elsewhere they are stored when the call returns. Everything else one does with tasks is at {@link TaskQueue}.
 */
public final class Tasks {
    private final TaskQueue queue;
    private final SpringTransactions transactions;
    private final JsonMapper mapper;

    /**
     * Tasks of a queue.
     *
     * @param mapper makes JSON of payloads
     */
    public Tasks(TaskQueue queue, SpringTransactions transactions, JsonMapper mapper) {
        this.queue = queue;
        this.transactions = transactions;
        this.mapper = mapper;
    }

    /**
     * Enqueues a task.
     *
     * @param payload any object that Jackson writes
     * @return its id
     */
    public UUID enqueue(String type, Object payload) {
        return enqueue(task(type, payload));
    }

    /** The same with priority, delay, key and so on: {@code enqueue(tasks.task("greet", ada).withPriority(10))}. */
    public UUID enqueue(NewTask task) {
        return enqueue(List.of(task)).getFirst();
    }

    /**
     * Enqueues tasks in one statement.
     *
     * @return their ids, in order; for a task with a key that is taken, the id of the task that holds it
     */
    public List<UUID> enqueue(List<NewTask> tasks) {
        return transactions.isJoinable()
                ? transactions.call(tx -> queue.enqueue(tx, tasks))
                : queue.enqueue(tasks); // many callers share a commit
    }

    /** A task to be enqueued. */
    public NewTask task(String type, Object payload) {
        return NewTask.of(type, mapper.valueToTree(payload));
    }
}
