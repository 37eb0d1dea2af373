package dev.howdah.documents;

import dev.howdah.documents.query.DeclaredIndex;
import dev.howdah.documents.query.FieldPath;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.NotFoundException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Declared indexes. One is built beside reads and writes, which cannot be in a transaction: what was declared stands in a row
 * first, and a build that was killed is taken up again by whoever looks next, after what it left behind is dropped.
 */
final class Indexes {
    private static final Logger LOG = LoggerFactory.getLogger(Indexes.class);

    static final String DECLARE = """
        INSERT INTO document_indexes (collection, name, kind, paths, is_unique)
        VALUES (:collection, :name, :kind, :paths::text[], :isUnique)
            ON CONFLICT (collection, name) DO UPDATE
           SET state = CASE document_indexes.state WHEN 'failed' THEN 'building' ELSE document_indexes.state END,
               error = NULL
        RETURNING name, kind, paths, is_unique, state
        """;

    static final String LIST = """
        SELECT name, kind, paths, is_unique, state, error,
               pg_relation_size(to_regclass('documents_' || collection || '__' || name)) AS bytes
          FROM document_indexes
         WHERE collection = :collection
         ORDER BY name
        """;

    static final String SET_STATE = """
        UPDATE document_indexes
           SET state = :state, error = :error
         WHERE collection = :collection AND name = :name
        """;

    static final String FORGET = """
        DELETE FROM document_indexes
         WHERE collection = :collection AND name = :name
        """;

    /** Whether somebody builds it at this moment, and whether it was built to the end. */
    static final String PROGRESS = """
        SELECT EXISTS (SELECT
                         FROM pg_stat_progress_create_index
                        WHERE index_relid = to_regclass(:index::text)) AS is_being_built,
               COALESCE((SELECT indisvalid
                           FROM pg_index
                          WHERE indexrelid = to_regclass(:index::text)), false) AS is_valid
        """;

    /** Those whose building did not come to an end. */
    static final String UNFINISHED = """
        SELECT collections.name AS collection, indexes.name, kind, paths, is_unique
          FROM document_indexes AS indexes
          JOIN document_collections AS collections ON collections.number = indexes.collection
         WHERE state = 'building'
         ORDER BY collections.name, indexes.name
        """;

    private final Database database;
    private final Catalogue catalogue;

    Indexes(Database database, Catalogue catalogue) {
        this.database = database;
        this.catalogue = catalogue;
    }

    private record Progress(boolean isBeingBuilt, boolean isValid) {}

    private record Unfinished(String collection, DeclaredIndex index) {}

    /** The index of a row. */
    static DeclaredIndex declared(ResultSet row) throws SQLException {
        return new DeclaredIndex(row.getString("name"), kind(row.getString("kind")),
                Arrays.stream((String[]) row.getArray("paths").getArray()).map(FieldPath::parse).toList(),
                row.getBoolean("is_unique"));
    }

    private static DeclaredIndex.Kind kind(String text) {
        return DeclaredIndex.Kind.valueOf(text.toUpperCase(Locale.ROOT));
    }

    /** What was declared, of the name that the database knows the index by. */
    static String declaredName(String index) {
        return index.replaceFirst("^documents_\\d+__", "");
    }

    private static String indexName(Catalogue.Entry collection, String name) {
        return Partitions.table(collection.number()) + "__" + name;
    }

    List<IndexState> list(Catalogue.Entry collection) {
        return database.read(handle -> handle.createQuery(LIST).bind("collection", collection.number())
                .map((row, context) -> {
                    @Nullable
                    String error = row.getString("error");
                    return new IndexState(declared(row), IndexState.State.of(row.getString("state")),
                            Optional.ofNullable(error), row.getLong("bytes"));
                }).list());
    }

