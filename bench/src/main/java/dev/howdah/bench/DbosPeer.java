package dev.howdah.bench;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbos.transact.DBOS;
import dev.dbos.transact.config.DBOSConfig;
import dev.dbos.transact.workflow.Workflow;
import dev.howdah.postgres.DatabaseSettings;

/** DBOS Transact with a pool of 32 connections; its tables are in the schema of the measurement. */
final class DbosPeer implements WorkflowPeer {
    static final String NAME = "DBOS Transact";
    private static final int CONNECTIONS = 32;

    private final HikariDataSource pool;
    private final DBOS dbos;
    private final Chain chain;

    /** What its proxy offers; public, as its proxy wants it. */
    public interface Chain {
        void run(int steps);
    }

    /** The workflow. */
    public static final class Steps implements Chain {
        private final DBOS dbos;

        Steps(DBOS dbos) {
            this.dbos = dbos;
        }

        @Override
        @Workflow(name = "chain")
        public void run(int steps) {
            for (int i = 0; i < steps; i++) {
                dbos.runStep(() -> {}, "s" + i);
            }
        }
    }

    DbosPeer(DatabaseSettings settings) {
        pool = PlainSql.pool(settings, CONNECTIONS);
        dbos = new DBOS(DBOSConfig.defaults("bench").withDataSource(pool).withDatabaseSchema(settings.schema()));
        chain = dbos.registerProxy(Chain.class, new Steps(dbos));
        dbos.launch();
    }

    @Override
    public void run(int steps) {
        chain.run(steps);
    }

    @Override
    public void close() {
        dbos.shutdown();
        pool.close();
    }
}
