package dev.howdah.knowledge;

import dev.howdah.postgres.Database;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reusable components. Thread-safe. */
public final class Components extends EntryStore<Component> {
    private static final String SELECT = """
        SELECT c.id::text AS id, r.name AS repository, c.created_at, c.updated_at,
               jsonb_build_object('name', c.name, 'purpose', c.purpose, 'location', c.location,
                   'component_type', c.component_type, 'language', c.language, 'api_signature', c.api_signature,
                   'lines_of_code', c.lines_of_code, 'cyclomatic_complexity', c.cyclomatic_complexity,
                   'tags', c.tags, 'details', c.details) AS entry
          FROM reusable_components c
          JOIN repositories r ON r.id = c.repo_id
        """;

    static final String PUT = """
        WITH given AS (
          SELECT r.id AS repo_id, g.name, g.purpose, g.location, g.component_type, g.language, g.api_signature,
                 g.lines_of_code, g.cyclomatic_complexity, g.tags, g.details
            FROM jsonb_to_recordset(:entries::jsonb) AS g (name text, purpose text, location text,
                 component_type text, language text, api_signature text, lines_of_code integer,
                 cyclomatic_complexity integer, tags jsonb, details jsonb)
            JOIN repositories r ON r.name = :repository),
        put AS (
          INSERT INTO reusable_components AS c (repo_id, name, purpose, location, component_type, language,
                 api_signature, lines_of_code, cyclomatic_complexity, tags, details)
          SELECT repo_id, name, purpose, location, component_type, language, api_signature, lines_of_code,
                 cyclomatic_complexity, tags, details
            FROM given
           ORDER BY name, md5(location)
              ON CONFLICT (repo_id, name, md5(location)) DO UPDATE
             SET purpose = COALESCE(NULLIF(EXCLUDED.purpose, ''), c.purpose),
                 component_type = COALESCE(NULLIF(EXCLUDED.component_type, ''), c.component_type),
                 language = COALESCE(NULLIF(EXCLUDED.language, ''), c.language),
                 api_signature = COALESCE(NULLIF(EXCLUDED.api_signature, ''), c.api_signature),
                 lines_of_code = COALESCE(EXCLUDED.lines_of_code, c.lines_of_code),
                 cyclomatic_complexity = COALESCE(EXCLUDED.cyclomatic_complexity, c.cyclomatic_complexity),
                 tags = COALESCE(NULLIF(EXCLUDED.tags, '[]'), c.tags),
                 details = c.details || EXCLUDED.details, updated_at = now()
           WHERE (c.purpose, c.component_type, c.language, c.api_signature, c.lines_of_code,
                  c.cyclomatic_complexity, c.tags, c.details) IS DISTINCT FROM
                 (COALESCE(NULLIF(EXCLUDED.purpose, ''), c.purpose),
                  COALESCE(NULLIF(EXCLUDED.component_type, ''), c.component_type),
                  COALESCE(NULLIF(EXCLUDED.language, ''), c.language),
                  COALESCE(NULLIF(EXCLUDED.api_signature, ''), c.api_signature),
                  COALESCE(EXCLUDED.lines_of_code, c.lines_of_code),
                  COALESCE(EXCLUDED.cyclomatic_complexity, c.cyclomatic_complexity),
                  COALESCE(NULLIF(EXCLUDED.tags, '[]'), c.tags), c.details || EXCLUDED.details)
          RETURNING c.id, (c.xmax = 0) AS added)
        SELECT id::text AS id, added, true AS changed
          FROM put
         UNION ALL
        SELECT c.id::text, false, false
          FROM given
          JOIN reusable_components c ON c.repo_id = given.repo_id AND c.name = given.name
               AND md5(c.location) = md5(given.location)
         WHERE c.id NOT IN (SELECT id FROM put)
        """;

    static final String FIND = SELECT + """
         WHERE c.id = ANY (:ids::bigint[])
        """;

    static final String LIST = SELECT + """
         WHERE (:repository::text IS NULL OR r.name = :repository)
           AND (:before::bigint IS NULL OR c.id < :before::bigint)
         ORDER BY c.id DESC
         LIMIT :limit
        """;

    static final String DELETE = """
        DELETE FROM reusable_components
         WHERE id = ANY (:ids::bigint[])
        """;

    Components(Database database, SearchSink sink) {
        super(database, sink, new Kind<>("component", Component.class, true, PUT, FIND, DELETE));
    }

    @Override
    Object identity(Component entry) {
        return List.of(entry.name(), entry.location());
    }

    @Override
    Optional<SearchText> text(Stored<Component> entry) {
        var component = entry.value();
        return Optional.of(new SearchText(key(entry.id()), kindName(), entry.repository(), component.name(),
                lines(component.purpose(), component.location(), component.apiSignature(),
                        String.join(", ", component.tags())),
                Map.of("language", component.language(), "component_type", component.componentType())));
    }

    /** Newest first; only those of a repository, if it is present. */
    public Page<Stored<Component>> list(Optional<String> repository, Optional<String> cursor, int limit) {
        return database().read(handle -> page(handle.createQuery(LIST)
                .bind("repository", repository.orElse(null)), cursor, limit));
    }
}
