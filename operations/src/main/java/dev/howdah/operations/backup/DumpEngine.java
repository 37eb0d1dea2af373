package dev.howdah.operations.backup;

import dev.howdah.operations.backup.Manifest.Piece;
import dev.howdah.operations.backup.target.BackupName;
import dev.howdah.operations.backup.target.BackupTarget;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.EncryptionKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Backups by {@code pg_dump} in its directory format, whose files are kept, sealed and checked like ours. It restores into the schema
 * of the same name only, in one transaction, so that a restore that is killed leaves nothing; that is why it does not work in
 * parallel. The dump is on this machine's disk for a while, in the directory for temporary files.
 */
final class DumpEngine {
    private static final String MAJOR = "SELECT current_setting('server_version_num')::integer / 10000";

    private final Database database;
    private final BackupTarget target;
    private final BackupSettings settings;
    private final EncryptionKeys keys;
    private final DumpPrograms programs;
    private final String version;

    DumpEngine(Database database, BackupTarget target, BackupSettings settings, String version) {
        this.database = database;
        this.target = target;
        this.settings = settings;
        this.keys = settings.encryption();
        this.programs = new DumpPrograms(database.settings(), settings.programs());
        this.version = version;
    }

    Manifest run(BackupProgress progress) {
        programs.require("pg_dump", serverMajor());
        var schema = database.settings().schema();
        var source = database.inTransaction(tx -> SnapshotSource.read(tx.handle(), schema));
        var name = BackupName.of(schema, source.takenAt());
        try (var scratch = ScratchDirectory.create(); var unfinished = target.begin(name)) {
            var dump = scratch.path().resolve("dump");
            programs.run("pg_dump", List.of("--format=directory", "--jobs=" + settings.parallel(), "--schema=" + schema,
                    "--no-owner", "--no-privileges", "--file=" + dump), progress);
            var manifest = new Manifest(Manifest.FORMAT, name, BackupEngine.DUMP, version, schema, source.migrations(),
                    source.postgresVersion(), source.takenAt(), source.lsn(), keys.current(), List.of(), List.of(),
                    source.extensions(), store(dump, name, unfinished, progress), List.of(
                            "made by pg_dump: rows are not counted, and the moment is shortly after the time"));
            unfinished.publish(ManifestFile.write(manifest, keys));
            return manifest;
        } catch (IOException e) {
            throw Failures.of(e);
        }
    }

    private List<Piece> store(Path dump, String name, BackupTarget.Unfinished unfinished, BackupProgress progress)
            throws IOException {
        List<Path> files;
        try (var list = Files.list(dump)) {
            files = list.sorted().toList();
        }
        var tracker = new Tracker(progress, "store", files.size());
        var pieces = new ArrayList<Piece>();
        for (var file : files) {
            try (var out = PieceOutput.create(unfinished, name, file.getFileName().toString(), keys, 0)) {
                Files.copy(file, out);
                pieces.add(out.finish(0));
            }
            tracker.add(file.getFileName().toString(), 1);
        }
        return pieces;
    }

    /** Restores a backup whose files were checked. */
    RestoreReport restore(Manifest manifest, RestorePlan plan, BackupProgress progress) {
        long start = System.nanoTime();
        programs.require("pg_restore", serverMajor());
        checkTarget(manifest, plan);
        try (var scratch = ScratchDirectory.create()) {
            var dump = Files.createDirectory(scratch.path().resolve("dump"));
            for (var piece : manifest.files()) {
                try (var in = PieceInput.open(target, manifest, piece, keys)) {
                    Files.copy(in, dump.resolve(piece.file()));
                }
            }
            for (var extension : manifest.extensions()) {
                database.withHandle(handle -> handle.execute("CREATE EXTENSION IF NOT EXISTS " + Sql.name(extension)
                        + " SCHEMA public"));
            }
            database.withHandle(handle -> handle.execute("DROP SCHEMA IF EXISTS " + Sql.name(manifest.schema())));
            programs.run("pg_restore",
                    List.of("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
                            dump.toString()),
                    progress);
        } catch (IOException e) {
            throw Failures.of(e);
        }
        return new RestoreReport(manifest.name(), manifest.schema(), manifest.takenAt(), 0, 0, manifest.bytes(),
                Duration
                        .ofNanos(System.nanoTime() - start),
                Optional.empty(), List.of("made by pg_dump: rows were not counted"));
    }

    private void checkTarget(Manifest manifest, RestorePlan plan) {
        var schema = plan.into().orElse(database.settings().schema());
        if (!schema.equals(manifest.schema())) {
            throw new ConflictException("restore-engine-schema",
                    manifest.name() + " was made by pg_dump, which restores "
                            + "into schema " + manifest.schema() + " only, not into " + schema,
                    "restore it under that name, in another database if need be");
        }
        boolean isEmpty = database.withHandle(handle -> handle.createQuery(CatalogueSql.IS_EMPTY).bind("schema", schema)
                .mapTo(Boolean.class).one());
        if (!isEmpty) {
            throw new ConflictException("restore-target-not-empty", "the schema " + schema + " holds something",
                    "rename it aside first: ALTER SCHEMA " + schema + " RENAME TO " + schema + "_old");
        }
    }

    private int serverMajor() {
        return database.withHandle(handle -> handle.createQuery(MAJOR).mapTo(Integer.class).one());
    }
}
