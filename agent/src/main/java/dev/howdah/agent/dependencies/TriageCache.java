package dev.howdah.agent.dependencies;

import dev.howdah.agent.source.ChangeEvent;
import dev.howdah.agent.triage.Relationship;
import dev.howdah.agent.triage.TriageJson;
import dev.howdah.agent.triage.TriageResult;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Transaction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers that were given before. An entry is good for the same commit and relationship; a fingerprint of everything else
 * that decides (the event, the relationship's settings, the model) keeps a changed question from getting an old answer.
 * Whether an entry is too old is asked of the database's clock.
 */
final class TriageCache {
    static final String GET = """
        SELECT result_data
          FROM triage_results_cache
         WHERE source_repo = :source AND target_repo = :target AND commit_sha = :sha AND relationship_type = :type
           AND fingerprint = :fingerprint
           AND expires_at > now()
        """;

    static final String PUT = """
        INSERT INTO triage_results_cache (source_repo, target_repo, commit_sha, relationship_type, fingerprint,
               requires_action, urgency, impact_summary, confidence, result_data, expires_at)
        VALUES (:source, :target, :sha, :type, :fingerprint, :requiresAction, :urgency, :summary, :confidence,
               :result::jsonb, now() + :keepMillis * interval '1 ms')
            ON CONFLICT (source_repo, target_repo, commit_sha, relationship_type) DO UPDATE
           SET fingerprint = EXCLUDED.fingerprint, requires_action = EXCLUDED.requires_action,
               urgency = EXCLUDED.urgency, impact_summary = EXCLUDED.impact_summary,
               confidence = EXCLUDED.confidence, result_data = EXCLUDED.result_data, created_at = now(),
               expires_at = EXCLUDED.expires_at
        """;

    static final String DELETE_EXPIRED = """
        DELETE FROM triage_results_cache
         WHERE expires_at < now()
        """;

    private final Database database;
    private final Duration keep;
    private final String model;

    TriageCache(Database database, Duration keep, String model) {
        this.database = database;
        this.keep = keep;
        this.model = model;
    }

    Optional<TriageResult> get(Relationship edge, ChangeEvent event) {
        return database.withHandle(handle -> handle.createQuery(GET)
                .bind("source", edge.sourceRepo())
                .bind("target", edge.targetRepo())
                .bind("sha", event.commitSha())
                .bind("type", TriageJson.label(edge.type()))
                .bind("fingerprint", fingerprint(edge, event))
                .mapTo(String.class)
                .findOne()).map(text -> TriageJson.result(JsonMapper.shared().readTree(text)));
    }

    /** Stores the answer, and makes room by deleting those that are too old. */
    void put(Transaction tx, Relationship edge, ChangeEvent event, TriageResult result) {
        tx.handle().createUpdate(DELETE_EXPIRED).execute();
        tx.handle().createUpdate(PUT)
                .bind("source", edge.sourceRepo())
                .bind("target", edge.targetRepo())
                .bind("sha", event.commitSha())
                .bind("type", TriageJson.label(edge.type()))
                .bind("fingerprint", fingerprint(edge, event))
                .bind("requiresAction", result.requiresAction())
                .bind("urgency", TriageJson.label(result.urgency()))
                .bind("summary", result.impactSummary())
                .bind("confidence", result.confidence())
                .bind("result", TriageJson.toJson(result).toString())
                .bind("keepMillis", keep.toMillis())
                .execute();
    }

    private String fingerprint(Relationship edge, ChangeEvent event) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var part : new String[]{model, TriageJson.toJson(edge).toString(),
                    TriageJson.toJson(event).toString()}) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
