package dev.howdah.operations.backup;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A backup, as a list shows it. Read without the key and without reading the files: {@link BackupStore#verify} proves it.
 *
 * @param schema the tenant's schema
 * @param takenAt of which moment, by its server's clock
 * @param schemaVersion the highest migration that was applied
 * @param bytes as stored, without the manifest
 * @param key the name of the key that encrypted it; absent if it is plain
 * @param problem why it cannot be read; then the rest says only what the name does
 */
public record Backup(String name, BackupEngine engine, String schema, Instant takenAt, long schemaVersion,
        String howdahVersion, String postgresVersion, int tables, long rows, long bytes, Optional<String> key,
        List<String> notes, Optional<String> problem) {
    public Backup {
        notes = List.copyOf(notes);
    }

    static Backup of(Manifest manifest) {
        return new Backup(manifest.name(), manifest.engine(), manifest.schema(), manifest.takenAt(), manifest
                .schemaVersion(), manifest.howdahVersion(), manifest.postgresVersion(), manifest.tables().size(),
                manifest.rows(), manifest.bytes(), manifest.key(), manifest.notes(), Optional.empty());
    }
}
