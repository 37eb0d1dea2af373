package dev.howdah.operations.inspection;

import java.time.Instant;
import java.util.Optional;

/**
 * What a table takes on disk.
 *
 * @param name quoted where it has to be
 * @param parent the partitioned table that it is a part of
 * @param liveRows estimated by the server
 * @param deadRows not yet removed; estimated by the server
 * @param tableBytes without what is stored outside of rows
 * @param indexBytes of all its indexes
 * @param toastBytes large values, stored outside of rows
 * @param vacuumedAt when dead rows were last removed, by whomever
 * @param analyzedAt when statistics were last made, by whomever
 */
public record TableSize(String name, Optional<String> parent, long liveRows, long deadRows, long tableBytes,
        long indexBytes, long toastBytes, Optional<Instant> vacuumedAt, Optional<Instant> analyzedAt) {
    /** Everything together. */
    public long totalBytes() {
        return tableBytes + indexBytes + toastBytes;
    }
}
