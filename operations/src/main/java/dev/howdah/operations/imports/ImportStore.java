package dev.howdah.operations.imports;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.CopyBuffer;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.Uuids;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The rows of imports. Whoever changes one holds its lease, a random number that a later process replaces. */
final class ImportStore {
    private static final JsonMapper JSON = JsonMapper.builder().propertyNamingStrategy(
            tools.jackson.databind.PropertyNamingStrategies.SNAKE_CASE).build();

    private final Database database;
    private final Duration lease;

    ImportStore(Database database, Duration lease) {
        this.database = database;
        this.lease = lease;
    }

    /**
     * An import that this process may work on.
     *
     * @param finished the parts that were read to their end
     * @param position where to go on in {@code part}
     */
    record Held(UUID id, UUID lease, boolean isResumed, Set<String> finished, Optional<String> part,
            Optional<ObjectNode> position, ImportReport report) {}

    private record Found(UUID id, ImportState state, Set<String> finished, Optional<String> part,
            Optional<ObjectNode> position, ImportReport report, boolean isFree) {}

    /** A record that was written. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Written(String target, byte[] key, long checksum, Optional<Instant> expiresAt) {}

    /**
     * Takes the open import of this source and target, or begins one.
     *
     * @throws ConflictException if a process works on it that gave a sign lately
     * @throws NotFoundException if it is to be gone on with, and there is none
     */
    Held take(Reader reader, String target, ImportPlan.Mode mode) {
        return database.inTransaction(tx -> {
            var open = open(tx, reader, target);
            if (open.isEmpty() && mode == ImportPlan.Mode.RESUME) {
                throw new NotFoundException("import-not-found", "no import from " + reader.source() + " to " + target
                        + " is left to go on with", "leave --resume away to begin one");
            }
            if (open.isPresent() && mode == ImportPlan.Mode.RESTART) {
                abandon(tx, open.get());
                open = Optional.empty();
            }
            return open.isPresent() ? resume(tx, open.get()) : begin(tx, reader, target);
        });
    }

    private static Optional<Found> open(Transaction tx, Reader reader, String target) {
        return tx.handle().createQuery(ImportSql.OPEN).bind("kind", reader.kind()).bind("source", reader.source())
                .bind("target", target).map((row, _) -> new Found(row.getObject("id", UUID.class),
                        ImportState.of(row.getString("state")), Set.copyOf(texts(row)),
                        Optional.ofNullable(row.getString("part")), object(row.getString("position")),
                        report(row.getString("report")), row.getBoolean("is_free")))
                .findOne();
    }

    private void abandon(Transaction tx, Found open) {
        int changed = tx.handle().createUpdate(ImportSql.ABANDON).bind("id", open.id).execute();
        if (changed == 0) {
            throw busy(open.id);
        }
    }

    private Held resume(Transaction tx, Found open) {
        var token = UUID.randomUUID();
        int changed = tx.handle().createUpdate(ImportSql.TAKE).bind("id", open.id).bind("lease", token)
                .bind("leaseMillis", lease.toMillis()).execute();
        if (changed == 0) {
            throw busy(open.id);
        }
        return new Held(open.id, token, true, open.finished, open.part, open.position, open.report);
    }

    private Held begin(Transaction tx, Reader reader, String target) {
        var id = Uuids.next();
        var token = UUID.randomUUID();
        int inserted = tx.handle().createUpdate(ImportSql.INSERT).bind("id", id).bind("kind", reader.kind())
                .bind("source", reader.source()).bind("target", target).bind("lease", token)
                .bind("leaseMillis", lease.toMillis()).bind("report", json(ImportReport.empty())).execute();
        if (inserted == 0) {
            throw busy(id);
        }
        return new Held(id, token, false, Set.of(), Optional.empty(), Optional.empty(), ImportReport.empty());
    }

    private ConflictException busy(UUID id) {
        return new ConflictException("import-running", "the import " + id + " is being worked on by another process",
                "wait until it ends; if it was killed, try again in " + Math.max(1, lease.toSeconds()) + " s");
    }

    /** Says that this process lives. */
    void renew(Held held) {
        database.useTransaction(tx -> mine(tx.handle().createUpdate(ImportSql.RENEW).bind("id", held.id)
                .bind("lease", held.lease).bind("leaseMillis", lease.toMillis()).execute(), held));
    }

