package dev.howdah.spring;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Transaction;
import java.sql.Connection;
import java.util.function.Function;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The transactions that Spring has begun on connections of a DataSource. */
final class DataSourceTransactions implements SpringTransactions.Spring {
    private final Database database;
    private final DataSource source;

    DataSourceTransactions(Database database, DataSource source) {
        this.database = database;
        this.source = source;
    }

    @Override
    public boolean isActive() {
        return TransactionSynchronizationManager.isActualTransactionActive();
    }

    @Override
    public <T> T join(Function<Transaction, T> work) {
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
