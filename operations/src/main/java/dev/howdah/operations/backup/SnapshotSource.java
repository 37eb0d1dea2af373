package dev.howdah.operations.backup;

import dev.howdah.operations.backup.Manifest.AppliedMigration;
import dev.howdah.postgres.NotFoundException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * A schema at a moment, of which a backup is to be made.
 *
 * @param snapshot under which other connections see the same, as long as the transaction that exported it lives
 */
record SnapshotSource(String snapshot, Instant takenAt, String lsn, String postgresVersion, long blockBytes,
        List<AppliedMigration> migrations, Catalogue catalogue, List<String> extensions) {
    /**
     * Reads it in the handle's transaction.
     *
     * @throws NotFoundException if the schema holds no history of migrations
     */
    static SnapshotSource read(Handle handle, String schema) {
        if (!handle.createQuery(CatalogueSql.HAS_HISTORY).bind("schema", schema).mapTo(Boolean.class).one()) {
            throw new NotFoundException("backup-nothing", "the schema " + schema + " holds nothing of Howdah",
                    "name another one in howdah.database.schema, or make it with: howdah migrate up");
        }
        var migrations = handle.createQuery(CatalogueSql.MIGRATIONS).map((row, _) -> new AppliedMigration(row.getLong(
                "version"), row.getString("module"), row.getString("name"), row.getString("checksum"))).list();
        var extensions = handle.createQuery(CatalogueSql.EXTENSIONS).bind("schema", schema).mapTo(String.class).list();
        return handle.createQuery(CatalogueSql.SNAPSHOT)
                .map((row, _) -> new SnapshotSource(row.getString("snapshot"), row
                        .getObject("taken_at", OffsetDateTime.class).toInstant(), row.getString("lsn"),
                        row.getString(
                                "version"),
                        row.getLong("block_bytes"), migrations, Catalogue.read(handle, schema), extensions))
                .one();
    }
}
