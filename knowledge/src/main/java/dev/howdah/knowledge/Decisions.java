package dev.howdah.knowledge;

import dev.howdah.postgres.Database;
import java.util.Map;
import java.util.Optional;

/** Technical decisions. Thread-safe. */
public final class Decisions extends EntryStore<Decision> {
    private static final String SELECT = """
        SELECT d.id::text AS id, r.name AS repository, d.created_at, d.updated_at,
               jsonb_build_object('what', d.what, 'why', d.why, 'alternatives', d.alternatives,
                   'details', d.details) AS entry
          FROM technical_decisions d
          JOIN repositories r ON r.id = d.repo_id
        """;

    static final String PUT = """
        WITH given AS (
          SELECT r.id AS repo_id, g.what, g.why, g.alternatives, g.details
            FROM jsonb_to_recordset(:entries::jsonb) AS g (what text, why text, alternatives jsonb, details jsonb)
            JOIN repositories r ON r.name = :repository),
        put AS (
          INSERT INTO technical_decisions AS d (repo_id, what, why, alternatives, details)
          SELECT repo_id, what, why, alternatives, details
            FROM given
           ORDER BY md5(what)
              ON CONFLICT (repo_id, md5(what)) DO UPDATE
             SET why = COALESCE(NULLIF(EXCLUDED.why, ''), d.why),
                 alternatives = COALESCE(NULLIF(EXCLUDED.alternatives, '[]'), d.alternatives),
                 details = d.details || EXCLUDED.details, updated_at = now()
           WHERE (d.why, d.alternatives, d.details) IS DISTINCT FROM
                 (COALESCE(NULLIF(EXCLUDED.why, ''), d.why),
                  COALESCE(NULLIF(EXCLUDED.alternatives, '[]'), d.alternatives), d.details || EXCLUDED.details)
          RETURNING d.id, (d.xmax = 0) AS added)
        SELECT id::text AS id, added, true AS changed
          FROM put
         UNION ALL
        SELECT d.id::text, false, false
          FROM given
          JOIN technical_decisions d ON d.repo_id = given.repo_id AND md5(d.what) = md5(given.what)
         WHERE d.id NOT IN (SELECT id FROM put)
        """;

    static final String FIND = SELECT + """
         WHERE d.id = ANY (:ids::bigint[])
        """;

    static final String LIST = SELECT + """
         WHERE (:repository::text IS NULL OR r.name = :repository)
           AND (:before::bigint IS NULL OR d.id < :before::bigint)
         ORDER BY d.id DESC
         LIMIT :limit
        """;

    static final String DELETE = """
        DELETE FROM technical_decisions
         WHERE id = ANY (:ids::bigint[])
        """;

    Decisions(Database database, SearchSink sink) {
        super(database, sink, new Kind<>("decision", Decision.class, true, PUT, FIND, DELETE));
    }

    @Override
    Object identity(Decision entry) {
        return entry.what();
    }

    @Override
    Optional<SearchText> text(Stored<Decision> entry) {
        var decision = entry.value();
        return Optional.of(new SearchText(key(entry.id()), kindName(), entry.repository(),
                Lesson.title(decision.what()),
                lines(decision.what(), decision.why(), String.join(", ", decision.alternatives())), Map.of()));
    }

    /** Newest first; only those of a repository, if it is present. */
    public Page<Stored<Decision>> list(Optional<String> repository, Optional<String> cursor, int limit) {
        return database().read(handle -> page(handle.createQuery(LIST)
                .bind("repository", repository.orElse(null)), cursor, limit));
    }
}
