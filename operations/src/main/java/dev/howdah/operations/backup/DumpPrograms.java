package dev.howdah.operations.backup;

import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.UnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** PostgreSQL's programs for dumps. The password goes by their environment, which only the same user can read. */
final class DumpPrograms {
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");
    /** What the driver and libpq both understand. */
    private static final Set<String> SHARED_PARAMETERS = Set.of("sslmode", "sslrootcert", "sslcert", "sslkey");
    private static final int ERROR_CHARACTERS = 2000;
    private static final int VERSION_SECONDS = 10;

    private final DatabaseSettings database;
    private final String directory;

    /**
     * The programs.
     *
     * @param directory where they are; empty for the path
     */
    DumpPrograms(DatabaseSettings database, String directory) {
        this.database = database;
        this.directory = directory;
    }

    /**
     * Checks that a program is there and knows the server.
     *
     * @throws UnavailableException if not
     */
    void require(String program, int serverMajor) {
        int major = major(program);
        if (major < serverMajor) {
            throw new UnavailableException("dump-program-old",
                    program + " is of PostgreSQL " + major + ", but the server is "
                            + serverMajor,
                    "install the client programs of PostgreSQL " + serverMajor + ", name their directory in "
                            + BackupSettings.PROGRAMS.name() + ", or use the engine logical",
                    null);
        }
    }

    private int major(String program) {
        try {
            var process = new ProcessBuilder(path(program), "--version").redirectErrorStream(true).start();
            var said = new String(process.getInputStream().readNBytes(ERROR_CHARACTERS), StandardCharsets.UTF_8);
            process.waitFor(VERSION_SECONDS, TimeUnit.SECONDS);
            var matcher = VERSION.matcher(said);
            if (matcher.find()) {
                return Integer.parseInt(matcher.group(1));
            }
            throw missing(program, new IOException("it says " + said.strip()));
        } catch (IOException e) {
            throw missing(program, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    private static UnavailableException missing(String program, IOException cause) {
        return new UnavailableException("dump-program-missing", program + " cannot be run: " + cause.getMessage(),
                "install PostgreSQL's client programs, name their directory in " + BackupSettings.PROGRAMS.name()
                        + ", or use the engine logical",
                cause);
    }

    private String path(String program) {
        return directory.isEmpty() ? program : Path.of(directory, program).toString();
    }

    /**
     * Runs a program on the database until it ends.
     *
     * @throws UnavailableException if it fails; with the end of what it said
     * @throws CancellationException if the listener stops it, or the thread is interrupted
     */
    void run(String program, List<String> arguments, BackupProgress progress) throws IOException {
        var words = new ArrayList<>(List.of(path(program), "--no-password", "--dbname=" + address()));
        words.addAll(arguments);
        var ended = ExternalProgram.run(words, Map.of("PGUSER", database.user(), "PGPASSWORD", database.password(),
                "PGAPPNAME", "howdah-backup"), progress);
        if (ended.code() != 0) {
            throw new UnavailableException("dump-program-failed", program + " failed: " + ended.complaint(),
                    "nothing was left behind; correct it and try again", null);
        }
    }

    /** Without user and password. */
    private String address() {
        var url = database.url().substring("jdbc:".length());
        int query = url.indexOf('?');
        if (query < 0) {
            return url;
        }
        var kept = Arrays.stream(url.substring(query + 1).split("&")).filter(part -> SHARED_PARAMETERS.contains(part
                .replaceFirst("=.*", ""))).collect(Collectors.joining("&"));
        return url.substring(0, query) + (kept.isEmpty() ? "" : "?" + kept);
    }
}
