package dev.howdah.operations.backup;

import java.util.Locale;

/** What writes the files of a backup and reads them again. */
public enum BackupEngine {
    /** Our own: COPY of every table from one snapshot. Always there, restores into any schema. */
    LOGICAL,
    /** PostgreSQL's {@code pg_dump} and {@code pg_restore}, where they are installed. */
    DUMP,
    /** pgBackRest, where it is installed: the whole server with its log, restored to any point in time. */
    PGBACKREST;

    /** As it is written. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
