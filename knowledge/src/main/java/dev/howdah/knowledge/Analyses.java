package dev.howdah.knowledge;

import dev.howdah.postgres.Database;
import java.util.List;
import java.util.Optional;

/** That repositories were analysed, and what was found. Thread-safe. */
public final class Analyses extends EntryStore<Analysis> {
    private static final String SELECT = """
        SELECT a.id::text AS id, r.name AS repository, a.created_at, a.updated_at,
               jsonb_build_object(
                   'commit_sha', a.commit_sha, 'analyzed_at', a.analyzed_at, 'patterns_count',
                   a.patterns_count, 'decisions_count', a.decisions_count, 'components_count',
                   a.components_count, 'details', a.details) AS entry
          FROM analysis_history a
          JOIN repositories r ON r.id = a.repo_id
        """;

    static final String PUT = """
        WITH given AS (
          SELECT r.id AS repo_id, g.commit_sha, g.analyzed_at, g.patterns_count, g.decisions_count, g.components_count,
                 g.details
            FROM jsonb_to_recordset(:entries::jsonb) AS g (commit_sha text, analyzed_at timestamptz, patterns_count integer, decisions_count
                 integer, components_count integer, details jsonb)
            JOIN repositories r ON r.name = :repository),
        put AS (
          INSERT INTO analysis_history AS a (repo_id, commit_sha, analyzed_at, patterns_count, decisions_count, components_count, details)
          SELECT repo_id, commit_sha, analyzed_at, patterns_count, decisions_count, components_count, details
            FROM given
           ORDER BY analyzed_at, commit_sha
              ON CONFLICT (repo_id, analyzed_at, commit_sha) DO UPDATE
             SET patterns_count = GREATEST(EXCLUDED.patterns_count, a.patterns_count),
                 decisions_count = GREATEST(EXCLUDED.decisions_count, a.decisions_count),
                 components_count = GREATEST(EXCLUDED.components_count, a.components_count),
                 details = a.details || EXCLUDED.details,
                 updated_at = now()
           WHERE (a.patterns_count, a.decisions_count, a.components_count, a.details) IS DISTINCT FROM
                 (GREATEST(EXCLUDED.patterns_count, a.patterns_count),
                  GREATEST(EXCLUDED.decisions_count, a.decisions_count),
                  GREATEST(EXCLUDED.components_count, a.components_count),
                  a.details || EXCLUDED.details)
          RETURNING a.id, (a.xmax = 0) AS added)
        SELECT id::text AS id, added, true AS changed
          FROM put
         UNION ALL
        SELECT a.id::text, false, false
          FROM given
          JOIN analysis_history a ON a.repo_id = given.repo_id AND a.analyzed_at = given.analyzed_at AND a.commit_sha = given.commit_sha
         WHERE a.id NOT IN (SELECT id FROM put)
        """;

    static final String FIND = SELECT + """
         WHERE a.id = ANY (:ids::bigint[])
        """;

    static final String LIST = SELECT + """
         WHERE (:repository::text IS NULL OR r.name = :repository)
           AND (:before::bigint IS NULL
                OR (a.analyzed_at, a.id) < (SELECT analyzed_at, id FROM analysis_history WHERE id = :before::bigint))
         ORDER BY a.analyzed_at DESC, a.id DESC
         LIMIT :limit
        """;

    static final String DELETE = """
        DELETE FROM analysis_history
         WHERE id = ANY (:ids::bigint[])
        """;

    Analyses(Database database) {
        super(database, SearchSink.NONE, new Kind<>("analysis", Analysis.class, true, PUT, FIND, DELETE));
    }

    @Override
    Object identity(Analysis entry) {
        return List.of(entry.analyzedAt(), entry.commitSha());
    }

    @Override
    Optional<SearchText> text(Stored<Analysis> entry) {
        return Optional.empty();
    }

    /** Latest analysis first; only those of a repository, if it is present. */
    public Page<Stored<Analysis>> list(Optional<String> repository, Optional<String> cursor, int limit) {
        return database().read(handle -> page(handle.createQuery(LIST)
                .bind("repository", repository.orElse(null)), cursor, limit));
    }
}
