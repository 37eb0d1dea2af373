package dev.howdah.knowledge.scan;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;

/** A repository whose commit is made without a work tree, so that it may hold what no file system allows. */
final class ScannedRepository implements AutoCloseable {
    private final Path directory;
    private final Git git;
    private final List<DirCacheEntry> entries = new ArrayList<>();

    ScannedRepository(Path directory, boolean isBare) {
        this.directory = directory;
        try {
            this.git = Git.init().setDirectory(directory.toFile()).setInitialBranch("main").setBare(isBare).call();
        } catch (GitAPIException e) {
            throw new IllegalStateException(e);
        }
    }

    ScannedRepository(Path directory) {
        this(directory, false);
    }

    Git git() {
        return git;
    }

    ScannedRepository file(String path, String text) {
        return file(path.getBytes(StandardCharsets.UTF_8), text.getBytes(StandardCharsets.UTF_8),
                FileMode.REGULAR_FILE);
    }

    ScannedRepository file(byte[] path, byte[] content, FileMode mode) {
        try (var inserter = git.getRepository().newObjectInserter()) {
            var id = inserter.insert(Constants.OBJ_BLOB, content);
            inserter.flush();
            return entry(path, id, mode);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    ScannedRepository entry(byte[] path, ObjectId id, FileMode mode) {
        var entry = new DirCacheEntry(path);
        entry.setFileMode(mode);
        entry.setObjectId(id);
        entries.add(entry);
        return this;
    }

    /** Commits what was added and scans it. */
    Analysis scan() {
        return scan(ScanOptions.defaults());
    }

    Analysis scan(ScanOptions options) {
        commit();
        return RepositoryScan.scan(directory, options, ScanProgress.NONE);
    }

    void commit() {
        try (var inserter = git.getRepository().newObjectInserter()) {
            var cache = DirCache.newInCore();
            var builder = cache.builder();
            entries.forEach(builder::add);
            builder.finish();
            var commit = new CommitBuilder();
            commit.setTreeId(cache.writeTree(inserter));
            commit.setAuthor(new PersonIdent("Test", "test@howdah.invalid"));
            commit.setCommitter(new PersonIdent("Test", "test@howdah.invalid"));
            commit.setMessage("All");
            var id = inserter.insert(commit);
            inserter.flush();
            var update = git.getRepository().updateRef(Constants.HEAD);
            update.setNewObjectId(id);
            update.forceUpdate();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        git.close();
    }
}
