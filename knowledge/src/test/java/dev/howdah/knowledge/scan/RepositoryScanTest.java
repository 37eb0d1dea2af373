package dev.howdah.knowledge.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.knowledge.scan.Analysis.Skipped;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryScanTest {
    @TempDir
    Path directory;

    @Test
    void saysWhatIsNoRepositoryAndWhatToDo() throws Exception {
        assertThatThrownBy(() -> scan(directory.resolve("nowhere"))).isInstanceOf(NotFoundException.class)
                .hasMessageContaining("nowhere").hasMessageContaining("give the directory");
        assertThatThrownBy(() -> scan(directory)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("is no Git repository").hasMessageContaining("git init");
        var file = Files.writeString(directory.resolve("file"), "text");
        assertThatThrownBy(() -> scan(file)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void findsNothingInARepositoryWithoutACommit() {
        try (var repository = new ScannedRepository(directory)) {
            var analysis = scan(directory);
            assertThat(analysis.head().commit()).isEmpty();
            assertThat(analysis.head().branch()).contains("main");
            assertThat(analysis.size().files()).isZero();
            assertThat(analysis.languages()).isEmpty();
            assertThat(repository.git().getRepository().isBare()).isFalse();
        }
    }

    @Test
    void readsBareRepositoriesAndTheDirectoryWithinAClone() {
        try (var repository = new ScannedRepository(directory.resolve("shop.git"), true)) {
            var analysis = repository.file("a.py", "def f():\n    return 1\n").scan();
            assertThat(analysis.head().repository()).isEqualTo("local/shop");
            assertThat(analysis.primaryLanguage()).contains("Python");
        }
        try (var repository = new ScannedRepository(directory.resolve("clone"))) {
            repository.file("a.py", "x = 1\n").commit();
            assertThat(scan(directory.resolve("clone/.git")).head().repository()).isEqualTo("local/clone");
        }
    }

    @Test
    void namesTheRepositoryByItsRemote() throws Exception {
        try (var repository = new ScannedRepository(directory)) {
            var config = repository.file("a", "b").git().getRepository().getConfig();
            for (var url : List.of("https://user:hunter2@git.invalid/group/acme/shop.git",
                    "git@git.invalid:acme/shop.git",
                    "ssh://git@git.invalid:22/acme/shop")) {
                config.setString("remote", "origin", "url", url);
                config.save();
                assertThat(repository.scan().head().repository()).isEqualTo("acme/shop");
            }
        }
    }

    @Test
    void readsTheCommitAndNotTheWorkTree() throws Exception {
        try (var repository = new ScannedRepository(directory)) {
            repository.file("a.py", "x = 1\n").commit();
            Files.writeString(directory.resolve("b.java"), "class B {}");
            assertThat(scan(directory).languages()).extracting(Analysis.Language::name).containsExactly("Python");
        }
    }

    @Test
    void twoScansOfOneCommitAreEqual() {
        try (var repository = new ScannedRepository(directory)) {
            for (int i = 0; i < 50; i++) {
                repository.file("src/C" + i + ".java", type("C" + i));
            }
            assertThat(repository.scan()).isEqualTo(scan(directory));
        }
    }

    @Test
    void followsNoLinksAndListsSubmodules() {
        try (var repository = new ScannedRepository(directory)) {
            var commit = ObjectId.fromString("0123456789012345678901234567890123456789");
            var analysis = repository
                    .file("loop".getBytes(StandardCharsets.UTF_8), "loop".getBytes(StandardCharsets.UTF_8),
                            FileMode.SYMLINK)
                    .file("dir/up".getBytes(StandardCharsets.UTF_8), "..".getBytes(StandardCharsets.UTF_8),
                            FileMode.SYMLINK)
                    .entry("libs/other".getBytes(StandardCharsets.UTF_8), commit, FileMode.GITLINK)
                    .file(".gitmodules",
                            "[submodule \"other\"]\n\tpath = libs/other\n\turl = https://git.invalid/a/b\n")
                    .scan();
            assertThat(analysis.size().skipped()).containsExactlyInAnyOrder(new Skipped("symbolic link", 2),
                    new Skipped("submodule", 1));
            assertThat(analysis.submodules()).containsExactly(new Analysis.Submodule("libs/other", commit.name()));
        }
    }

    @Test
    void skipsWhatIsNotWorthReading() {
        try (var repository = new ScannedRepository(directory)) {
            var analysis = repository.file("logo.png", "x").file("data", "a\0b").file("yarn.lock", "x")
                    .file("node_modules/left/index.js", "x").file("app.min.js", "x")
                    .file("bundle.js", "a".repeat(6_000))
                    .file("api.pb.go", "x").file("made.go", "// Code generated by tool. DO NOT EDIT.\npackage a\n")
                    .file("large.txt", "0123456789\n".repeat(1_000_000)).file("kept.go", "package a\n").scan();
            assertThat(analysis.size().skipped()).containsExactlyInAnyOrder(new Skipped("binary", 2),
                    new Skipped("lock file", 1), new Skipped("vendored", 1), new Skipped("minified", 2),
                    new Skipped("generated", 2), new Skipped("larger than the limit", 1));
            assertThat(analysis.size().filesRead()).isOne();
            assertThat(analysis.warnings()).singleElement()
                    .satisfies(warning -> assertThat(warning.reason()).contains("fileBytesMax"));
        }
    }

    @Test
    void survivesNamesThatAreNoUtf8AndDeepFolders() {
        try (var repository = new ScannedRepository(directory)) {
            var name = new byte[]{'c', 'a', 'f', (byte) 0xe9, '.', 'p', 'y'};
            var deep = "d/".repeat(1_500) + "deep.py";
            var analysis = repository.file(name, "x = 1\n".getBytes(StandardCharsets.UTF_8), FileMode.REGULAR_FILE)
                    .file(deep, "y = \"\u0001\"\n").file("bad.py".getBytes(StandardCharsets.UTF_8),
                            new byte[]{'#', (byte) 0xff, (byte) 0xfe, '\n'}, FileMode.REGULAR_FILE)
                    .scan();
            assertThat(analysis.size().filesRead()).isEqualTo(3);
        }
    }

    @Test
    void stopsAtItsLimitsAndSaysSo() {
        try (var repository = new ScannedRepository(directory)) {
            for (int i = 0; i < 10; i++) {
                repository.file("f" + i + ".py", "x = 12345\n");
            }
            var few = repository.scan(new ScanOptions(9, 100, 1_000, 10, 10));
            assertThat(few.size().filesRead()).isEqualTo(9);
            assertThat(few.warnings()).singleElement().satisfies(it -> assertThat(it.reason()).contains("filesMax"));
            var exact = repository.scan(new ScanOptions(10, 10, 100, 10, 10));
            assertThat(exact.size().filesRead()).isEqualTo(10);
            assertThat(exact.warnings()).isEmpty();
            var little = repository.scan(new ScanOptions(10, 10, 99, 10, 10));
            assertThat(little.size().filesRead()).isEqualTo(9);
            assertThat(little.warnings()).singleElement()
                    .satisfies(it -> assertThat(it.reason()).contains("totalBytesMax"));
        }
        assertThatThrownBy(() -> new ScanOptions(0, 0, 0, -1, -1)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("filesMax").hasMessageContaining("dependenciesMax");
    }

    @Test
    void tellsItsProgressAndCanBeCancelled() {
        try (var repository = new ScannedRepository(directory)) {
            repository.file("a.py", "x = 1\n").file("b.py", "x = 1\n").commit();
            var told = new ArrayList<String>();
            RepositoryScan.scan(directory, ScanOptions.defaults(), (done, total) -> told.add(done + "/" + total));
            assertThat(told).containsExactly("0/2", "1/2", "2/2");
            assertThatThrownBy(() -> RepositoryScan.scan(directory, ScanOptions.defaults(), (done, total) -> done < 1))
                    .isInstanceOf(CancellationException.class).hasMessageContaining("1 of 2");
        }
    }

    @Test
    void readsAThousandFilesAndKeepsABoundedNumberOfComponents() {
        try (var repository = new ScannedRepository(directory)) {
            for (int i = 0; i < 1_000; i++) {
                repository.file("src/main/java/p" + i % 20 + "/Part" + i + ".java", type("Part" + i));
            }
            var analysis = repository.scan(new ScanOptions(50_000, 1 << 20, 1 << 30, 25, 100));
            assertThat(analysis.size().filesRead()).isEqualTo(1_000);
            assertThat(analysis.components()).hasSize(25);
        }
    }

    private static String type(String name) {
        return "package p;\n\n/** Counts what " + name + " is asked for. */\npublic final class " + name + " {\n"
                + "    public int count(int limit) {\n        int sum = 0;\n        for (int i = 0; i < limit; i++) {\n"
                + "            if (i % 2 == 0 && i > 3) {\n                sum += i;\n            }\n        }\n"
                + "        return sum;\n    }\n}\n";
    }

    private static Analysis scan(Path path) {
        return RepositoryScan.scan(path, ScanOptions.defaults(), ScanProgress.NONE);
    }
}
