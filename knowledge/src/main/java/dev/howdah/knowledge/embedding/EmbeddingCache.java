package dev.howdah.knowledge.embedding;

import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.postgres.Database;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Array;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jdbi.v3.core.argument.Argument;

/**
 * A model that asks another one only for texts that it has not seen yet, whoever asked before: what it answered is kept
 * by model, kind, dimension and text. Answers are stored batch by batch, so that work that is interrupted goes on where it
 * was. Thread-safe.
 */
public final class EmbeddingCache implements EmbeddingModel {
    /** Texts that are looked up, and asked for, at a time. */
    public static final int BATCH_MAX = 500;

    static final String FIND = """
        SELECT encode(content_hash, 'hex') AS content_hash, embedding
          FROM embedding_cache
         WHERE model = :model AND content_hash = ANY (ARRAY(SELECT decode(hash, 'hex')
                                                              FROM unnest(CAST(:hashes AS text[])) AS hash))
        """;
    static final String STORE = """
        INSERT INTO embedding_cache (model, content_hash, embedding)
        SELECT CAST(:model AS text), decode(given.hash, 'hex'),
               ARRAY(SELECT unnest((CAST(:embeddings AS real[]))[given.position : given.position]))
          FROM unnest(CAST(:hashes AS text[])) WITH ORDINALITY AS given (hash, position)
         ORDER BY given.hash -- two that store the same wait for each other, and never in a circle
        ON CONFLICT (model, content_hash) DO NOTHING
        """;
    static final String PRUNE = """
        DELETE FROM embedding_cache
         WHERE (model, content_hash) IN (SELECT model, content_hash
                                           FROM embedding_cache
                                          WHERE created_at < now() - CAST(:age AS interval)
                                          ORDER BY created_at
                                          LIMIT :limit)
        """;

    private final Database database;
    private final EmbeddingModel model;

    public EmbeddingCache(Database database, EmbeddingModel model) {
        this.database = database;
        this.model = model;
    }

    @Override
    public String id() {
        return model.id();
    }

    @Override
    public int dimension() {
        return model.dimension();
    }

    @Override
    public boolean isNormalised() {
        return model.isNormalised();
    }

    @Override
    public String prefix(Kind kind) {
        return model.prefix(kind);
    }

    @Override
    public List<Embedding> embed(Kind kind, List<String> texts) {
        var embeddings = new ArrayList<Embedding>(texts.size());
        for (int from = 0; from < texts.size(); from += BATCH_MAX) {
            embeddings.addAll(batch(kind, texts.subList(from, Math.min(from + BATCH_MAX, texts.size()))));
        }
        return embeddings;
    }

    /**
     * Forgets what was stored longer ago than this.
     *
     * @param limit at most so many
     * @return how many
     */
    public static int prune(Database database, Duration olderThan, int limit) {
        return database.withHandle(handle -> handle.createUpdate(PRUNE).bind("age", olderThan.toSeconds() + " seconds")
                .bind("limit", limit).execute());
    }

    private List<Embedding> batch(Kind kind, List<String> texts) {
        var hashes = texts.stream().map(text -> hash(kind, text)).toList();
        var known = find(hashes);
        var missing = new LinkedHashMap<String, String>();
        for (int i = 0; i < texts.size(); i++) {
            if (!known.containsKey(hashes.get(i))) {
                missing.put(hashes.get(i), texts.get(i));
            }
        }
        if (!missing.isEmpty()) {
            var made = model.embed(kind, List.copyOf(missing.values()));
            var stored = new TreeMap<String, Embedding>();
            int position = 0;
            for (var hash : missing.keySet()) {
                stored.put(hash, made.get(position++));
            }
            store(stored);
            known.putAll(stored);
        }
        return hashes.stream().map(hash -> Objects.requireNonNull(known.get(hash))).toList();
    }

    private Map<String, Embedding> find(List<String> hashes) {
        var found = new HashMap<String, Embedding>();
        database.withHandle(handle -> handle.createQuery(FIND).bind("model", model.id())
                .bind("hashes", hashes.toArray(String[]::new))
                .map((row, context) -> Map.entry(row.getString("content_hash"), embedding(row.getArray("embedding"))))
                .list()).forEach(row -> found.put(row.getKey(), row.getValue()));
        return found;
    }

    private void store(SortedMap<String, Embedding> made) {
        Argument embeddings = (position, statement, context) -> statement.setArray(position, statement.getConnection()
                .createArrayOf("float4", made.values().stream().map(Embedding::values).toArray(float[][]::new)));
        database.withHandle(handle -> handle.createUpdate(STORE).bind("model", model.id())
                .bind("hashes", made.keySet().toArray(String[]::new)).bind("embeddings", embeddings).execute());
    }

    private static Embedding embedding(Array array) throws SQLException {
        var boxed = (Float[]) array.getArray();
        var values = new float[boxed.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = boxed[i];
        }
        return Embedding.of(values);
    }

    private String hash(Kind kind, String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update((kind + " " + model.dimension() + "\n").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
