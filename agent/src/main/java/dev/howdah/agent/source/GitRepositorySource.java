package dev.howdah.agent.source;

import dev.howdah.knowledge.RepositoryName;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.UnavailableException;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.eclipse.jgit.diff.DiffEntry;
import org.eclipse.jgit.diff.DiffFormatter;
import org.eclipse.jgit.diff.RawText;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.RepositoryCache.FileKey;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.CommitTimeRevFilter;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.util.FS;

/**
 * Reads local clones and bare repositories at their HEAD, not their work tree. A repository is found at the place that
 * was told for it, else under one of the roots as {@code owner/name}, {@code owner/name.git}, {@code name} or
 * {@code name.git}; never outside the roots, whatever links lead there.
 */
public final class GitRepositorySource implements RepositorySource {
    private static final int COMMITS_MAX = 1_000;

    private final List<Path> roots;
    private final Function<String, Optional<String>> locations;

    /**
     * Looks under the roots.
     *
     * @param roots directories; those that do not exist are passed over
     * @param locations tells the place of a repository by its name, if it was told
     */
    public GitRepositorySource(List<Path> roots, Function<String, Optional<String>> locations) {
        this.roots = List.copyOf(roots);
        this.locations = locations;
    }

    @Override
    public boolean has(String repository) {
        return directory(repository).isPresent();
    }

    @Override
    public Optional<String> file(String repository, String path, int bytesMax) {
        return reading(repository, git -> read(git, path, bytesMax));
    }

    @Override
    public List<String> files(String repository, int filesMax) {
        return reading(repository, git -> list(git, filesMax));
    }

    @Override
    public Set<String> changedSince(String repository, Optional<String> sinceCommit, Instant since) {
        return reading(repository, git -> {
            var paths = new TreeSet<String>();
            var head = git.resolve(Constants.HEAD);
            if (head == null) {
                return paths;
            }
            try (var walk = new RevWalk(git); var formatter = new DiffFormatter(OutputStream.nullOutputStream())) {
                formatter.setRepository(git);
                walk.markStart(walk.parseCommit(head));
                if (sinceCommit.isPresent()) {
                    walk.markUninteresting(walk.parseCommit(commit(git, sinceCommit.get())));
                } else {
                    walk.setRevFilter(CommitTimeRevFilter.after(since));
                }
                int count = 0;
                for (var commit : walk) {
                    if (++count > COMMITS_MAX) {
                        break;
                    }
                    if (commit.getParentCount() < 2) { // a merge brings what its commits brought
                        formatter.scan(commit.getParentCount() == 0 ? null : commit.getParent(0), commit)
                                .forEach(entry -> paths.add(entry.getChangeType() == DiffEntry.ChangeType.DELETE
                                        ? entry.getOldPath()
                                        : entry.getNewPath()));
                    }
                }
            }
            return paths;
        });
    }

    private static ObjectId commit(Repository git, String revision) throws IOException {
        var id = revision.matches("[0-9a-fA-F]{4,64}") ? git.resolve(revision + "^{commit}") : null;
        if (id == null) {
            throw new NotFoundException("commit-not-found", "there is no commit \"" + revision + "\"",
                    "name one by its hexadecimal id");
        }
        return id;
    }

    private static List<String> list(Repository git, int filesMax) throws IOException {
        var paths = new ArrayList<String>();
        var head = git.resolve(Constants.HEAD);
        if (head == null) {
            return paths;
        }
        try (var walk = new RevWalk(git); var tree = new TreeWalk(git)) {
            tree.addTree(walk.parseCommit(head).getTree());
            tree.setRecursive(true);
            while (tree.next() && paths.size() < filesMax) {
                if (tree.getFileMode(0).getObjectType() == Constants.OBJ_BLOB) {
                    paths.add(tree.getPathString());
                }
            }
        }
        return paths;
    }

    /** Something that reads a repository. */
    @FunctionalInterface
    private interface Reading<T> {
        T read(Repository git) throws IOException;
    }

    private <T> T reading(String repository, Reading<T> work) {
        var directory = directory(repository).orElseThrow(() -> new NotFoundException("repository-not-found",
                "there is no clone of " + repository + "; looked for " + candidates(repository),
                "clone it there, tell its location in the relationships, or set howdah.agent.repository-roots"));
        try (var git = new FileRepositoryBuilder().setGitDir(directory.toFile()).setMustExist(true).build()) {
            return work.read(git);
        } catch (IOException e) {
            throw new UnavailableException("repository-unreadable",
                    "the repository " + repository + " at " + directory + " cannot be read: " + e.getMessage(),
                    "check it with: git fsck", e);
        }
    }

    private static Optional<String> read(Repository git, String path, int bytesMax) throws IOException {
        var head = git.resolve(Constants.HEAD);
        if (head == null) {
            return Optional.empty(); // no commit yet
        }
        try (var walk = new RevWalk(git); var tree = TreeWalk.forPath(git, path, walk.parseCommit(head).getTree())) {
            if (tree == null || tree.getFileMode(0).getObjectType() != Constants.OBJ_BLOB) {
                return Optional.empty();
            }
            ObjectLoader blob = git.open(tree.getObjectId(0));
            if (blob.getSize() > bytesMax) {
                return Optional.empty();
            }
            var bytes = blob.getCachedBytes(bytesMax);
            return RawText.isBinary(bytes) ? Optional.empty() : Optional.of(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    /** The repository's Git directory. */
    private Optional<Path> directory(String repository) {
        return candidates(repository).stream().flatMap(candidate -> gitDirectory(candidate).stream()).findFirst();
    }

    private List<Path> candidates(String repository) {
        if (!RepositoryName.isValid(repository)) {
            return List.of();
        }
        var name = repository.substring(repository.indexOf('/') + 1);
        var places = new ArrayList<Path>();
        locations.apply(repository).ifPresent(place -> places.add(Path.of(place)));
        for (var root : roots) {
            for (var form : List.of(repository, repository + ".git", name, name + ".git")) {
                places.add(root.resolve(form));
            }
        }
        return places;
    }

    private Optional<Path> gitDirectory(Path candidate) {
        try {
            var real = candidate.toRealPath();
            for (var root : roots) {
                if (Files.isDirectory(root) && real.startsWith(root.toRealPath())) {
                    return Optional.ofNullable(FileKey.resolve(real.toFile(), FS.DETECTED)).map(File::toPath);
                }
            }
        } catch (IOException e) {
            return Optional.empty(); // it is not there, or we may not look: both mean "not here"
        }
        return Optional.empty();
    }
}
