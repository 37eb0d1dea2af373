package dev.howdah.knowledge.vector;

import dev.howdah.knowledge.collection.SearchCollection;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementCustomizer;
import org.postgresql.PGStatement;

/**
 * What a copy of a collection's vectors has to take in. Every row carries the transaction that last changed it, and a look
 * remembers its snapshot: the next one reads the rows of those transactions that this snapshot did not see. Numbers of
 * transactions are not in the order of their commits; snapshots are.
 */
public final class EntryChanges {
    /** A snapshot that sees nothing: everything has changed since. */
    public static final String NOTHING = "1:1:";
    /** Deletions are remembered for a day; a copy that has not looked for half of one is made anew. */
    public static final Duration LOOK_MAX = Duration.ofHours(12);

    private static final int FETCH = 2_000;

    static final String CHANGES = """
        SELECT CAST(pg_current_snapshot() AS text) AS snapshot, NULL AS entry, NULL AS version,
               CAST(NULL AS real[]) AS embedding
        UNION ALL
        SELECT NULL, entry_id, NULL, NULL
          FROM search_deletions
         WHERE collection_id = :collection AND changed >= pg_snapshot_xmin(CAST(:since AS pg_snapshot))
           AND NOT pg_visible_in_snapshot(changed, CAST(:since AS pg_snapshot))
        UNION ALL
        SELECT NULL, id, CAST(changed AS text), embedding
          FROM search_entries
         WHERE collection_id = :collection AND changed >= pg_snapshot_xmin(CAST(:since AS pg_snapshot))
           AND NOT pg_visible_in_snapshot(changed, CAST(:since AS pg_snapshot))
        """;
    static final String ANY = """
        SELECT EXISTS (
            SELECT 1
              FROM search_entries
             WHERE collection_id = :collection AND changed >= pg_snapshot_xmin(CAST(:since AS pg_snapshot))
               AND NOT pg_visible_in_snapshot(changed, CAST(:since AS pg_snapshot)))
          OR EXISTS (
            SELECT 1
              FROM search_deletions
             WHERE collection_id = :collection AND changed >= pg_snapshot_xmin(CAST(:since AS pg_snapshot))
               AND NOT pg_visible_in_snapshot(changed, CAST(:since AS pg_snapshot)))
        """;
    static final String VECTORS = """
        SELECT id AS entry, CAST(changed AS text) AS version, embedding
          FROM search_entries
         WHERE collection_id = :collection AND id = ANY (:entries) AND embedding IS NOT NULL
        """;

    /** Takes in what has changed, entry by entry. */
    public interface Receiver {
        /** The entry has this vector now. The version is another one with each change. */
        void changed(long entry, String version, float[] vector);

        /** The entry is gone, or has no vector any more. */
        void removed(long entry);
    }

    private EntryChanges() {}

    /**
     * Gives the receiver every change since a snapshot. Streams, because the first look reads everything; hence to be called
     * in a transaction.
     *
     * @param since the snapshot of the last look, or {@link #NOTHING}
     * @return the snapshot of this look
     */
    public static String read(Handle handle, SearchCollection collection, String since, Receiver receiver) {
        return binary(handle.createQuery(CHANGES)).bind("collection", collection.id()).bind("since", since)
                .setFetchSize(FETCH).scanResultSet((results, context) -> {
                    var rows = results.get();
                    var snapshot = since;
                    while (rows.next()) {
                        var given = rows.getString("snapshot");
                        if (given == null) {
                            give(rows, receiver);
                        } else {
                            snapshot = given;
                        }
                    }
                    return snapshot;
                });
    }

    /** Whether there is any change since a snapshot. */
    public static boolean isAny(Handle handle, SearchCollection collection, String since) {
        return handle.createQuery(ANY).bind("collection", collection.id()).bind("since", since).mapTo(Boolean.class)
                .one();
    }

    /** Gives the receiver the vectors of these entries as they are now; what has none is passed over. */
    public static void vectors(Handle handle, SearchCollection collection, Collection<Long> entries,
            Receiver receiver) {
        binary(handle.createQuery(VECTORS)).bind("collection", collection.id())
                .bind("entries", entries.toArray(Long[]::new)).scanResultSet((results, context) -> {
                    var rows = results.get();
                    while (rows.next()) {
                        give(rows, receiver);
                    }
                    return true;
                });
    }

    private static void give(ResultSet row, Receiver receiver) throws SQLException {
        long entry = row.getLong("entry");
        var embedding = row.getBytes("embedding");
        if (embedding == null) {
            receiver.removed(entry);
        } else {
            receiver.changed(entry, row.getString("version"), floats(embedding));
        }
    }

    /** Vectors travel as they are; as text, reading them would take most of the time. */
    private static Query binary(Query query) {
        return query.addCustomizer(new StatementCustomizer() {
            @Override
            public void beforeExecution(PreparedStatement statement, StatementContext context) throws SQLException {
                statement.unwrap(PGStatement.class).setPrepareThreshold(-1);
            }
        });
    }

    /** An array of {@code real} as the server sends it: five integers of header, then length and value of each. */
    private static float[] floats(byte[] array) {
        var buffer = ByteBuffer.wrap(array);
        var values = new float[buffer.getInt(3 * Integer.BYTES)];
        for (int i = 0; i < values.length; i++) {
            values[i] = buffer.getFloat((5 + 2 * i + 1) * Integer.BYTES);
        }
        return values;
    }
}
