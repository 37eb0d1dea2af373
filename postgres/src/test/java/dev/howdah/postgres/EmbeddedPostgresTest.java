package dev.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {
    private static final Path BINARIES = Path.of(System.getProperty("java.io.tmpdir"),
            "howdah-" + System.getProperty("user.name"), "postgresql-" + EmbeddedPostgres.VERSION);

    @TempDir
    Path directory;

    @Test
    void keepsDataOverRestartsAndIsDurable() {
        try (var server = start(); var database = open(server)) {
            execute(database, "CREATE TABLE public.kept (n int)");
            execute(database, "INSERT INTO public.kept VALUES (42)");
            assertThat(text(database, "SHOW fsync")).isEqualTo("on");
            assertThat(text(database, "SHOW synchronous_commit")).isEqualTo("on");
            assertThat(text(database, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
        }
        try (var server = start(); var database = open(server)) {
            assertThat(text(database, "SELECT n::text FROM public.kept")).isEqualTo("42");
        }
    }

    @Test
    void keepsThePasswordFromOtherUsers() throws Exception {
        try (var _ = start()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("password"))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void joinsTheServerOfAnotherOwnerAndLeavesItRunning() {
        try (var owner = start()) {
            assertThat(owner.isOwner()).isTrue();
            try (var guest = start()) {
                assertThat(guest.isOwner()).isFalse();
                assertThat(guest.port()).isEqualTo(owner.port());
            }
            try (var database = open(owner)) {
                assertThat(text(database, "SELECT 'up'")).isEqualTo("up");
            }
        }
    }

    @Test
    void adoptsTheOrphanOfAKilledProcessAndStopsIt() throws Exception {
        var child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Owner.class.getName(), directory.toString())
                .redirectErrorStream(true).start();
        var started = child.inputReader().lines().filter(line -> line.startsWith("port ")).findFirst();
        child.destroyForcibly();
        assertThat(child.waitFor(10, TimeUnit.SECONDS)).isTrue();
        long pid = Long.parseLong(Files.readAllLines(directory.resolve("data/postmaster.pid")).getFirst());
        assertThat(ProcessHandle.of(pid)).as("the orphan").isPresent();
        try (var server = start()) {
            assertThat(server.isOwner()).isTrue();
            assertThat(started).contains("port " + server.port());
        }
        assertThat(directory.resolve("data/postmaster.pid")).as("left by a stopped server").doesNotExist();
    }

    @Test
    void anEphemeralServerKeepsNothingAndIsNotShared() throws Exception {
        var home = directory.resolve("ephemeral");
        try (var kept = EmbeddedPostgres.start(home, BINARIES, Map.of()); var database = open(kept)) {
            execute(database, "CREATE TABLE public.left_by_a_killed_process (n int)");
        }
        try (var server = EmbeddedPostgres.startEphemeral(home, BINARIES); var database = open(server)) {
            assertThat(text(database, "SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'"))
                    .isEqualTo("0");
            assertThat(text(database, "SHOW fsync")).isEqualTo("off");
            assertThatThrownBy(() -> EmbeddedPostgres.startEphemeral(home, BINARIES))
                    .isInstanceOf(UnavailableException.class).hasMessageContaining("HOWDAH_HOME");
            assertThat(text(database, "SELECT 'up'")).isEqualTo("up");
        }
        assertThat(home).doesNotExist();
    }

    @Test
    void startsOverAStalePidFileWhoseProcessIdBelongsToSomebodyElse() throws Exception {
        start().close();
        Files.write(directory.resolve("data/postmaster.pid"),
                List.of(Long.toString(ProcessHandle.current().pid()), "x", "0", "1", "", "localhost", "0", "ready"));
        try (var server = start(); var database = open(server)) {
            assertThat(text(database, "SELECT 'up'")).isEqualTo("up");
        }
    }

    @Test
    void refusesADirectoryThatCannotBeMade() throws Exception {
        var file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> EmbeddedPostgres.start(file.resolve("home")))
                .isInstanceOf(UnavailableException.class).hasMessageContaining(file + "/home cannot be made")
                .hasMessageContaining("HOWDAH_HOME");
    }

    @Test
    void refusesDataOfAnotherMajorVersion() throws Exception {
        Files.createDirectories(directory.resolve("data"));
        Files.writeString(directory.resolve("data/PG_VERSION"), "14\n");
        assertThatThrownBy(this::start).hasMessageContaining("written by PostgreSQL 14, this is 17");
    }

    private EmbeddedPostgres start() {
        return EmbeddedPostgres.start(directory, BINARIES, Map.of());
    }

    private static Database open(EmbeddedPostgres server) {
        return Database.open(server.connect(DatabaseSettings.from(Configuration.of(Map.of()))).withPool(2, 0));
    }

    private static void execute(Database database, String sql) {
        database.withHandle(handle -> handle.execute(sql));
    }

    private static String text(Database database, String sql) {
        return database.withHandle(handle -> handle.createQuery(sql).mapTo(String.class).one());
    }

    /** Starts a server, says so and waits to be killed. */
    static final class Owner {
        public static void main(String[] args) throws Exception {
            var server = EmbeddedPostgres.start(Path.of(args[0]), BINARIES, Map.of());
            System.out.println("port " + server.port());
            Thread.currentThread().join();
        }
    }
}
