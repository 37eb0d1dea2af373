package dev.howdah.operations.imports;

import dev.howdah.postgres.InvalidInputException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Files that are read, whether they are compressed by gzip or not. */
final class SourceFiles {
    /** More are most likely the wrong directory. */
    static final int FILES_MAX = 100_000;
    private static final int BUFFER = 1 << 16;
    private static final int GZIP_FIRST = 0x1f;
    private static final int GZIP_SECOND = 0x8b;
    private static final int DEPTH_MAX = 8;

    private SourceFiles() {}

    /** Work with a stream. */
    @FunctionalInterface
    interface Reading<T> {
        T with(InputStream in) throws IOException, InterruptedException;
    }

    /**
     * Reads a file, decompressed.
     *
     * @throws InvalidInputException if it cannot be read or ends too early; names the file
     */
    static <T> T reading(Path file, Reading<T> work) throws InterruptedException {
        try (var in = open(file)) {
            return work.with(in);
        } catch (EOFException e) {
            throw damaged(file, "ends in the middle of a record: it is truncated");
        } catch (ZipException e) {
            throw damaged(file, "is damaged: " + e.getMessage());
        } catch (IOException e) {
            throw new InvalidInputException("import-source-invalid", file.toString(), "cannot be read: "
                    + e.getMessage(), "check the path and its permissions");
        }
    }

    static InvalidInputException damaged(Path file, String problem) {
        return new InvalidInputException("import-source-damaged", file.toString(), problem, "make the file anew");
    }

    private static InputStream open(Path file) throws IOException {
        var in = new BufferedInputStream(Files.newInputStream(file), BUFFER);
        try {
            in.mark(2);
            boolean isGzip = in.read() == GZIP_FIRST && in.read() == GZIP_SECOND;
            in.reset();
            return isGzip ? new BufferedInputStream(new GZIPInputStream(in, BUFFER), BUFFER) : in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** The file itself, or the files below the directory that are asked for, sorted by path. */
    static List<Path> files(Path path, Predicate<Path> wanted) {
        if (Files.isRegularFile(path)) {
            return List.of(path);
        }
        try (var files = Files.walk(path, DEPTH_MAX)) {
            var found = files.filter(Files::isRegularFile).filter(wanted).limit(FILES_MAX + 1L).sorted().toList();
            if (found.isEmpty() || found.size() > FILES_MAX) {
                throw new InvalidInputException("import-source-invalid", path.toString(), "has "
                        + (found.isEmpty() ? "no file" : "more than " + FILES_MAX + " files") + " to import",
                        "name the file or another directory");
            }
            return found;
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new InvalidInputException("import-source-invalid", path.toString(), "cannot be read: "
                    + e.getMessage(), "check the path and its permissions");
        }
    }

    /** The bytes of all files as they are stored. */
    static long size(List<Path> files) {
        return files.stream().mapToLong(file -> file.toFile().length()).sum();
    }

    /** The name of the file without the endings, of which {@code .gz} may be one more. */
    static String baseName(Path file) {
        var name = file.getFileName().toString().replaceFirst("(?i)\\.gz$", "");
        return name.replaceFirst("(?i)\\.(bson|json|jsonl|ndjson|archive|rdb)$", "");
    }

    /** Whether the file has one of the endings, with {@code .gz} behind it or not. */
    static boolean hasEnding(Path file, String... endings) {
        var name = file.getFileName().toString().toLowerCase(java.util.Locale.ROOT).replaceFirst("\\.gz$", "");
        return List.of(endings).stream().anyMatch(name::endsWith);
    }
}
