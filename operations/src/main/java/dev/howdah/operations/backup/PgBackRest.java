package dev.howdah.operations.backup;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.UnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The program {@code pgbackrest}. Secrets are in its configuration, the database's password in its environment. */
final class PgBackRest {
    /** What it calls the server. */
    static final String STANZA = "howdah";
    private static final Logger LOG = LoggerFactory.getLogger(PgBackRest.class);
    private static final String PROGRAM = "pgbackrest";
    private static final int NO_STANZA = 1;
    private static final int NO_STANZA_DATA = 3;
    private static final int NO_BACKUP = 2;
    private static final int OTHER = 99;
    private static final int COMPLAINT_CHARACTERS = 200;

    private final Path configuration;

    PgBackRest(Path configuration) {
        this.configuration = configuration;
    }

    /** What the server is to run for each file of its log. */
    String archiveCommand(Path data) {
        return PROGRAM + " --config=" + configuration + " --stanza=" + STANZA + " --pg1-path=" + PgBackRestConfiguration
                .plain("data_directory", data) + " archive-push %p";
    }

    /**
     * A backup in the repository.
     *
     * @param label its name there
     * @param stop when it was whole
     * @param bytes that it added to the repository
     * @param rawBytes the same before compression
     */
    record Entry(String label, String type, Instant stop, String postgresVersion, long bytes, long rawBytes,
            boolean hasBadPages) {
        boolean isFull() {
            return type.equals("full");
        }
    }

    /**
     * All backups, the oldest first.
     *
     * @throws ConflictException if the repository cannot be read
     */
    List<Entry> entries() {
        // What it could not decrypt stands in its answer as it is.
        var said = run("info", List.of("--output=json"), Map.of(), BackupProgress.NONE).replaceAll("\\p{Cntrl}", " ");
        JsonNode answer;
        try {
            answer = JsonMapper.shared().readTree(said).path(0);
        } catch (JacksonException e) {
            throw unreadable(said);
        }
        int code = answer.path("status").path("code").asInt(OTHER);
        if (code == NO_STANZA || code == NO_STANZA_DATA || code == NO_BACKUP) {
            return List.of();
        }
        if (code != 0) {
            throw unreadable(answer.path("repo").path(0).path("status").path("message").asString(""));
        }
        return StreamSupport.stream(answer.path("backup").spliterator(), false)
                .map(backup -> entry(backup, answer.path("db"))).toList();
    }

    private static ConflictException unreadable(String said) {
        return new ConflictException("pitr-repository-unreadable", "pgBackRest cannot read its repository: " + said
                .substring(0, Math.min(said.length(), COMPLAINT_CHARACTERS)),
                "the last key of " + BackupSettings.KEYS.name()
                        + " must be the one that the repository was made with; otherwise see the target and its rights");
    }

    private static Entry entry(JsonNode backup, JsonNode databases) {
        var version = StreamSupport.stream(databases.spliterator(), false).filter(database -> database.path("id")
                .asInt() == backup.path("database").path("id").asInt())
                .map(database -> database.path("version").asString())
                .findFirst().orElse("");
        var info = backup.path("info");
        return new Entry(backup.path("label").asString(), backup.path("type").asString(),
                Instant.ofEpochSecond(backup.path(
                        "timestamp").path("stop").asLong()),
                version, info.path("repository").path("delta").asLong(), info.path("delta")
                        .asLong(),
                backup.path("error").asBoolean(false));
    }

    /**
     * Runs a command of it.
     *
     * @return what it wrote
     * @throws UnavailableException if it is missing, or fails; with what it said
     */
    String run(String command, List<String> options, Map<String, String> environment, BackupProgress progress) {
        var words = new ArrayList<>(List.of(PROGRAM, "--config=" + configuration, "--stanza=" + STANZA,
                "--log-level-stderr=warn", "--log-level-console=off", "--log-timestamp=n"));
        words.addAll(options);
        words.add(command);
        ExternalProgram.Ended ended;
        try {
            ended = ExternalProgram.run(words, environment, progress);
        } catch (IOException e) {
            throw new UnavailableException("pgbackrest-missing", PROGRAM + " cannot be run: " + e.getMessage(),
                    "install it (Debian: apt-get install pgbackrest), or use the engine logical", e);
        }
        if (ended.code() != 0) {
            throw new UnavailableException("pgbackrest-failed", "pgBackRest's " + command + " failed: " + ended
                    .complaint(), "correct it and try again; earlier backups are as they were", null);
        }
        Optional.of(ended.errors().strip()).filter(said -> !said.isEmpty())
                .ifPresent(said -> LOG.warn("pgBackRest's {}: {}",
                        command, ended.complaint()));
        return ended.output();
    }
}
