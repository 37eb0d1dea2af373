package dev.howdah.operations.backup;

import dev.howdah.operations.backup.Manifest.Piece;
import dev.howdah.operations.backup.Manifest.Sequence;
import dev.howdah.operations.backup.Manifest.Table;
import dev.howdah.operations.backup.target.BackupName;
import dev.howdah.operations.backup.target.BackupTarget;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.EncryptionKeys;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Copies all tables of a schema as they are at one moment. One transaction exports its snapshot and stays open; several
 * connections read under the same snapshot, a large table in several pieces by ranges of its pages. Rows go from COPY through
 * compression and encryption into a file each, so that memory does not grow with the data.
 *
 * <p>The first transaction locks the tables (ACCESS SHARE), so that none is dropped meanwhile; one that is dropped before that makes
 * it begin anew. Sequences do not belong to snapshots: they are read last, so that they stand behind every number in the tables.
 */
final class LogicalBackup {
    private static final int ATTEMPTS_MAX = 3;
    private static final String UNDEFINED_TABLE = "42P01";

    private final Database database;
    private final BackupTarget target;
    private final BackupSettings settings;
    private final EncryptionKeys keys;
    private final String version;

    LogicalBackup(Database database, BackupTarget target, BackupSettings settings, String version) {
        this.database = database;
        this.target = target;
        this.settings = settings;
        this.keys = settings.encryption();
        this.version = version;
    }

    /**
     * A part of a table.
     *
     * @param condition which rows; empty for all
     */
    private record Part(Table table, int number, String file, String condition, long bytes) {}

    Manifest run(BackupProgress progress) {
        var result = new Result();
        database.useOwnConnection(connection -> {
            Sessions.prepare(connection);
            connection.setAutoCommit(false);
            try {
                result.manifest = backup(connection, progress);
            } catch (IOException | SQLException | RuntimeException e) {
                throw Failures.of(e);
            } finally {
                connection.rollback();
            }
        });
        return result.get();
    }

    private static final class Result {
        @Nullable
        Manifest manifest;

        Manifest get() {
            if (manifest == null) {
                throw new IllegalStateException("neither failed nor done");
            }
            return manifest;
        }
    }

    private Manifest backup(Connection connection, BackupProgress progress) throws IOException, SQLException {
        var handle = Jdbi.open(connection);
        var source = source(connection, handle);
        var name = BackupName.of(database.settings().schema(), source.takenAt());
        try (var unfinished = target.begin(name)) {
            var pieces = copy(source, name, unfinished, progress);
            var sequences = handle.createQuery(CatalogueSql.SEQUENCES).bind("schema", database.settings().schema())
                    .map((row, _) -> new Sequence(row.getString("name"), Optional.ofNullable((Long) row.getObject(
                            "last"))))
                    .list();
            var manifest = manifest(name, source, pieces, sequences);
            unfinished.publish(ManifestFile.write(manifest, keys));
            return manifest;
        }
    }

