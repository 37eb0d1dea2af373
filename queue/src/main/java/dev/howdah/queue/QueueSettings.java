package dev.howdah.queue;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import dev.howdah.postgres.Setting;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How tasks are run and kept. Checked at construction.
 *
 * @param concurrency how many tasks one worker runs at once
 * @param lease how long a claim holds without a heartbeat; a killed worker's tasks run again after it
 * @param heartbeat how often claims are extended; less than half the lease
 * @param pollInterval how often to look for tasks when no wake-up comes
 * @param retryFirst the pause before the second attempt; it doubles with each further one
 * @param retryMax the longest pause between attempts
 * @param retention how long ended tasks are kept
 * @param payloadMax characters of a payload, as text
 * @param compressFrom characters from which on payloads and results are compressed; 0 for never
 * @param encryptionKeys {@code name:base64} of 32 bytes each; the first encrypts payloads and results, all decrypt
 * @param workerId names this worker in tasks and logs; empty means host, process and a random part
 */
public record QueueSettings(int concurrency, Duration lease, Duration heartbeat, Duration pollInterval,
        Duration retryFirst, Duration retryMax, Duration retention, int payloadMax, int compressFrom,
        String encryptionKeys,
        String workerId) {
    public static final Setting<Integer> CONCURRENCY = Setting.integer("howdah.queue.concurrency", 16, 1, 1000,
            "Tasks that one worker runs at once.");
    public static final Setting<Duration> LEASE = Setting.duration("howdah.queue.lease", "15s",
            "How long a claim holds without a heartbeat; a killed worker's tasks run again after it.");
    public static final Setting<Duration> HEARTBEAT = Setting.duration("howdah.queue.heartbeat", "3s",
            "How often claims are extended; less than half the lease.");
    public static final Setting<Duration> POLL_INTERVAL = Setting.duration("howdah.queue.poll-interval", "2s",
            "How often to look for tasks where no wake-ups arrive; half as often where they do.", "POLL_INTERVAL");
    public static final Setting<Duration> RETRY_FIRST = Setting.duration("howdah.queue.retry-first", "1s",
            "Pause before the second attempt; it doubles with each further one, give or take a fifth.");
    public static final Setting<Duration> RETRY_MAX = Setting.duration("howdah.queue.retry-max", "5m",
            "Longest pause between two attempts.");
    public static final Setting<Duration> RETENTION = Setting.duration("howdah.queue.retention", "7d",
            "How long ended tasks are kept; queued and started ones are never deleted.");
    public static final Setting<Integer> PAYLOAD_MAX = Setting.integer("howdah.queue.payload-max", 1 << 20, 1,
            64 << 20, "Characters of a payload, as text.");
    public static final Setting<Integer> COMPRESS_FROM = Setting.integer("howdah.queue.compress-from", 0, 0, 64 << 20,
            "Characters from which on payloads and results are compressed; 0 for never.");
    public static final Setting<String> ENCRYPTION_KEYS = Setting.secret("howdah.queue.encryption-keys",
            "Keys as name:Base64 of 32 bytes, separated by commas; the first encrypts payloads and results, all decrypt.");
    public static final Setting<String> WORKER_ID = Setting.text("howdah.queue.worker-id", "",
            "Name of this worker, unique among running ones; made of host and process if empty.", "WORKER_ID");

    private static final double JITTER = 0.2;

    public QueueSettings {
        var problems = SealedPayloads.problems(encryptionKeys);
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        if (heartbeat.isZero() || heartbeat.multipliedBy(2).compareTo(lease) >= 0) {
            throw new ConfigurationException(List.of(heartbeatProblem(lease, heartbeat)));
        }
    }

    /** The defaults. */
    public static QueueSettings defaults() {
        return from(Configuration.of(Map.of()));
    }

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static QueueSettings from(Configuration configuration) {
        var lease = configuration.get(LEASE);
        var heartbeat = configuration.get(HEARTBEAT);
        if (heartbeat.isZero() || heartbeat.multipliedBy(2).compareTo(lease) >= 0) {
            configuration.problem(heartbeatProblem(lease, heartbeat));
            lease = LEASE.defaultValue();
            heartbeat = HEARTBEAT.defaultValue();
        }
        var keys = configuration.get(ENCRYPTION_KEYS);
        var problems = SealedPayloads.problems(keys);
        problems.forEach(configuration::problem);
        return new QueueSettings(configuration.get(CONCURRENCY), lease, heartbeat, configuration.get(POLL_INTERVAL),
                configuration.get(RETRY_FIRST), configuration.get(RETRY_MAX), configuration.get(RETENTION),
                configuration.get(PAYLOAD_MAX), configuration.get(COMPRESS_FROM), problems.isEmpty() ? keys : "",
                configuration.get(WORKER_ID));
    }

    public QueueSettings withConcurrency(int value) {
        return new QueueSettings(value, lease, heartbeat, pollInterval, retryFirst, retryMax, retention, payloadMax,
                compressFrom, encryptionKeys, workerId);
    }

    public QueueSettings withLease(Duration newLease, Duration newHeartbeat) {
        return new QueueSettings(concurrency, newLease, newHeartbeat, pollInterval, retryFirst, retryMax, retention,
                payloadMax,
                compressFrom, encryptionKeys, workerId);
    }

    public QueueSettings withPollInterval(Duration value) {
        return new QueueSettings(concurrency, lease, heartbeat, value, retryFirst, retryMax, retention, payloadMax,
                compressFrom, encryptionKeys, workerId);
    }

    public QueueSettings withRetry(Duration first, Duration max) {
        return new QueueSettings(concurrency, lease, heartbeat, pollInterval, first, max, retention, payloadMax,
                compressFrom, encryptionKeys, workerId);
    }

    /**
     * How long to wait after this attempt has failed: doubles with each one up to the limit; jitter keeps tasks that failed
     * together from coming back together.
     *
     * @param attempt the one that failed, from 1
     */
    public Duration retryPause(int attempt) {
        double pause = (double) retryFirst.toMillis() * Math.pow(2, Math.min(attempt - 1, 40));
        double capped = Math.min(pause, (double) retryMax.toMillis());
        return Duration.ofMillis(Math.round(capped * ThreadLocalRandom.current().nextDouble(1 - JITTER, 1 + JITTER)));
    }

    /** With what payloads and results are written. */
    public PayloadCodec codec() {
        return SealedPayloads.of(encryptionKeys, compressFrom);
    }

    /** Not the keys. */
    @Override
    public String toString() {
        return "QueueSettings[concurrency=" + concurrency + ", lease=" + lease + "]";
    }

    private static String heartbeatProblem(Duration lease, Duration heartbeat) {
        return "howdah.queue.heartbeat is " + heartbeat + " and the lease " + lease
                + "; make the heartbeat less than half the lease";
    }
}
