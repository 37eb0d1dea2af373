package dev.howdah.operations.backup;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a backup holds: enough to check and restore it without the database that it came from.
 *
 * @param format the version of this form
 * @param name of the backup
 * @param engine what wrote the files
 * @param howdahVersion of the program that made it
 * @param schema the tenant's schema
 * @param migrations those that were applied, in their order
 * @param postgresVersion of the server
 * @param takenAt the time of the snapshot, by the server's clock
 * @param lsn where the log was then
 * @param key the name of the key that encrypted the files; absent if they are plain
 * @param tables all tables of the schema, partitions as tables of their own
 * @param sequences where sequences and identities stand
 * @param extensions that tables and indexes need
 * @param files those that hold no single table: of {@code pg_dump}
 * @param notes what the reader should know, such as what was left out
 */
record Manifest(int format, String name, BackupEngine engine, String howdahVersion, String schema,
        List<AppliedMigration> migrations, String postgresVersion, Instant takenAt, String lsn, Optional<String> key,
        List<Table> tables, List<Sequence> sequences, List<String> extensions, List<Piece> files, List<String> notes) {
    /** What this program writes, and the newest that it reads. */
    static final int FORMAT = 1;

    Manifest {
        migrations = List.copyOf(migrations);
        tables = List.copyOf(tables);
        sequences = List.copyOf(sequences);
        extensions = List.copyOf(extensions);
        files = List.copyOf(files);
        notes = List.copyOf(notes);
    }

    /** A migration that was applied. */
    record AppliedMigration(long version, String module, String name, String checksum) {}

    /**
     * A table that holds rows.
     *
     * @param partition if it is one: of which table, and with which bounds
     * @param options storage parameters, as {@code name=value}
     * @param constraints primary key, unique ones, checks and foreign keys
     * @param indexes those that no constraint stands for
     * @param contentLeftOut whether only its definition is here
     * @param binary whether rows are in the binary format of COPY, otherwise in the text format
     * @param rows how many
     */
    record Table(String name, Optional<Partition> partition, List<String> options, List<Column> columns,
            List<Constraint> constraints, List<Index> indexes, boolean contentLeftOut, boolean binary, long rows,
            List<Piece> pieces) {
        Table {
            options = List.copyOf(options);
            columns = List.copyOf(columns);
            constraints = List.copyOf(constraints);
            indexes = List.copyOf(indexes);
            pieces = List.copyOf(pieces);
        }

        Table with(long counted, List<Piece> written) {
            return new Table(name, partition, options, columns, constraints, indexes, contentLeftOut, binary, counted,
                    written);
        }

        Table withoutContent() {
            return new Table(name, partition, options, columns, constraints, indexes, true, binary, 0, List.of());
        }

        /** The columns that have values of their own, for COPY. */
        String copied() {
            return Sql
                    .names(columns.stream().filter(column -> column.generated().isEmpty()).map(Column::name).toList());
        }
    }

    /**
     * Where a partition belongs.
     *
     * @param bound as in {@code ATTACH PARTITION name bound}
     */
    record Partition(String parent, String bound) {
        boolean isDefault() {
            return bound.equals("DEFAULT");
        }
    }

    /**
     * A column.
     *
     * @param defaultValue an expression; of a generated column: what generates it
     * @param identity {@code a} for always, {@code d} for by default, otherwise empty
     * @param generated {@code s} for stored, {@code v} for virtual, otherwise empty
     */
    record Column(String name, String type, boolean notNull, Optional<String> defaultValue, String identity,
            String generated) {}

    /**
     * A constraint.
     *
     * @param kind {@code p}rimary key, {@code u}nique, {@code x} for exclusion, {@code c}heck, {@code f}oreign key
     * @param inherited whether it comes from the table that this is a partition of
     */
    record Constraint(String name, String kind, String definition, boolean inherited) {}

    /** An index. */
    record Index(String name, String definition, Optional<String> comment) {}

    /** Where a sequence stands; absent if it gave no number yet. */
    record Sequence(String name, Optional<Long> last) {}

    /**
     * A file.
     *
     * @param rows of a table in it
     * @param rawBytes before compression and encryption
     * @param bytes as stored
     * @param sha256 of what is stored, in hexadecimal digits
     */
    record Piece(String file, long rows, long rawBytes, long bytes, String sha256) {}

    /** All files but the manifest. */
    Stream<Piece> pieces() {
        return Stream.concat(files.stream(), tables.stream().flatMap(table -> table.pieces().stream()));
    }

    long rows() {
        return tables.stream().mapToLong(Table::rows).sum();
    }

    long bytes() {
        return pieces().mapToLong(Piece::bytes).sum();
    }

    /** The highest migration; 0 for none. */
    long schemaVersion() {
        return migrations.stream().mapToLong(AppliedMigration::version).max().orElse(0);
    }
}
