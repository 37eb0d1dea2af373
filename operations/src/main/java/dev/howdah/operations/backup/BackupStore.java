package dev.howdah.operations.backup;

import dev.howdah.operations.backup.Manifest.Piece;
import dev.howdah.operations.backup.Retention.Dated;
import dev.howdah.operations.backup.target.BackupName;
import dev.howdah.operations.backup.target.BackupTarget;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.EncryptionKeys;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.UnavailableException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backups of a target. Needs no database, so that they can be found and checked when there is none. Thread-safe.
 */
public final class BackupStore {
    private static final Logger LOG = LoggerFactory.getLogger(BackupStore.class);

    private final BackupTarget target;
    private final BackupSettings settings;
    private final EncryptionKeys keys;
    private final PhysicalBackups physical;

    public BackupStore(BackupTarget target, BackupSettings settings) {
        this.target = target;
        this.settings = settings;
        this.keys = settings.encryption();
        this.physical = new PhysicalBackups(settings);
    }

    /** Those of a whole server. */
    public PhysicalBackups physical() {
        return physical;
    }

    /** Where they are, without secrets. */
    public String location() {
        return target.location();
    }

    /**
     * All backups, the newest first; those whose manifest cannot be read with the problem. Those of a whole server are among them
     * if they are made, or were set up.
     *
     * @throws UnavailableException if the target does not answer
     */
    public List<Backup> list() {
        return Stream.concat(ofSchemas().stream(), physical.isUsed() ? physical.list().stream() : Stream.empty())
                .sorted(
                        Comparator.comparing(Backup::takenAt).reversed())
                .toList();
    }

    private List<Backup> ofSchemas() {
        return names().reversed().stream().map(this::described).toList();
    }

    /**
     * The newest one of a schema that can be read; those of a whole server are not asked.
     *
     * @throws NotFoundException if there is none
     */
    public Backup newest(String schema) {
        return ofSchemas().stream().filter(backup -> backup.problem().isEmpty() && backup.schema().equals(schema))
                .findFirst()
                .orElseThrow(() -> new NotFoundException("backup-not-found", "there is no backup of schema " + schema
                        + " in " + location(), "make one with: howdah backup"));
    }

    /**
     * One backup; its manifest is checked, its files are not.
     *
     * @throws NotFoundException if there is none
     * @throws ConflictException if it is damaged or needs another key
     */
    public Backup get(String name) {
        return PhysicalBackups.isLabel(name) ? physical.get(name) : Backup.of(manifest(name));
    }

    /**
     * Reads every file of a backup to its end and compares it with the manifest.
     *
     * @throws NotFoundException if there is none
     * @throws ConflictException if it is damaged or needs another key; says which file and why
     */
    public VerifyReport verify(String name, BackupProgress progress) {
        return PhysicalBackups.isLabel(name)
                ? physical.verify(name, progress)
                : verify(manifest(name), progress);
    }

    /**
     * Removes the backups of a schema that retention does not keep, and what killed processes have left behind.
     *
     * @return the names of the backups
     * @throws UnavailableException if the target does not answer
     */
    public List<String> prune(String schema, Instant now) {
        var dated = ofSchemas().stream().filter(backup -> backup.schema().equals(schema)).map(backup -> new Dated(backup
                .name(), backup.takenAt(), backup.problem().isEmpty())).toList();
        var removable = settings.retention().removable(dated, now);
        for (var name : removable) {
            remove(name);
        }
        return removable;
    }

    /**
     * Removes a backup.
     *
     * @throws NotFoundException if there is none
     * @throws UnavailableException if the target does not answer
     */
    public void remove(String name) {
        if (!names().contains(BackupName.check(name))) {
            throw new NotFoundException("backup-not-found", "there is no backup " + name + " in " + location(),
                    "see: howdah backups");
        }
        try {
            target.remove(name);
            LOG.info("Removed the backup {}", name);
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    Manifest manifest(String name) {
        return ManifestFile.read(target, BackupName.check(name), keys);
    }

    VerifyReport verify(Manifest manifest, BackupProgress progress) {
        long start = System.nanoTime();
        var tracker = new Tracker(progress, "verify", manifest.bytes());
        var pieces = manifest.pieces().sorted(Comparator.comparingLong(Piece::bytes).reversed()).toList();
        try (var threads = Executors.newFixedThreadPool(settings.parallel(), Thread.ofPlatform().name("howdah-verify-",
                1).daemon().factory())) {
            await(threads, pieces.stream().map(piece -> threads.submit(() -> {
                check(manifest, piece);
                tracker.add(piece.file(), piece.bytes());
                return piece;
            })).toList());
        }
        return new VerifyReport(manifest.name(), pieces.size(), manifest.rows(), manifest.bytes(), pieces.stream()
                .mapToLong(Piece::rawBytes).sum(), Duration.ofNanos(System.nanoTime() - start));
    }

    private static void await(ExecutorService threads, List<Future<Piece>> results) {
        try {
            for (var result : results) {
                result.get();
            }
        } catch (ExecutionException e) {
            threads.shutdownNow();
            throw Failures.of(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
            throw new java.util.concurrent.CancellationException("interrupted");
        }
    }

    private void check(Manifest manifest, Piece piece) throws IOException {
        try (var in = PieceInput.open(target, manifest, piece, keys)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
    }

    private List<String> names() {
        try {
            return target.list();
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    private Backup described(String name) {
        try {
            return Backup.of(ManifestFile.peek(target, name));
        } catch (ConflictException | NotFoundException e) {
            return new Backup(name, BackupEngine.LOGICAL, BackupName.schema(name), BackupName.takenAt(name), 0, "", "",
                    0, 0, 0, Optional.empty(), new ArrayList<>(), Optional.of(e.problem()));
        }
    }

    private UnavailableException unavailable(IOException e) {
        return new UnavailableException("backup-target-unavailable", location() + " cannot be used: " + e.getMessage(),
                "check that it is there, and the rights", e);
    }
}
