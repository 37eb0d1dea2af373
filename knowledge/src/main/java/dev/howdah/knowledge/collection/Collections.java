package dev.howdah.knowledge.collection;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import tools.jackson.databind.json.JsonMapper;

/** The collections of a database. Thread-safe. */
public final class Collections {
    private static final JsonMapper JSON = JsonMapper.shared();

    static final String INSERT = """
        INSERT INTO search_collections (name, language, fields, dimension, metric, model, normalised,
                                        document_prefix, query_prefix, index_settings)
        VALUES (:name, :language, CAST(:fields AS jsonb), :dimension, :metric, :model, :normalised,
                :document_prefix, :query_prefix, CAST(:index_settings AS jsonb))
        ON CONFLICT (name) DO NOTHING
        """;
    static final String SELECT = """
        SELECT id, name, language, fields, dimension, metric, model, normalised, document_prefix, query_prefix,
               index_settings
          FROM search_collections
         WHERE CAST(:name AS text) IS NULL OR name = :name
         ORDER BY name
        """;
    static final String LANGUAGE_EXISTS = """
        SELECT EXISTS (SELECT 1 FROM pg_ts_config WHERE cfgname = :language)
        """;
    static final String SET_VECTORS = """
        UPDATE search_collections
           SET dimension = :dimension, metric = :metric, model = :model, normalised = :normalised,
               document_prefix = :document_prefix, query_prefix = :query_prefix,
               index_settings = CAST(:index_settings AS jsonb)
         WHERE id = :id
        """;
    static final String FORGET_EMBEDDINGS = """
        UPDATE search_entries
           SET embedding = NULL, changed = pg_current_xact_id()
         WHERE collection_id = :id AND embedding IS NOT NULL
        """;
    static final String DELETE = """
        DELETE FROM search_collections
         WHERE name = :name
        """;

    private final Database database;

    public Collections(Database database) {
        this.database = database;
    }

    /**
     * Creates a collection, or finds it as it is described.
     *
     * @throws ConflictException if there is one of this name that is described differently; names what differs
     * @throws InvalidInputException if the server does not know the language
     */
    public SearchCollection create(SearchCollection description) {
        return database.inTransaction(tx -> create(tx, description));
    }

    /** {@link #create(SearchCollection)} in the caller's transaction. */
    public SearchCollection create(Transaction tx, SearchCollection description) {
        var handle = tx.handle();
        if (!handle.createQuery(LANGUAGE_EXISTS).bind("language", description.language()).mapTo(Boolean.class).one()) {
            throw new InvalidInputException("collection-invalid", "language",
                    "the server has no text search configuration \"" + description.language() + "\"",
                    "use one of: SELECT cfgname FROM pg_ts_config");
        }
        handle.createUpdate(INSERT).bind("name", description.name()).bind("language", description.language())
                .bind("fields", JSON.writeValueAsString(labels(description.fields())))
                .bindMap(row(description.vectors())).execute();
        var stored = find(handle, description.name()).orElseThrow(() -> unknown(description.name()));
        requireSame(stored, description);
        return stored;
    }

    /** All, by name. */
    public List<SearchCollection> list() {
        return database.read(handle -> handle.createQuery(SELECT).bind("name", (String) null)
                .map(Collections::read).list());
    }

    public Optional<SearchCollection> find(String name) {
        return database.read(handle -> find(handle, name));
    }

    /**
     * The collection of the name.
     *
     * @throws NotFoundException if there is none
     */
    public SearchCollection get(String name) {
        return find(name).orElseThrow(() -> unknown(name));
    }

    /**
     * Gives a collection vectors of another kind. Those that it has are forgotten, because they cannot be compared with the
     * new ones; its texts stay searchable, and whoever makes its vectors makes them anew.
     *
     * @return the collection as it is now
     */
    public SearchCollection setVectors(Transaction tx, SearchCollection collection, VectorSettings settings) {
        tx.handle().createUpdate(SET_VECTORS).bind("id", collection.id()).bindMap(row(Optional.of(settings)))
                .execute();
        tx.handle().createUpdate(FORGET_EMBEDDINGS).bind("id", collection.id()).execute();
        return collection.withVectors(settings);
    }

