package dev.howdah.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;

/** A Git repository on disk, for tests. */
public final class TestRepository implements AutoCloseable {
    private final Path directory;
    private final Git git;

    public TestRepository(Path directory) {
        this.directory = directory;
        try {
            Files.createDirectories(directory);
            this.git = Git.init().setDirectory(directory.toFile()).setInitialBranch("main").call();
        } catch (IOException | GitAPIException e) {
            throw new IllegalStateException(e);
        }
    }

    public Path directory() {
        return directory;
    }

    public Git git() {
        return git;
    }

    /** Commits texts by path; an empty text deletes the file. Answers the commit's id. */
    public String commit(String message, Map<String, String> files) {
        try {
            for (var file : files.entrySet()) {
                if (file.getValue().isEmpty()) {
                    git.rm().addFilepattern(file.getKey()).call();
                } else {
                    write(file.getKey(), file.getValue().getBytes(StandardCharsets.UTF_8));
                }
            }
            return commit(message);
        } catch (GitAPIException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes a file into the work tree. */
    public void write(String path, byte[] content) {
        try {
            var file = directory.resolve(path);
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Commits the work tree. */
    public String commit(String message) {
        try {
            git.add().addFilepattern(".").call();
            return git.commit().setMessage(message).setAuthor("Test", "test@howdah.invalid")
                    .setCommitter("Test", "test@howdah.invalid").setSign(false).call().getName();
        } catch (GitAPIException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        git.close();
    }
}
