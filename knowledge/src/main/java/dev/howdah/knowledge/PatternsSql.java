package dev.howdah.knowledge;

/** The statements of {@link Patterns}. */
final class PatternsSql {
    private static final String SELECT = """
        SELECT p.id::text AS id, r.name AS repository, p.created_at, p.updated_at,
               jsonb_build_object('name', p.name, 'description', p.description, 'context', p.context,
                   'details', p.details, 'keywords', ARRAY (SELECT k.keyword
                                                              FROM pattern_keywords pk
                                                              JOIN keywords k ON k.id = pk.keyword_id
                                                             WHERE pk.pattern_id = p.id
                                                             ORDER BY k.keyword)) AS entry
          FROM patterns p
          JOIN repositories r ON r.id = p.repo_id
        """;

    static final String PUT = """
        WITH given AS (
          SELECT r.id AS repo_id, g.name, g.description, g.context, g.details
            FROM jsonb_to_recordset(:entries::jsonb) AS g (name text, description text, context text, details jsonb)
            JOIN repositories r ON r.name = :repository),
        put AS (
          INSERT INTO patterns AS p (repo_id, name, description, context, details)
          SELECT repo_id, name, description, context, details
            FROM given
           ORDER BY name
              ON CONFLICT (repo_id, name) DO UPDATE
             SET description = COALESCE(NULLIF(EXCLUDED.description, ''), p.description),
                 context = COALESCE(NULLIF(EXCLUDED.context, ''), p.context),
                 details = p.details || EXCLUDED.details, updated_at = now()
           WHERE (p.description, p.context, p.details) IS DISTINCT FROM
                 (COALESCE(NULLIF(EXCLUDED.description, ''), p.description),
                  COALESCE(NULLIF(EXCLUDED.context, ''), p.context), p.details || EXCLUDED.details)
          RETURNING p.id, (p.xmax = 0) AS added)
        SELECT id::text AS id, added, true AS changed
          FROM put
         UNION ALL
        SELECT p.id::text, false, false
          FROM given
          JOIN patterns p ON p.repo_id = given.repo_id AND p.name = given.name
         WHERE p.id NOT IN (SELECT id FROM put)
        """;

    static final String FIND = SELECT + """
         WHERE p.id = ANY (:ids::bigint[])
        """;

    static final String LIST = SELECT + """
         WHERE (:repository::text IS NULL OR r.name = :repository)
           AND (:name::text IS NULL OR lower(p.name) = lower(:name))
           AND (:before::bigint IS NULL OR p.id < :before::bigint)
         ORDER BY p.id DESC
         LIMIT :limit
        """;

    static final String DELETE = """
        DELETE FROM patterns
         WHERE id = ANY (:ids::bigint[])
        """;

    static final String NAMES = """
        SELECT name
          FROM patterns
         WHERE name > :after
         GROUP BY name
         ORDER BY name
         LIMIT :limit
        """;

    /** The best matches first; what is shown of each is gathered only for them. */
    static final String MATCH_KEYWORDS = """
        WITH wanted AS (
          SELECT id, keyword
            FROM keywords
           WHERE keyword = ANY (:keywords::text[])),
        matched AS (
          SELECT repo_id, array_agg(keyword ORDER BY keyword) AS words, count(*) AS match_count
            FROM (SELECT rk.repo_id, w.keyword
                    FROM wanted w
                    JOIN repository_keywords rk ON rk.keyword_id = w.id
                   UNION
                  SELECT p.repo_id, w.keyword
                    FROM wanted w
                    JOIN pattern_keywords pk ON pk.keyword_id = w.id
                    JOIN patterns p ON p.id = pk.pattern_id) AS found
           GROUP BY repo_id
          HAVING count(*) >= :minMatches),
        best AS (
          SELECT m.repo_id, m.words, m.match_count, r.name, r.problem_domain,
                 COALESCE(r.details -> 'deployment', '{}') AS deployment, count(*) OVER () AS total
            FROM matched m
            JOIN repositories r ON r.id = m.repo_id
           ORDER BY m.match_count DESC, r.name
           LIMIT :limit)
        SELECT b.name, b.match_count, b.words, b.problem_domain, b.deployment, b.total,
               ARRAY (SELECT k.keyword
                        FROM repository_keywords rk
                        JOIN keywords k ON k.id = rk.keyword_id
                       WHERE rk.repo_id = b.repo_id
                       UNION
                      SELECT k.keyword
                        FROM patterns p
                        JOIN pattern_keywords pk ON pk.pattern_id = p.id
                        JOIN keywords k ON k.id = pk.keyword_id
                       WHERE p.repo_id = b.repo_id
                       ORDER BY 1
                       LIMIT :shown) AS all_words,
               ARRAY (SELECT p.name
                        FROM patterns p
                       WHERE p.repo_id = b.repo_id
                       ORDER BY p.name
                       LIMIT :shown) AS others
          FROM best b
         ORDER BY b.match_count DESC, b.name
        """;

    static final String MATCH_PATTERNS = """
        WITH matched AS (
          SELECT p.repo_id, array_agg(p.name ORDER BY p.name) AS words, count(*) AS match_count
            FROM patterns p
           WHERE lower(p.name) = ANY (ARRAY (SELECT lower(word)
                                               FROM unnest(:names::text[]) AS given (word)))
           GROUP BY p.repo_id
          HAVING count(*) >= :minMatches),
        best AS (
          SELECT m.repo_id, m.words, m.match_count, r.name, r.problem_domain,
                 COALESCE(r.details -> 'deployment', '{}') AS deployment, count(*) OVER () AS total
            FROM matched m
            JOIN repositories r ON r.id = m.repo_id
           ORDER BY m.match_count DESC, r.name
           LIMIT :limit)
        SELECT b.name, b.match_count, b.words, b.problem_domain, b.deployment, b.total,
               ARRAY (SELECT p.name
                        FROM patterns p
                       WHERE p.repo_id = b.repo_id
                       ORDER BY p.name
                       LIMIT :shown) AS all_words,
               ARRAY (SELECT c.name
                        FROM reusable_components c
                       WHERE c.repo_id = b.repo_id
                       ORDER BY c.name
                       LIMIT :shown) AS others
          FROM best b
         ORDER BY b.match_count DESC, b.name
        """;

    static final String ACROSS = """
        SELECT min(p.name) AS pattern, array_agg(DISTINCT r.name) AS repositories, count(*) OVER () AS total
          FROM patterns p
          JOIN repositories r ON r.id = p.repo_id
         WHERE :part = '' OR strpos(lower(p.name), lower(:part)) > 0
         GROUP BY lower(p.name)
        HAVING count(DISTINCT p.repo_id) >= :minRepositories
         ORDER BY count(DISTINCT p.repo_id) DESC, lower(p.name)
         LIMIT :limit
        """;

    /** Who uses a pattern: who says so, and who has had an issue with it. */
    static final String USERS = """
        SELECT r.name
          FROM patterns p
          JOIN repositories r ON r.id = p.repo_id
         WHERE lower(p.name) = lower(:pattern)
         UNION
        SELECT r.name
          FROM runtime_issues i
          JOIN repositories r ON r.id = i.repo_id
         WHERE lower(i.pattern_reference) = lower(:pattern)
           AND i.pattern_reference <> ''
         ORDER BY 1
        """;

    private PatternsSql() {}
}
