package dev.howdah.operations.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.operations.backup.target.BackupTarget;
import dev.howdah.operations.backup.target.DirectoryTarget;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.UnavailableException;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to the files of a backup is noticed, and a failure leaves nothing behind. */
class DamagedBackupTest {
    private static final int FLIPS_PER_FILE = 6;

    @TempDir
    Path directory;
    private Filled filled;
    private String free;

    @BeforeEach
    void fill() {
        filled = Filled.create(100);
        free = filled.database.settings().schema() + "_d";
    }

    @AfterEach
    void close() {
        filled.close();
    }

    private Backups backups(String keys, BackupTarget target) {
        return new Backups(filled.database, Filled.migrations(), target, BackupSettings.defaults().withKeys(keys)
                .withPieceBytes(1 << 16), "test");
    }

    private static List<Path> files(Path root) throws IOException {
        try (var files = Files.list(root)) {
            return files.filter(file -> !file.getFileName().toString().startsWith(".")).sorted().toList();
        }
    }

    @Test
    void everyFlippedBitIsNoticed() throws Exception {
        for (var keys : List.of("", BackupsTest.KEYS)) {
            var target = new DirectoryTarget(directory.resolve("flipped" + keys.length()));
            var backups = backups(keys, target);
            var made = backups.run(BackupProgress.NONE);
            var random = new Random(4711);
            for (var file : files(Path.of(target.location(), made.name()))) {
                var bytes = Files.readAllBytes(file);
                for (int i = 0; i < FLIPS_PER_FILE; i++) {
                    int at = i == 0 ? 0 : i == 1 ? bytes.length - 1 : random.nextInt(bytes.length);
                    var flipped = bytes.clone();
                    flipped[at] ^= (byte) (1 << random.nextInt(8));
                    Files.write(file, flipped);
                    assertThatThrownBy(() -> backups.store().verify(made.name(), BackupProgress.NONE)).as(file + " at "
                            + at).isInstanceOf(ConflictException.class);
                }
                Files.write(file, bytes);
            }
            backups.store().verify(made.name(), BackupProgress.NONE);
        }
    }

    @Test
    void filesThatAreShorterLongerMissingOrSwappedAreNoticed() throws Exception {
        for (var keys : List.of("", BackupsTest.KEYS)) {
            var target = new DirectoryTarget(directory.resolve("cut" + keys.length()));
            var backups = backups(keys, target);
            var made = backups.run(BackupProgress.NONE);
            var files = files(Path.of(target.location(), made.name()));
            for (var file : files) {
                var bytes = Files.readAllBytes(file);
                for (var other : List.of(new byte[0], Arrays.copyOf(bytes, bytes.length - 1), Arrays.copyOf(bytes,
                        bytes.length + 1), Arrays.copyOf(bytes, bytes.length / 2))) {
                    Files.write(file, other);
                    assertThatThrownBy(() -> backups.store().verify(made.name(), BackupProgress.NONE)).as(file
                            + " with " + other.length).isInstanceOf(ConflictException.class);
                }
                Files.write(file, bytes);
            }
            var one = files.get(1);
            var another = files.stream().filter(file -> differs(file, one)).findFirst().orElseThrow();
            swap(one, another);
            assertDamaged(backups, made.name(), "swapped");
            swap(one, another);
            Files.move(one, one.resolveSibling("gone"));
            assertDamaged(backups, made.name(), "missing");
            Files.move(one.resolveSibling("gone"), one);
            backups.store().verify(made.name(), BackupProgress.NONE);
        }
    }

    @Test
    void aManifestOfAnotherBackupIsNoticed() throws Exception {
        var target = new DirectoryTarget(directory.resolve("mixed"));
        var backups = backups(BackupsTest.KEYS, target);
        var one = backups.run(BackupProgress.NONE).name();
        var two = backups.run(BackupProgress.NONE).name();
        Files.copy(Path.of(target.location(), one, "manifest.json"), Path.of(target.location(), two, "manifest.json"),
                StandardCopyOption.REPLACE_EXISTING);
        assertDamaged(backups, two, "another's manifest");
    }

    private void assertDamaged(Backups backups, String name, String what) {
        assertThatThrownBy(() -> backups.store().verify(name, BackupProgress.NONE)).as(what).isInstanceOf(
                ConflictException.class);
        assertThatThrownBy(() -> backups.restore(RestorePlan.of(name).into(free), BackupProgress.NONE)).as(what)
                .isInstanceOf(ConflictException.class);
    }

