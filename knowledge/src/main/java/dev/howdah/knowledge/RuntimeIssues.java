package dev.howdah.knowledge;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.statement.SqlStatement;

/** What went wrong where repositories run. Each report is an issue of its own. Thread-safe. */
public final class RuntimeIssues extends EntryStore<RuntimeIssue> {
    private static final String SELECT = """
        SELECT i.id::text AS id, r.name AS repository, i.created_at, i.updated_at,
               jsonb_build_object('service_type', i.service_type, 'issue_type', i.issue_type, 'severity', i.severity,
                   'log_snippet', i.log_snippet, 'root_cause', i.root_cause, 'suggested_fix', i.suggested_fix,
                   'pattern_reference', i.pattern_reference, 'github_issue_url', i.github_issue_url,
                   'status', i.status, 'metrics', i.metrics, 'detected_at', i.detected_at,
                   'resolved_at', i.resolved_at) AS entry
          FROM runtime_issues i
          JOIN repositories r ON r.id = i.repo_id
        """;

    private static final String WANTED = """
         WHERE (:repository::text IS NULL OR r.name = :repository)
           AND (:issueType::text IS NULL OR i.issue_type = :issueType)
           AND (:serviceType::text IS NULL OR i.service_type = :serviceType)
           AND i.severity = ANY (:severities::text[])
           AND (:status::text IS NULL OR i.status = :status)
           AND (:pattern::text IS NULL OR (i.pattern_reference <> ''
                                           AND lower(i.pattern_reference) = lower(:pattern)))
           AND (:since::timestamptz IS NULL OR i.detected_at >= :since::timestamptz)
        """;

    static final String PUT = """
        INSERT INTO runtime_issues (id, repo_id, detected_at, service_type, issue_type, severity, log_snippet,
               root_cause, suggested_fix, pattern_reference, github_issue_url, status, metrics, resolved_at)
        SELECT g.id, r.id, COALESCE(g.detected_at, now()), g.service_type, g.issue_type, g.severity, g.log_snippet,
               g.root_cause, g.suggested_fix, g.pattern_reference, g.github_issue_url, g.status, g.metrics,
               CASE WHEN g.status IN ('fixed', 'false_positive') THEN COALESCE(g.resolved_at, now()) END
          FROM jsonb_to_recordset(:entries::jsonb) AS g (id uuid, detected_at timestamptz, service_type text,
               issue_type text, severity text, log_snippet text, root_cause text, suggested_fix text,
               pattern_reference text, github_issue_url text, status text, metrics jsonb, resolved_at timestamptz)
          JOIN repositories r ON r.name = :repository
        RETURNING id::text AS id, true AS added, true AS changed
        """;

    static final String FIND = SELECT + """
         WHERE i.id = ANY (:ids::uuid[])
        """;

    static final String LIST = SELECT + WANTED + """
           AND (:before::uuid IS NULL
                OR (i.detected_at, i.id) < (SELECT detected_at, id FROM runtime_issues WHERE id = :before::uuid))
         ORDER BY i.detected_at DESC, i.id DESC
         LIMIT :limit
        """;

    static final String COUNT = """
        SELECT i.issue_type, count(*) AS issues, array_agg(DISTINCT r.name) AS repositories
          FROM runtime_issues i
          JOIN repositories r ON r.id = i.repo_id
        """ + WANTED + """
         GROUP BY i.issue_type
         ORDER BY i.issue_type
        """;

    static final String SET_STATUS = """
        UPDATE runtime_issues
           SET status = :status, updated_at = now(),
               resolved_at = CASE WHEN :status IN ('fixed', 'false_positive')
                                  THEN COALESCE(resolved_at, now()) END
         WHERE id = :id::uuid
        """;

    static final String DELETE = """
        DELETE FROM runtime_issues
         WHERE id = ANY (:ids::uuid[])
        """;

    RuntimeIssues(Database database, SearchSink sink) {
        super(database, sink, new Kind<>("issue", RuntimeIssue.class, false, PUT, FIND, DELETE));
    }

