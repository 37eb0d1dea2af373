package dev.howdah.postgres;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a schema stands against what the program knows.
 *
 * @param entries every migration that is known or was applied, by version
 */
public record MigrationStatus(List<Entry> entries) {
    public MigrationStatus {
        entries = List.copyOf(entries);
    }

    /** How one migration stands. */
    public enum State {
        /** Known, not applied. */
        PENDING,
        /** Applied as it is known. */
        APPLIED,
        /** Applied, but the file was edited since. */
        CHANGED,
        /** Applied by a newer program; this one can roll it back with the stored script. */
        NEWER,
        /** Non-transactional and interrupted; {@code up} goes on with it. */
        INTERRUPTED
    }

    /**
     * One migration.
     *
     * @param reversible whether there is a script to undo it
     */
    public record Entry(long version, String module, String name, State state, boolean reversible,
            Optional<Instant> appliedAt, Optional<Duration> duration) {}

    public List<Entry> pending() {
        return entries.stream().filter(e -> e.state == State.PENDING || e.state == State.INTERRUPTED).toList();
    }

    /** The highest version that is applied; 0 for none. */
    public long version() {
        return entries.stream().filter(e -> e.state != State.PENDING).mapToLong(Entry::version).max().orElse(0);
    }

    /** Whether the schema is what this program needs. */
    public boolean isUpToDate() {
        return pending().isEmpty();
    }
}
