package dev.howdah.knowledge;

import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that went wrong where a repository runs.
 *
 * @param logSnippet what the log said; at most {@value #LOG_SNIPPET_MAX} characters
 * @param rootCause may be empty
 * @param suggestedFix may be empty
 * @param patternReference the pattern that it is about; may be empty
 * @param githubIssueUrl may be empty
 * @param metrics such as {@code error_rate}, {@code latency_p95}, {@code throughput}
 * @param detectedAt absent means now
 * @param resolvedAt when it was settled
 */
public record RuntimeIssue(Service serviceType, Type issueType, Severity severity, String logSnippet, String rootCause,
        String suggestedFix, String patternReference, String githubIssueUrl, Status status, ObjectNode metrics,
        Optional<Instant> detectedAt, Optional<Instant> resolvedAt) {
    /** The most that is kept of a log. */
    public static final int LOG_SNIPPET_MAX = 1_000;

    /** Where it happened. */
    public enum Service {
        CLOUD_RUN, CLOUD_FUNCTIONS, CLOUD_BUILD, GCE, GKE, APP_ENGINE, OTHER
    }

    /** What happened. */
    public enum Type {
        ERROR, PERFORMANCE, CRASH, TIMEOUT, MEMORY, SECURITY, OTHER
    }

    /** How bad it is, mildest first. */
    public enum Severity {
        LOW, MEDIUM, HIGH, CRITICAL
    }

    /** How it stands. */
    public enum Status {
        OPEN, INVESTIGATING, FIXED, FALSE_POSITIVE;

        /** Whether nothing is left to do. */
        public boolean isSettled() {
            return this == FIXED || this == FALSE_POSITIVE;
        }
    }

    public RuntimeIssue {
        metrics = metrics.deepCopy();
        var checks = new Checks().required("log_snippet", logSnippet).text("log_snippet", logSnippet, LOG_SNIPPET_MAX)
                .text("root_cause", rootCause).text("suggested_fix", suggestedFix)
                .text("pattern_reference", patternReference, Checks.NAME_MAX)
                .text("github_issue_url", githubIssueUrl, Checks.NAME_MAX).json("metrics", metrics);
        if (!githubIssueUrl.isEmpty() && !githubIssueUrl.matches("https?://\\S+")) {
            checks.fault("github_issue_url", "is no address", "use https://…");
        }
        checks.check("runtime-issue-invalid");
    }
}
