package dev.howdah.knowledge;

import dev.howdah.postgres.Database;
import java.util.Optional;

/** What deploys repositories. Thread-safe. */
public final class DeploymentScripts extends EntryStore<DeploymentScript> {
    private static final String SELECT = """
        SELECT s.id::text AS id, r.name AS repository, s.created_at, s.updated_at,
               jsonb_build_object(
                   'name', s.name, 'description', s.description, 'script_path', s.script_path, 'platform',
                   s.platform, 'commands', s.commands, 'environment_variables', s.environment_variables,
                   'details', s.details) AS entry
          FROM deployment_scripts s
          JOIN repositories r ON r.id = s.repo_id
        """;

    static final String PUT = """
        WITH given AS (
          SELECT r.id AS repo_id, g.name, g.description, g.script_path, g.platform, g.commands, g.environment_variables,
                 g.details
            FROM jsonb_to_recordset(:entries::jsonb) AS g (name text, description text, script_path text, platform text, commands jsonb,
                 environment_variables jsonb, details jsonb)
            JOIN repositories r ON r.name = :repository),
        put AS (
          INSERT INTO deployment_scripts AS s (repo_id, name, description, script_path, platform, commands, environment_variables, details)
          SELECT repo_id, name, description, script_path, platform, commands, environment_variables, details
            FROM given
           ORDER BY name
              ON CONFLICT (repo_id, name) DO UPDATE
             SET description = COALESCE(NULLIF(EXCLUDED.description, ''), s.description),
                 script_path = COALESCE(NULLIF(EXCLUDED.script_path, ''), s.script_path),
                 platform = COALESCE(NULLIF(EXCLUDED.platform, ''), s.platform),
                 commands = COALESCE(NULLIF(EXCLUDED.commands, '[]'), s.commands),
                 environment_variables = s.environment_variables || EXCLUDED.environment_variables,
                 details = s.details || EXCLUDED.details,
                 updated_at = now()
           WHERE (s.description, s.script_path, s.platform, s.commands, s.environment_variables, s.details) IS DISTINCT FROM
                 (COALESCE(NULLIF(EXCLUDED.description, ''), s.description),
                  COALESCE(NULLIF(EXCLUDED.script_path, ''), s.script_path),
                  COALESCE(NULLIF(EXCLUDED.platform, ''), s.platform),
                  COALESCE(NULLIF(EXCLUDED.commands, '[]'), s.commands),
                  s.environment_variables || EXCLUDED.environment_variables,
                  s.details || EXCLUDED.details)
          RETURNING s.id, (s.xmax = 0) AS added)
        SELECT id::text AS id, added, true AS changed
          FROM put
         UNION ALL
        SELECT s.id::text, false, false
          FROM given
          JOIN deployment_scripts s ON s.repo_id = given.repo_id AND s.name = given.name
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
        DELETE FROM deployment_scripts
         WHERE id = ANY (:ids::bigint[])
        """;

    DeploymentScripts(Database database) {
        super(database, SearchSink.NONE,
                new Kind<>("deployment-script", DeploymentScript.class, true, PUT, FIND, DELETE));
    }

    @Override
    Object identity(DeploymentScript entry) {
        return entry.name();
    }

    @Override
    Optional<SearchText> text(Stored<DeploymentScript> entry) {
        return Optional.empty();
    }

    /** Newest first; only those of a repository, if it is present. */
    public Page<Stored<DeploymentScript>> list(Optional<String> repository, Optional<String> cursor, int limit) {
        return database().read(handle -> page(handle.createQuery(LIST)
                .bind("repository", repository.orElse(null)), cursor, limit));
    }
}
