package dev.howdah.operations.infra;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The files of a directory as they lie there, one after the other: unlike a repository's scan, which reads what was
 * committed, because environment files seldom are, and because what is read here may be edited. Follows no symbolic links.
 */
final class SourceTree {
    /** Where backups of edits are; its name begins like all of ours. */
    static final String BACKUPS = ".howdah-infra";
    private static final Set<String> SKIPPED = Set.of(".git", ".hg", ".svn", "node_modules", "bower_components", "venv",
            ".venv", "virtualenv", "site-packages", "__pycache__", ".tox", ".nox", ".mypy_cache", ".pytest_cache",
            "dist",
            "build", "target", "out", "obj", ".gradle", ".idea", ".vscode", ".terraform", "vendor", ".next",
            ".nuxt", ".svelte-kit", "coverage", ".cache", ".eggs");
    private static final int BINARY_LOOK = 8_000;
    /** The head of our own reports. */
    private static final String REPORT = "howdah-infra-report";

    private final Path root;
    private final ScanLimits limits;
    private final Map<String, Integer> skipped = new TreeMap<>();
    private int filesSeen;
    private int filesRead;

    SourceTree(Path root, ScanLimits limits) {
        this.root = root;
        this.limits = limits;
    }

    /** Hears each file that is worth reading. */
    interface FileReader {
        void read(String path, FileKind kind, String text);
    }

    /**
     * Where a scan begins.
     *
     * @throws NotFoundException if nothing is there
     * @throws InvalidInputException if it is no directory
     */
    static Path root(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new NotFoundException("scan-path-not-found", "there is nothing at " + path,
                    "give the directory of a code base");
        }
        var real = path.toRealPath();
        if (!Files.isDirectory(real)) {
            throw new InvalidInputException("scan-path-invalid", "path", real + " is no directory",
                    "give the directory of a code base");
        }
        return real;
    }

    void read(FileReader reader) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                var name = String.valueOf(directory.getFileName());
                if (directory.equals(root) || !(SKIPPED.contains(name) || name.startsWith(".howdah"))) {
                    return FileVisitResult.CONTINUE;
                }
                skip("directories of tools and builds");
                return FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (++filesSeen > limits.filesMax()) {
                    skip("beyond the limit of files");
                    return FileVisitResult.TERMINATE;
                }
                if (attributes.isSymbolicLink()) {
                    skip("symbolic link");
                } else if (attributes.isRegularFile()) {
                    visit(file, attributes.size(), reader);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                skip("not readable");
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void visit(Path file, long size, FileReader reader) throws IOException {
        var kind = FileKind.of(String.valueOf(file.getFileName()));
        if (kind.isEmpty()) {
            return;
        }
        if (size > limits.fileBytesMax()) {
            skip("larger than the limit");
            return;
        }
        if (!Files.isReadable(file)) {
            skip("not readable");
            return;
        }
        var bytes = Files.readAllBytes(file);
        if (isBinary(bytes)) {
            skip("binary");
            return;
        }
        var text = new String(bytes, StandardCharsets.UTF_8);
        if (text.lines().limit(3).anyMatch(line -> line.contains(REPORT))) {
            skip("report of a scan");
            return;
        }
        filesRead++;
        reader.read(root.relativize(file).toString().replace('\\', '/'), kind.get(), text);
    }

    private static boolean isBinary(byte[] bytes) {
        return new String(Arrays.copyOf(bytes, Math.min(bytes.length, BINARY_LOOK)), StandardCharsets.ISO_8859_1)
                .indexOf('\0') >= 0;
    }

    private void skip(String reason) {
        skipped.merge(reason.toLowerCase(Locale.ROOT), 1, Integer::sum);
    }

    int filesRead() {
        return filesRead;
    }

    Map<String, Integer> skipped() {
        return Map.copyOf(skipped);
    }
}
