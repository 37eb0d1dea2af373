package dev.howdah.operations.backup.target;

import dev.howdah.postgres.UnavailableException;
import java.io.BufferedInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Backups as directories below one. One that is being written has the name {@code .<name>.partial} and is renamed at the end;
 * its process holds a lock on the marker in it, which the system gives up when the process dies, so that the rest of a killed
 * one is told from one that is being written. Directories have mode 0700, files 0600.
 */
public final class DirectoryTarget implements BackupTarget {
    /** In every directory that we made. */
    private static final String MARKER = ".howdah-backup";
    private static final String PARTIAL = ".partial";
    private static final String REMOVING = ".removing";
    private static final Pattern FILE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}");
    private static final int BUFFER = 1 << 18;
    private static final FileAttribute<?> OF_DIRECTORY = PosixFilePermissions.asFileAttribute(PosixFilePermissions
            .fromString("rwx------"));
    private static final FileAttribute<?> OF_FILE = PosixFilePermissions.asFileAttribute(PosixFilePermissions
            .fromString("rw-------"));

    private final Path root;

    /** Backups below a directory, which is made when the first one is. */
    public DirectoryTarget(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    @Override
    public String location() {
        return root.toString();
    }

    @Override
    public List<String> list() throws IOException {
        return entries().stream().filter(BackupName::is).filter(name -> Files.isRegularFile(root.resolve(name).resolve(
                MANIFEST), LinkOption.NOFOLLOW_LINKS)).sorted(BackupName.BY_TIME).toList();
    }

    @Override
    public InputStream open(String name, String file) throws IOException {
        return new BufferedInputStream(Files.newInputStream(path(root.resolve(BackupName.check(name)), file)), BUFFER);
    }

    @Override
    public Unfinished begin(String name) throws IOException {
        makeRoot();
        var directory = Files.createDirectory(root.resolve("." + BackupName.check(name) + PARTIAL), OF_DIRECTORY);
        return new Partial(name, directory, lock(directory));
    }

    @Override
    public void remove(String name) throws IOException {
        var directory = root.resolve(BackupName.check(name));
        if (!Files.isRegularFile(directory.resolve(MARKER), LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(directory.toString(), null, "it is no backup that we made");
        }
        var removing = Files.move(directory, root.resolve("." + name + REMOVING), StandardCopyOption.ATOMIC_MOVE);
        delete(removing);
    }

    @Override
    public List<String> removeRemains(Duration age) throws IOException {
        var removed = new ArrayList<String>();
        for (var entry : entries()) {
            if (isRemains(entry, age)) {
                delete(root.resolve(entry));
                removed.add(entry);
            }
        }
        return removed;
    }

    private boolean isRemains(String entry, Duration age) throws IOException {
        var directory = root.resolve(entry);
        if (isOurs(entry, REMOVING)) {
            return true;
        }
        if (!isOurs(entry, PARTIAL)) {
            return false;
        }
        if (!Files.exists(directory.resolve(MARKER))) { // killed between two calls, or about to make it
            return Files.getLastModifiedTime(directory).toInstant().isBefore(Instant.now().minus(age));
        }
        return isDead(directory.resolve(MARKER));
    }

    /** Whether nobody holds the marker. */
    private static boolean isDead(Path marker) throws IOException {
        try (var channel = FileChannel.open(marker, StandardOpenOption.WRITE)) {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // this process does
        }
    }

    private static boolean isOurs(String entry, String ending) {
        return entry.startsWith(".") && entry.endsWith(ending)
                && BackupName.is(entry.substring(1, entry.length() - ending.length()));
    }

    private List<String> entries() throws IOException {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (var files = Files.list(root)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private void makeRoot() throws IOException {
        if (!Files.isDirectory(root)) {
            Files.createDirectories(root.getParent());
            Files.createDirectory(root, OF_DIRECTORY);
        }
        if (!Files.isWritable(root)) {
            throw new UnavailableException("backup-target-unavailable", "the directory " + root + " is not writable",
                    "let this user write to it, or name another one in howdah.operations.backup-target", null);
        }
    }

    private static Path path(Path directory, String file) throws IOException {
        if (!FILE.matcher(file).matches()) {
            throw new IOException("\"" + file + "\" is no name of a file of a backup");
        }
        return directory.resolve(file);
    }

    private static FileLock lock(Path directory) throws IOException {
        var channel = FileChannel.open(directory.resolve(MARKER), Set.of(StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE), OF_FILE);
        var lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw new IOException(directory + " is locked by another process");
        }
        return lock;
    }

    /** The marker goes last: what is left by a process that is killed meanwhile is still known as ours. */
    private static void delete(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (var file : files.filter(file -> !file.endsWith(MARKER)).toList()) {
                Files.delete(file);
            }
        }
        Files.deleteIfExists(directory.resolve(MARKER));
        Files.delete(directory);
    }

    private static void sync(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory)) {
            channel.force(true);
        }
    }

    private final class Partial implements Unfinished {
        private final String name;
        private final Path directory;
        private final FileLock lock;
        private boolean published;

        Partial(String name, Path directory, FileLock lock) {
            this.name = name;
            this.directory = directory;
            this.lock = lock;
        }

        @Override
        public OutputStream file(String file) throws IOException {
            var channel = FileChannel.open(path(directory, file), Set.of(StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE), OF_FILE);
            return new Synced(channel);
        }

        @Override
        public void publish(byte[] manifest) throws IOException {
            try (var out = file(MANIFEST)) {
                out.write(manifest);
            }
            sync(directory);
            Files.move(directory, root.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            published = true;
            sync(root);
        }

        @Override
        public void close() throws IOException {
            try (var _ = lock.channel()) {
                if (!published) {
                    delete(directory);
                }
            }
        }
    }

    /** A file that is on disk once it is closed. */
    private static final class Synced extends FilterOutputStream {
        private final FileChannel channel;

        Synced(FileChannel channel) {
            super(Channels.newOutputStream(channel));
            this.channel = channel;
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
        }

        @Override
        public void close() throws IOException {
            try (channel) {
                if (channel.isOpen()) {
                    channel.force(true);
                }
            }
        }
    }
}
