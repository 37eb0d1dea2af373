package dev.howdah.knowledge.collection;

import dev.howdah.knowledge.collection.EntryListener.Written;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.Transaction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.argument.Argument;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes and reads the entries of collections. Writing what is there already changes nothing. What is kept in step with
 * the texts listens (see {@link EntryListener}) and writes in the same transaction. Thread-safe.
 */
public final class Entries {
    /** The most entries written or read by one statement; larger sets are cut. */
    public static final int BATCH_MAX = 1_000;
    /** Characters of an entry's metadata, as JSON. */
    public static final int METADATA_MAX = 100_000;

    private static final JsonMapper JSON = JsonMapper.shared();

    // Locks in the order of ids, so that two writers of the same entries wait for each other and never in a circle.
    static final String LOCK = """
        SELECT key, encode(content_hash, 'hex') AS content_hash
          FROM search_entries
         WHERE collection_id = :collection AND key = ANY (:keys)
         ORDER BY id
           FOR UPDATE
        """;
    static final String PUT = """
        INSERT INTO search_entries (collection_id, key, title, text, metadata, content_hash, embedding)
        SELECT :collection, given.key, given.title, given.text, given.metadata, decode(given.content_hash, 'hex'),
               CASE WHEN :embedded
                    THEN ARRAY(SELECT unnest((CAST(:embeddings AS real[]))[given.position : given.position])) END
          FROM unnest(CAST(:keys AS text[]), CAST(:titles AS text[]), CAST(:texts AS text[]),
                      CAST(:metadata AS jsonb[]), CAST(:hashes AS text[]))
               WITH ORDINALITY AS given (key, title, text, metadata, content_hash, position)
         ORDER BY given.position
        ON CONFLICT (collection_id, key) DO UPDATE
           SET title = excluded.title, text = excluded.text, metadata = excluded.metadata,
               content_hash = excluded.content_hash,
               embedding = CASE WHEN excluded.embedding IS NOT NULL THEN excluded.embedding
                                WHEN excluded.content_hash = search_entries.content_hash
                                THEN search_entries.embedding END,
               changed = pg_current_xact_id(), updated_at = now()
         WHERE search_entries.content_hash <> excluded.content_hash
            OR search_entries.metadata <> excluded.metadata
            OR (excluded.embedding IS NOT NULL AND search_entries.embedding IS DISTINCT FROM excluded.embedding)
        RETURNING id, key
        """;
    static final String DELETE = """
        WITH deleted AS (
          DELETE FROM search_entries
           WHERE collection_id = :collection AND id = ANY (:ids)
          RETURNING id)
        INSERT INTO search_deletions (collection_id, entry_id)
        SELECT :collection, id
          FROM deleted
        RETURNING entry_id
        """;
    static final String IDS_BY_KEY = """
        SELECT id
          FROM search_entries
         WHERE collection_id = :collection AND key = ANY (:keys)
         ORDER BY id
           FOR UPDATE
        """;
    static final String BY_ID = """
        SELECT e.id, e.key, e.title, e.text, e.metadata, e.updated_at,
               CASE WHEN :embeddings THEN e.embedding END AS embedding
          FROM search_entries e
         WHERE e.id = ANY (:ids)
        """;
    static final String BY_KEY = """
        SELECT id, key, title, text, metadata, embedding, updated_at
          FROM search_entries
         WHERE collection_id = :collection AND key = ANY (:keys)
         ORDER BY key
        """;
    static final String PAGE = """
        SELECT id, key, title, text, metadata, NULL AS embedding, updated_at
          FROM search_entries
         WHERE collection_id = :collection AND id > :after
         ORDER BY id
         LIMIT :limit
        """;
    static final String WITHOUT_EMBEDDING = """
        SELECT id, key, title, text, metadata, NULL AS embedding, updated_at
          FROM search_entries
         WHERE collection_id = :collection AND embedding IS NULL AND id > :after
         ORDER BY id
         LIMIT :limit
        """;
    static final String SET_EMBEDDINGS = """
        UPDATE search_entries
           SET embedding = ARRAY(SELECT unnest((CAST(:embeddings AS real[]))[given.position : given.position])),
               changed = pg_current_xact_id()
          FROM unnest(CAST(:ids AS bigint[]), CAST(:hashes AS text[]))
               WITH ORDINALITY AS given (id, content_hash, position)
         WHERE search_entries.id = given.id AND search_entries.content_hash = decode(given.content_hash, 'hex')
        """;
    static final String COUNT = """
        SELECT count(*) AS entries, count(embedding) AS embedded
          FROM search_entries
         WHERE collection_id = :collection
        """;
    static final String PRUNE_DELETIONS = """
        DELETE FROM search_deletions
         WHERE deleted_at < now() - interval '1 day'
        """;

