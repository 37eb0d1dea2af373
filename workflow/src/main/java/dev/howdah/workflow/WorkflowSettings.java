package dev.howdah.workflow;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Setting;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How much executions may hold and how long they are kept.
 *
 * @param inputMax characters of an execution's input, as text
 * @param outputMax characters of a node's output, as text
 * @param mapItemsMax items of one map
 * @param artifactMax bytes of one artifact
 * @param retention how long ended executions are kept
 * @param keep how many ended executions of one workflow are kept, the newest; 0 for all
 * @param s3 where artifacts are kept that are too large for a row
 */
public record WorkflowSettings(int inputMax, int outputMax, int mapItemsMax, long artifactMax, Duration retention,
        int keep, Optional<S3> s3) {
    public static final Setting<Integer> INPUT_MAX = Setting.integer("howdah.workflow.input-max", 5 << 20, 1, 64 << 20,
            "Characters of an execution's input, as text.");
    public static final Setting<Integer> OUTPUT_MAX = Setting.integer("howdah.workflow.output-max", 1 << 20, 1,
            64 << 20,
            "Characters of a node's output, as text; a node that makes more fails.");
    public static final Setting<Integer> MAP_ITEMS_MAX = Setting.integer("howdah.workflow.map-items-max", 100_000, 1,
            1_000_000, "Items of one map.");
    public static final Setting<Integer> ARTIFACT_MAX = Setting.integer("howdah.workflow.artifact-max", 100 << 20, 1,
            1 << 30, "Bytes of one artifact.");
    public static final Setting<Duration> RETENTION = Setting.duration("howdah.workflow.retention", "30d",
            "How long ended executions are kept, with their nodes, events and artifacts.");
    public static final Setting<Integer> KEEP = Setting.integer("howdah.workflow.keep", 0, 0, Integer.MAX_VALUE,
            "How many ended executions of one workflow are kept, the newest; 0 for all.");

    public static final Setting<String> S3_URL = Setting.text("howdah.workflow.s3-url", "",
            "Bucket of an S3-compatible store for artifacts over 64 KiB, as https://host/bucket; empty keeps them in PostgreSQL.");
    public static final Setting<String> S3_REGION = Setting.text("howdah.workflow.s3-region", "us-east-1",
            "Region for which requests to the store are signed.", "AWS_REGION");
    public static final Setting<String> S3_ACCESS_KEY = Setting.text("howdah.workflow.s3-access-key", "",
            "Who asks the store.", "AWS_ACCESS_KEY_ID");
    public static final Setting<String> S3_SECRET_KEY = Setting.secret("howdah.workflow.s3-secret-key",
            "What requests to the store are signed with.", "AWS_SECRET_ACCESS_KEY");

    /**
     * An S3-compatible store.
     *
     * @param bucket its address with the bucket, maybe with a path below it
     */
    public record S3(URI bucket, String region, String accessKey, String secretKey) {
        @Override
        public String toString() {
            return bucket + " as " + accessKey; // never the secret
        }
    }

    /** The defaults. */
    public static WorkflowSettings defaults() {
        return from(Configuration.of(Map.of()));
    }

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static WorkflowSettings from(Configuration configuration) {
        return new WorkflowSettings(configuration.get(INPUT_MAX), configuration.get(OUTPUT_MAX),
                configuration.get(MAP_ITEMS_MAX), configuration.get(ARTIFACT_MAX), configuration.get(RETENTION),
                configuration.get(KEEP), s3(configuration));
    }

    private static Optional<S3> s3(Configuration configuration) {
        var url = configuration.get(S3_URL);
        var region = configuration.get(S3_REGION);
        var accessKey = configuration.get(S3_ACCESS_KEY);
        var secretKey = configuration.get(S3_SECRET_KEY);
        if (url.isEmpty()) {
            return Optional.empty();
        }
        if (accessKey.isEmpty() || secretKey.isEmpty()) {
            configuration.problem("howdah.workflow.s3-url needs howdah.workflow.s3-access-key and"
                    + " howdah.workflow.s3-secret-key");
            return Optional.empty();
        }
        try {
            var bucket = URI.create(url);
            if (bucket.getHost() != null && bucket.getPath().length() > 1) {
                return Optional.of(new S3(bucket, region, accessKey, secretKey));
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        configuration.problem("howdah.workflow.s3-url is no address of a bucket: use https://host/bucket");
        return Optional.empty();
    }

    public WorkflowSettings withOutputMax(int value) {
        return new WorkflowSettings(inputMax, value, mapItemsMax, artifactMax, retention, keep, s3);
    }

    public WorkflowSettings withInputMax(int value) {
        return new WorkflowSettings(value, outputMax, mapItemsMax, artifactMax, retention, keep, s3);
    }

    public WorkflowSettings withRetention(Duration age, int count) {
        return new WorkflowSettings(inputMax, outputMax, mapItemsMax, artifactMax, age, count, s3);
    }

    public WorkflowSettings withS3(S3 value) {
        return new WorkflowSettings(inputMax, outputMax, mapItemsMax, artifactMax, retention, keep, Optional.of(value));
    }

    public WorkflowSettings withArtifactMax(long value) {
        return new WorkflowSettings(inputMax, outputMax, mapItemsMax, value, retention, keep, s3);
    }
}
