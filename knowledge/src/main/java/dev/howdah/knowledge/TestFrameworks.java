package dev.howdah.knowledge;

import dev.howdah.postgres.Database;
import java.util.Optional;

/** What repositories are tested with. Thread-safe. */
public final class TestFrameworks extends EntryStore<TestFramework> {
    private static final String SELECT = """
        SELECT t.id::text AS id, r.name AS repository, t.created_at, t.updated_at,
               jsonb_build_object(
                   'framework_name', t.framework_name, 'coverage_percentage', t.coverage_percentage,
                   'details', t.details) AS entry
          FROM test_frameworks t
          JOIN repositories r ON r.id = t.repo_id
        """;

    static final String PUT = """
        WITH given AS (
          SELECT r.id AS repo_id, g.framework_name, g.coverage_percentage, g.details
            FROM jsonb_to_recordset(:entries::jsonb) AS g (framework_name text, coverage_percentage double precision, details jsonb)
            JOIN repositories r ON r.name = :repository),
        put AS (
          INSERT INTO test_frameworks AS t (repo_id, framework_name, coverage_percentage, details)
          SELECT repo_id, framework_name, coverage_percentage, details
            FROM given
           ORDER BY framework_name
              ON CONFLICT (repo_id, framework_name) DO UPDATE
             SET coverage_percentage = COALESCE(EXCLUDED.coverage_percentage, t.coverage_percentage),
                 details = t.details || EXCLUDED.details,
                 updated_at = now()
           WHERE (t.coverage_percentage, t.details) IS DISTINCT FROM
                 (COALESCE(EXCLUDED.coverage_percentage, t.coverage_percentage),
                  t.details || EXCLUDED.details)
          RETURNING t.id, (t.xmax = 0) AS added)
        SELECT id::text AS id, added, true AS changed
          FROM put
         UNION ALL
        SELECT t.id::text, false, false
          FROM given
          JOIN test_frameworks t ON t.repo_id = given.repo_id AND t.framework_name = given.framework_name
         WHERE t.id NOT IN (SELECT id FROM put)
        """;

    static final String FIND = SELECT + """
         WHERE t.id = ANY (:ids::bigint[])
        """;

    static final String LIST = SELECT + """
         WHERE (:repository::text IS NULL OR r.name = :repository)
           AND (:before::bigint IS NULL OR t.id < :before::bigint)
         ORDER BY t.id DESC
         LIMIT :limit
        """;

    static final String DELETE = """
        DELETE FROM test_frameworks
         WHERE id = ANY (:ids::bigint[])
        """;

    TestFrameworks(Database database) {
        super(database, SearchSink.NONE, new Kind<>("test-framework", TestFramework.class, true, PUT, FIND, DELETE));
    }

    @Override
    Object identity(TestFramework entry) {
        return entry.name();
    }

    @Override
    Optional<SearchText> text(Stored<TestFramework> entry) {
        return Optional.empty();
    }

    /** Newest first; only those of a repository, if it is present. */
    public Page<Stored<TestFramework>> list(Optional<String> repository, Optional<String> cursor, int limit) {
        return database().read(handle -> page(handle.createQuery(LIST)
                .bind("repository", repository.orElse(null)), cursor, limit));
    }
}
