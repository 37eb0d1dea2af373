package dev.howdah.cli;

import dev.howdah.postgres.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/**
 * Howdah as deploy/bin/howdah expects it on a machine: {@code bin/howdah}, {@code app/howdah.jar} and a directory with
 * settings. The jar only names the classes that the tests run with.
 */
final class Installation {
    private static final Path DEPLOY = Path.of("../deploy").toAbsolutePath().normalize();

    private final Path root;

    private Installation(Path root) {
        this.root = root;
    }

    static Installation in(Path root) throws IOException {
        var installation = new Installation(root);
        for (var folder : new String[]{"bin", "app", "etc", "log", "state"}) {
            Files.createDirectories(root.resolve(folder));
        }
        for (var script : new String[]{"howdah", "healthcheck"}) {
            Files.copy(deploy("bin/" + script), root.resolve("bin").resolve(script),
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Main.class.getName());
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH,
                Arrays.stream(System.getProperty("java.class.path").split(":", -1))
                        .map(entry -> Path.of(entry).toUri().toString()).collect(Collectors.joining(" ")));
        new JarOutputStream(Files.newOutputStream(root.resolve("app/howdah.jar")), manifest).close();
        return installation;
    }

    /** A file of the directory {@code deploy}. */
    static Path deploy(String file) {
        return DEPLOY.resolve(file);
    }

    /** The settings that name the tests' database, and a port for the server. */
    void configure(int port) throws IOException {
        var database = TestDatabase.settings();
        Files.writeString(root.resolve("etc/password"), database.password() + "\n");
        Files.writeString(root.resolve("etc/howdah.env"), """
            # As setup-postgresql.sh writes them.
            HOWDAH_DATABASE_URL=%s
            POSTGRES_USER=%s
            POSTGRES_PASSWORD_FILE=%s
            HOWDAH_DATABASE_SCHEMA=%s
            HOWDAH_DATABASE_POOL_MIN_IDLE=0

            HOWDAH_SERVER_PORT=%d
            """.formatted(database.url(), database.user(), root.resolve("etc/password"), database.schema(), port));
    }

    Path program() {
        return root.resolve("bin/howdah");
    }

    Path path(String name) {
        return root.resolve(name);
    }

    /** Runs programs so that the launcher finds the tests' Java and this directory's settings. */
    ProcessBuilder process(String... command) {
        var builder = new ProcessBuilder(command).directory(root.resolve("state").toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("CONFIGURATION_DIRECTORY", root.resolve("etc").toString());
        return builder;
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
