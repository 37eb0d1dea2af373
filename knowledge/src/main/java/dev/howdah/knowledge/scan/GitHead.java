package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.Analysis.Head;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.RepositoryCache.FileKey;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.util.FS;

/** The tree at the HEAD of a clone, a work tree or a bare repository. The work tree itself is never read. */
final class GitHead implements AutoCloseable {
    /** A server's URL, or its short form for SSH; the path of a local clone names no owner. */
    private static final Pattern REMOTE = Pattern
            .compile("(?:(?:https?|ssh|git)://|[\\w.-]+@[\\w.-]+:).*?([^/:@]+)/([^/:]+?)(?:\\.git)?/*");
    private static final Pattern NO_NAME = Pattern.compile("[^A-Za-z0-9._-]");
    private static final int NAME_MAX = 100;

    private final Path path;
    private final Repository repository;
    private final ObjectReader objects;
    private final RevWalk walk;
    private final Optional<RevCommit> commit;

    private GitHead(Path path, Repository repository) throws IOException {
        this.path = path;
        this.repository = repository;
        this.objects = repository.newObjectReader();
        this.walk = new RevWalk(objects);
        var head = repository.resolve(Constants.HEAD);
        this.commit = head == null ? Optional.empty() : Optional.of(walk.parseCommit(head));
    }

    /** What a tree holds under a path. */
    enum Kind {
        FILE, SYMLINK, SUBMODULE
    }

    /** An entry of the tree. */
    record Entry(String path, Kind kind, ObjectId id) {}

    /** Hears the entries in the order of the tree. */
    interface EntryReader {
        /** Answers whether to go on. */
        boolean read(Entry entry) throws IOException;
    }

    /**
     * Opens the repository of a directory.
     *
     * @throws NotFoundException if there is nothing at the path
     * @throws InvalidInputException if it is no Git repository
     */
    static GitHead open(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new NotFoundException("scan-path-not-found", "there is nothing at " + path,
                    "give the directory of a clone or of a bare repository");
        }
        var real = path.toRealPath();
        var directory = Files.isDirectory(real) ? FileKey.resolve(real.toFile(), FS.DETECTED) : null;
        if (directory == null) {
            throw new InvalidInputException("not-a-git-repository", "path", real + " is no Git repository",
                    "give the top directory of a clone or a bare repository, or make it one with: git init");
        }
        var repository = new FileRepositoryBuilder().setGitDir(directory).setMustExist(true).build();
        try {
            return new GitHead(real, repository);
        } catch (IOException | RuntimeException e) {
            repository.close();
            throw e;
        }
    }

    Head head() throws IOException {
        var branch = repository.getFullBranch();
        return new Head(name(), commit.map(RevCommit::getName),
                Optional.ofNullable(branch).filter(name -> name.startsWith(Constants.R_HEADS))
                        .map(name -> name.substring(Constants.R_HEADS.length())),
                commit.map(at -> Instant.ofEpochSecond(at.getCommitTime())));
    }

    int count() throws IOException {
        int[] files = {0};
        forEach(entry -> {
            files[0]++;
            return true;
        });
        return files[0];
    }

    void forEach(EntryReader reader) throws IOException {
        if (commit.isEmpty()) {
            return;
        }
        try (var tree = new TreeWalk(repository)) {
            tree.addTree(commit.get().getTree());
            tree.setRecursive(true);
            boolean goesOn = true;
            while (goesOn && tree.next()) {
                goesOn = reader.read(new Entry(tree.getPathString().replace('\0', ' '), kind(tree.getFileMode(0)),
                        tree.getObjectId(0)));
            }
        }
    }

    /** The length of a file; its bytes are not read for that. */
    long size(Entry entry) throws IOException {
        return objects.getObjectSize(entry.id, Constants.OBJ_BLOB);
    }

    /** A file's bytes; the caller has looked at its size. */
    byte[] bytes(Entry entry, int bytesMax) throws IOException {
        return objects.open(entry.id, Constants.OBJ_BLOB).getCachedBytes(bytesMax);
    }

    private static Kind kind(FileMode mode) {
        return mode.equals(FileMode.TYPE_GITLINK)
                ? Kind.SUBMODULE
                : mode.equals(FileMode.TYPE_SYMLINK) ? Kind.SYMLINK : Kind.FILE;
    }

    private String name() {
        var url = repository.getConfig().getString("remote", "origin", "url");
        if (url != null) {
            var remote = REMOTE.matcher(url);
            if (remote.matches()) {
                return plain(remote.group(1)) + "/" + plain(remote.group(2));
            }
        }
        var parent = path.getParent();
        var directory = path.endsWith(Constants.DOT_GIT) && parent != null ? parent : path;
        return "local/" + plain(String.valueOf(directory.getFileName()).replaceFirst("\\.git$", ""));
    }

    /** As a part of a repository's name may be. */
    private static String plain(String part) {
        var name = NO_NAME.matcher(part).replaceAll("-").replaceFirst("^[.-]+", "");
        return name.isEmpty() ? "repository" : name.substring(0, Math.min(name.length(), NAME_MAX));
    }

    @Override
    public void close() {
        walk.close();
        objects.close();
        repository.close();
    }
}
