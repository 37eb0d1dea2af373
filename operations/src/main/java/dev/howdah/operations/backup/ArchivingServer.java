package dev.howdah.operations.backup;

import dev.howdah.operations.backup.DrillReport.Check;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.generic.GenericType;

/** The server as pgBackRest needs it: its files within reach, a socket, its log archived. */
final class ArchivingServer {
    /** What the role may not see is missing. */
    static final String PARAMETERS = """
        SELECT name, setting
          FROM pg_settings
         WHERE name IN ('data_directory', 'port', 'unix_socket_directories', 'wal_level', 'archive_mode', 'archive_command',
                        'archive_library', 'archive_timeout')
        """;
    static final String IN_RECOVERY = "SELECT pg_is_in_recovery()";
    static final String DATABASE_NAME = "SELECT current_database()";

    private final DatabaseSettings settings;
    private final Map<String, String> parameters;
    private final boolean inRecovery;
    private final String databaseName;

    private ArchivingServer(DatabaseSettings settings, Map<String, String> parameters, boolean inRecovery,
            String databaseName) {
        this.settings = settings;
        this.parameters = parameters;
        this.inRecovery = inRecovery;
        this.databaseName = databaseName;
    }

    static ArchivingServer read(Database database) {
        return database.withHandle(handle -> new ArchivingServer(database.settings(), handle.createQuery(PARAMETERS)
                .setMapKeyColumn("name").setMapValueColumn("setting")
                .collectInto(new GenericType<Map<String, String>>() {
                }),
                handle.createQuery(IN_RECOVERY).mapTo(Boolean.class).one(), handle.createQuery(DATABASE_NAME).mapTo(
                        String.class).one()));
    }

    private String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    private Path data() {
        return Path.of(parameter("data_directory"));
    }

    private String socket() {
        return parameter("unix_socket_directories").split(",", -1)[0].strip();
    }

    /** Where it is, for pgBackRest. */
    List<String> options() {
        return List.of("--pg1-path=" + data(), "--pg1-port=" + parameter("port"), "--pg1-socket-path=" + socket(),
                "--pg1-user=" + settings.user(), "--pg1-database=" + databaseName);
    }

    /** The password, which is on no command line. */
    Map<String, String> environment() {
        return Map.of("PGPASSWORD", settings.password(), "PGAPPNAME", "howdah-backup");
    }

    /** Whether its files and its socket are within reach. */
    List<Check> placeChecks() {
        return List.of(filesCheck(),
                new Check("the server listens on a socket", socket().startsWith("/"), socket().startsWith("/")
                        ? socket()
                        : "unix_socket_directories of the server is \"" + parameter("unix_socket_directories")
                                + "\": pgBackRest asks it through a socket; set a directory and restart it"),
                new Check("the server is no standby", !inRecovery, inRecovery
                        ? "the server is a standby: run this on the primary's machine"
                        : "it takes changes"));
    }

    private Check filesCheck() {
        var name = "this process may read the server's files";
        if (!parameters.containsKey("data_directory")) {
            return new Check(name, false, "the role " + settings.user()
                    + " may not see data_directory; let it: GRANT pg_read_all_settings TO "
                    + Sql.name(settings.user()));
        }
        var user = System.getProperty("user.name");
        try {
            var owner = Files.exists(data()) ? Files.getOwner(data()).getName() : "";
            // The server's own note of its port tells whether the directory is that server's.
            boolean isThere = owner.equals(user)
                    && Files.readAllLines(data().resolve("postmaster.pid")).contains(parameter(
                            "port"));
            return new Check(name, isThere, isThere
                    ? data().toString()
                    : "pgBackRest must run on the database's host as the owner of " + data() + ", but this is user "
                            + user
                            + (owner.isEmpty() ? " on a machine without it" : ", and the owner is " + owner)
                            + "; run howdah there as that user, for example: sudo -u postgres howdah pitr setup");
        } catch (IOException e) {
            return new Check(name, false, data() + " cannot be read: " + e.getMessage()
                    + "; run howdah on the database's host as the directory's owner");
        }
    }

    /** Whether its log is archived by pgBackRest. */
    List<Check> archiveChecks(PgBackRest program) {
        var command = parameter("archive_command");
        var wanted = program.archiveCommand(data());
        return List.of(is("wal_level is replica or logical", !parameter("wal_level").equals("minimal"),
                "ALTER SYSTEM SET wal_level = 'replica', and restart the server"),
                is("archive_mode is on", !parameter("archive_mode").equals("off"),
                        "archive_mode is off: ALTER SYSTEM SET archive_mode = 'on', and restart the server"),
                is("archive_command is pgBackRest's", command.equals(wanted) && parameter("archive_library").isEmpty(),
                        "ALTER SYSTEM SET archive_command = " + Sql.literal(wanted) + "; SELECT pg_reload_conf()"
                                + (parameter(
                                        "archive_library").isEmpty() ? "" : "; archive_library must be empty")),
                is("archive_timeout is set", !parameter("archive_timeout").equals("0"),
                        "what a quiet server wrote may wait for hours: ALTER SYSTEM SET archive_timeout = '60s'; SELECT pg_reload_conf()"));
    }

    private static Check is(String name, boolean ok, String remedy) {
        return new Check(name, ok, ok ? "yes" : remedy);
    }
}
