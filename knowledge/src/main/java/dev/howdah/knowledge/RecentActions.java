package dev.howdah.knowledge;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What was written lately, over all repositories or of one. Thread-safe. */
public final class RecentActions {
    /** What can be asked for. */
    public static final List<String> TYPES = List.of("analysis", "lesson", "deployment", "runtime_issue");
    /** The furthest that one can page: beyond, lists of one kind have cursors. */
    public static final int OFFSET_MAX = 10_000;

    private static final int LIMIT_MAX = 100;

    /** Each kind gives its newest, then the newest of all are taken. */
    static final String LIST = """
        WITH wanted AS (
          SELECT id, name
            FROM repositories
           WHERE :repository::text IS NULL OR name = :repository),
        actions AS (
          (SELECT 'analysis' AS action_type, w.name, a.analyzed_at AS happened_at, a.id::text AS reference,
                  a.commit_sha AS about
             FROM analysis_history a
             JOIN wanted w ON w.id = a.repo_id
            WHERE 'analysis' = ANY (:types::text[])
            ORDER BY a.analyzed_at DESC, a.id DESC
            LIMIT :most)
           UNION ALL
          (SELECT 'lesson', w.name, l.recorded_at, l.id::text, l.title
             FROM lessons_learned l
             JOIN wanted w ON w.id = l.repo_id
            WHERE 'lesson' = ANY (:types::text[])
            ORDER BY l.recorded_at DESC, l.id DESC
            LIMIT :most)
           UNION ALL
          (SELECT 'deployment', w.name, s.updated_at, s.id::text, s.name
             FROM deployment_scripts s
             JOIN wanted w ON w.id = s.repo_id
            WHERE 'deployment' = ANY (:types::text[])
            ORDER BY s.updated_at DESC, s.id DESC
            LIMIT :most)
           UNION ALL
          (SELECT 'runtime_issue', w.name, i.detected_at, i.id::text, i.issue_type || ', ' || i.severity
             FROM runtime_issues i
             JOIN wanted w ON w.id = i.repo_id
            WHERE 'runtime_issue' = ANY (:types::text[])
            ORDER BY i.detected_at DESC, i.id DESC
            LIMIT :most))
        SELECT action_type, name, happened_at, reference, about
          FROM actions
         ORDER BY happened_at DESC, action_type, reference
        OFFSET :offset
         LIMIT :limit
        """;

    static final String COUNT = """
        WITH wanted AS (
          SELECT id
            FROM repositories
           WHERE :repository::text IS NULL OR name = :repository)
        SELECT CASE WHEN 'analysis' = ANY (:types::text[])
                    THEN (SELECT count(*) FROM analysis_history x JOIN wanted w ON w.id = x.repo_id) ELSE 0 END
             + CASE WHEN 'lesson' = ANY (:types::text[])
                    THEN (SELECT count(*) FROM lessons_learned x JOIN wanted w ON w.id = x.repo_id) ELSE 0 END
             + CASE WHEN 'deployment' = ANY (:types::text[])
                    THEN (SELECT count(*) FROM deployment_scripts x JOIN wanted w ON w.id = x.repo_id) ELSE 0 END
             + CASE WHEN 'runtime_issue' = ANY (:types::text[])
                    THEN (SELECT count(*) FROM runtime_issues x JOIN wanted w ON w.id = x.repo_id) ELSE 0 END
        """;

    private final Database database;

    RecentActions(Database database) {
        this.database = database;
    }

    /**
     * Something that was written.
     *
     * @param type one of {@link #TYPES}
     * @param reference the id of what was written
     * @param about what it is, in a few words
     */
    public record Recent(String type, String repository, Instant at, String reference, String about) {}

    /** A part of what was written, newest first, and how much there is. */
    public record Part(long count, List<Recent> items) {
        public Part {
            items = List.copyOf(items);
        }
    }

    /**
     * Newest first.
     *
     * @param types some of {@link #TYPES}; empty means all
     * @param limit 1 to 100
     * @param offset 0 to {@link #OFFSET_MAX}
     */
    public Part list(Collection<String> types, Optional<String> repository, int limit, int offset) {
        if (limit < 1 || limit > LIMIT_MAX || offset < 0 || offset > OFFSET_MAX) {
            throw new InvalidInputException("page-invalid", "limit", limit + " from " + offset + " is out of range",
                    "use 1 to " + LIMIT_MAX + ", from 0 to " + OFFSET_MAX);
        }
        var wanted = new ArrayList<>(types.isEmpty() ? TYPES : types).toArray(String[]::new);
        return database.read(handle -> new Part(handle.createQuery(COUNT).bind("types", wanted)
                .bind("repository", repository.orElse(null)).mapTo(Long.class).one(),
                handle.createQuery(LIST).bind("types", wanted).bind("repository", repository.orElse(null))
                        .bind("most", offset + limit).bind("offset", offset).bind("limit", limit)
                        .map((row, context) -> new Recent(row.getString("action_type"), row.getString("name"),
                                row.getObject("happened_at", OffsetDateTime.class).toInstant(),
                                row.getString("reference"), row.getString("about")))
                        .list()));
    }
}
