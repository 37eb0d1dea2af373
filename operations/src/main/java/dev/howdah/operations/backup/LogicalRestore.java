package dev.howdah.operations.backup;

import dev.howdah.operations.backup.Manifest.Piece;
import dev.howdah.operations.backup.Manifest.Table;
import dev.howdah.operations.backup.target.BackupTarget;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.EncryptionKeys;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.PGConnection;

/**
 * Fills an empty schema from a backup: migrations up to its version make the tables; indexes and constraints are taken away, rows
 * are copied in, then they are made again, so that each is built once and every constraint is checked. What was made while running,
 * such as partitions, comes from the manifest. Nobody works with the schema until this has ended.
 */
final class LogicalRestore {
    private static final int BUFFER = 1 << 16;

    private final Database scratch;
    private final BackupTarget target;
    private final Manifest manifest;
    private final EncryptionKeys keys;
    private final int parallel;
    private final BackupProgress progress;
    private final List<String> warnings = new ArrayList<>();

    /**
     * A restore.
     *
     * @param scratch of the schema that is filled
     */
    LogicalRestore(Database scratch, BackupTarget target, Manifest manifest, BackupSettings settings,
            BackupProgress progress) {
        this.scratch = scratch;
        this.target = target;
        this.manifest = manifest;
        this.keys = settings.encryption();
        this.parallel = settings.parallel();
        this.progress = progress;
    }

    /**
     * Restores.
     *
     * @param known the migrations of this program; those of the backup are among them
     * @return what is not as it was
     */
    List<String> run(Migrations known) {
        var applied = manifest.migrations().stream().map(Manifest.AppliedMigration::version)
                .collect(Collectors.toSet());
        new Migrator(scratch, Migrations.of(known.all().stream().filter(migration -> applied.contains(migration
                .version())).toList())).up();
        makeExtensions();
        var definition = new RestoredDefinition(manifest, scratch.settings().schema());
        alone(definition::strip);
        load();
        new Crew(scratch, parallel, Sessions::prepareLoad).run(indexJobs(definition));
        alone(definition::complete);
        analyze();
        alone(definition::check);
        warnings.addAll(definition.warnings());
        return warnings;
    }

    private void alone(Crew.Preparation work) {
        new Crew(scratch, 1, Sessions::prepareLoad).run(List.of((connection, _) -> work.run(connection)));
    }

    private void makeExtensions() {
        for (var extension : manifest.extensions()) {
            try {
                alone(connection -> Sessions.execute(connection, "CREATE EXTENSION IF NOT EXISTS " + Sql.name(extension)
                        + " SCHEMA public"));
            } catch (RuntimeException e) {
                warnings.add("the extension " + extension + " cannot be made here: " + e.getMessage());
            }
        }
    }

    private record Load(Table table, Piece piece) {}

    private void load() {
        var loads = manifest.tables().stream().flatMap(table -> table.pieces().stream().map(piece -> new Load(table,
                piece))).sorted(Comparator.comparingLong((Load load) -> load.piece.bytes()).reversed()).toList();
        var tracker = new Tracker(progress, "load", manifest.bytes());
        var counted = new ConcurrentHashMap<String, LongAdder>();
        new Crew(scratch, parallel, Sessions::prepareLoad).run(loads.stream().<Crew.Job>map(load -> (connection,
                signal) -> {
            counted.computeIfAbsent(load.table.name(), _ -> new LongAdder()).add(load(connection, load, signal));
            tracker.add(load.table.name(), load.piece.bytes());
        }).toList());
        for (var table : manifest.tables()) {
            long rows = counted.getOrDefault(table.name(), new LongAdder()).sum();
            if (rows != table.rows()) {
                throw new ConflictException("restore-incomplete", "table " + table.name() + " has " + rows
                        + " rows, but " + table.rows() + " were backed up", "use another backup, and report this");
            }
        }
    }

    private long load(Connection connection, Load load, Crew.Signal signal) throws SQLException, IOException {
        var table = load.table;
        var columns = table.copied().isEmpty() ? "" : " (" + table.copied() + ")";
        var copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY " + Sql.name(table.name()) + columns
                + " FROM STDIN (FORMAT " + (table.binary() ? "binary" : "text") + ")");
        try (var in = PieceInput.open(target, manifest, load.piece, keys)) {
            var buffer = new byte[BUFFER];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                signal.check();
                copy.writeToCopy(buffer, 0, count);
            }
            return copy.endCopy(); // only after the end was read, which is where the file is checked
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private List<Crew.Job> indexJobs(RestoredDefinition definition) {
        var tracker = new Tracker(progress, "index", manifest.tables().size());
        return manifest.tables().stream().sorted(Comparator.comparingLong((Table table) -> table.pieces().stream()
                .mapToLong(Piece::rawBytes).sum()).reversed()).<Crew.Job>map(table -> (connection, signal) -> {
                    definition.index(connection, table, signal);
                    tracker.add(table.name(), 1);
                }).toList();
    }

    private void analyze() {
        var parents = manifest.tables().stream().flatMap(table -> table.partition().stream()).map(
                Manifest.Partition::parent).distinct();
        var names = Stream.concat(manifest.tables().stream().map(Table::name), parents).toList();
        var tracker = new Tracker(progress, "analyze", names.size());
        new Crew(scratch, parallel, Sessions::prepareLoad).run(names.stream().<Crew.Job>map(name -> (connection, _) -> {
            Sessions.execute(connection, "ANALYZE " + Sql.name(name));
            tracker.add(name, 1);
        }).toList());
    }
}