    /** Deletes a collection with everything in it; no error if there is none. */
    public boolean delete(String name) {
        return database.inTransaction(tx -> delete(tx, name));
    }

    /** The same within the caller's transaction. */
    public boolean delete(Transaction tx, String name) {
        return tx.handle().createUpdate(DELETE).bind("name", name).execute() > 0;
    }

    private static Optional<SearchCollection> find(Handle handle, String name) {
        return handle.createQuery(SELECT).bind("name", name).map(Collections::read).findOne();
    }

    private static NotFoundException unknown(String name) {
        return new NotFoundException("collection-unknown", "there is no collection \"" + name + "\"",
                "create it first, or look at the list of collections");
    }

    private static void requireSame(SearchCollection stored, SearchCollection wanted) {
        if (!stored.language().equals(wanted.language()) || !stored.fields().equals(wanted.fields())) {
            throw new ConflictException("collection-differs",
                    "collection \"" + stored.name() + "\" exists with language "
                            + stored.language() + " and fields " + stored.fields() + ", not " + wanted.language()
                            + " and "
                            + wanted.fields(),
                    "use another name, or delete it first");
        }
        if (!stored.vectors().equals(wanted.vectors())) {
            throw new ConflictException("collection-vectors-differ", "collection \"" + stored.name() + "\" has "
                    + words(stored) + ", not " + words(wanted) + "; vectors of different models cannot be compared",
                    "use another name, or make its vectors anew");
        }
    }

    private static String words(SearchCollection collection) {
        return collection.vectors().map(settings -> "vectors of " + settings.dimension() + " components by "
                + settings.metric().label() + (settings.model().isEmpty() ? "" : " of " + settings.model()) + " ("
                + settings + ")").orElse("no vectors");
    }

    private static Map<String, String> labels(Map<String, FieldType> fields) {
        var labels = new LinkedHashMap<String, String>();
        fields.forEach((name, type) -> labels.put(name, type.label()));
        return labels;
    }

    private static Map<String, Object> row(Optional<VectorSettings> vectors) {
        var row = new LinkedHashMap<String, Object>();
        row.put("dimension", vectors.map(VectorSettings::dimension).orElse(null));
        row.put("metric", vectors.map(settings -> settings.metric().label()).orElse(null));
        row.put("model", vectors.map(VectorSettings::model).orElse(null));
        row.put("normalised", vectors.map(VectorSettings::normalised).orElse(null));
        row.put("document_prefix", vectors.map(VectorSettings::documentPrefix).orElse(null));
        row.put("query_prefix", vectors.map(VectorSettings::queryPrefix).orElse(null));
        row.put("index_settings", vectors.map(settings -> JSON.writeValueAsString(settings.index())).orElse(null));
        return row;
    }

    private static SearchCollection read(ResultSet row, StatementContext context) throws SQLException {
        var fields = new LinkedHashMap<String, FieldType>();
        JSON.readTree(row.getString("fields")).properties().forEach(field -> fields.put(field.getKey(),
                FieldType.valueOf(field.getValue().asString().toUpperCase(Locale.ROOT))));
        var metric = row.getString("metric");
        Optional<VectorSettings> vectors = metric == null
                ? Optional.empty()
                : Optional.of(new VectorSettings(row.getInt("dimension"),
                        Metric.valueOf(metric.toUpperCase(Locale.ROOT)), row.getString("model"),
                        row.getBoolean("normalised"), row.getString("document_prefix"), row.getString("query_prefix"),
                        JSON.readValue(row.getString("index_settings"), IndexSettings.class)));
        return new SearchCollection(row.getInt("id"), row.getString("name"), row.getString("language"), fields,
                vectors);
    }
}
