package dev.howdah.operations.backup.target;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;

/**
 * A place that keeps backups. A backup is a name with files, one of which is its manifest; without the manifest it does not
 * exist. Only names of our form are listed, and only what carries our marker is ever removed. Thread-safe.
 */
public interface BackupTarget {
    /** The file that makes a backup exist. */
    String MANIFEST = "manifest.json";
    /** The most bytes of a manifest. */
    int MANIFEST_MAX = 64 << 20;

    /** Where it is, without secrets. */
    String location();

    /** The names of all backups, oldest first. */
    List<String> list() throws IOException;

    /** The bytes of a manifest. */
    default byte[] manifest(String name) throws IOException {
        try (var in = open(name, MANIFEST)) {
            var bytes = in.readNBytes(MANIFEST_MAX + 1);
            if (bytes.length > MANIFEST_MAX) {
                throw new IOException("the manifest of " + name + " has more than " + MANIFEST_MAX + " bytes");
            }
            return bytes;
        }
    }

    /**
     * A file of a backup, to be closed.
     *
     * @throws java.nio.file.NoSuchFileException if there is no such backup or file
     */
    InputStream open(String name, String file) throws IOException;

    /** Begins a backup, which nobody sees until it is published. */
    Unfinished begin(String name) throws IOException;

    /** Removes a backup; its manifest goes first, so that a half removed one does not exist. */
    void remove(String name) throws IOException;

    /**
     * Removes what processes that were killed have left behind.
     *
     * @param age where it cannot be told whether such a process still lives, how old the rest must be
     * @return the names of what was removed
     */
    List<String> removeRemains(Duration age) throws IOException;

    /** A backup that is being written. Its files may be written by several threads. */
    interface Unfinished extends AutoCloseable {
        /** A new file; it is stored when the stream is closed. */
        OutputStream file(String name) throws IOException;

        /** Stores the manifest as the last file; from then on the backup exists. */
        void publish(byte[] manifest) throws IOException;

        /** Removes everything, unless it was published. */
        @Override
        void close() throws IOException;
    }
}
