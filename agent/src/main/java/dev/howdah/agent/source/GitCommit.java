package dev.howdah.agent.source;

import dev.howdah.knowledge.RepositoryName;
import dev.howdah.postgres.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jgit.diff.DiffEntry;
import org.eclipse.jgit.diff.DiffFormatter;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.patch.FileHeader;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;

/**
 * Reads a commit of a local repository as a change event: what it changed against its first parent. Bounded whatever the
 * commit holds: a file of more than 1 MiB is not compared, and each diff, their sum and the number of files have limits;
 * what was left out is said in the diff's text.
 */
public final class GitCommit {
    static final int FILES_MAX = 300;
    static final int DIFF_CHARACTERS_MAX = 100_000;
    static final int DIFFS_CHARACTERS_MAX = 400_000;
    static final int FILE_BYTES_MAX = 1 << 20;
    private static final int MESSAGE_CHARACTERS_MAX = 10_000;
    private static final Pattern REMOTE = Pattern.compile("[:/]([^/:]+/[^/]+?)(?:\\.git)?/?$");

    private GitCommit() {}

    /**
     * Reads a commit.
     *
     * @param path of the repository or of anything in its work tree
     * @param revision anything that Git understands, such as {@code HEAD~1}
     * @param name the repository's {@code owner/name}; if absent, that of the remote "origin", else {@code local/} and
     *        the directory's name
     * @throws InvalidInputException if there is no repository or no such commit
     */
    public static ChangeEvent read(Path path, String revision, Optional<String> name) {
        try (var git = open(path); var walk = new RevWalk(git)) {
            var id = resolve(git, revision, path);
            var commit = walk.parseCommit(id);
            var message = commit.getFullMessage().strip();
            return new ChangeEvent(name.orElseGet(() -> name(git)), commit.getName(),
                    message.substring(0, Math.min(message.length(), MESSAGE_CHARACTERS_MAX)),
                    Optional.ofNullable(git.getBranch()).orElse(Constants.HEAD),
                    changes(git, walk, commit), PatternSummary.EMPTY,
                    Optional.of(Instant.ofEpochSecond(commit.getCommitTime())));
        } catch (IOException e) {
            throw new InvalidInputException("repository-unreadable", "repo",
                    path + " cannot be read: " + e.getMessage(), "check it with: git fsck");
        }
    }

    private static Repository open(Path path) throws IOException {
        var builder = new FileRepositoryBuilder();
        var start = path.toAbsolutePath().normalize().toFile();
        builder.findGitDir(start);
        if (builder.getGitDir() == null && new File(start, "HEAD").isFile()
                && new File(start, "objects").isDirectory()) {
            builder.setGitDir(start).setBare();
        }
        if (builder.getGitDir() == null) {
            throw new InvalidInputException("repository-not-found", "repo", path + " is no Git repository",
                    "name a directory inside one");
        }
        return builder.setMustExist(true).build();
    }

    private static ObjectId resolve(Repository git, String revision, Path path) throws IOException {
        ObjectId id;
        try {
            id = git.resolve(revision + "^{commit}");
        } catch (IllegalArgumentException | IOException e) {
            id = null;
        }
        if (id == null) {
            throw new InvalidInputException("commit-not-found", "commit", "there is no commit \"" + revision + "\" in "
                    + path, "see: git log");
        }
        return id;
    }

    private static String name(Repository git) {
        var remote = git.getConfig().getString("remote", "origin", "url");
        var matcher = REMOTE.matcher(remote == null ? "" : remote);
        if (matcher.find() && RepositoryName.isValid(matcher.group(1))) {
            return matcher.group(1);
        }
        var directory = git.isBare() ? git.getDirectory() : git.getWorkTree();
        return "local/" + directory.getName().replaceFirst("\\.git$", "").replaceAll("[^A-Za-z0-9._-]", "-");
    }

    private static List<ChangedFile> changes(Repository git, RevWalk walk, RevCommit commit) throws IOException {
        var files = new ArrayList<ChangedFile>();
        var out = new BoundedOutput();
        try (var formatter = new DiffFormatter(out); var reader = git.newObjectReader()) {
            formatter.setRepository(git);
            formatter.setDetectRenames(true);
            formatter.setBinaryFileThreshold(FILE_BYTES_MAX);
            var entries = commit.getParentCount() == 0
                    ? formatter.scan(new EmptyTreeIterator(), tree(reader, commit))
                    : formatter.scan(tree(reader, walk.parseCommit(commit.getParent(0))), tree(reader, commit));
            int left = DIFFS_CHARACTERS_MAX;
            for (var entry : entries.subList(0, Math.min(entries.size(), FILES_MAX))) {
                var diff = diff(formatter, out, reader, entry, Math.min(left, DIFF_CHARACTERS_MAX));
                left -= Math.min(left, diff.length());
                files.add(new ChangedFile(path(entry), type(entry), diff));
            }
            if (entries.size() > FILES_MAX) {
                files.add(new ChangedFile("(more files)", "modified",
                        "… cut: " + (entries.size() - FILES_MAX) + " of " + entries.size() + " files are not shown"));
            }
        }
        return files;
    }

    private static String diff(DiffFormatter formatter, BoundedOutput out, ObjectReader reader, DiffEntry entry,
            int charactersMax) throws IOException {
        long size = Math.max(
                size(reader, entry.getOldId().toObjectId(), entry.getChangeType() == DiffEntry.ChangeType.ADD),
                size(reader, entry.getNewId().toObjectId(), entry.getChangeType() == DiffEntry.ChangeType.DELETE));
        if (size > FILE_BYTES_MAX) {
            return "… cut: the file has %,d bytes, more than the %,d that are compared".formatted(size, FILE_BYTES_MAX);
        }
        if (formatter.toFileHeader(entry).getPatchType() != FileHeader.PatchType.UNIFIED) {
            return "";
        }
        out.reset(charactersMax);
        formatter.format(entry);
        formatter.flush();
        return out.text();
    }

    private static long size(ObjectReader reader, AnyObjectId id, boolean absent) throws IOException {
        return absent || !reader.has(id) ? 0 : reader.getObjectSize(id, Constants.OBJ_BLOB);
    }

    private static CanonicalTreeParser tree(ObjectReader reader, RevCommit commit) throws IOException {
        var parser = new CanonicalTreeParser();
        parser.reset(reader, commit.getTree());
        return parser;
    }

    private static String path(DiffEntry entry) {
        return entry.getChangeType() == DiffEntry.ChangeType.DELETE ? entry.getOldPath() : entry.getNewPath();
    }

    private static String type(DiffEntry entry) {
        return switch (entry.getChangeType()) {
            case ADD, COPY -> "added";
            case MODIFY -> "modified";
            case DELETE -> "deleted";
            case RENAME -> "renamed";
        };
    }

    /** Keeps the beginning and counts the rest. */
    private static final class BoundedOutput extends ByteArrayOutputStream {
        private int bytesMax;
        private long total;

        void reset(int limit) {
            reset();
            bytesMax = limit;
            total = 0;
        }

        @Override
        public synchronized void write(int b) {
            total++;
            if (count < bytesMax) {
                super.write(b);
            }
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            total += length;
            super.write(bytes, offset, Math.min(length, Math.max(bytesMax - count, 0)));
        }

        String text() {
            var text = toString(StandardCharsets.UTF_8).replace('\0', '\uFFFD');
            return total <= bytesMax
                    ? text
                    : text + "\n… cut: %,d bytes of diff, shown %,d".formatted(total, bytesMax);
        }
    }
}
