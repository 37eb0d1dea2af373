package dev.howdah.spring;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Transaction;
import java.sql.Connection;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

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
    private final Optional<DataSource> dataSource;

    /**
     * Joins transactions of a DataSource.
     *
     * @param dataSource the application's; without one, there is nothing to join
     */
    public SpringTransactions(Database database, Optional<DataSource> dataSource) {
        this.database = database;
        this.dataSource = dataSource;
    }

    /**
     * Runs the work in Spring's transaction if there is one of the DataSource on this thread, else in one of its own.
     *
     * @throws dev.howdah.postgres.InvalidInputException if the DataSource leads to another database
     */
    public <T> T call(Function<Transaction, T> work) {
        return isJoinable() ? join(dataSource.orElseThrow(), work) : database.inTransaction(work);
    }

    /** Whether a transaction is under way on this thread that may be of the DataSource. */
    boolean isJoinable() {
        return dataSource.isPresent() && TransactionSynchronizationManager.isActualTransactionActive();
    }

    private <T> T join(DataSource source, Function<Transaction, T> work) {
        var connection = DataSourceUtils.getConnection(source);
        try {
            return DataSourceUtils.isConnectionTransactional(connection, source)
                    ? join(connection, work)
                    : database.inTransaction(work); // the transaction under way is of something else
        } finally {
            DataSourceUtils.releaseConnection(connection, source);
        }
    }

    private <T> T join(Connection connection, Function<Transaction, T> work) {
        return database.join(connection, action -> TransactionSynchronizationManager.registerSynchronization(
                new TransactionSynchronization() {
                    @Override
                    public void afterCommit() {
                        action.run();
                    }
                }), work);
    }
}
