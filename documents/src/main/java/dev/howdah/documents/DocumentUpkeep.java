package dev.howdah.documents;

import dev.howdah.postgres.Database;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be done now and then: forgets old changes, and builds indexes to the end whose building was cut short. Every
 * process may run one; that several do so at once does no harm. Started once.
 */
public final class DocumentUpkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DocumentUpkeep.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final int BATCH = 5000;
    private static final int BATCHES_MAX = 200;

    /**
     * The oldest changes of each collection, if they are too old, and how far that went: both or neither, so that a reader whose
     * place is before it learns that it has missed some.
     */
    static final String FORGET = """
        WITH old AS (
          SELECT first.collection, first.tx, first.seq
            FROM document_collections AS collections
           CROSS JOIN LATERAL (SELECT collection, tx, seq, at
                                 FROM document_changes
                                WHERE document_changes.collection = collections.number
                                ORDER BY tx, seq
                                LIMIT :limit) AS first
           WHERE first.at < now() - COALESCE(collections.retention_ms, :retentionMillis) * interval '1 ms'),
        gone AS (
          DELETE FROM document_changes
           USING old
           WHERE document_changes.collection = old.collection AND document_changes.tx = old.tx
             AND document_changes.seq = old.seq
          RETURNING document_changes.collection, document_changes.tx, document_changes.seq),
        furthest AS (
          SELECT DISTINCT ON (collection) collection, tx, seq
            FROM gone
           ORDER BY collection, tx DESC, seq DESC),
        noted AS (
          UPDATE document_collections
             SET forgotten_tx = furthest.tx, forgotten_seq = furthest.seq
            FROM furthest
           WHERE number = furthest.collection
             AND (forgotten_tx, forgotten_seq) < (furthest.tx, furthest.seq))
        SELECT count(*)
          FROM gone
        """;

    /** Of collections that were dropped. */
    static final String FORGET_DROPPED = """
        DELETE FROM document_changes
         USING (SELECT collection, tx, seq
                  FROM document_changes
                 WHERE NOT EXISTS (SELECT FROM document_collections WHERE number = document_changes.collection)
                 LIMIT :limit) AS dropped
         WHERE document_changes.collection = dropped.collection AND document_changes.tx = dropped.tx
           AND document_changes.seq = dropped.seq
        """;

    private final Database database;
    private final DocumentSettings settings;
    private final Indexes indexes;
    private @Nullable Thread loop;

    DocumentUpkeep(Database database, DocumentSettings settings, Indexes indexes) {
        this.database = database;
        this.settings = settings;
        this.indexes = indexes;
    }

    /** Begins. */
    public synchronized void start() {
        loop = Thread.ofVirtual().name("howdah-documents-upkeep").start(this::run);
    }

    @Override
    public synchronized void close() {
        if (loop != null) {
            loop.interrupt();
        }
    }

    /** Does what there is to do now. */
    public void runOnce() {
        indexes.resume();
        for (int i = 0; i < BATCHES_MAX && forget() > 0; i++) {
            LOG.debug("Old changes were deleted");
        }
    }

    private long forget() {
        return database.inTransaction(tx -> {
            long dropped = tx.handle().createUpdate(FORGET_DROPPED).bind("limit", BATCH).execute();
            return dropped + tx.handle().createQuery(FORGET).bind("limit", BATCH)
                    .bind("retentionMillis", settings.changesRetention().toMillis()).mapTo(Long.class).one();
        });
    }

    private void run() {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(INTERVAL.toMillis() / 10)); // not all processes at once
            while (true) {
                try {
                    runOnce();
                } catch (RuntimeException e) {
                    LOG.warn("Documents were not tidied, which is tried again: {}", e.getMessage());
                }
                Thread.sleep(INTERVAL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }
}
