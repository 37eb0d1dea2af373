package dev.howdah.documents;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.UnavailableException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * The tables of collections. Their names are made of numbers that are ours, so no name is ever quoted. Whatever needs a lock
 * of the parent waits for it only a moment, because everybody else would wait behind, and tries again.
 */
final class Partitions {
    private static final String LOCK_TIMEOUT = "SET LOCAL lock_timeout = '300ms'";
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String DEADLOCK = "40P01";
    private static final int ATTEMPTS_MAX = 40;
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Database database;

    Partitions(Database database) {
        this.database = database;
    }

    static String table(int collection) {
        return "documents_" + collection;
    }

    /** Made apart and then attached, which readers and writers of other collections do not notice. */
    static void create(Handle handle, int collection) {
        var table = table(collection);
        handle.execute("CREATE TABLE " + table + " (LIKE documents INCLUDING ALL)");
        handle.execute("ALTER TABLE " + table + " ADD CONSTRAINT of_one_collection CHECK (collection = " + collection
                + ")");
        handle.execute("ALTER TABLE documents ATTACH PARTITION " + table + " FOR VALUES IN (" + collection + ")");
    }

    static void drop(Handle handle, int collection) {
        handle.execute("ALTER TABLE documents DETACH PARTITION " + table(collection));
        handle.execute("DROP TABLE " + table(collection));
    }

    /**
     * Runs the work in a transaction that waits for locks only a moment, and again if that was too short.
     *
     * @throws UnavailableException if others held the locks all the time
     */
    void change(Consumer<Transaction> work) {
        for (int attempt = 1;; attempt++) {
            try {
                database.useTransaction(tx -> {
                    tx.handle().execute(LOCK_TIMEOUT);
                    work.accept(tx);
                });
                return;
            } catch (JdbiException e) {
                if (!isBusy(e)) {
                    throw e;
                }
                if (attempt >= ATTEMPTS_MAX) {
                    throw new UnavailableException("documents-busy", "the documents were in use by others for "
                            + ATTEMPTS_MAX + " attempts", "try again when no long query or transaction runs", e);
                }
                pause();
            }
        }
    }

    private static boolean isBusy(Throwable error) {
        for (Throwable e = error; e != null; e = e.getCause()) {
            if (e instanceof SQLException sql) {
                return LOCK_NOT_AVAILABLE.equals(sql.getSQLState()) || DEADLOCK.equals(sql.getSQLState());
            }
        }
        return false;
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("interrupted", "waiting for the documents was interrupted", "", e);
        }
    }
}
