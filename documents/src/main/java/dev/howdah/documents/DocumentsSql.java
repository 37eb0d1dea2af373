package dev.howdah.documents;

/**
 * The statements about documents. A collection's number takes the place of {@code :collection}, so that the planner of a
 * prepared statement sees one partition; conditions of filters are added to those that end in WHERE. What documents mostly have
 * alike (no metadata, never updated) is read as NULL, since sending a value and reading it costs more than comparing it.
 */
final class DocumentsSql {
    /** Of several collections at once, as threads hand them in. */
    static final String INSERT = """
        WITH inserted AS (
          INSERT INTO documents (collection, id, data, types, metadata)
          SELECT collection, id, data::jsonb, types::jsonb, metadata::jsonb
            FROM unnest(?::int[], ?::text[], ?::text[], ?::text[], ?::text[])
                 AS given (collection, id, data, types, metadata)
          RETURNING collection, id, created_at),
        noted AS (
          INSERT INTO document_changes (collection, operation, ids, revs)
          SELECT collection, 'insert', array_agg(id ORDER BY id), array_agg(1::bigint)
            FROM inserted
           GROUP BY collection)
        SELECT created_at
          FROM inserted
         LIMIT 1
        """;

    /** Those that are not there; answers which were inserted. */
    static final String INSERT_NEW = """
        WITH inserted AS (
          INSERT INTO documents (collection, id, data, types, metadata)
          SELECT :collection, id, data::jsonb, types::jsonb, metadata::jsonb
            FROM unnest(:ids::text[], :data::text[], :types::text[], :metadata::text[])
                 AS given (id, data, types, metadata)
              ON CONFLICT DO NOTHING
          RETURNING id, created_at),
        noted AS (
          INSERT INTO document_changes (collection, operation, ids, revs)
          SELECT :collection, 'insert', array_agg(id ORDER BY id), array_agg(1::bigint)
            FROM inserted
          HAVING count(*) > 0)
        SELECT id, created_at
          FROM inserted
        """;

    static final String COPY = """
        COPY documents (collection, id, data, types, metadata)
        FROM STDIN BINARY
        """;

    /** What COPY has inserted. */
    static final String NOTE_INSERTS = """
        INSERT INTO document_changes (collection, operation, ids, revs)
        SELECT :collection, 'insert', :ids::text[], array_fill(1::bigint, ARRAY[cardinality(:ids::text[])])
        RETURNING at
        """;

    static final String GET = """
        SELECT id, rev, data, types, metadata, created_at, nullif(updated_at, created_at)
          FROM documents
         WHERE collection = :collection AND id = ANY (:ids::text[])
        """;

    static final String FIND = """
        SELECT id, rev, data, types, metadata, created_at, nullif(updated_at, created_at)
          FROM documents
         WHERE collection = :collection
        """;

    static final String LOCK = """
        SELECT id, rev, data, types, metadata, created_at, nullif(updated_at, created_at),
               now() AS now
          FROM documents
         WHERE collection = :collection
        """;

    static final String COUNT = """
        SELECT count(*)
          FROM (SELECT
                  FROM documents
                 WHERE collection = :collection AND (true)
                 LIMIT :limit) AS found
        """;

    static final String ESTIMATE = """
        SELECT CASE WHEN pg_stat_get_live_tuples(oid) > 0 THEN pg_stat_get_live_tuples(oid)
                    ELSE GREATEST(reltuples, 0)::bigint END
          FROM pg_class
         WHERE oid = to_regclass('documents_' || :collection)
        """;

    static final String NOW = "SELECT now()";

    /** In their order, so that no two wait for each other. */
    static final String LOCK_IDS = """
        SELECT id
          FROM documents
         WHERE collection = :collection AND id = ANY (:ids::text[])
         ORDER BY id
           FOR UPDATE
        """;

    /** Rows that this transaction has locked. */
    static final String WRITE = """
        WITH changed AS (
          UPDATE documents
             SET data = given.data::jsonb, types = given.types::jsonb, rev = documents.rev + 1, updated_at = now()
            FROM unnest(:ids::text[], :data::text[], :types::text[]) AS given (id, data, types)
           WHERE documents.collection = :collection AND documents.id = given.id
          RETURNING documents.id, documents.rev)
        INSERT INTO document_changes (collection, operation, ids, revs)
        SELECT :collection, :operation, array_agg(id ORDER BY id), array_agg(rev ORDER BY id)
          FROM changed
        HAVING count(*) > 0
        """;

    static final String SET_METADATA = """
        WITH changed AS (
          UPDATE documents
             SET metadata = nullif(:metadata::jsonb, '{}'), rev = rev + 1, updated_at = now()
           WHERE collection = :collection AND id = :id
          RETURNING id, rev)
        INSERT INTO document_changes (collection, operation, ids, revs)
        SELECT :collection, 'update', array_agg(id), array_agg(rev)
          FROM changed
        HAVING count(*) > 0
        """;

    static final String DELETE = """
        WITH gone AS (
          DELETE FROM documents
           WHERE collection = :collection AND id = ANY (:ids::text[])
          RETURNING id, rev)
        INSERT INTO document_changes (collection, operation, ids, revs)
        SELECT :collection, 'delete', array_agg(id ORDER BY id), array_agg(rev ORDER BY id)
          FROM gone
        HAVING count(*) > 0
        """;

    private DocumentsSql() {}
}
