package dev.howdah.operations.infra;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps files before they are edited, in {@code .howdah-infra} of the code base, readable for its owner only and left out of
 * Git. The backup is whole, with what each file will be, before the first file is replaced; so a run that was killed is undone
 * like any other.
 */
public final class InfraBackups {
    private static final String LIST = "backup.json";
    private static final String FILES = "files";
    private static final String UNDONE = "undone";
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS");

    private final Path root;
    private final Path directory;

    /** Those of a code base. */
    public InfraBackups(Path root) {
        this.root = root;
        this.directory = root.resolve(SourceTree.BACKUPS);
    }

    Path replace(Map<String, byte[]> files) {
        try {
            var backup = keep(files);
            for (var file : files.entrySet()) {
                replace(root.resolve(file.getKey()), file.getValue());
            }
            return backup;
        } catch (IOException e) {
            throw new UncheckedIOException("editing below " + root, e);
        }
    }

    private Path keep(Map<String, byte[]> files) throws IOException {
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(
                PosixFilePermissions.fromString("rwx------")));
        Files.writeString(directory.resolve(".gitignore"), "*\n");
        var backup = Files.createDirectory(directory.resolve(ZonedDateTime.now(ZoneOffset.UTC).format(NAME)));
        var list = JsonMapper.shared().createObjectNode();
        var entries = list.putArray("files");
        for (var file : files.entrySet()) {
            var original = root.resolve(file.getKey());
            var copy = backup.resolve(FILES).resolve(file.getKey());
            Files.createDirectories(copy.getParent());
            Files.copy(original, copy, StandardCopyOption.COPY_ATTRIBUTES);
            entries.addObject().put("file", file.getKey()).put("before", sha256(Files.readAllBytes(original)))
                    .put("after", sha256(file.getValue()));
        }
        Files.writeString(backup.resolve(LIST), list.toPrettyString());
        return backup;
    }

    /** In one step, with the permissions that it has. */
    private static void replace(Path file, byte[] content) throws IOException {
        var next = Files.createTempFile(file.getParent(), ".howdah-", ".tmp");
        try {
            Files.write(next, content);
            Files.setPosixFilePermissions(next, Files.getPosixFilePermissions(file));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(next);
        }
    }

    /** Backups that were not undone, the newest first. */
    public List<String> list() {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var backups = Files.list(directory)) {
            return backups.filter(backup -> Files.exists(backup.resolve(LIST)) && !Files.exists(backup.resolve(UNDONE)))
                    .map(backup -> String.valueOf(backup.getFileName())).sorted((one, other) -> other.compareTo(one))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + directory, e);
        }
    }

    /**
     * Puts all files of a backup back; all or none.
     *
     * @param name one of {@link #list}; the newest if absent
     * @return the files that were put back
     * @throws NotFoundException if there is no such backup
     * @throws ConflictException if a file was changed since; it is named
     */
    public List<String> undo(Optional<String> name) {
        var known = list();
        var chosen = name.or(() -> known.stream().findFirst()).filter(known::contains)
                .orElseThrow(() -> new NotFoundException("backup-not-found", "there is no backup "
                        + name.map(given -> "\"" + given + "\" ").orElse("") + "to undo in " + directory,
                        known.isEmpty() ? "nothing was edited" : "use one of " + String.join(", ", known)));
        try {
            return undo(directory.resolve(chosen));
        } catch (IOException e) {
            throw new UncheckedIOException("putting back " + chosen, e);
        }
    }

    private List<String> undo(Path backup) throws IOException {
        var changed = new ArrayList<String>();
        var back = new LinkedHashMap<Path, byte[]>();
        for (var entry : entries(backup)) {
            var file = entry.path("file").asString("");
            var target = inside(root, file);
            var now = Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS) ? sha256(Files.readAllBytes(target)) : "";
            if (now.equals(entry.path("after").asString(""))) {
                back.put(target, Files.readAllBytes(inside(backup.resolve(FILES), file)));
            } else if (!now.equals(entry.path("before").asString(""))) {
                changed.add(file);
            }
        }
        if (!changed.isEmpty()) {
            throw new ConflictException("backup-outdated", String.join(", ", changed) + " changed since the edit",
                    "compare with the copies in " + backup.resolve(FILES) + " and put them back by hand");
        }
        for (var file : back.entrySet()) {
            replace(file.getKey(), file.getValue());
        }
        Files.createFile(backup.resolve(UNDONE));
        return back.keySet().stream().map(file -> root.relativize(file).toString()).toList();
    }

    private static Iterable<JsonNode> entries(Path backup) throws IOException {
        try {
            return JsonMapper.shared().readTree(Files.readAllBytes(backup.resolve(LIST))).path("files");
        } catch (JacksonException e) {
            throw new InvalidInputException("backup-damaged", "", backup.resolve(LIST) + " is no list of a backup",
                    "put the copies back by hand");
        }
    }

    /** Whoever can write the list must not be able to name a file elsewhere. */
    private static Path inside(Path directory, String file) throws IOException {
        var path = directory.resolve(file).normalize();
        var folder = path.getParent();
        if (folder == null || !path.startsWith(directory) || (Files.exists(folder)
                && !folder.toRealPath().startsWith(directory.toRealPath()))) {
            throw new InvalidInputException("backup-damaged", "", "the backup names " + file
                    + ", which is not below " + directory, "put the copies back by hand");
        }
        return path;
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
