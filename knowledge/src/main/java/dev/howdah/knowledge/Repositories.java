package dev.howdah.knowledge;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** The repositories themselves. Thread-safe. */
public final class Repositories {
    /** Adds it, or holds its row until the transaction ends. */
    static final String LOCK = """
        INSERT INTO repositories (name)
        VALUES (:name)
            ON CONFLICT (name) DO UPDATE
           SET updated_at = now()
        """;

    /** Objects in the details are merged one level deep: what another source knows of the deployment stays. */
    static final String PUT = """
        INSERT INTO repositories AS r (name, problem_domain, primary_language, url, last_analyzed, last_commit_sha,
               details)
        SELECT g.name, g.problem_domain, g.primary_language, g.url, g.last_analyzed, g.last_commit_sha, g.details
          FROM jsonb_to_record(:repository::jsonb) AS g (name text, problem_domain text, primary_language text,
               url text, last_analyzed timestamptz, last_commit_sha text, details jsonb)
            ON CONFLICT (name) DO UPDATE
           SET problem_domain = COALESCE(NULLIF(EXCLUDED.problem_domain, ''), r.problem_domain),
               primary_language = COALESCE(NULLIF(EXCLUDED.primary_language, ''), r.primary_language),
               url = COALESCE(NULLIF(EXCLUDED.url, ''), r.url),
               last_analyzed = COALESCE(EXCLUDED.last_analyzed, r.last_analyzed),
               last_commit_sha = COALESCE(NULLIF(EXCLUDED.last_commit_sha, ''), r.last_commit_sha),
               details = r.details || (SELECT COALESCE(jsonb_object_agg(d.key,
                         CASE WHEN jsonb_typeof(d.value) = 'object' AND jsonb_typeof(r.details -> d.key) = 'object'
                              THEN (r.details -> d.key) || d.value ELSE d.value END), '{}')
                                         FROM jsonb_each(EXCLUDED.details) AS d),
               updated_at = now()
        RETURNING (r.xmax = 0) AS added
        """;

    private static final String SELECT = """
        SELECT r.name, r.type, r.description, r.problem_domain, r.primary_language, r.url, r.last_analyzed,
               r.last_commit_sha, r.details, r.created_at, r.updated_at,
               ARRAY (SELECT k.keyword
                        FROM repository_keywords rk
                        JOIN keywords k ON k.id = rk.keyword_id
                       WHERE rk.repo_id = r.id
                       ORDER BY k.keyword) AS keywords,
               (SELECT count(*) FROM patterns x WHERE x.repo_id = r.id) AS patterns,
               (SELECT count(*) FROM technical_decisions x WHERE x.repo_id = r.id) AS decisions,
               (SELECT count(*) FROM reusable_components x WHERE x.repo_id = r.id) AS components,
               (SELECT count(*) FROM lessons_learned x WHERE x.repo_id = r.id) AS lessons,
               (SELECT count(*) FROM runtime_issues x WHERE x.repo_id = r.id AND x.resolved_at IS NULL) AS open_issues
          FROM repositories r
        """;

    static final String FIND = SELECT + """
         WHERE r.name = :name
        """;

    static final String LIST = SELECT + """
         WHERE r.name > :after
         ORDER BY r.name
         LIMIT :limit
        """;

    static final String NAMES = """
        SELECT name
          FROM repositories
         WHERE name > :after
         ORDER BY name
         LIMIT :limit
        """;

    static final String COUNT = """
        SELECT count(*)
          FROM repositories
        """;

    private final Database database;

    Repositories(Database database) {
        this.database = database;
    }

    /**
     * A repository as it is stored, and how much is known of it.
     *
     * @param type such as "service_provider"
     * @param openIssues runtime issues that are not settled
     */
    public record Known(Repository repository, String type, String description, long patterns, long decisions,
            long components, long lessons, long openIssues, Instant createdAt, Instant updatedAt) {
        /** For answers: all fields side by side, in snake case. */
        public ObjectNode toJson() {
            return Json.of(repository).put("type", type).put("description", description).put("patterns", patterns)
                    .put("decisions", decisions).put("components", components).put("lessons", lessons)
                    .put("open_issues", openIssues).put("created_at", createdAt.toString())
                    .put("updated_at", updatedAt.toString());
        }
    }

    /** Adds the repository if it is not known, and holds its row. */
    static void lock(Transaction tx, String name) {
        tx.handle().createUpdate(LOCK).bind("name", name).execute();
    }

    /**
     * Adds a repository, or completes what is known of it, in the caller's transaction.
     *
     * @return whether it was not known before
     */
    public boolean put(Transaction tx, Repository repository) {
        boolean added = tx.handle().createQuery(PUT).bind("repository", Json.of(repository).toString())
                .mapTo(Boolean.class).one();
        Keywords.putOfRepository(tx, repository.name(), repository.keywords());
        return added;
    }

    /** {@link #put(Transaction, Repository)} in a transaction of its own. */
    public boolean put(Repository repository) {
        return database.inTransaction(tx -> put(tx, repository));
    }

    /** One repository; absent if it is not known. */
    public Optional<Known> find(String name) {
        return database.read(handle -> handle.createQuery(FIND).bind("name", name)
                .map((row, context) -> read(row)).findOne());
    }

    /**
     * One repository.
     *
     * @throws NotFoundException if it is not known
     */
    public Known get(String name) {
        return find(name).orElseThrow(() -> new NotFoundException("repository-not-found",
                "there is no repository " + name, "see: howdah knowledge repositories"));
    }

    /** By name. */
    public Page<Known> list(Optional<String> cursor, int limit) {
        return database.read(handle -> Page.of(handle.createQuery(LIST).bind("after", cursor.orElse(""))
                .bind("limit", Page.check(limit) + 1).map((row, context) -> read(row)).list(), limit,
                known -> known.repository().name()));
    }

    /** Names only, sorted. */
    public Page<String> names(Optional<String> cursor, int limit) {
        return database.read(handle -> Page.of(handle.createQuery(NAMES).bind("after", cursor.orElse(""))
                .bind("limit", Page.check(limit) + 1).mapTo(String.class).list(), limit, name -> name));
    }

    /** How many there are. */
    public long count() {
        return database.read(handle -> handle.createQuery(COUNT).mapTo(Long.class).one());
    }

    private static Known read(ResultSet row) throws SQLException {
        var analyzed = Optional.ofNullable(row.getObject("last_analyzed", OffsetDateTime.class))
                .map(OffsetDateTime::toInstant);
        return new Known(new Repository(row.getString("name"), row.getString("problem_domain"),
                row.getString("primary_language"), row.getString("url"), analyzed, row.getString("last_commit_sha"),
                List.of((String[]) row.getArray("keywords").getArray()),
                Json.MAPPER.readTree(row.getString("details")).asObject()), row.getString("type"),
                row.getString("description"), row.getLong("patterns"), row.getLong("decisions"),
                row.getLong("components"), row.getLong("lessons"), row.getLong("open_issues"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("updated_at", OffsetDateTime.class).toInstant());
    }
}
