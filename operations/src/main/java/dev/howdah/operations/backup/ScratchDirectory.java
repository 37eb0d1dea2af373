package dev.howdah.operations.backup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A directory for a while, which only this user can read, removed at the end with everything in it. */
record ScratchDirectory(Path path) implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScratchDirectory.class);
    private static final String PREFIX = "howdah-scratch-";

    static ScratchDirectory create() {
        try {
            return new ScratchDirectory(Files.createTempDirectory(PREFIX));
        } catch (IOException e) {
            throw Failures.of(e);
        }
    }

    @Override
    public void close() {
        try (var files = Files.walk(path)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("The directory {} was not removed whole: {}", path, e.getMessage());
        }
    }
}