    private SnapshotSource source(Connection connection, Handle handle) throws SQLException {
        for (int attempt = 1;; attempt++) {
            Sessions.execute(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            var source = SnapshotSource.read(handle, database.settings().schema());
            try {
                Sessions.execute(connection, "LOCK TABLE " + Sql.names(source.catalogue().tables().stream().map(
                        found -> found.table().name()).toList()) + " IN ACCESS SHARE MODE");
                return source;
            } catch (SQLException e) {
                connection.rollback();
                if (!UNDEFINED_TABLE.equals(e.getSQLState()) || attempt == ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    private Map<String, Map<Integer, Piece>> copy(SnapshotSource source, String name,
            BackupTarget.Unfinished unfinished,
            BackupProgress progress) {
        var parts = new ArrayList<Part>();
        int number = 0;
        for (var found : source.catalogue().tables()) {
            number++;
            if (!isLeftOut(found)) {
                parts.addAll(parts(found, number, source.blockBytes()));
            }
        }
        parts.sort(Comparator.comparingLong(Part::bytes).reversed()); // the largest ones first, so that none is alone at the end
        var tracker = new Tracker(progress, "copy", parts.stream().mapToLong(Part::bytes).sum());
        var pieces = new ConcurrentHashMap<String, Map<Integer, Piece>>();
        new Crew(database, settings.parallel(), connection -> {
            Sessions.prepare(connection);
            connection.setAutoCommit(false);
            Sessions.execute(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            Sessions.execute(connection, "SET TRANSACTION SNAPSHOT " + Sql.literal(source.snapshot()));
        }).run(parts.stream().<Crew.Job>map(part -> (connection, signal) -> {
            var piece = copy(part, name, unfinished, connection, signal);
            var ofTable = pieces.computeIfAbsent(part.table().name(), _ -> new ConcurrentHashMap<>());
            ofTable.put(part.number(), piece);
            tracker.add(part.table().name(), part.bytes());
        }).toList());
        return pieces;
    }

    private boolean isLeftOut(Catalogue.Found found) {
        return found.unlogged() && !settings.includeUnlogged();
    }

    /** Without a word in between: pages that are added behind the last range were added after the snapshot, or belong to it. */
    private List<Part> parts(Catalogue.Found found, int number, long blockBytes) {
        long blocksPerPart = Math.max(1, settings.pieceBytes() / blockBytes);
        long blocks = found.heapBytes() / blockBytes;
        int count = (int) Math.max(1, (blocks + blocksPerPart - 1) / blocksPerPart);
        var parts = new ArrayList<Part>(count);
        for (int i = 0; i < count; i++) {
            var from = i == 0 ? "" : "ctid >= '(" + i * blocksPerPart + ",0)'::tid";
            var to = i == count - 1 ? "" : "ctid < '(" + (i + 1) * blocksPerPart + ",0)'::tid";
            var condition = from.isEmpty() || to.isEmpty() ? from + to : from + " AND " + to;
            var file = "t%04d.%04d.copy.zst%s".formatted(number, i + 1, keys.current().isPresent() ? ".sealed" : "");
            parts.add(new Part(found.table(), i, file, condition, found.bytes() / count));
        }
        return parts;
    }

    private Piece copy(Part part, String name, BackupTarget.Unfinished unfinished, Connection connection,
            Crew.Signal signal) throws SQLException, IOException {
        var table = part.table();
        var what = part.condition().isEmpty()
                ? Sql.name(table.name()) + (table.copied().isEmpty() ? "" : " (" + table.copied() + ")")
                : "(SELECT " + table.copied() + " FROM ONLY " + Sql.name(table.name()) + " WHERE " + part.condition()
                        + ")";
        try (var out = PieceOutput.create(unfinished, name, part.file(), keys, settings.compressionLevel())) {
            var copy = connection.unwrap(PGConnection.class).getCopyAPI()
                    .copyOut("COPY " + what + " TO STDOUT (FORMAT " + (table.binary() ? "binary" : "text") + ")");
            try {
                for (var bytes = copy.readFromCopy(); bytes != null; bytes = copy.readFromCopy()) {
                    signal.check();
                    out.write(bytes, 0, bytes.length);
                }
            } finally {
                if (copy.isActive()) {
                    copy.cancelCopy();
                }
            }
            return out.finish(copy.getHandledRowCount());
        }
    }

    private Manifest manifest(String name, SnapshotSource source, Map<String, Map<Integer, Piece>> pieces,
            List<Sequence> sequences) {
        var tables = source.catalogue().tables().stream().map(found -> {
            var ofTable = List.copyOf(new TreeMap<>(pieces.getOrDefault(found.table().name(), Map.of())).values());
            var table = found.table().with(ofTable.stream().mapToLong(Piece::rows).sum(), ofTable);
            return isLeftOut(found) ? table.withoutContent() : table;
        }).toList();
        var leftOut = tables.stream().filter(Table::contentLeftOut).map(Table::name).collect(Collectors.joining(", "));
        var notes = leftOut.isEmpty()
                ? List.<String>of()
                : List.of("the content of unlogged tables, which the server itself forgets, was left out: " + leftOut);
        return new Manifest(Manifest.FORMAT, name, BackupEngine.LOGICAL, version, database.settings().schema(), source
                .migrations(), source.postgresVersion(), source.takenAt(), source.lsn(), keys.current(), tables,
                sequences, source.extensions(), List.of(), notes);
    }
}
