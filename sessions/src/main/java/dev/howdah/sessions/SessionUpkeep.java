package dev.howdah.sessions;

import dev.howdah.postgres.Database;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what has expired and deletes what ended long ago, in batches. Readers look at the clock themselves, so this is
 * housekeeping only. It walks along the handles instead of an index on the time of expiry, which would cost every use of a
 * session more than a walk costs; and it skips rows that somebody holds, so it never waits and cannot be in a circle of
 * waiters. Several processes may run one each. Started once.
 */
public final class SessionUpkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SessionUpkeep.class);
    private static final UUID FIRST = new UUID(0, 0);

    /** A page of all sessions, in order of their handles; those in it that have expired are ended. */
    static final String EXPIRE = """
        WITH page AS MATERIALIZED (
          SELECT id, ended_at IS NULL AND expires_at <= now() AS expired
            FROM sessions
           WHERE id > :after
           ORDER BY id
           LIMIT :limit),
        held AS MATERIALIZED (
          SELECT sessions.id
            FROM sessions
            JOIN page ON page.id = sessions.id AND page.expired
           WHERE ended_at IS NULL AND expires_at <= now()
           ORDER BY sessions.id
             FOR NO KEY UPDATE OF sessions SKIP LOCKED),
        ended AS (
          UPDATE sessions
             SET ended_at = now(), end_reason = 'expired', attributes = '{}'
            FROM held
           WHERE sessions.id = held.id
          RETURNING sessions.id)
        SELECT (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last,
               (SELECT count(*) FROM page) AS seen,
               (SELECT count(*) FROM ended) AS expired
        """;

    static final String DELETE_ENDED = """
        WITH old AS MATERIALIZED (
          SELECT id
            FROM sessions
           WHERE ended_at < now() - :ageMillis * interval '1 ms'
           ORDER BY ended_at
           LIMIT :limit
             FOR UPDATE SKIP LOCKED)
        DELETE FROM sessions
         USING old
         WHERE sessions.id = old.id
        """;

    private final Database database;
    private final SessionSettings settings;
    private @Nullable Thread loop;

    SessionUpkeep(Database database, SessionSettings settings) {
        this.database = database;
        this.settings = settings;
    }

    /** Begins; the first round comes within a tenth of the interval, so that processes do not all come at once. */
    public synchronized void start() {
        loop = Thread.ofVirtual().name("howdah-session-upkeep").start(this::run);
    }

    @Override
    public synchronized void close() {
        if (loop != null) {
            loop.interrupt();
        }
    }

    /** One round over all sessions: how many expired ones it ended and how many old ones it deleted. */
    public Cleaned runOnce() {
        return new Cleaned(expire(), deleteEnded());
    }

    /**
     * What a round did.
     *
     * @param expired sessions that were ended
     * @param deleted sessions that had ended long ago
     */
    public record Cleaned(long expired, long deleted) {}

    private record Page(@Nullable UUID last, long seen, long expired) {}

    private long expire() {
        long expired = 0;
        var after = FIRST;
        while (true) {
            var from = after;
            var page = database.withHandle(handle -> handle.createQuery(EXPIRE).bind("after", from)
                    .bind("limit", settings.cleanupBatch())
                    .map((row, context) -> new Page(row.getObject("last", UUID.class), row.getLong("seen"),
                            row.getLong("expired")))
                    .one());
            expired += page.expired;
            if (page.last == null || page.seen < settings.cleanupBatch()) {
                return expired;
            }
            after = page.last;
        }
    }

    private long deleteEnded() {
        long deleted = 0;
        while (true) {
            int some = database.withHandle(handle -> handle.createUpdate(DELETE_ENDED)
                    .bind("ageMillis", settings.retention().toMillis()).bind("limit", settings.cleanupBatch())
                    .execute());
            deleted += some;
            if (some < settings.cleanupBatch()) {
                return deleted;
            }
        }
    }

    private void run() {
        var pause = Duration.ofMillis(ThreadLocalRandom.current().nextLong(
                Math.max(settings.cleanupInterval().toMillis() / 10, 1)));
        while (true) {
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                return; // closed
            }
            pause = settings.cleanupInterval();
            try {
                var cleaned = runOnce();
                LOG.debug("Ended {} expired sessions and deleted {} old ones", cleaned.expired, cleaned.deleted);
            } catch (RuntimeException e) {
                LOG.debug("The clean-up of sessions failed; the next round is due in {}", pause, e);
            }
        }
    }
}