    private final Database database;
    private final List<EntryListener> listeners;

    /**
     * How many entries a collection has.
     *
     * @param entries all
     * @param embedded those with a vector
     */
    public record Count(long entries, long embedded) {}

    public Entries(Database database, List<EntryListener> listeners) {
        this.database = database;
        this.listeners = List.copyOf(listeners);
    }

    /** {@link #put(Transaction, SearchCollection, Collection)} in a transaction of its own. */
    public int put(SearchCollection collection, Collection<Entry> entries) {
        return database.inTransaction(tx -> put(tx, collection, entries));
    }

    /**
     * Inserts entries, or replaces those with the same keys. An entry that comes without a vector keeps the one it has, as
     * long as its text is the same. Of several with one key, the last counts.
     *
     * @return how many were inserted or changed
     * @throws InvalidInputException if a vector or metadata does not fit the collection; nothing is written
     */
    public int put(Transaction tx, SearchCollection collection, Collection<Entry> entries) {
        var byKey = new TreeMap<String, Entry>();
        for (var entry : entries) {
            byKey.put(entry.key(), checked(collection, entry));
        }
        int changed = 0;
        var all = List.copyOf(byKey.values());
        for (int from = 0; from < all.size(); from += BATCH_MAX) {
            var batch = all.subList(from, Math.min(from + BATCH_MAX, all.size()));
            var before = before(tx.handle(), collection, batch);
            changed += put(tx, collection, batch.stream().filter(entry -> entry.embedding().isPresent()).toList(),
                    before);
            changed += put(tx, collection, batch.stream().filter(entry -> entry.embedding().isEmpty()).toList(),
                    before);
        }
        return changed;
    }

    /** Deletes the entries with these keys; keys that do not exist are passed over. */
    public int remove(Transaction tx, SearchCollection collection, Collection<String> keys) {
        int removed = 0;
        var all = List.copyOf(keys);
        for (int from = 0; from < all.size(); from += BATCH_MAX) {
            removed += removeIds(tx, collection, tx.handle().createQuery(IDS_BY_KEY)
                    .bind("collection", collection.id())
                    .bind("keys", all.subList(from, Math.min(from + BATCH_MAX, all.size())).toArray(String[]::new))
                    .mapTo(Long.class).list());
        }
        return removed;
    }

    /** Deletes what the filter lets through; {@link Filter#none} empties the collection. */
    public int remove(Transaction tx, SearchCollection collection, Filter filter) {
        var sql = FilterSql.of(collection, filter);
        int removed = 0;
        while (true) {
            var ids = sql.bind(tx.handle().createQuery("SELECT id FROM search_entries WHERE " + sql.condition()
                    + " ORDER BY id LIMIT " + BATCH_MAX + " FOR UPDATE")).mapTo(Long.class).list();
            removed += removeIds(tx, collection, ids);
            if (ids.size() < BATCH_MAX) {
                return removed;
            }
        }
    }

    /** {@link #remove(Transaction, SearchCollection, Filter)} in a transaction of its own. */
    public int remove(SearchCollection collection, Filter filter) {
        return database.inTransaction(tx -> remove(tx, collection, filter));
    }

