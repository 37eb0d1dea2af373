package dev.howdah.operations.imports;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Setting;
import java.time.Duration;
import java.util.Map;

/**
 * How imports run.
 *
 * @param batchRows the most records that are written by one transaction
 * @param batchBytes the most bytes of the source that are written by one transaction, unless a single record has more
 * @param converters threads that convert records
 * @param retries how often a source that is gone is tried again before the import stops
 * @param retryFirst the pause before the first retry; it doubles with each further one
 * @param lease how long the process that runs an import is believed to live without a sign
 * @param recordMax bytes of one record of the source; larger ones are rejected without being read
 */
public record ImportSettings(int batchRows, int batchBytes, int converters, int retries, Duration retryFirst,
        Duration lease, int recordMax) {
    public static final Setting<Integer> BATCH_ROWS = Setting.integer("howdah.operations.import-batch-rows", 2000, 1,
            100_000, "Records that an import writes by one transaction at most.");
    public static final Setting<Integer> BATCH_BYTES = Setting.integer("howdah.operations.import-batch-bytes", 2 << 20,
            1 << 10, 64 << 20,
            "Bytes of the source that an import writes by one transaction at most, unless one record "
                    + "has more; about thirty times as much memory is used.");
    public static final Setting<Integer> CONVERTERS = Setting.integer("howdah.operations.import-converters", 2, 1, 64,
            "Threads that convert records of an import.");
    public static final Setting<Integer> RETRIES = Setting.integer("howdah.operations.import-retries", 5, 0, 100,
            "How often an import tries a source again that is gone, before it stops; the count begins anew when it has come "
                    + "further.");
    public static final Setting<Duration> RETRY_FIRST = Setting.duration("howdah.operations.import-retry-first", "1s",
            "Pause before the first retry; it doubles with each further one.");
    public static final Setting<Duration> LEASE = Setting.duration("howdah.operations.import-lease", "15s",
            "How long the process that runs an import is believed to live without a sign.");
    public static final Setting<Integer> RECORD_MAX = Setting.integer("howdah.operations.import-record-max", 32 << 20,
            1 << 10, 256 << 20,
            "Bytes of one record of an import's source; larger ones are rejected without being read.");

    /** The defaults. */
    public static ImportSettings defaults() {
        return from(Configuration.of(Map.of()));
    }

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static ImportSettings from(Configuration configuration) {
        return new ImportSettings(configuration.get(BATCH_ROWS), configuration.get(BATCH_BYTES),
                configuration.get(CONVERTERS), configuration.get(RETRIES), configuration.get(RETRY_FIRST),
                configuration.get(LEASE), configuration.get(RECORD_MAX));
    }

    /** The same with other batches. */
    public ImportSettings withBatch(int rows, int bytes) {
        return new ImportSettings(rows, bytes, converters, retries, retryFirst, lease, recordMax);
    }

    /** The same with other retries. */
    public ImportSettings withRetries(int count, Duration first) {
        return new ImportSettings(batchRows, batchBytes, converters, count, first, lease, recordMax);
    }

    /** The same with another lease. */
    public ImportSettings withLease(Duration other) {
        return new ImportSettings(batchRows, batchBytes, converters, retries, retryFirst, other, recordMax);
    }
}
