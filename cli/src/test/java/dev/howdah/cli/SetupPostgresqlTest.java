package dev.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * deploy/setup-postgresql.sh, run for real: a cluster of its own beside whatever the machine has, which is removed
 * afterwards. That needs root and Debian; on other machines the run says so and only what changes nothing is tested.
 */
class SetupPostgresqlTest {
    private static final String SCRIPT = Installation.deploy("setup-postgresql.sh").toString();
    private static final String CLUSTER = "howdah_test_" + ProcessHandle.current().pid();
    private static final Pattern PASSWORD = Pattern.compile("([0-9a-f]{48}) \\(printed this once\\)");

    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    private int port;

    private record Run(int code, String output) {}

    @BeforeEach
    void findPort() throws IOException {
        port = Installation.freePort();
    }

    @AfterEach
    void removeCluster() throws Exception {
        var version = clusterVersion();
        if (!version.isEmpty()) {
            run("pg_ctlcluster", version, CLUSTER, "stop", "-m", "immediate");
            assertThat(run("pg_dropcluster", version, CLUSTER).code).isZero();
            // It leaves what it did not make itself.
            assertThat(run("rm", "-rf", "/etc/postgresql/" + version + "/" + CLUSTER).code).isZero();
        }
    }

    @Test
    void makesADatabaseServerAndKeepsItWhenRunAgain() throws Exception {
        if (!isRootOnDebian()) {
            System.out.println("setup-postgresql.sh was not run: it needs root and Debian");
            return;
        }
        var program = Installation.in(directory).program().toString();
        var first = setUp("--howdah", program, "--tls", "localhost");
        assertThat(first.code).as(first.output).isZero();
        assertThat(first.output).contains("is ready:", "port " + port);
        var printed = PASSWORD.matcher(first.output);
        assertThat(printed.find()).isTrue();
        assertThat(password()).isEqualTo(printed.group(1));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(passwordFile()))).isEqualTo("rw-------");
        checkRights();
        assertThat(sql("SELECT count(*) > 20 FROM howdah.schema_history")).as("migrated").isEqualTo("t");
        sql("CREATE TABLE howdah.mine AS SELECT 42 AS answer");

        var second = setUp("--howdah", program, "--tls", "localhost");
        assertThat(second.code).as(second.output).isZero();
        assertThat(second.output).contains("nothing to do").doesNotContain(password(), "printed this once");
        assertThat(password()).isEqualTo(printed.group(1));
        assertThat(sql("SELECT answer FROM howdah.mine")).isEqualTo("42");

        checkRepairs();
    }

    /** Over TLS whose certificate is verified, with no rights but those on the schema. */
    private void checkRights() throws Exception {
        assertThat(sql("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).isEqualTo("TLSv1.3");
        assertThat(
                sql("SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls FROM pg_roles "
                        + "WHERE rolname = 'howdah'"))
                .isEqualTo("f");
        assertThat(sql("SHOW data_checksums")).isEqualTo("on");
        assertThat(sql("SHOW listen_addresses")).isEqualTo("localhost");
        assertThat(sql("SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'howdah'")).isEqualTo("howdah");
        assertThat(sql("CREATE SCHEMA other")).contains("permission denied");
        assertThat(sql("SELECT count(*) FROM pg_authid")).contains("permission denied");
        var log = Files.readString(Path.of("/var/log/postgresql/postgresql-" + clusterVersion() + "-" + CLUSTER
                + ".log"));
        assertThat(log).doesNotContain(password());
        assertThat(run("runuser", "-u", "nobody", "--", "psql", "-X", "-At", "-h", "/var/run/postgresql", "-p",
                Integer.toString(port), "-U", "postgres", "-c", "SELECT 1", "postgres").code)
                .as("nobody else becomes the superuser over the socket").isNotZero();
    }

    /** A password that was lost and a server that was killed are put right by running it again. */
    private void checkRepairs() throws Exception {
        Files.delete(passwordFile());
        var pid = Files.readAllLines(Path.of(dataDirectory()).resolve("postmaster.pid")).getFirst();
        var server = ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow();
        server.destroyForcibly();
        // A server whose end nobody has asked for yet still holds its lock.
        await().atMost(LIMIT).until(() -> ProcessHandle.of(server.pid()).isEmpty());
        var third = setUp("--no-migrate");
        assertThat(third.code).as(third.output).isZero();
        assertThat(third.output).contains(password() + " (printed this once)");
        assertThat(sql("SELECT answer FROM howdah.mine")).isEqualTo("42");
    }

    @Test
    void goesOnWhereItWasKilledAndSaysWhereItCannot() throws Exception {
        if (!isRootOnDebian()) {
            System.out.println("setup-postgresql.sh was not run: it needs root and Debian");
            return;
        }
        var killed = new ProcessBuilder(command("--no-migrate", "--tls", "localhost")).redirectErrorStream(true)
                .redirectOutput(directory.resolve("killed.txt").toFile()).start();
        await().atMost(LIMIT).until(() -> !clusterVersion().isEmpty()
                && Files.exists(Path.of(dataDirectory(), "postmaster.pid")));
        killed.destroyForcibly().waitFor();
        var second = setUp("--no-migrate", "--tls", "localhost");
        assertThat(second.code).as(second.output).isZero();
        assertThat(sql("SELECT 42")).isEqualTo("42");

        assertThat(run("pg_ctlcluster", clusterVersion(), CLUSTER, "stop").code).isZero();
        var data = Path.of(dataDirectory());
        var elsewhere = data.resolveSibling(CLUSTER + "_elsewhere");
        Files.move(data, elsewhere);
        var unmounted = setUp("--no-migrate");
        Files.move(elsewhere, data);
        assertThat(unmounted.code).isEqualTo(1);
        assertThat(unmounted.output).contains("has no data in " + data, "mount it");
    }

    @Test
    void aDryRunChangesNothing() throws Exception {
        var dry = setUp("--dry-run", "--listen", "*", "--allow", "10.8.0.0/28", "--tls", "10.8.0.9");
        assertThat(dry.code).as(dry.output).isZero();
        assertThat(dry.output).contains("would");
        assertThat(directory.resolve("configuration")).doesNotExist();
        assertThat(clusterVersion()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"--port, 70000, is not 1 to 65535", "--database, a-b, is no plain name",
            "--user, postgres, choose another name", "--allow, 0.0.0.0/0, is everybody",
            "--version, 14, is not 15 to 18", "--version, 19, is not 15 to 18", "--pgvector, maybe, 'auto, yes or no'",
            "--tls, 'a b', is no host name", "--nonsense, 1, there is no option --nonsense",
            "--listen, 'a''b', is no list of addresses"})
    void saysWhatIsWrongWithAnOption(String option, String value, String message) throws Exception {
        var run = run(SCRIPT, "--dry-run", option, value);
        assertThat(run.code).isEqualTo(2);
        assertThat(run.output).contains(message).hasLineCount(1);
    }

    @Test
    void explainsItself() throws Exception {
        var run = run(SCRIPT, "--help");
        assertThat(run.code).isZero();
        assertThat(run.output).contains("--dry-run", "--pgvector", "Usage:");
    }

    private static boolean isRootOnDebian() {
        return "root".equals(System.getProperty("user.name")) && Files.isExecutable(Path.of("/usr/bin/apt-get"));
    }

    private Run setUp(String... options) throws IOException, InterruptedException {
        return run(command(options).toArray(String[]::new));
    }

    private List<String> command(String... options) {
        var command = new ArrayList<>(List.of(SCRIPT, "--cluster", CLUSTER, "--port", Integer.toString(port),
                "--memory", "512", "--pgvector", "no", "--config-directory",
                directory.resolve("configuration").toString()));
        command.addAll(List.of(options));
        return command;
    }

    private Path passwordFile() {
        return directory.resolve("configuration/credentials/postgres-password");
    }

    private String password() throws IOException {
        return Files.readString(passwordFile()).strip();
    }

    /** What a statement answers, or what is said against it. */
    private String sql(String statement) throws Exception {
        var builder = new ProcessBuilder("psql", "-X", "-At", "-c", statement, "host=localhost port=" + port
                + " user=howdah dbname=howdah sslmode=verify-full sslrootcert=/etc/postgresql/" + clusterVersion() + "/"
                + CLUSTER + "/howdah.crt").redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", password());
        return run(builder).output.strip();
    }

    private static String clusterVersion() throws Exception {
        return clusterField(0);
    }

    private static String dataDirectory() throws Exception {
        return clusterField(5);
    }

    /** A field of the cluster's line: version, name, port, status, owner, data directory, log. */
    private static String clusterField(int field) throws Exception {
        if (!Files.isExecutable(Path.of("/usr/bin/pg_lsclusters"))) {
            return "";
        }
        return run("pg_lsclusters", "-h").output.lines().map(line -> line.split("\\s+"))
                .filter(fields -> fields.length > field && fields[1].equals(CLUSTER)).map(fields -> fields[field])
                .findFirst().orElse("");
    }

    private static Run run(String... command) throws IOException, InterruptedException {
        return run(new ProcessBuilder(command).redirectErrorStream(true));
    }

    private static Run run(ProcessBuilder builder) throws IOException, InterruptedException {
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("CONFIGURATION_DIRECTORY", "/nonexistent");
        var process = builder.start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), output);
    }
}
