package dev.howdah.agent.push;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Leaves endpoints alone that fail again and again. The state is a row per endpoint, shared by all instances: closed, until
 * so many attempts in a row have failed, of whatever tasks; then open, until its time; then one attempt tries it (whoever
 * moves the time on may), and its outcome closes it or opens it for twice as long. Thread-safe.
 */
final class EndpointBreaker {
    /** One that dies while it tries leaves the next try to others after so long. */
    private static final Duration PROBE_LIMIT = Duration.ofMinutes(1);
    private static final Duration PAUSE_MIN = Duration.ofMillis(100);

    static final String ADMIT = """
        WITH probe AS (
          UPDATE push_endpoints
             SET probe_at = now() + :probeMillis * interval '1 ms'
           WHERE endpoint = :endpoint AND opened_at IS NOT NULL AND probe_at <= now()
          RETURNING endpoint)
        SELECT known.opened_at IS NOT NULL AS is_open, probe.endpoint IS NOT NULL AS probes,
               known.failures > 0 OR COALESCE(known.last_success < now() - interval '1 minute', true) AS is_noteworthy
          FROM push_endpoints AS known
          LEFT JOIN probe ON probe.endpoint = known.endpoint
         WHERE known.endpoint = :endpoint
        """;

    static final String PAUSE = """
        SELECT (EXTRACT(EPOCH FROM probe_at - now()) * 1000)::bigint
          FROM push_endpoints
         WHERE endpoint = :endpoint AND opened_at IS NOT NULL AND probe_at > now()
        """;

    static final String SUCCEEDED = """
        INSERT INTO push_endpoints (endpoint, last_success)
        VALUES (:endpoint, now())
            ON CONFLICT (endpoint) DO UPDATE
           SET failures = 0, opened_at = NULL, probe_at = NULL, last_success = now()
        """;

    /** Attempts that were under way when it opened change nothing any more: only a try does. */
    static final String FAILED = """
        INSERT INTO push_endpoints AS known (endpoint, failures, last_error, last_failure)
        VALUES (:endpoint, 1, :error, now())
            ON CONFLICT (endpoint) DO UPDATE
           SET failures = CASE WHEN known.opened_at IS NULL OR :probes THEN known.failures + 1 ELSE known.failures END,
               opened_at = CASE WHEN known.opened_at IS NULL AND known.failures + 1 >= :failuresMax THEN now()
                                ELSE known.opened_at END,
               probe_at = CASE WHEN known.opened_at IS NULL AND known.failures + 1 < :failuresMax THEN NULL
                               WHEN known.opened_at IS NOT NULL AND NOT :probes THEN known.probe_at
                               ELSE now() + LEAST(:pauseMaxMillis, :pauseMillis
                                    * power(2, LEAST(known.failures + 1 - :failuresMax, 20))) * interval '1 ms' END,
               last_error = EXCLUDED.last_error, last_failure = now()
        """;

    private final Database database;
    private final PushSettings settings;

    EndpointBreaker(Database database, PushSettings settings) {
        this.database = database;
        this.settings = settings;
    }

    /**
     * Whether an attempt may be made.
     *
     * @param probes whether it tries an endpoint that is open
     * @param isNoteworthy whether a success changes what is stored; the row of a healthy endpoint is not written each time
     */
    record Admission(boolean isAdmitted, boolean probes, boolean isNoteworthy) {}

    Admission admit(String endpoint) {
        return database.withHandle(handle -> handle.createQuery(ADMIT).bind("endpoint", endpoint)
                .bind("probeMillis", PROBE_LIMIT.toMillis()).map((row, context) -> read(row)).findOne())
                .orElse(new Admission(true, false, true));
    }

    void succeeded(Transaction tx, String endpoint) {
        tx.handle().createUpdate(SUCCEEDED).bind("endpoint", endpoint).execute();
    }

    void failed(Transaction tx, String endpoint, boolean probes, String error) {
        tx.handle().createUpdate(FAILED).bind("endpoint", endpoint).bind("probes", probes).bind("error", error)
                .bind("failuresMax", settings.failuresMax()).bind("pauseMillis", settings.pauseFirst().toMillis())
                .bind("pauseMaxMillis", settings.pauseMax().toMillis()).execute();
    }

    /** How long an endpoint is left alone from now on, give or take a bit; zero if it may be tried. */
    Duration pause(Transaction tx, String endpoint) {
        return tx.handle().createQuery(PAUSE).bind("endpoint", endpoint).mapTo(Long.class).findOne()
                .map(millis -> jittered(Duration.ofMillis(Math.max(millis, PAUSE_MIN.toMillis()))))
                .orElse(Duration.ZERO);
    }

    /** Give or take a fifth, so that those who failed together do not come back together. */
    static Duration jittered(Duration duration) {
        return Duration.ofMillis(Math.round(duration.toMillis() * ThreadLocalRandom.current().nextDouble(0.8, 1.2)));
    }

    private static Admission read(ResultSet row) throws SQLException {
        boolean probes = row.getBoolean("probes");
        return new Admission(!row.getBoolean("is_open") || probes, probes, row.getBoolean("is_noteworthy"));
    }
}
