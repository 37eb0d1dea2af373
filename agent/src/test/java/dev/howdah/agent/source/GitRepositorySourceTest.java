package dev.howdah.agent.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.agent.TestRepository;
import dev.howdah.postgres.NotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.api.Git;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitRepositorySourceTest {
    private static final int LIMIT = 1000;

    @TempDir
    Path directory;

    @Test
    void readsTheCommittedFileNotTheWorkTree() {
        try (var repository = new TestRepository(directory.resolve("roots/acme/shop"))) {
            repository.commit("Start", Map.of("src/a.txt", "committed\n"));
            repository.write("src/a.txt", "edited\n".getBytes(UTF_8));
            var source = source();
            assertThat(source.has("acme/shop")).isTrue();
            assertThat(source.file("acme/shop", "src/a.txt", LIMIT)).contains("committed\n");
            assertThat(source.file("acme/shop", "src/none.txt", LIMIT)).isEmpty();
            assertThat(source.file("acme/shop", "src", LIMIT)).isEmpty();
        }
    }

    @Test
    void passesOverBinaryAndLargeFiles() {
        try (var repository = new TestRepository(directory.resolve("roots/shop"))) {
            repository.write("binary", new byte[]{1, 0, 2});
            repository.write("large", "x".repeat(LIMIT + 1).getBytes(UTF_8));
            repository.write("limit", "x".repeat(LIMIT).getBytes(UTF_8));
            repository.commit("Start");
            assertThat(source().file("acme/shop", "binary", LIMIT)).isEmpty();
            assertThat(source().file("acme/shop", "large", LIMIT)).isEmpty();
            assertThat(source().file("acme/shop", "limit", LIMIT)).isPresent();
        }
    }

    @Test
    void readsBareRepositoriesAndEmptyOnes() throws Exception {
        try (var repository = new TestRepository(directory.resolve("elsewhere"))) {
            repository.commit("Start", Map.of("a.txt", "text\n"));
            Git.cloneRepository().setURI(repository.directory().toUri().toString())
                    .setDirectory(directory.resolve("roots/acme/shop.git").toFile()).setBare(true).call().close();
        }
        new TestRepository(directory.resolve("roots/acme/empty")).close();
        assertThat(source().file("acme/shop", "a.txt", LIMIT)).contains("text\n");
        assertThat(source().file("acme/empty", "a.txt", LIMIT)).isEmpty();
    }

    @Test
    void neverReadsOutsideTheRoots() throws Exception {
        try (var secret = new TestRepository(directory.resolve("secret"))) {
            secret.commit("Start", Map.of("key.txt", "secret\n"));
            Files.createDirectories(directory.resolve("roots/acme"));
            Files.createSymbolicLink(directory.resolve("roots/acme/link"), secret.directory());
            var told = new GitRepositorySource(List.of(directory.resolve("roots")),
                    name -> Optional.of(secret.directory().toString()));
            for (var name : List.of("acme/link", "acme/told", "../secret", "acme/../../secret")) {
                assertThat(told.has(name)).as(name).isFalse();
                assertThatThrownBy(() -> told.file(name, "key.txt", LIMIT)).isInstanceOf(NotFoundException.class);
            }
        }
    }

    @Test
    void looksAtTheToldPlaceFirst() {
        try (var repository = new TestRepository(directory.resolve("roots/some/where"))) {
            repository.commit("Start", Map.of("a.txt", "told\n"));
            var source = new GitRepositorySource(List.of(directory.resolve("roots")),
                    name -> Optional.of(repository.directory().toString()));
            assertThat(source.file("acme/shop", "a.txt", LIMIT)).contains("told\n");
        }
    }

    private GitRepositorySource source() {
        return new GitRepositorySource(List.of(directory.resolve("roots"), directory.resolve("absent")),
                name -> Optional.empty());
    }
}
