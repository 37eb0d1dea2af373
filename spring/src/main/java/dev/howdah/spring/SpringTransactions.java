package dev.howdah.spring;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Transaction;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * Lets Howdah's writes join the transaction that Spring has begun on this thread, so that the application's rows and Howdah's commit
 * together or not at all. The application's DataSource has to lead to the same database; its tables may be in any schema.
 *
 * <pre>{@code
 * @Transactional
 * public void place(Order order) {
 *     orders.save(order);
 *     transactions.call(tx -> programs.start(tx, "checkout", order));
 * }
 * }</pre>
 */
public final class SpringTransactions {
    private final Database database;
    private final Optional<Spring> spring;

    /** What needs classes of Spring's that an application without a DataSource does not have. */
    interface Spring {
        /** Whether a transaction is under way on this thread that may be of the DataSource. */
        boolean isActive();

        <T> T join(Function<Transaction, T> work);
    }

    /**
     * Joins transactions of a DataSource.
     *
     * @param dataSource the application's; without one, there is nothing to join
     */
    public SpringTransactions(Database database, Optional<DataSource> dataSource) {
        this.database = database;
        this.spring = dataSource.map(source -> new DataSourceTransactions(database, source));
    }

    /**
     * Runs the work in Spring's transaction if there is one of the DataSource on this thread, else in one of its own.
     *
     * @throws dev.howdah.postgres.InvalidInputException if the DataSource leads to another database
     */
    public <T> T call(Function<Transaction, T> work) {
        return isJoinable() ? spring.orElseThrow().join(work) : database.inTransaction(work);
    }

    /** Whether there may be a transaction to join. */
    boolean isJoinable() {
        return spring.isPresent() && spring.get().isActive();
    }
}
