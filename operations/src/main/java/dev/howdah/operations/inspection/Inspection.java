package dev.howdah.operations.inspection;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * Looks into a database: tables and indexes of its schema, sessions of its database. A read is cancelled when it takes longer
 * than {@link #READ_LIMIT}. Thread-safe.
 */
public final class Inspection {
    /** The most items of one answer. */
    public static final int LIMIT_MAX = 1000;
    /** The longest run of one read. */
    public static final Duration READ_LIMIT = Duration.ofSeconds(10);

    private static final String NO_RIGHT = "42501";

    private final Database database;

    /** Of a database. */
    public Inspection(Database database) {
        this.database = database;
    }

    /**
     * The tables, the largest first; of a partitioned one its partitions.
     *
     * @throws InvalidInputException if the limit is not 1 to {@link #LIMIT_MAX}
     */
    public List<TableSize> sizes(int limit) {
        return read(limit, handle -> handle.createQuery(InspectionSql.SIZES).bind("limit", limit)
                .map((row, context) -> new TableSize(row.getString("name"),
                        Optional.ofNullable(row.getString("parent")), row.getLong("live_rows"),
                        row.getLong("dead_rows"), row.getLong("table_bytes"), row.getLong("index_bytes"),
                        row.getLong("toast_bytes"), instant(row, "vacuumed_at"), instant(row, "analyzed_at")))
                .list());
    }

    /**
     * The sessions but this one, the oldest transaction first.
     *
     * @throws InvalidInputException if the limit is not 1 to {@link #LIMIT_MAX}
     */
    public List<Session> sessions(int limit) {
        return read(limit, handle -> handle.createQuery(InspectionSql.SESSIONS).bind("limit", limit)
                .map((row, context) -> session(row)).list());
    }

    /**
     * Who waits for a lock, and for whom.
     *
     * @throws InvalidInputException if the limit is not 1 to {@link #LIMIT_MAX}
     */
    public LockWaits lockWaits(int limit) {
        return read(limit, handle -> {
            var waits = handle.createQuery(InspectionSql.LOCK_WAITS).bind("limit", limit)
                    .map((row, context) -> new LockWait(session(row), row.getString("mode"), row.getString("object"),
                            millis(row, "waited_ms")))
                    .list();
            var waiting = waits.stream().map(wait -> wait.session().pid()).collect(Collectors.toSet());
            return new LockWaits(waits, holders(handle, waits, waiting));
        });
    }

    private static List<Session> holders(Handle handle, List<LockWait> waits, Set<Integer> waiting) {
        var pids = waits.stream().flatMap(wait -> wait.session().blockedBy().stream())
                .filter(pid -> !waiting.contains(pid))
                .distinct().mapToInt(Integer::intValue).toArray();
        return handle.createQuery(InspectionSql.SESSIONS_OF).bind("pids", pids).map((row, context) -> session(row))
                .list();
    }

    /**
     * The indexes, the largest first.
     *
     * @throws InvalidInputException if the limit is not 1 to {@link #LIMIT_MAX}
     */
    public List<IndexUse> indexes(int limit) {
        return read(limit, handle -> handle.createQuery(InspectionSql.INDEXES).bind("limit", limit)
                .map((row, context) -> new IndexUse(row.getString("name"), row.getString("table_name"),
                        row.getString("definition"), row.getLong("bytes"), row.getLong("scans"),
                        row.getLong("rows_read"), row.getBoolean("indisunique"), row.getBoolean("indisvalid")))
                .list());
    }

    /** Settings of the server that explain how it behaves, without those that may hold secrets. */
    public List<ServerSetting> settings() {
        return read(1, handle -> handle.createQuery(InspectionSql.SETTINGS)
                .map((row, context) -> new ServerSetting(row.getString("name"), row.getString("value"),
                        row.getString("default_value"), row.getString("source"), row.getString("category"),
                        row.getString("short_desc"), row.getBoolean("pending_restart")))
                .list());
    }

    /**
     * Cancels what a session of this database runs.
     *
     * @param isTerminated whether to end the session itself, which is what helps against one that sits in a transaction
     * @throws NotFoundException if this database has no such session
     * @throws ConflictException if the role may not do that
     */
    public void cancel(int pid, boolean isTerminated) {
        Optional<Boolean> done;
        try {
            done = database.withHandle(handle -> handle
                    .createQuery(isTerminated ? InspectionSql.TERMINATE : InspectionSql.CANCEL).bind("pid", pid)
                    .mapTo(Boolean.class).findOne());
        } catch (JdbiException e) {
            if (e.getCause() instanceof SQLException sql && NO_RIGHT.equals(sql.getSQLState())) {
                throw new ConflictException("session-not-ours", "the role \"" + database.settings().user()
                        + "\" may not end what process " + pid + " does", "GRANT pg_signal_backend TO the role");
            }
            throw e;
        }
        if (!done.orElse(false)) {
            throw new NotFoundException("session-not-found", "this database has no session with process " + pid,
                    "see which there are: howdah database activity");
        }
    }

    private <T> T read(int limit, Function<Handle, T> work) {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new InvalidInputException("limit-invalid", "limit", limit + " is out of range",
                    "use 1 to " + LIMIT_MAX);
        }
        return database.inTransaction(tx -> {
            tx.handle().execute("SET TRANSACTION READ ONLY");
            tx.handle().execute("SET LOCAL statement_timeout = " + READ_LIMIT.toMillis());
            return work.apply(tx.handle());
        });
    }

    private static Session session(ResultSet row) throws SQLException {
        return new Session(row.getInt("pid"), row.getString("role"), row.getString("application"),
                Optional.ofNullable(row.getString("client")), row.getString("state"),
                Optional.ofNullable(row.getString("wait")), millis(row, "transaction_ms"), millis(row, "query_ms"),
                QueryText.shown(row.getString("query")),
                Arrays.asList((Integer[]) row.getArray("blocked_by").getArray()));
    }

    private static Optional<Duration> millis(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }
}
