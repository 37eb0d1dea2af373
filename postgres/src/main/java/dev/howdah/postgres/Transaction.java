package dev.howdah.postgres;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * A transaction that any module can join: every writing method has a form that takes one, so that business rows, tasks
 * and events commit together or not at all.
 *
 * <pre>{@code
 * database.useTransaction(tx -> {
 *     orders.insert(tx, order);
 *     queue.enqueue(tx, NewTask.of("send-invoice", payload));
 * });
 * }</pre>
 *
 * Used by one thread at a time, and only until the transaction ends.
 */
public final class Transaction {
    private final Handle handle;
    private final Consumer<Runnable> afterCommit;

    private Transaction(Handle handle, Consumer<Runnable> afterCommit) {
        this.handle = handle;
        this.afterCommit = afterCommit;
    }

    static Transaction of(Handle handle, List<Runnable> afterCommit) {
        return new Transaction(handle, afterCommit::add);
    }

    /**
     * Joins a transaction that somebody else commits, on a connection of a {@link Database}; for others there is {@link Database#join}.
     *
     * @param connection open, not in auto-commit mode, with the search path of a {@link Database}; it is never closed or
     *        committed here
     * @param afterCommit takes what is to be run once the transaction has committed (wake-ups; losing them costs only
     *        time)
     */
    public static Transaction joining(Connection connection, Consumer<Runnable> afterCommit) {
        return joining(Jdbi.open(connection), afterCommit);
    }

    static Transaction joining(Handle handle, Consumer<Runnable> afterCommit) {
        return new Transaction(handle, afterCommit);
    }

    /** For statements of this transaction. */
    public Handle handle() {
        return handle;
    }

    /** Runs the action once the transaction has committed; never if it rolls back. It must be quick. */
    public void afterCommit(Runnable action) {
        afterCommit.accept(action);
    }

    static List<Runnable> actions() {
        return new ArrayList<>(2);
    }
}
