package dev.howdah.knowledge;

import dev.howdah.postgres.Database;
import java.util.Optional;

/** Security practices of repositories. Thread-safe. */
public final class SecurityPatterns extends EntryStore<SecurityPattern> {
    private static final String SELECT = """
        SELECT s.id::text AS id, r.name AS repository, s.created_at, s.updated_at,
               jsonb_build_object(
                   'pattern_name', s.pattern_name, 'description', s.description, 'authentication_method',
                   s.authentication_method, 'compliance_standard', s.compliance_standard, 'details',
                   s.details) AS entry
          FROM security_patterns s
          JOIN repositories r ON r.id = s.repo_id
        """;

    static final String PUT = """
        WITH given AS (
          SELECT r.id AS repo_id, g.pattern_name, g.description, g.authentication_method, g.compliance_standard, g.details
            FROM jsonb_to_recordset(:entries::jsonb) AS g (pattern_name text, description text, authentication_method text, compliance_standard
                 text, details jsonb)
            JOIN repositories r ON r.name = :repository),
        put AS (
          INSERT INTO security_patterns AS s (repo_id, pattern_name, description, authentication_method, compliance_standard, details)
          SELECT repo_id, pattern_name, description, authentication_method, compliance_standard, details
            FROM given
           ORDER BY pattern_name
              ON CONFLICT (repo_id, pattern_name) DO UPDATE
             SET description = COALESCE(NULLIF(EXCLUDED.description, ''), s.description),
                 authentication_method = COALESCE(NULLIF(EXCLUDED.authentication_method, ''), s.authentication_method),
                 compliance_standard = COALESCE(NULLIF(EXCLUDED.compliance_standard, ''), s.compliance_standard),
                 details = s.details || EXCLUDED.details,
                 updated_at = now()
           WHERE (s.description, s.authentication_method, s.compliance_standard, s.details) IS DISTINCT FROM
                 (COALESCE(NULLIF(EXCLUDED.description, ''), s.description),
                  COALESCE(NULLIF(EXCLUDED.authentication_method, ''), s.authentication_method),
                  COALESCE(NULLIF(EXCLUDED.compliance_standard, ''), s.compliance_standard),
                  s.details || EXCLUDED.details)
          RETURNING s.id, (s.xmax = 0) AS added)
        SELECT id::text AS id, added, true AS changed
          FROM put
         UNION ALL
        SELECT s.id::text, false, false
          FROM given
          JOIN security_patterns s ON s.repo_id = given.repo_id AND s.pattern_name = given.pattern_name
         WHERE s.id NOT IN (SELECT id FROM put)
        """;

    static final String FIND = SELECT + """
         WHERE s.id = ANY (:ids::bigint[])
        """;

    static final String LIST = SELECT + """
         WHERE (:repository::text IS NULL OR r.name = :repository)
           AND (:before::bigint IS NULL OR s.id < :before::bigint)
         ORDER BY s.id DESC
         LIMIT :limit
        """;

    static final String DELETE = """
        DELETE FROM security_patterns
         WHERE id = ANY (:ids::bigint[])
        """;

    SecurityPatterns(Database database) {
        super(database, SearchSink.NONE,
                new Kind<>("security-pattern", SecurityPattern.class, true, PUT, FIND, DELETE));
    }

    @Override
    Object identity(SecurityPattern entry) {
        return entry.name();
    }

    @Override
    Optional<SearchText> text(Stored<SecurityPattern> entry) {
        return Optional.empty();
    }

    /** Newest first; only those of a repository, if it is present. */
    public Page<Stored<SecurityPattern>> list(Optional<String> repository, Optional<String> cursor, int limit) {
        return database().read(handle -> page(handle.createQuery(LIST)
                .bind("repository", repository.orElse(null)), cursor, limit));
    }
}
