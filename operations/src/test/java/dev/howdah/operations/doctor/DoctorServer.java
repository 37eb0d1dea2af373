package dev.howdah.operations.doctor;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.EmbeddedPostgres;
import dev.howdah.postgres.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on which everything can be made to go wrong, a schema for each test, and what is asked of the doctor. */
final class DoctorServer {
    /** Tells of everything, however young and small it is. */
    static final DoctorLimits STRICT = new DoctorLimits(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0,
            1,
            1, 1, Duration.ZERO, 1, 20, Duration.ofSeconds(10));

    private static final AtomicInteger SCHEMAS = new AtomicInteger();
    private static final DatabaseSettings SETTINGS = start();

    private DoctorServer() {}

    private static DatabaseSettings start() {
        var binaries = Path.of(System.getProperty("java.io.tmpdir"), "howdah-" + System.getProperty("user.name"),
                "postgresql-" + EmbeddedPostgres.VERSION);
        var server = EmbeddedPostgres.start(Path.of("target", "doctor-postgres"), binaries, Map.of("fsync", "off",
                "wal_level", "logical", "max_prepared_transactions", "5", "archive_mode", "on", "archive_command",
                "false",
                "idle_in_transaction_session_timeout", "1h"));
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        return server.connect(DatabaseSettings.from(Configuration.of(Map.of()))).withPool(4, 0);
    }

    static Database database() {
        var settings = SETTINGS.inSchema("doctor_" + SCHEMAS.incrementAndGet());
        var database = TestDatabase.open(settings);
        run(database, "DROP SCHEMA IF EXISTS " + settings.schema() + " CASCADE; CREATE SCHEMA " + settings.schema());
        return database;
    }

    /** A session of its own, with a role of its own if one is named. */
    static Connection connect(Database database) throws SQLException {
        var settings = database.settings();
        return DriverManager.getConnection(settings.url() + "?currentSchema=" + settings.schema(), settings.user(),
                settings.password());
    }

    static void run(Database database, String sql) {
        database.withHandle(handle -> handle.execute(sql));
    }

    static Diagnosis examine(Database database, DoctorLimits limits, String id) {
        var check = DatabaseChecks.of(database, false, limits).stream().filter(each -> each.topic().id().equals(id))
                .toList();
        return new Doctor(check).examine(java.util.List.of()).diagnoses().getFirst();
    }

    static Diagnosis examine(Database database, String id) {
        return examine(database, STRICT, id);
    }

    static Finding finding(Diagnosis diagnosis, String object) {
        return diagnosis.outcome().findings().stream().filter(each -> each.object().contains(object)).findFirst()
                .orElseThrow(() -> new AssertionError(object + " is not in " + diagnosis));
    }

    static String fix(Diagnosis diagnosis, String object) {
        return finding(diagnosis, object).fix().orElseThrow().text();
    }
}
