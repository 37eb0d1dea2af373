package dev.howdah.knowledge.weaviate;

import dev.howdah.knowledge.collection.SearchCollection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The table {@code search_followers}: which class of Weaviate is the copy of a collection, and what it has seen. */
final class FollowerRows {
    static final String FIND = """
        SELECT copy, settings, CAST(snapshot AS text) AS snapshot,
               updated_at > now() - interval '12 hours'
                 AND pg_snapshot_xmax(snapshot) <= pg_snapshot_xmax(pg_current_snapshot()) AS usable,
               updated_at > now() - interval '1 hour' AS recent
          FROM search_followers
         WHERE follower = 'weaviate' AND collection_id = :collection AND NOT abandoned
        """;
    static final String LOCK = """
        SELECT copy, settings, CAST(snapshot AS text) AS snapshot,
               updated_at > now() - interval '12 hours'
                 AND pg_snapshot_xmax(snapshot) <= pg_snapshot_xmax(pg_current_snapshot()) AS usable,
               updated_at > now() - interval '1 hour' AS recent
          FROM search_followers
         WHERE follower = 'weaviate' AND collection_id = :collection AND NOT abandoned
           FOR UPDATE
        """;
    static final String IS_CURRENT = """
        SELECT EXISTS (
            SELECT 1
              FROM search_collections
             WHERE id = :collection AND dimension = :dimension AND metric = :metric
               AND index_settings = CAST(:index AS jsonb))
        """;
    static final String INSERT = """
        INSERT INTO search_followers (copy, follower, collection_id, settings)
        VALUES (:copy, 'weaviate', :collection, :settings)
        ON CONFLICT DO NOTHING
        """;
    static final String ADVANCE = """
        UPDATE search_followers
           SET snapshot = CAST(:snapshot AS pg_snapshot), updated_at = now()
         WHERE copy = :copy AND NOT abandoned
        """;
    static final String ABANDON = """
        UPDATE search_followers
           SET abandoned = true, updated_at = now()
         WHERE copy = :copy AND NOT abandoned
        """;
    // Of a class that somebody else is removing now, nothing is left to do.
    static final String LEFT_OVER = """
        SELECT copy
          FROM search_followers f
         WHERE follower = 'weaviate'
           AND (abandoned OR NOT EXISTS (SELECT 1 FROM search_collections c WHERE c.id = f.collection_id))
         ORDER BY copy
         LIMIT 100
           FOR UPDATE SKIP LOCKED
        """;
    static final String FORGET = """
        DELETE FROM search_followers
         WHERE copy = ANY (:copies)
        """;
    static final String LIMIT_WAIT = "SET LOCAL lock_timeout = '10s'";

    /**
     * A copy.
     *
     * @param name of the class
     * @param settings what it was made for
     * @param snapshot what it has seen; null if it was never whole
     * @param usable whether what it has not seen is still known: it looked not long ago, and in this database's history
     * @param recent whether it need not be noted yet that it was looked at
     */
    record Copy(String name, String settings, @Nullable String snapshot, boolean usable, boolean recent) {}

    private FollowerRows() {}

    static Optional<Copy> find(Handle handle, SearchCollection collection) {
        return handle.createQuery(FIND).bind("collection", collection.id()).map(FollowerRows::read).findOne();
    }

    /** The same, and nobody else may change it, or the class, until the transaction ends. */
    static Optional<Copy> lock(Handle handle, SearchCollection collection) {
        handle.execute(LIMIT_WAIT);
        return handle.createQuery(LOCK).bind("collection", collection.id()).map(FollowerRows::read).findOne();
    }

    /** Whether the collection has vectors as this description says. */
    static boolean isCurrent(Handle handle, SearchCollection collection) {
        var vectors = collection.requireVectors();
        return handle.createQuery(IS_CURRENT).bind("collection", collection.id())
                .bind("dimension", vectors.dimension()).bind("metric", vectors.metric().label())
                .bind("index", JsonMapper.shared().writeValueAsString(vectors.index())).mapTo(Boolean.class).one();
    }

    static void insert(Handle handle, SearchCollection collection, String copy, String settings) {
        handle.createUpdate(INSERT).bind("copy", copy).bind("collection", collection.id()).bind("settings", settings)
                .execute();
    }

    static void advance(Handle handle, String copy, String snapshot) {
        handle.createUpdate(ADVANCE).bind("copy", copy).bind("snapshot", snapshot).execute();
    }

    static void abandon(Handle handle, String copy) {
        handle.createUpdate(ABANDON).bind("copy", copy).execute();
    }

    /** Copies that nobody will search any more, of which nobody else is taking care now. */
    static List<String> leftOver(Handle handle) {
        return handle.createQuery(LEFT_OVER).mapTo(String.class).list();
    }

    static void forget(Handle handle, List<String> copies) {
        handle.createUpdate(FORGET).bind("copies", copies.toArray(String[]::new)).execute();
    }

    private static Copy read(ResultSet row, StatementContext context) throws SQLException {
        return new Copy(row.getString("copy"), row.getString("settings"), row.getString("snapshot"),
                row.getBoolean("usable"), row.getBoolean("recent"));
    }
}