    /** Writes down that the index is wanted. */
    void declare(Catalogue.Entry collection, DeclaredIndex index) {
        var known = database.withHandle(handle -> handle.createQuery(DECLARE).bind("collection", collection.number())
                .bind("name", index.name()).bind("kind", index.kind().name().toLowerCase(Locale.ROOT))
                .bind("paths", index.paths().stream().map(FieldPath::toString).toArray(String[]::new))
                .bind("isUnique", index.unique()).map((row, context) -> declared(row)).one());
        if (!known.equals(index)) {
            throw new ConflictException("index-exists", "collection \"" + collection.name() + "\" has another index \""
                    + index.name() + "\"", "use another name, or drop that index first");
        }
    }

    /**
     * Builds an index that was declared. Returns when it is ready, or when somebody else is building it.
     *
     * @throws ConflictException if it is unique and documents have the same key
     */
    void build(Catalogue.Entry collection, DeclaredIndex index) {
        var name = indexName(collection, index.name());
        var progress = progress(name);
        if (progress.isBeingBuilt) {
            return;
        }
        if (!progress.isValid) {
            database.useOwnConnection(connection -> {
                execute(connection, "DROP INDEX CONCURRENTLY IF EXISTS " + name);
                create(connection, collection, index, name);
            });
        }
        setState(collection, index.name(), "ready", Optional.empty());
        catalogue.changed();
    }

    private void create(Connection connection, Catalogue.Entry collection, DeclaredIndex index, String name)
            throws SQLException {
        var table = Partitions.table(collection.number());
        try {
            execute(connection, "CREATE " + (index.unique() ? "UNIQUE " : "") + "INDEX CONCURRENTLY " + name + " ON "
                    + table + " USING " + index.definition());
            execute(connection, "ANALYZE " + table); // without it the planner knows nothing of the expression
        } catch (SQLException e) {
            var problem = String.valueOf(e.getMessage()).lines().limit(2).reduce("", (a, b) -> (a + " " + b).strip());
            setState(collection, index.name(), "failed", Optional.of(problem));
            execute(connection, "DROP INDEX CONCURRENTLY IF EXISTS " + name);
            throw new ConflictException("index-failed", "index \"" + index.name() + "\" of \"" + collection.name()
                    + "\" could not be built: " + problem, "correct the documents, then create it again");
        }
    }

    private static void execute(Connection connection, String statement) throws SQLException {
        try (var given = connection.createStatement()) {
            given.execute(statement);
        }
    }

    private Progress progress(String index) {
        return database.withHandle(handle -> handle.createQuery(PROGRESS).bind("index", index)
                .map((row, context) -> new Progress(row.getBoolean("is_being_built"), row.getBoolean("is_valid")))
                .one());
    }

    private void setState(Catalogue.Entry collection, String name, String state, Optional<String> error) {
        database.withHandle(handle -> handle.createUpdate(SET_STATE).bind("collection", collection.number())
                .bind("name", name).bind("state", state).bind("error", error.orElse(null)).execute());
    }

    /** Takes up what was left unfinished; how many were. */
    int resume() {
        var unfinished = database.withHandle(handle -> handle.createQuery(UNFINISHED)
                .map((row, context) -> new Unfinished(row.getString("collection"), declared(row))).list());
        for (var left : unfinished) {
            try {
                build(catalogue.get(left.collection), left.index);
            } catch (ConflictException | NotFoundException e) {
                LOG.warn("{}", e.getMessage());
            }
        }
        return unfinished.size();
    }

    /** Drops an index. */
    void drop(Catalogue.Entry collection, String name) {
        if (list(collection).stream().noneMatch(known -> known.index().name().equals(name))) {
            throw new NotFoundException("index-not-found", "collection \"" + collection.name() + "\" has no index \""
                    + name + "\"", "list them with: howdah documents indexes " + collection.name());
        }
        database.withHandle(handle -> handle.createUpdate(FORGET).bind("collection", collection.number())
                .bind("name", name).execute());
        catalogue.changed();
        database.useOwnConnection(connection -> execute(connection, "DROP INDEX CONCURRENTLY IF EXISTS "
                + indexName(collection, name)));
    }
}