    /** {@link #remove(Transaction, SearchCollection, Collection)} in a transaction of its own. */
    public int remove(SearchCollection collection, Collection<String> keys) {
        return database.inTransaction(tx -> remove(tx, collection, keys));
    }

    /** The entries with these keys, with their vectors; keys that do not exist are passed over. */
    public List<StoredEntry> get(SearchCollection collection, Collection<String> keys) {
        return database.read(handle -> handle.createQuery(BY_KEY).bind("collection", collection.id())
                .bind("keys", bounded(keys).toArray(String[]::new)).map((row, context) -> read(row)).list());
    }

    /** The entries with these numbers. */
    public Map<Long, StoredEntry> byId(Collection<Long> ids, boolean withEmbeddings) {
        var found = new HashMap<Long, StoredEntry>();
        database.read(handle -> handle.createQuery(BY_ID).bind("ids", ids.toArray(Long[]::new))
                .bind("embeddings", withEmbeddings).map((row, context) -> read(row)).list())
                .forEach(entry -> found.put(entry.id(), entry));
        return found;
    }

    /** A page of the entries after a number, by number, without vectors. */
    public List<StoredEntry> page(SearchCollection collection, long after, int limit) {
        return page(PAGE, collection, after, limit);
    }

    /** A page of those that have no vector yet. */
    public List<StoredEntry> withoutEmbedding(SearchCollection collection, long after, int limit) {
        return page(WITHOUT_EMBEDDING, collection, after, limit);
    }

    /** Some entries that pass the filter and have a vector, with it; the latest. */
    public List<StoredEntry> embedded(SearchCollection collection, Filter filter, int limit) {
        var sql = FilterSql.of(collection, filter);
        return database.read(handle -> sql.bind(handle.createQuery("""
            SELECT id, key, title, '' AS text, metadata, embedding, updated_at
              FROM search_entries
             WHERE\s""" + sql.condition() + " AND embedding IS NOT NULL ORDER BY id DESC LIMIT :limit"))
                .bind("limit", limit).map((row, context) -> read(row)).list());
    }

    /** Stores vectors that were made from the entries as they were read; those whose text has changed since are left out. */
    public int setEmbeddings(Transaction tx, SearchCollection collection, Map<StoredEntry, Embedding> embeddings) {
        if (embeddings.isEmpty()) {
            return 0;
        }
        var entries = embeddings.entrySet().stream()
                .sorted(Comparator.comparingLong(given -> given.getKey().id())).toList();
        var settings = collection.requireVectors();
        var vectors = entries.stream().map(Map.Entry::getValue).map(settings::checked).toList();
        return tx.handle().createUpdate(SET_EMBEDDINGS)
                .bind("embeddings", matrix(vectors))
                .bind("ids", entries.stream().map(given -> given.getKey().id()).toArray(Long[]::new))
                .bind("hashes", entries.stream().map(Map.Entry::getKey)
                        .map(entry -> hash(entry.title(), entry.text())).toArray(String[]::new))
                .execute();
    }

    public Count count(SearchCollection collection) {
        return database.read(handle -> handle.createQuery(COUNT).bind("collection", collection.id())
                .map((row, context) -> new Count(row.getLong("entries"), row.getLong("embedded"))).one());
    }

    /** Forgets deletions that every copy has seen: those of more than a day ago. */
    public int pruneDeletions() {
        return database.withHandle(handle -> handle.createUpdate(PRUNE_DELETIONS).execute());
    }

    private static Entry checked(SearchCollection collection, Entry entry) {
        collection.check(entry.metadata());
        var size = entry.metadata().toString().length();
        if (size > METADATA_MAX) {
            throw new LimitExceededException("metadata-too-large", "the metadata of \"" + entry.key() + "\" has " + size
                    + " characters", "give at most " + METADATA_MAX);
        }
        return entry.embedding().map(given -> entry.with(collection.requireVectors().checked(given))).orElse(entry);
    }

