package dev.howdah.operations.imports;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * An import as its row tells of it.
 *
 * @param kind what is read: {@code redis}, {@code rdb}, {@code mongo}, {@code bson} or {@code json}
 * @param source from where, without secrets
 * @param target to where
 * @param part the database, collection or file that is being read; absent before the first and after the last
 * @param report what has been found and done so far
 * @param error why it stopped
 * @param leaseUntil until when the process that runs it is believed to live; only while it is running
 */
public record Import(UUID id, String kind, String source, String target, ImportState state, Optional<String> part,
        ImportReport report, Optional<String> error, Optional<Instant> leaseUntil, Instant startedAt,
        Instant updatedAt, Optional<Instant> endedAt) {}
