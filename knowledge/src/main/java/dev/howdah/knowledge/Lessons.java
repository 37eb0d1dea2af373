package dev.howdah.knowledge;

import dev.howdah.postgres.Database;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lessons learned. Thread-safe. */
public final class Lessons extends EntryStore<Lesson> {
    private static final String SELECT = """
        SELECT l.id::text AS id, r.name AS repository, l.created_at, l.updated_at,
               jsonb_build_object('category', l.category, 'title', l.title, 'lesson', l.lesson,
                   'description', l.description, 'impact', l.impact, 'recorded_by', l.recorded_by,
                   'related_files', l.related_files, 'tags', l.tags, 'recorded_at', l.recorded_at,
                   'details', l.details) AS entry
          FROM lessons_learned l
          JOIN repositories r ON r.id = l.repo_id
        """;

    static final String PUT = """
        WITH given AS (
          SELECT g.id, r.id AS repo_id, g.category, g.title, g.lesson, g.description, g.impact, g.recorded_by,
                 g.related_files, g.tags, COALESCE(g.recorded_at, now()) AS recorded_at, g.details
            FROM jsonb_to_recordset(:entries::jsonb) AS g (id uuid, category text, title text, lesson text,
                 description text, impact text, recorded_by text, related_files jsonb, tags jsonb,
                 recorded_at timestamptz, details jsonb)
            JOIN repositories r ON r.name = :repository),
        put AS (
          INSERT INTO lessons_learned AS l (id, repo_id, category, title, lesson, description, impact, recorded_by,
                 related_files, tags, recorded_at, details)
          SELECT id, repo_id, category, title, lesson, description, impact, recorded_by, related_files, tags,
                 recorded_at, details
            FROM given
           ORDER BY category, md5(lesson)
              ON CONFLICT (repo_id, category, md5(lesson)) DO UPDATE
             SET description = COALESCE(NULLIF(EXCLUDED.description, ''), l.description),
                 impact = COALESCE(NULLIF(EXCLUDED.impact, ''), l.impact),
                 recorded_by = COALESCE(NULLIF(EXCLUDED.recorded_by, ''), l.recorded_by),
                 related_files = COALESCE(NULLIF(EXCLUDED.related_files, '[]'), l.related_files),
                 tags = COALESCE(NULLIF(EXCLUDED.tags, '[]'), l.tags),
                 details = l.details || EXCLUDED.details, updated_at = now()
           WHERE (l.description, l.impact, l.recorded_by, l.related_files, l.tags, l.details) IS DISTINCT FROM
                 (COALESCE(NULLIF(EXCLUDED.description, ''), l.description),
                  COALESCE(NULLIF(EXCLUDED.impact, ''), l.impact),
                  COALESCE(NULLIF(EXCLUDED.recorded_by, ''), l.recorded_by),
                  COALESCE(NULLIF(EXCLUDED.related_files, '[]'), l.related_files),
                  COALESCE(NULLIF(EXCLUDED.tags, '[]'), l.tags), l.details || EXCLUDED.details)
          RETURNING l.id, (l.xmax = 0) AS added)
        SELECT id::text AS id, added, true AS changed
          FROM put
         UNION ALL
        SELECT l.id::text, false, false
          FROM given
          JOIN lessons_learned l ON l.repo_id = given.repo_id AND l.category = given.category
               AND md5(l.lesson) = md5(given.lesson)
         WHERE l.id NOT IN (SELECT id FROM put)
        """;

    static final String FIND = SELECT + """
         WHERE l.id = ANY (:ids::uuid[])
        """;

    static final String LIST = SELECT + """
         WHERE (:repository::text IS NULL OR r.name = :repository)
           AND (:category::text IS NULL OR l.category = :category)
           AND (:before::uuid IS NULL
                OR (l.recorded_at, l.id) < (SELECT recorded_at, id FROM lessons_learned WHERE id = :before::uuid))
         ORDER BY l.recorded_at DESC, l.id DESC
         LIMIT :limit
        """;

    static final String DELETE = """
        DELETE FROM lessons_learned
         WHERE id = ANY (:ids::uuid[])
        """;

    Lessons(Database database, SearchSink sink) {
        super(database, sink, new Kind<>("lesson", Lesson.class, false, PUT, FIND, DELETE));
    }

    @Override
    Object identity(Lesson entry) {
        return List.of(entry.category(), entry.lesson());
    }

    @Override
    Optional<SearchText> text(Stored<Lesson> entry) {
        var lesson = entry.value();
        return Optional.of(new SearchText(key(entry.id()), kindName(), entry.repository(), lesson.title(),
                lines(lesson.lesson(), lesson.description(), String.join(", ", lesson.tags())),
                Map.of("category", lesson.category(), "impact", lesson.impact())));
    }

    /**
     * Newest first.
     *
     * @param repository only its lessons, if present
     * @param category only those of this category, if present
     */
    public Page<Stored<Lesson>> list(Optional<String> repository, Optional<String> category, Optional<String> cursor,
            int limit) {
        return database().read(handle -> page(handle.createQuery(LIST)
                .bind("repository", repository.orElse(null)).bind("category", category.orElse(null)), cursor, limit));
    }
}