    private static Map<String, String> before(Handle handle, SearchCollection collection, List<Entry> batch) {
        var before = new HashMap<String, String>();
        handle.createQuery(LOCK).bind("collection", collection.id())
                .bind("keys", batch.stream().map(Entry::key).toArray(String[]::new))
                .map((row, context) -> Map.entry(row.getString("key"), row.getString("content_hash"))).list()
                .forEach(row -> before.put(row.getKey(), row.getValue()));
        return before;
    }

    private int put(Transaction tx, SearchCollection collection, List<Entry> batch, Map<String, String> before) {
        if (batch.isEmpty()) {
            return 0;
        }
        boolean embedded = batch.getFirst().embedding().isPresent();
        var hashes = batch.stream().map(entry -> hash(entry.title(), entry.text())).toArray(String[]::new);
        var ids = new HashMap<String, Long>();
        tx.handle().createQuery(PUT).bind("collection", collection.id()).bind("embedded", embedded)
                .bind("embeddings", matrix(batch.stream().flatMap(entry -> entry.embedding().stream()).toList()))
                .bind("keys", batch.stream().map(Entry::key).toArray(String[]::new))
                .bind("titles", batch.stream().map(Entry::title).toArray(String[]::new))
                .bind("texts", batch.stream().map(Entry::text).toArray(String[]::new))
                .bind("metadata", batch.stream().map(entry -> entry.metadata().toString()).toArray(String[]::new))
                .bind("hashes", hashes)
                .map((row, context) -> Map.entry(row.getString("key"), row.getLong("id"))).list()
                .forEach(row -> ids.put(row.getKey(), row.getValue()));
        var written = new ArrayList<Written>();
        for (int i = 0; i < batch.size(); i++) {
            var entry = batch.get(i);
            var id = ids.get(entry.key());
            var old = before.get(entry.key());
            if (id != null && (old == null || !old.equals(hashes[i]))) {
                written.add(new Written(id, entry.title(), entry.text(), old == null, embedded));
            }
        }
        if (!written.isEmpty()) {
            listeners.forEach(listener -> listener.written(tx, collection, written));
        }
        return ids.size();
    }

    private int removeIds(Transaction tx, SearchCollection collection, List<Long> ids) {
        if (ids.isEmpty()) {
            return 0;
        }
        var removed = tx.handle().createQuery(DELETE).bind("collection", collection.id())
                .bind("ids", ids.toArray(Long[]::new)).mapTo(Long.class).list();
        listeners.forEach(listener -> listener.removed(tx, collection, removed));
        return removed.size();
    }

    private List<StoredEntry> page(String sql, SearchCollection collection, long after, int limit) {
        return database.read(handle -> handle.createQuery(sql).bind("collection", collection.id())
                .bind("after", after).bind("limit", Math.min(limit, BATCH_MAX))
                .map((row, context) -> read(row)).list());
    }

    private static Collection<String> bounded(Collection<String> keys) {
        if (keys.size() > BATCH_MAX) {
            throw new InvalidInputException("too-many-keys", "keys", keys.size() + " keys",
                    "give at most " + BATCH_MAX);
        }
        return keys;
    }

    private static StoredEntry read(ResultSet row) throws SQLException {
        var vector = row.getArray("embedding");
        return new StoredEntry(row.getLong("id"), row.getString("key"), row.getString("title"), row.getString("text"),
                (ObjectNode) JSON.readTree(row.getString("metadata")),
                vector == null ? Optional.empty() : Optional.of(embedding(vector)),
                row.getTimestamp("updated_at").toInstant());
    }

    private static Embedding embedding(Array vector) throws SQLException {
        var boxed = (Float[]) vector.getArray();
        var values = new float[boxed.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = boxed[i];
        }
        return Embedding.of(values);
    }

    /** One array of all vectors: an array of arrays travels as numbers, a list of vectors as text. */
    private static Argument matrix(List<Embedding> vectors) {
        return (position, statement, context) -> statement.setArray(position, statement.getConnection()
                .createArrayOf("float4", vectors.stream().map(Embedding::values).toArray(float[][]::new)));
    }

    /** SHA-256 of what is embedded and indexed, in hex. */
    static String hash(String title, String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(title.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
