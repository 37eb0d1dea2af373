package dev.howdah.agent.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.agent.TestRepository;
import dev.howdah.postgres.InvalidInputException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.transport.URIish;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitCommitTest {
    @TempDir
    Path directory;

    private TestRepository repository = new TestRepository(Path.of("target", "unused"));

    @BeforeEach
    void makeRepository() {
        repository = new TestRepository(directory.resolve("service"));
        repository.commit("Start", Map.of("app.py", "def a():\n    return 1\n", "README.md", "hello\n"));
    }

    @AfterEach
    void close() {
        repository.close();
    }

    @Test
    void readsWhatACommitChanged() {
        var sha = repository.commit("Change it\n\nBecause.", Map.of("app.py", "def b():\n    return 1\n", "new.txt",
                "new\n"));
        var event = GitCommit.read(repository.directory(), "HEAD", Optional.of("acme/service"));

        assertThat(event.sourceRepo()).isEqualTo("acme/service");
        assertThat(event.commitSha()).isEqualTo(sha);
        assertThat(event.branch()).isEqualTo("main");
        assertThat(event.commitMessage()).isEqualTo("Change it\n\nBecause.");
        assertThat(event.changedFiles()).extracting(ChangedFile::path).containsExactly("app.py", "new.txt");
        assertThat(event.changedFiles()).extracting(ChangedFile::changeType).containsExactly("modified", "added");
        assertThat(event.changedFiles().getFirst().diff()).contains("-def a():", "+def b():", "@@ -1,2 +1,2 @@");
    }

    @Test
    void readsTheFirstCommitAgainstNothing() {
        assertThat(GitCommit.read(repository.directory(), "HEAD", Optional.empty()).changedFiles())
                .extracting(ChangedFile::changeType).containsOnly("added");
    }

    @Test
    void tellsRenamesAndDeletionsApart() {
        repository.write("moved.py", "def a():\n    return 1\n".getBytes(UTF_8));
        repository.commit("Move", Map.of("app.py", "", "README.md", ""));
        assertThat(GitCommit.read(repository.directory(), "HEAD", Optional.empty()).changedFiles())
                .extracting(ChangedFile::path, ChangedFile::changeType)
                .containsExactlyInAnyOrder(org.assertj.core.groups.Tuple.tuple("moved.py", "renamed"),
                        org.assertj.core.groups.Tuple.tuple("README.md", "deleted"));
    }

    @Test
    void takesTheNameOfTheRemote() throws Exception {
        for (var url : new String[]{"https://example.org/acme/shop.git", "git@example.org:acme/shop.git",
                "ssh://git@example.org/acme/shop"}) {
            repository.git().remoteAdd().setName("origin").setUri(new URIish(url)).call();
            assertThat(GitCommit.read(repository.directory(), "HEAD", Optional.empty()).sourceRepo())
                    .isEqualTo("acme/shop");
            repository.git().remoteRemove().setRemoteName("origin").call();
        }
        assertThat(GitCommit.read(repository.directory(), "HEAD", Optional.empty()).sourceRepo())
                .isEqualTo("local/service");
    }

    @Test
    void readsABareRepository() throws Exception {
        var bare = directory.resolve("bare.git");
        Git.cloneRepository().setURI(repository.directory().toUri().toString()).setDirectory(bare.toFile())
                .setBare(true).call().close();
        assertThat(GitCommit.read(bare, "main", Optional.of("acme/service")).changedFiles()).hasSize(2);
    }

    @Test
    void readsFromWithinTheWorkTree() {
        repository.commit("More", Map.of("src/deep/x.py", "x = 1\n"));
        assertThat(GitCommit.read(repository.directory().resolve("src/deep"), "HEAD~1", Optional.of("a/b"))
                .commitMessage()).isEqualTo("Start");
    }

    @Test
    void refusesWhatDoesNotExist() {
        assertThatThrownBy(() -> GitCommit.read(repository.directory(), "deadbeef", Optional.empty()))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("no commit \"deadbeef\"");
        assertThatThrownBy(() -> GitCommit.read(repository.directory(), "HEAD~7", Optional.empty()))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("git log");
        assertThatThrownBy(() -> GitCommit.read(directory, "HEAD", Optional.empty()))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("no Git repository");
    }

    @Test
    void leavesOutTheBytesOfABinaryFile() {
        repository.write("logo.png", new byte[]{(byte) 0x89, 'P', 'N', 'G', 0, 0, 1, 2});
        repository.commit("Add a picture");
        var file = GitCommit.read(repository.directory(), "HEAD", Optional.empty()).changedFiles().getFirst();
        assertThat(file.path()).isEqualTo("logo.png");
        assertThat(file.diff()).isEmpty();
    }

    @Test
    void doesNotCompareAFileOfFiftyMegabytesAndSaysSo() {
        repository.write("huge.csv", "a,b,c,d,e,f,g,h,i\n".repeat(3_000_000).getBytes(UTF_8));
        repository.commit("Add data");
        var file = GitCommit.read(repository.directory(), "HEAD", Optional.empty()).changedFiles().getFirst();
        assertThat(file.diff()).isEqualTo("… cut: the file has 54,000,000 bytes, more than the 1,048,576 that are "
                + "compared");
    }

    @Test
    void cutsALongDiffAndSaysHowMuch() {
        repository.commit("Long", Map.of("long.txt", "0123456789\n".repeat(20_000)));
        var diff = GitCommit.read(repository.directory(), "HEAD", Optional.empty()).changedFiles().getFirst().diff();
        assertThat(diff.length()).isBetween(GitCommit.DIFF_CHARACTERS_MAX, GitCommit.DIFF_CHARACTERS_MAX + 100);
        assertThat(diff).endsWith("shown 100,000");
    }

    @Test
    void boundsTheSumOfDiffsAndTheNumberOfFiles() {
        var files = new TreeMap<String, String>();
        for (int i = 0; i < GitCommit.FILES_MAX + 20; i++) {
            files.put("f%03d.txt".formatted(i), "line %d\n".formatted(i).repeat(400));
        }
        repository.commit("Many", files);
        var changed = GitCommit.read(repository.directory(), "HEAD", Optional.empty()).changedFiles();
        assertThat(changed).hasSize(GitCommit.FILES_MAX + 1);
        assertThat(changed.getLast().diff()).isEqualTo("… cut: 20 of 320 files are not shown");
        assertThat(changed.stream().mapToInt(file -> file.diff().length()).sum())
                .isLessThan(GitCommit.DIFFS_CHARACTERS_MAX + 100 * GitCommit.FILES_MAX);
    }
}