    /** Within the transaction of a batch: how far the part has come. */
    void advance(Transaction tx, Held held, Reader.Batch batch, ImportReport report) {
        var update = tx.handle().createUpdate(batch.last() ? ImportSql.FINISH_PART : ImportSql.ADVANCE)
                .bind("id", held.id).bind("lease", held.lease).bind("leaseMillis", lease.toMillis())
                .bind("part", batch.part()).bind("report", json(report));
        if (!batch.last()) {
            update.bind("position", batch.position().toString());
        }
        mine(update.execute(), held);
    }

    private static void mine(int changed, Held held) {
        if (changed == 0) {
            throw new ConflictException("import-taken", "the import " + held.id + " was taken over by another process",
                    "look how it goes on with: howdah imports show " + held.id);
        }
    }

    /** Within the transaction of a batch: what was written. */
    static void record(Transaction tx, Held held, long batch, Collection<Written> records) {
        if (records.isEmpty()) {
            return;
        }
        try {
            CopyManager manager = tx.handle().getConnection().unwrap(PGConnection.class).getCopyAPI();
            try (var copy = new CopyBuffer(manager.copyIn(ImportSql.COPY_RECORDS))) {
                for (var record : records) {
                    copy.row(6).uuid(held.id).bigint(batch).text(record.target).bytea(record.key)
                            .bigint(record.checksum);
                    if (record.expiresAt.isPresent()) {
                        copy.timestamptz(record.expiresAt.get());
                    } else {
                        copy.nothing();
                    }
                }
                copy.end();
            }
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    /** The number of the last batch of what is recorded. */
    long batches(Held held) {
        return database.withHandle(handle -> handle.createQuery(ImportSql.BATCHES).bind("id", held.id).mapTo(
                Long.class).one());
    }

    /** Leaves it to be gone on with. */
    void stop(Held held, String error) {
        database.useTransaction(tx -> tx.handle().createUpdate(ImportSql.STOP).bind("id", held.id)
                .bind("lease", held.lease).bind("error", error).execute());
    }

    /** Ends it. */
    void end(Held held, ImportState state, Optional<String> error, ImportReport report) {
        database.useTransaction(tx -> mine(tx.handle().createUpdate(ImportSql.END).bind("id", held.id)
                .bind("lease", held.lease).bind("state", state.label()).bind("error", error.orElse(null))
                .bind("report", json(report)).execute(), held));
    }

    /** What was written by imports that have ended need not be known any more. May take long. */
    void forget() {
        database.useOwnConnection(connection -> {
            try (var statement = connection.createStatement()) {
                statement.executeUpdate(ImportSql.FORGET);
            }
        });
    }

    Optional<Import> find(UUID id) {
        return database.read(handle -> handle.createQuery(ImportSql.FIND).bind("id", id)
                .map(ImportStore::read).findOne());
    }

    /** Newest first. */
    List<Import> page(Optional<UUID> before, int limit) {
        return database.read(handle -> handle.createQuery(ImportSql.PAGE).bind("before", before.orElse(null))
                .bind("limit", limit).map(ImportStore::read).list());
    }

    private static Import read(ResultSet row, StatementContext context) throws SQLException {
        var state = ImportState.of(row.getString("state"));
        return new Import(row.getObject("id", UUID.class), row.getString("kind"), row.getString("source"),
                row.getString("target"), state, Optional.ofNullable(row.getString("part")),
                report(row.getString("report")), Optional.ofNullable(row.getString("error")),
                state == ImportState.RUNNING ? instant(row, "lease_until") : Optional.empty(),
                instant(row, "started_at").orElseThrow(), instant(row, "updated_at").orElseThrow(),
                instant(row, "ended_at"));
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    private static List<String> texts(ResultSet row) throws SQLException {
        return List.of((String[]) row.getArray("finished_parts").getArray());
    }

    private static Optional<ObjectNode> object(@Nullable String json) {
        return Optional.ofNullable(json).map(text -> (ObjectNode) JSON.readTree(text));
    }

    private static ImportReport report(String json) {
        return JSON.readValue(json, ImportReport.class);
    }

    private static String json(ImportReport report) {
        return JSON.writeValueAsString(report);
    }
}