    private static boolean differs(Path one, Path other) {
        try {
            return !other.endsWith("manifest.json") && Files.mismatch(one, other) >= 0;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void swap(Path one, Path other) throws IOException {
        var aside = one.resolveSibling("aside");
        Files.move(one, aside);
        Files.move(other, one);
        Files.move(aside, other);
    }

    @Test
    void aTargetThatIsFullLeavesNothing() throws Exception {
        var whole = new DirectoryTarget(directory.resolve("whole"));
        long bytes = backups("", whole).run(BackupProgress.NONE).bytes();
        for (long room : new long[]{0, 100, bytes / 2, bytes + 100}) { // the last one fails at the manifest
            var root = directory.resolve("full" + room);
            var full = backups("", new FullTarget(new DirectoryTarget(root), room));
            assertThatThrownBy(() -> full.run(BackupProgress.NONE)).as("room for " + room).isInstanceOf(
                    UnavailableException.class).hasMessageContaining("No space left");
            try (var files = Files.list(root)) {
                assertThat(files).isEmpty();
            }
        }
    }

    @Test
    void aRestoreWhoseTargetOrDatabaseGoesAwayLeavesNothing() {
        var target = new DirectoryTarget(directory.resolve("whole"));
        var made = backups("", target).run(BackupProgress.NONE);
        var failing = backups("", new FullTarget(target, made.bytes() + made.bytes() / 2)); // while it is loaded
        assertThatThrownBy(() -> failing.restore(RestorePlan.of(made.name()).into(free), BackupProgress.NONE))
                .isInstanceOf(
                        UnavailableException.class);
        assertThat(schemas()).isZero();
        assertThatThrownBy(() -> backups("", target).restore(RestorePlan.of(made.name()).into(free), step -> {
            if (step.phase().equals("load") && step.percent() > 50) {
                filled.execute("""
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                     WHERE application_name = 'howdah-backup' AND query LIKE 'COPY %'
                    """);
            }
            return true;
        })).isInstanceOf(UnavailableException.class);
        assertThat(schemas()).isZero();
        backups("", target).restore(RestorePlan.of(made.name()).into(free), BackupProgress.NONE);
    }

    private long schemas() {
        return Filled.number(filled.database, "SELECT count(*) FROM pg_namespace WHERE nspname = '" + free + "'");
    }

    /** Of another target, but with little room; as if its disk were full, or broken when it is read. */
    private record FullTarget(BackupTarget target, long room, AtomicLong used) implements BackupTarget {
        FullTarget(BackupTarget target, long room) {
            this(target, room, new AtomicLong());
        }

        private void use(long bytes) throws IOException {
            if (used.addAndGet(bytes) > room) {
                throw new IOException("No space left on device");
            }
        }

        @Override
        public String location() {
            return target.location();
        }

        @Override
        public List<String> list() throws IOException {
            return target.list();
        }

        @Override
        public byte[] manifest(String name) throws IOException {
            return target.manifest(name);
        }

        @Override
        public InputStream open(String name, String file) throws IOException {
            return new FilterInputStream(target.open(name, file)) {
                @Override
                public int read(byte[] bytes, int from, int length) throws IOException {
                    int count = super.read(bytes, from, length);
                    use(Math.max(0, count));
                    return count;
                }
            };
        }

        @Override
        public Unfinished begin(String name) throws IOException {
            var unfinished = target.begin(name);
            return new Unfinished() {
                @Override
                public OutputStream file(String file) throws IOException {
                    return new FilterOutputStream(unfinished.file(file)) {
                        @Override
                        public void write(byte[] bytes, int from, int length) throws IOException {
                            use(length);
                            out.write(bytes, from, length);
                        }
                    };
                }

                @Override
                public void publish(byte[] manifest) throws IOException {
                    use(manifest.length);
                    unfinished.publish(manifest);
                }

                @Override
                public void close() throws IOException {
                    unfinished.close();
                }
            };
        }

        @Override
        public void remove(String name) throws IOException {
            target.remove(name);
        }

        @Override
        public List<String> removeRemains(Duration age) throws IOException {
            return target.removeRemains(age);
        }
    }
}