    /**
     * Which issues are wanted; what is absent does not matter.
     *
     * @param minSeverity these and worse
     * @param pattern the pattern that they are about, in whatever case
     * @param since detected since then
     */
    public record Filter(Optional<String> repository, Optional<RuntimeIssue.Type> issueType,
            Optional<RuntimeIssue.Service> serviceType, Optional<RuntimeIssue.Severity> severity,
            RuntimeIssue.Severity minSeverity, Optional<RuntimeIssue.Status> status, Optional<String> pattern,
            Optional<Instant> since) {
        /** All. */
        public static final Filter NONE = new Filter(Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), RuntimeIssue.Severity.LOW, Optional.empty(), Optional.empty(), Optional.empty());

        /** All with a pattern since a time, of a severity or worse. */
        public static Filter ofPattern(String pattern, Instant since, RuntimeIssue.Severity minSeverity) {
            return new Filter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), minSeverity,
                    Optional.empty(), Optional.of(pattern), Optional.of(since));
        }

        /** All of a type with a pattern, such as those that are like a given one. */
        public static Filter like(RuntimeIssue issue) {
            return new Filter(Optional.empty(), Optional.of(issue.issueType()), Optional.empty(), Optional.empty(),
                    RuntimeIssue.Severity.LOW, Optional.empty(), Optional.of(issue.patternReference()),
                    Optional.empty());
        }

        private String[] severities() {
            return Arrays.stream(RuntimeIssue.Severity.values())
                    .filter(one -> severity.map(one::equals).orElse(one.compareTo(minSeverity) >= 0))
                    .map(one -> String.valueOf(label(Optional.of(one)))).toArray(String[]::new);
        }
    }

    /** How many issues of a type there are, and in which repositories. */
    public record Count(String issueType, long issues, List<String> repositories) {
        public Count {
            repositories = List.copyOf(repositories);
        }
    }

    @Override
    Object identity(RuntimeIssue entry) {
        return new Object(); // two reports are two issues, however alike
    }

    @Override
    Optional<SearchText> text(Stored<RuntimeIssue> entry) {
        var issue = entry.value();
        var type = String.valueOf(label(Optional.of(issue.issueType())));
        return Optional.of(new SearchText(key(entry.id()), kindName(), entry.repository(),
                lines(issue.logSnippet()).lines().findFirst().map(Lesson::title).orElse(type),
                lines(issue.logSnippet(), issue.rootCause(), issue.suggestedFix(), issue.patternReference()),
                Map.of("issue_type", type, "severity", String.valueOf(label(Optional.of(issue.severity()))),
                        "service_type", String.valueOf(label(Optional.of(issue.serviceType()))))));
    }

    /** Newest first. */
    public Page<Stored<RuntimeIssue>> list(Filter filter, Optional<String> cursor, int limit) {
        return database().read(handle -> page(bind(handle.createQuery(LIST), filter), cursor, limit));
    }

    /** How many there are, by type. */
    public List<Count> count(Filter filter) {
        return database().read(handle -> bind(handle.createQuery(COUNT), filter)
                .map((row, context) -> new Count(row.getString("issue_type"), row.getLong("issues"),
                        Arrays.asList((String[]) row.getArray("repositories").getArray())))
                .list());
    }

    /**
     * Says how an issue stands now, in the caller's transaction.
     *
     * @throws NotFoundException if there is no such issue
     */
    public void setStatus(Transaction tx, String id, RuntimeIssue.Status status) {
        if (!isId(id) || tx.handle().createUpdate(SET_STATUS).bind("id", id)
                .bind("status", label(Optional.of(status))).execute() == 0) {
            throw new NotFoundException("runtime-issue-not-found", "there is no runtime issue " + id,
                    "see: howdah knowledge issues");
        }
        publish(tx, List.of(id));
    }

    private static <S extends SqlStatement<S>> S bind(S statement, Filter filter) {
        return statement.bind("repository", filter.repository.orElse(null))
                .bind("issueType", label(filter.issueType)).bind("serviceType", label(filter.serviceType))
                .bind("severities", filter.severities()).bind("status", label(filter.status))
                .bind("pattern", filter.pattern.orElse(null))
                .bind("since", filter.since.map(time -> time.atOffset(ZoneOffset.UTC)).orElse(null));
    }
}
